"""Runs of trainings that cnn-tui did not start: their spec, and what the list says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.external_runs import beginning, epochs_of
from tests.support.recording import append
from tui.runs.control.effective_settings import setting_problem
from tui.runs.events.event_types import ControlApplied, RunStarted
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.setting_rows import rows_with_changes
from tui.runs.store.create_run import create_run
from tui.runs.store.loaded_run import load_run
from tui.runs.store.run_access import ExternalRunError, RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import summarise

SPEC = ExternalSpec(
    name="bigger kernels",
    source="script",
    path="/home/ada/train.py",
    arguments=("--epochs", "3"),
    epochs=3,
    learning_rate=0.001,
    optimizer="Adam",
    loss="sparse_categorical_crossentropy",
    requests=("pause", "stop"),
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunFolder:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))
    return create_run(SPEC)


def test_spec_is_read_back(run: RunFolder) -> None:
    assert run.any_spec() == run.external() == SPEC


def test_run_cannot_be_resumed_by_us(run: RunFolder) -> None:
    with pytest.raises(
        ExternalRunError, match=r"trained by train\.py.*again \(train\.py --epochs 3\)"
    ):
        run.spec()


def test_list_shows_a_run_that_died_with_its_script(run: RunFolder) -> None:
    append(run, [*beginning(), *epochs_of([{"loss": 0.5, "mae": 0.1}], epochs=3)])
    (summary,) = RunList().read()
    assert (summary.title, summary.status, summary.epochs) == (
        "bigger kernels",
        "died at epoch 2",
        3,
    )
    assert summary.external == SPEC and not summary.problem


def test_settings_name_the_script_and_what_changed(run: RunFolder) -> None:
    changed = ControlApplied(at=2.0, request="learning rate", value="0.0003", epoch=2, batch=5)
    append(run, [RunStarted(at=1.0, pid=1, version="0"), changed])
    rows = rows_with_changes(load_run(run))
    assert rows["script"] == "train.py" and rows["arguments"] == "--epochs 3"
    assert rows["learning rate"] == "0.001 → 0.0003" and "batch size" not in rows


def test_damaged_external_spec_is_said_to_be_damaged(run: RunFolder) -> None:
    (run.path / "spec.json").write_text('{"kind": "external", "name": 5, "source": "script"}')
    with pytest.raises(RunError, match="damaged"):
        run.any_spec()
    assert summarise(run).status in ("starting", "unreadable")


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [("learning_rate", -1.0, "above 0"), ("patience", -3, "1 to 100,000"), ("epochs", 0, "1 to")],
)
def test_impossible_requests_are_refused(name: str, value: float, cure: str) -> None:
    problem = setting_problem(name, value, SPEC)
    assert problem is not None and cure in problem
