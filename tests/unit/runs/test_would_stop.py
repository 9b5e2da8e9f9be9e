"""Where a stop rule would have ended a training that went on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.recorded import recorded
from tui.common.stop_rule import StopRule
from tui.runs.control.would_stop import (
    ended_by_patience,
    ended_by_rule,
    would_stop_sentence,
)

HISTORY = recorded("overfitting").history
"""Training accuracy above 0.997 first at epoch 22; validation loss least at epoch 4."""


@pytest.mark.parametrize(
    ("rule", "patience", "epoch", "sentence"),
    [
        ("accuracy>0.997", 0, 22, "accuracy > 0.997: would have stopped after epoch 22."),
        ("val_loss<0.61", 0, 4, "val_loss < 0.61: would have stopped after epoch 4."),
        ("never", 3, 7, "Patience 3: would have stopped after epoch 7."),
        (
            "accuracy>0.5",
            3,
            1,
            "accuracy > 0.5: would have stopped after epoch 1. "
            "Patience 3: would have stopped after epoch 7.",
        ),
        (
            "accuracy>0.997",
            3,
            7,
            "Patience 3: would have stopped after epoch 7. "
            "accuracy > 0.997: would have stopped after epoch 22.",
        ),
        ("never", 0, None, "No stop rule."),
        ("never", 22, None, "Patience 22: would not have stopped."),
        (
            "val_accuracy>0.9",
            0,
            None,
            "val_accuracy > 0.9: would not have stopped; val_accuracy reached 0.7107 at most.",
        ),
        (
            "val_loss<0.1",
            0,
            None,
            "val_loss < 0.1: would not have stopped; val_loss reached 0.6058 at least.",
        ),
    ],
)
def test_on_a_recorded_training(rule: str, patience: int, epoch: int | None, sentence: str) -> None:
    parsed = StopRule.parse(rule)
    ends = [ended_by_patience(HISTORY, patience)]
    ends += [ended_by_rule(HISTORY, parsed)] if parsed is not None else []
    assert min((end for end in ends if end is not None), default=None) == epoch
    said = would_stop_sentence(HISTORY, parsed, patience)
    assert said.split("reached")[0] == sentence.split("reached")[0]


def test_a_metric_that_was_not_measured_is_said() -> None:
    rule = StopRule("val_loss", "<", 0.1)
    assert ended_by_rule({"loss": [0.01]}, rule) is None
    assert "val_loss was not measured" in would_stop_sentence({"loss": [0.01]}, rule)


def test_a_loss_that_is_not_finite_is_no_improvement() -> None:
    assert ended_by_patience({"val_loss": [0.5, None, None, 0.4]}, 2) == 3


@given(st.lists(st.none() | st.floats(0, 1), max_size=20), st.integers(1, 6), st.floats(0, 1))
def test_it_stops_at_the_first_epoch_that_fits(
    row: list[float | None], patience: int, limit: float
) -> None:
    rule = StopRule("val_loss", "<", limit)

    def by_rule(values: list[float | None]) -> int | None:
        return ended_by_rule({"val_loss": values}, rule)

    def by_patience(values: list[float | None]) -> int | None:
        return ended_by_patience({"val_loss": values}, patience)

    for ended in (by_rule, by_patience):
        epoch = ended(row)
        if epoch is not None:
            assert 1 <= epoch <= len(row)
            assert ended(row[: epoch - 1]) is None
            assert ended(row[:epoch]) == epoch
