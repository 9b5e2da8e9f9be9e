"""`cnn-tui runs` for trainings of somebody's own programs, and requests to any training."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.external_runs import beginning, epochs_of, finished, script, usual
from tests.support.recording import append, control
from tui.cli.runs.runs import runs
from tui.common.stop_rule import StopRule
from tui.runs.control.control_file import Control
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder

SCHEDULE = "train.py uses a learning-rate schedule (CosineDecay): it sets the rate itself."


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))


@pytest.fixture
def live() -> Iterator[RunFolder]:
    run = made(script())
    lock = run.acquire_lock()
    yield run
    os.close(lock)


def made(spec: ExternalSpec, *, over: bool = False) -> RunFolder:
    run = create_run(spec)
    append(run, [*beginning(), *epochs_of([usual(1), usual(2)]), *[finished(2)] * over])
    return run


def call(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(runs, arguments, input=answer)


def test_a_long_metric_is_shortened_and_its_number_is_whole() -> None:
    name = "val_digit_class_with_a_very_long_name_accuracy"
    run = create_run(script(name="long"))
    append(run, [*beginning(), *epochs_of([{name: 0.25}]), finished(1)])
    made(script(name="short"), over=True)
    lines = call().output.splitlines()
    assert "… 0.2500 (epoch 1)" in "".join(lines)
    assert {line[64:].split()[0] for line in lines} == {"long", "short"}


def test_a_name_with_a_blank_needs_quotes_in_a_filter() -> None:
    run = create_run(script(name="gan"))
    append(run, [*beginning(), *epochs_of([{"inception score": 2.0}]), finished(1)])
    refused = call("--filter", "inception score>1")
    assert 'A name with a blank needs quotes: "inception score">1' in refused.output
    assert "gan" in call("--filter", '"inception score">1').output


def test_a_comparison_says_nothing_unknown_of_what_did_not_change() -> None:
    made(script(name="one"), over=True)
    made(script(name="two", patience=3, batch_size=0), over=True)
    table = call("compare", "one", "two").output
    assert "changed" not in table and "unknown" not in table
    assert "best val_accuracy" in table


def test_list_and_show_name_it_and_its_best(live: RunFolder) -> None:
    assert "val_accuracy 0.4168 (epoch 2)" in call().output
    assert "script          train.py" in call("show", "bigger kernels").output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["stop"], Control(want="stop")),
        (["stop", "--after-epoch"], Control(want="stop_after_epoch")),
        (["pause"], Control(want="pause")),
        (["go-on"], Control(want="run")),
        (["save"], Control(saves=1)),
        (["set", "--epochs", "10"], Control(epochs=10)),
        (["set", "--learning-rate", "0.0003"], Control(learning_rate=0.0003, rates=1)),
        (
            ["set", "--stop-rule", "val_loss<0.1", "--patience", "3"],
            Control(stop_rule=StopRule("val_loss", "<", 0.1), patience=3),
        ),
        (["set", "--stop-rule", "never"], Control(no_stop_rule=True)),
    ],
)
def test_requests_are_written(live: RunFolder, arguments: list[str], expected: Control) -> None:
    command, *options = arguments
    found = call(command, "bigger kernels", *options)
    assert found.exit_code == 0, found.output
    assert "bigger kernels: requested" in found.output
    assert control(live) == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["set", "--epochs", "30"], "train.py trains 20 epochs at most"),
        (["set", "--epochs", "many"], "whole number"),
        (["set", "--stop-rule", "f1>0.5"], "'f1' is not measured here"),
        (["set", "--learning-rate", "-1"], "above 0"),
        (["set", "--learning-rate", "50"], "diverges"),
        (["set"], "Name what to change"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    live: RunFolder, arguments: list[str], words: str
) -> None:
    command, *options = arguments
    found = call(command, "bigger kernels", *options)
    assert found.exit_code and words in found.output
    assert "Traceback" not in found.output and control(live) == Control()


def test_a_refused_request_gives_the_programs_reason() -> None:
    run = made(script(name="rates", requests=("pause",), refusals={"learning rate": SCHEDULE}))
    lock = run.acquire_lock()
    found = call("set", "rates", "--learning-rate", "0.01")
    os.close(lock)
    assert found.exit_code == 1 and SCHEDULE in found.output


def test_a_run_that_is_over_takes_no_requests() -> None:
    made(script(), over=True)
    found = call("pause", "bigger kernels")
    assert found.exit_code == 1 and "is not being trained (finished)" in found.output
    found = call("stop", "bigger kernels", "--kill", "--yes")
    assert found.exit_code == 1 and "there is nothing to kill" in found.output
    for queue in ([], ["--queue"]):
        found = call("resume", "bigger kernels", "--epochs", "30", *queue)
        assert found.exit_code == 1
        assert "Resuming is train.py's own affair: run it again" in found.output


HOLDS = """
import sys, time
from pathlib import Path
from tui.runs.store.run_folder import RunFolder
lock = RunFolder(Path(sys.argv[1])).acquire_lock()
print("holds", flush=True)
time.sleep(60)
"""


def test_killing_ends_the_users_own_process_after_a_question() -> None:
    run = made(script())
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(run.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "holds\n"
    found = call("stop", "bigger kernels", "--kill", answer="n\n")
    assert "Kill train.py, your own process that trains bigger kernels" in found.output
    assert "It goes on." in found.output and process.poll() is None
    found = call("stop", "bigger kernels", "--kill", answer="y\n")
    assert found.exit_code == 0 and "Killed train.py" in found.output
    assert process.wait(10) == -9
    assert "died at epoch 3" in call().output


def test_export_of_the_script_names_it(tmp_path: Path) -> None:
    made(script(), over=True)
    found = call("export", "bigger kernels", "--format", "script", "--out", str(tmp_path / "x.py"))
    assert found.exit_code == 1 and "/home/ada/train.py" in found.output
    found = call("export", "bigger kernels", "--out", str(tmp_path / "x.csv"))
    assert found.exit_code == 0 and (tmp_path / "x.csv").read_text().startswith("epoch,")


def test_rename_note_and_delete() -> None:
    run = made(script(), over=True)
    assert "is called mine now" in call("rename", "bigger kernels", "mine").output
    assert "look again" in call("note", "mine", "look again").output
    assert call("delete", "mine", "--yes").exit_code == 0
    assert run.deleted()
