"""A spec.json that somebody edited: each command says a sentence, and none shows a traceback."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.runs.recorded import recorded, run_of
from tui.cli.command import cli
from tui.datasets import Augmentation, LoaderSettings
from tui.runs.process.launch import Launcher
from tui.runs.queue.waiting_runs import QueueStarter
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.run_folder import RunFolder

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1, 0.5, -0.0, 1e-320, 1e308, 2**31, 2**63, 10**30, math.nan, math.inf,
    "", " ", "0", "nan", "\x1b[2J", "\u202egnp", "a" * 3000, "[red]", "../..", "/", "\0",
    "\0\\ud800", [], [0], [0, 0], [-1, 8], [8, 8], [8, 8, 8], ["a"], ["a", "a"], ["a", "b", "c"],
    [None, None],
    ["\0x", "../y"], {}, {"a": 1}, {"metric": "accuracy", "comparison": ">", "value": 2},
    {"metric": "none", "comparison": ">", "value": 0.1},
    {"metric": "loss", "comparison": "=", "value": 1},
)  # fmt: skip
NETWORKS = (
    "banana", "8x8x1", "0x0x0 flatten", "8x8x1 flatten dense:k=0", "9x9x3 conv:k=16,f=999 flatten",
    "8x8x1 flatten dense:k=99999999999", "99999999x99999999x3 flatten dense:k=1,a=sigmoid",
    "8x8x1 dense:k=1,a=sigmoid", "8x8x3 flatten dense:k=1,a=sigmoid", "150x150x3 lambda:x=1",
)  # fmt: skip


def paths_of(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where in a spec something can be put in another's place."""
    inside: Any = ()
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = [before] if before else []
    for key, one in inside:
        found += paths_of(one, (*before, key))
    return found


SPEC = make_spec(
    "pets",
    LoaderSettings(
        directory="/data/pets",
        classes=("cats", "dogs"),
        leave_out=("cats/1.png",),
        augmentation=Augmentation(rotation_range=10),
    ),
)


def plain() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(SPEC))
    return found


PATHS = paths_of(plain())
COMMANDS = (
    ("",),
    ("--json",),
    ("show", "RUN"),
    ("show", "RUN", "--json"),
    *(("export", "RUN", "--format", form, "--out", "OUT", "--force")
      for form in ("csv", "json", "svg", "tensorboard", "script")),
    ("export", "RUN", "OTHER", "--format", "svg", "--out", "OUT", "--force"),
    ("export", "RUN", "OTHER", "--format", "json", "--out", "OUT", "--force"),
    ("note", "RUN", "x"),
    ("resume", "RUN", "--epochs", "30", "--queue"),
    ("unqueue", "RUN"),
    ("resume", "RUN", "--epochs", "30", "--learning-rate", "0.1", "--detach"),
    ("delete", "RUN"),
)  # fmt: skip


def put(spec: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        spec = spec[key]
    spec[path[-1]] = value


def says(text: str, run: RunFolder, folder: Path) -> None:
    """Write a spec, and go through every command with it."""
    other = run_of(SPEC, {"loss": [0.5]})
    (run.path / "spec.json").write_text(text)
    run.control.unlink(missing_ok=True)
    run.starting.unlink(missing_ok=True)
    runner = CliRunner()
    for words in COMMANDS:
        known = {"RUN": run.name, "OTHER": other.name, "OUT": str(folder / "out")}
        arguments = ["runs", *(known.get(word, word) for word in words if word)]
        done = runner.invoke(cli, arguments, input="n\n")
        told = f"{' '.join(arguments)}: {done.output[-300:]}"
        assert done.exception is None or isinstance(done.exception, SystemExit), (
            told, done.exception)  # fmt: skip
        assert done.exit_code in (0, 1), told
        assert done.exit_code == 0 or "Error: " in done.output, told
        assert "Traceback" not in done.output and "\x1b" not in done.output, told


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[RunFolder, Path]:
    """Return a run that ended, and a folder to write to; no process is started."""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(Launcher, "start", lambda *_: None)
    monkeypatch.setattr(QueueStarter, "ensure", lambda *_: None)
    run = run_of(SPEC, recorded("overfitting").history)
    assert CliRunner().invoke(cli, ["runs", "show", run.name]).exit_code == 0
    return run, tmp_path


@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(ODD)), min_size=1, max_size=2))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@example([(("data", "rescale_divisor"), 0)])
@example([(("data", "target_size"), [0, 0])])
@example([(("data", "classes"), [])])
@example([(("stop_rule",), {"metric": "none", "comparison": ">", "value": 0.1})])
def test_any_field_may_hold_anything(edited: Any, changes: list[Any]) -> None:
    run, folder = edited
    spec = plain()
    for path, value in changes:
        try:
            put(spec, path, copy.deepcopy(value))
        except (KeyError, IndexError, TypeError):  # what stood around it is gone
            continue
    says(json.dumps(spec), run, folder)


@pytest.mark.parametrize("network", NETWORKS)
def test_any_network_may_stand_there(edited: Any, network: str) -> None:
    says(json.dumps({**plain(), "network": network}), *edited)


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "\x00", "{}", '{"name": "a"}', "[" * 5000])
def test_it_may_be_no_spec_at_all(edited: Any, text: str) -> None:
    says(text, *edited)
