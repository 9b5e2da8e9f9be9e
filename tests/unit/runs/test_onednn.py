"""Where TensorFlow is told to use oneDNN, and what a run's program says of it."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.runs.recorded import Row, run_of
from tui.runs.events.event_types import LibrariesLoaded
from tui.runs.export.run_script import run_script
from tui.runs.process.launch import trainer_environment
from tui.runs.process.onednn import VARIABLE, onednn_settings
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.loaded_run import load_run

ROWS: dict[str, Row] = {"loss": (0.5,), "accuracy": (0.5,)}


@pytest.mark.parametrize(
    ("system", "flags", "asked"),
    [
        ("linux x86_64", "flags : fpu avx avx2 fma", True),
        ("linux x86_64", "flags : fpu avx fma", False),
        ("linux x86_64", "", False),
        ("linux aarch64", "flags : avx2", False),
        ("darwin x86_64", "flags : avx2", False),
    ],
)
def test_it_is_asked_for_where_it_is_faster(system: str, flags: str, asked: bool) -> None:
    assert onednn_settings(system=system, flags=flags) == ({VARIABLE: "1"} if asked else {})


def test_whoever_has_chosen_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0")
    assert trainer_environment()[VARIABLE] == "0"
    monkeypatch.delenv(VARIABLE)
    asked = {name: value for name, value in trainer_environment().items() if name == VARIABLE}
    assert asked == onednn_settings()


@pytest.mark.parametrize("said", ["0", "1", ""])
def test_a_runs_program_computes_as_the_run_did(said: str, spec: TrainingSpec) -> None:
    one = load_run(run_of(spec, ROWS))
    assert one.progress.libraries is not None
    one.progress.libraries = msgspec.structs.replace(one.progress.libraries, onednn=said)
    text = run_script(one)
    line = f'os.environ["{VARIABLE}"] = "{said}"'
    assert (line in text) == bool(said)
    if said:
        assert text.index("import os") < text.index(line) < text.index("import keras")


def test_a_run_from_before_says_nothing() -> None:
    told = b'{"type":"libraries_loaded","at":0,"keras":"3","backend":"tensorflow","device":"CPU"}'
    assert msgspec.json.decode(told, type=LibrariesLoaded).onednn == ""
