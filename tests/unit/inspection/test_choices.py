"""Which weights there are to look into, and of which run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.external_runs import LOOP, beginning, epochs_of, script, usual
from tests.support.recording import append, spec
from tui.inspection.choices import available_weights, newest_with_weights, no_weights
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import epoch_of_saved, model_path, saved_models
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import summarise


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))


def saved(training: TrainingSpec | ExternalSpec, *names: str) -> RunFolder:
    run = create_run(training)
    append(run, [*beginning(), *epochs_of([usual(1)])])
    for name in names:
        (run.path / name).touch()
    return run


def test_models_saved_on_request_come_last_and_by_epoch() -> None:
    names = ("saved-epoch-10-batch-3.keras", "saved-epoch-2-batch-40.keras", "best.keras")
    run = saved(script(), *names, "saved-epoch-x.keras", "saved.keras")
    assert saved_models(run) == ["saved-epoch-2-batch-40", "saved-epoch-10-batch-3"]
    found = available_weights(run)
    assert [name for name, _ in found] == ["best", *saved_models(run)]
    assert found[1][1] == "saved on request: epoch 2 batch 40"
    assert model_path(run, "saved-epoch-2-batch-40").name == "saved-epoch-2-batch-40.keras"
    assert model_path(run, "best").name == "best.keras"
    assert model_path(run, "../../etc/passwd").name == "final.keras"
    assert epoch_of_saved("saved-epoch-10-batch-3") == 10


def test_a_model_of_an_own_program_is_opened_only_when_asked_for() -> None:
    old = saved(spec(), "best.keras")
    newer = summarise(saved(script(), "best.keras"))
    assert newest_with_weights([newer, summarise(old)]) == old
    assert newest_with_weights([newer]) is None


@pytest.mark.parametrize(
    ("external", "words"),
    [
        (None, "has no weights yet"),
        (script(save=""), 'RunCallback(save="best") in train.py saves them.'),
        (LOOP, "no weights in its folder: loop.py saves its model itself."),
        (script(save="best"), "train.py saves them after its epochs."),
        (script(source="log", path="/x/run.csv"), "read from a log, which holds no weights"),
    ],
)
def test_without_weights_the_cure_is_given(external: ExternalSpec | None, words: str) -> None:
    assert words in no_weights("kernels", external)
