"""What may be requested of a training, its own program's included."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.external_runs import LOOP, beginning, epochs_of, finished, script, usual
from tests.support.recording import append, spec
from tui.common.stop_rule import METRICS, SpecError, StopRule
from tui.runs.control.control_file import ControlReader
from tui.runs.control.requested import (
    known_metrics,
    most_epochs,
    request_problem,
    send_request,
)
from tui.runs.control.typed_changes import (
    parse_epochs,
    parse_learning_rate,
    parse_stop_conditions,
)
from tui.runs.events.run_progress import RunProgress
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder

SCHEDULE = "train.py uses a learning-rate schedule (CosineDecay): it sets the rate itself."


def progress_of(*rows: dict[str, float | None]) -> RunProgress:
    progress = RunProgress()
    for event in epochs_of(rows):
        progress.apply(event)
    return progress


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunFolder]:
    """A run whose program is at work and carries out all but one request."""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))
    requests = tuple(one for one in script().requests if one != "learning rate")
    made = create_run(script(requests=requests, refusals={"learning rate": SCHEDULE}))
    append(made, [*beginning(), *epochs_of([usual(1)])])
    lock = made.acquire_lock()
    yield made
    os.close(lock)


def test_own_trainings_carry_out_everything() -> None:
    assert request_problem(spec(), "learning rate") == request_problem(None, "save") == ""
    assert known_metrics(spec(), RunProgress()) == METRICS and most_epochs(spec()) == 0


def test_refusals_give_the_programs_own_reason() -> None:
    refusing = script(requests=("pause",), refusals={"learning rate": SCHEDULE})
    assert request_problem(refusing, "pause") == ""
    assert request_problem(refusing, "learning rate") == SCHEDULE
    assert "does not carry out" in request_problem(refusing, "save")
    watched = script(requests=(), refusals={"": "It is only watched: RunCallback(control=False)."})
    assert request_problem(watched, "pause").endswith("RunCallback(control=False).")
    assert "only read" in request_problem(script(source="log", requests=()), "stop")


def test_a_rule_may_name_any_metric_of_the_run() -> None:
    progress = progress_of({"loss": 0.5, "val/dice coef": 0.4})
    metrics = known_metrics(script(), progress)
    conditions, words = parse_stop_conditions(["val/dice coef>=0.5", ""], progress, metrics=metrics)
    assert conditions.rule == StopRule("val/dice coef", ">=", 0.5)
    assert "would not have stopped" in words
    with pytest.raises(SpecError, match="did you mean val/dice coef"):
        parse_stop_conditions(["val/dice_coef>=0.5", ""], progress, metrics=metrics)


def test_before_the_first_epoch_nobody_knows_the_metrics() -> None:
    assert known_metrics(script(), RunProgress()) is None
    assert StopRule.parse("val_auc > 0.9", None) == StopRule("val_auc", ">", 0.9)


def test_the_names_of_thousands_of_metrics_are_not_all_listed() -> None:
    progress = progress_of({f"metric {number}": 0.5 for number in range(10_000)})
    with pytest.raises(SpecError) as error:
        parse_stop_conditions(
            ["metrik 77>1", ""], progress, metrics=known_metrics(script(), progress)
        )
    assert "and 9,988 more" in str(error.value) and len(str(error.value)) < 500


def test_an_accuracy_in_percent_may_be_a_rule_of_an_own_program() -> None:
    progress = progress_of({"accuracy": 87.5})
    metrics = known_metrics(script(), progress)
    conditions, _ = parse_stop_conditions(["accuracy>90", ""], progress, metrics=metrics)
    assert conditions.rule == StopRule("accuracy", ">", 90.0)
    with pytest.raises(SpecError, match="between 0 and 1"):
        parse_stop_conditions(["accuracy>90", ""], progress)


def test_patience_needs_a_validation_loss() -> None:
    progress = progress_of({"loss": 0.5})
    with pytest.raises(SpecError, match="does not measure"):
        parse_stop_conditions(["", "3"], progress, metrics=["loss"])


def test_epochs_can_only_be_fewer() -> None:
    progress = progress_of(usual(1))
    assert parse_epochs(["12"], progress, most_epochs(script()), "train.py")[0] == 12
    with pytest.raises(SpecError, match=r"train\.py trains 20 epochs at most, so 21 cannot"):
        parse_epochs(["21"], progress, most_epochs(script()), "train.py")
    assert parse_epochs(["500"], progress, most_epochs(LOOP))[0] == 500


def test_a_rate_is_taken_where_the_present_one_is_not_known() -> None:
    assert parse_learning_rate(["0.01"], 0.0) == (0.01, "in force from the next batch on.")


def test_a_request_is_written_for_the_program(run: RunFolder) -> None:
    send_request(run, "pause", want="pause")
    assert ControlReader(run.control).read().want == "pause"


def test_a_refused_request_is_not_written(run: RunFolder) -> None:
    with pytest.raises(RunError, match="CosineDecay"):
        send_request(run, "learning rate", learning_rate=0.1)
    assert not run.control.exists()


def test_nothing_is_requested_of_a_run_that_is_over(run: RunFolder) -> None:
    append(run, [finished(1)])
    with pytest.raises(RunError, match=r"bigger kernels is not being trained \(finished\)"):
        send_request(run, "stop", want="stop")
