"""Rule and patience are one: in the trainer, in a run's program, in what would have stopped it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.callback.training_record import Patience, epoch_metrics
from tui.common.stop_rule import Comparison, StopRule
from tui.runs.control.would_stop import ended_by_patience, ended_by_rule, loss_to_beat
from tui.runs.export.training_script import patience_lines, rule_lines

Row = Sequence[float]


def by_program(lines: list[str], name: str, metric: str, row: Row) -> int | None:
    """Return the epoch after which a program's callback ends the training."""
    keras = SimpleNamespace(callbacks=SimpleNamespace(Callback=object))
    known: dict[str, Any] = {"keras": keras}
    exec("\n".join(lines), known)
    callback = known[name]()
    callback.model = SimpleNamespace(stop_training=False)
    for epoch, value in enumerate(row):
        callback.on_epoch_end(epoch, {metric: value})
        if callback.model.stop_training:
            return epoch + 1
    return None


def by_trainer(patience: int, row: Row) -> int | None:
    judge = Patience()
    for epoch, value in enumerate(row, 1):
        judge.update(epoch, epoch_metrics({"val_loss": value}))
        if judge.ended(epoch, patience):
            return epoch
    return None


def reported(row: Row) -> list[float | None]:
    """Return a row as the trainer reports it."""
    return [epoch_metrics({"x": value})["x"] for value in row]


CLOSE = [0.3, 0.30000001192092896, 0.2999999, 0.29999995, 0.2999994, 0.3000004, 0.3000006]
values = st.sampled_from([*CLOSE, math.nan, math.inf, 1e9, 0.0]) | st.floats(0, 1, width=32)


@given(st.lists(values, max_size=8), st.integers(1, 4))
@example([0.3, 0.29999999, 0.29999998, 0.29999997], 2)  # raw it improves, rounded it does not
@example([math.nan, 0.5, math.nan, 0.6], 2)
def test_patience_is_one(row: Row, patience: int) -> None:
    ended = by_trainer(patience, row)
    assert by_program(patience_lines(patience), "Patient", "val_loss", row) == ended
    raw: list[float | None] = list(row)
    assert ended_by_patience({"val_loss": raw}, patience) == ended
    assert ended_by_patience({"val_loss": reported(row)}, patience) == ended
    assert loss_to_beat({"val_loss": raw}, patience) == loss_to_beat(
        {"val_loss": reported(row)}, patience
    )


@given(
    st.lists(values, max_size=6),
    st.sampled_from([">", ">=", "<", "<="]),
    st.sampled_from([0.3, 0.299999, 0.0, 1.0]),
)
@example([float(np.float32(0.3))], ">", 0.3)  # 0.30000001192… in 32 bits
@example([float(np.float32(0.3))], "<=", 0.3)
@example([math.inf], ">", 0.3)
def test_a_rule_is_one(row: Row, comparison: Comparison, limit: float) -> None:
    rule = StopRule("val_loss", comparison, limit)
    by_rule = (n for n, value in enumerate(row, 1) if rule.met_by({"val_loss": value}))
    ended = next(by_rule, None)
    judged = (n for n, value in enumerate(reported(row), 1) if rule.met_by({"val_loss": value}))
    assert next(judged, None) == ended
    assert by_program(rule_lines(rule, 1), "StopWhen", "val_loss", row) == ended
    assert ended_by_rule({"val_loss": list(row)}, rule) == ended
    assert ended_by_rule({"val_loss": reported(row)}, rule) == ended


def test_where_all_digits_would_decide_otherwise_six_do() -> None:
    """Or else the tests above say little."""
    row = [0.3, 0.29999999, 0.29999998]
    assert min(row[1:]) < row[0]
    assert by_trainer(2, row) == 3
    rule = StopRule("accuracy", ">", 0.3)
    assert float(np.float32(0.3)) > 0.3
    assert not rule.met_by({"accuracy": float(np.float32(0.3))})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_is_not_finite_meets_no_rule(value: float | None) -> None:
    for comparison in (">", "<"):
        assert not StopRule("loss", comparison, 0.5).met_by({"loss": value})
