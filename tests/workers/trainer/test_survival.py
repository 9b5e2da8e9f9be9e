"""What a training lives through, and what it leaves when it does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import keras
import pytest

from tests.workers.shell import (
    PATIENCE,
    SIDE,
    SMALL,
    Command,
    Shell,
    draw_split,
    events_of,
    last_of,
    of_type,
    wait_for_event,
    wait_until_gone,
)
from tui.callback.epoch_clock import EpochClock
from tui.callback.training_events import TrainingEvents
from tui.callback.training_record import TrainingRecord
from tui.datasets import LoaderSettings
from tui.runs.events.event_types import (
    BatchesEnded,
    EpochEnded,
    EpochStarted,
    Finished,
    RunStarted,
    StopRequested,
    Validating,
)
from tui.runs.process.launch import Launcher
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import lock_holder
from tui.runs.store.run_summary import summarise
from tui.trainer.job import finish_stopped
from tui.trainer.run_session import RunSession

ENDLESS = ("--epochs", 100_000, "--stop-when", "never", "--model", SMALL)


LONG = 20
"""Epochs that take some seconds."""


def second_epoch(run: RunFolder) -> EpochEnded:
    """Wait until a training is well under way."""
    return wait_for_event(run, EpochEnded, lambda event: event.epoch >= 2)


def endless_run(pictures: Path) -> RunFolder:
    """Make a run that goes on until it is stopped."""
    settings = LoaderSettings(
        directory=str(pictures / "train"),
        validation_directory=str(pictures / "validation"),
        classes=("cats", "dogs"),
        target_size=(SIDE, SIDE),
    )
    return create_run(make_spec("pets", settings, model=SMALL, epochs=100_000, stop_rule=None))


def assert_stopped_in_good_order(run: RunFolder) -> Finished:
    finished = last_of(run, Finished)
    assert finished is not None and finished.reason == "stopped"
    assert finished.sentence.startswith("Stopped after batch ")
    assert last_of(run, StopRequested)
    assert finished.epochs == len(of_type(events_of(run), EpochEnded))
    assert keras.models.load_model(run.path / "final.keras", safe_mode=True)
    assert run.history_csv.read_text().count("\n") == finished.epochs + 1
    assert summarise(run).state == "stopped"
    assert not run.alive()
    return finished


@contextmanager
def terminal(shell: Shell, *arguments: object) -> Iterator[tuple[Command, int]]:
    """Start a command with a terminal of its own, and give the other end of that terminal."""
    master, slave = os.openpty()
    try:
        command = shell.start(*arguments, terminal=slave)
        os.close(slave)
        yield command, master
    finally:
        with suppress(OSError):
            os.close(master)


# Ctrl-C


def test_ctrl_c_in_a_terminal_stops_in_good_order(shell: Shell, pictures: Path) -> None:
    with terminal(shell, "train", pictures, *ENDLESS) as (command, keyboard):
        second_epoch(command.run)
        os.write(keyboard, b"\x03")
        assert command.status == 130
    finished = assert_stopped_in_good_order(command.run)
    lines = command.out.splitlines()
    assert "stopping after the current batch …" in lines
    assert lines[-1] == finished.sentence
    assert "Traceback" not in command.out + command.err


def test_a_stop_in_a_long_validation_does_not_wait_for_its_end(
    shell: Shell, tmp_path: Path
) -> None:
    folder = draw_split(tmp_path / "pets")
    pattern = folder / "validation" / "cats" / "000.png"
    for number in range(6000):
        os.link(pattern, pattern.with_name(f"copy{number}.png"))
    command = shell.start(
        "train", folder, "--epochs", 1, "--batch-size", 1, "--stop-when", "never", "--model", SMALL
    )
    wait_for_event(command.run, Validating)
    command.interrupt()
    assert command.status == 130
    seen = of_type(events_of(command.run), Validating)
    assert seen[-1].steps == 6014 and seen[-1].step < 5000, "it did not wait for the end"
    finished = last_of(command.run, Finished)
    assert finished is not None and finished.reason == "stopped"
    assert finished.sentence == "Stopped after batch 40 of epoch 1; no epoch is complete."
    assert (command.run.path / "final.keras").exists()


def test_a_stop_before_the_first_batch_is_a_stop_too(pictures: Path, own_home: Path) -> None:
    run = endless_run(pictures)
    run.request_stop()
    Launcher().start(run)
    finished = wait_for_event(run, Finished)
    assert finished.sentence == "Stopped before the first batch."
    assert (finished.reason, finished.epochs) == ("stopped", 0)
    assert last_of(run, EpochStarted) is None
    wait_until_gone(run)
    assert summarise(run).state == "stopped"


def test_a_stop_between_the_network_and_the_first_batch_says_so(
    pictures: Path, own_home: Path
) -> None:
    run = endless_run(pictures)
    with RunSession(run) as session:
        stream = TrainingEvents(
            session.emit,
            images=40,
            batch_size=20,
            validation_steps=1,
            epochs=lambda: 5,
            record=TrainingRecord(),
            clock=EpochClock(),
        )
        finish_stopped(session, stream, save=lambda: pytest.fail("there is nothing to save"))
    finished = last_of(run, Finished)
    assert finished is not None and finished.sentence == "Stopped before the first batch."


# The clock is changed


@pytest.mark.parametrize("jump", [-3600.0, 3600.0], ids=["set back", "set forward"])
def test_a_clock_that_is_set_holds_up_no_batches_and_changes_no_durations(
    pictures: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    run = endless_run(pictures)
    real, set_by = time.time, 0.0
    monkeypatch.setattr(time, "time", lambda: real() + set_by)
    with RunSession(run) as session:
        stream = TrainingEvents(
            session.emit,
            images=40,
            batch_size=20,
            validation_steps=1,
            epochs=lambda: 5,
            record=TrainingRecord(),
            clock=EpochClock(),
        )
        stream.epoch_begins(1, 2)
        stream.batch_ended(1, {"loss": 1.0})
        set_by = jump
        time.sleep(0.3)  # longer than batches are collected
        stream.batch_ended(2, {"loss": 0.5})
        told = last_of(run, BatchesEnded)
        assert told is not None and told.first == 2
        assert 1.0 < told.images_per_second < 200.0
        stream.epoch_ended(1, {"loss": 0.5})
    ended = last_of(run, EpochEnded)
    assert ended is not None and 0.3 <= ended.seconds < 60.0


# The command line goes away


def test_the_training_goes_on_when_its_terminal_is_closed(shell: Shell, pictures: Path) -> None:
    with terminal(shell, "train", pictures, "--epochs", LONG, *ENDLESS[2:]) as (command, keyboard):
        run = command.run
        second_epoch(run)
        os.close(keyboard)  # the kernel sends SIGHUP, as when a window or a connection closes
        assert command.status == -signal.SIGHUP
        assert last_of(run, Finished) is None, "it was still training when the terminal went"
    assert wait_for_event(run, Finished).epochs == LONG
    wait_until_gone(run)
    assert [event.epoch for event in of_type(events_of(run), EpochEnded)] == [*range(1, LONG + 1)]
    assert (run.path / "final.keras").exists()


def test_the_training_goes_on_when_the_command_line_is_killed(shell: Shell, pictures: Path) -> None:
    command = shell.start("train", pictures, "--epochs", LONG, *ENDLESS[2:])
    run = command.run
    second_epoch(run)
    command.process.kill()
    command.wait()
    assert last_of(run, Finished) is None and run.alive()
    assert wait_for_event(run, Finished).reason == "completed"
    wait_until_gone(run)
    assert summarise(run).epochs_done == LONG


# The trainer goes away


def test_a_killed_trainer_is_reported_by_everyone(shell: Shell, pictures: Path) -> None:
    command = shell.start("train", pictures, *ENDLESS)
    run = command.run
    second_epoch(run)
    assert run.kill()
    assert command.status == 1
    done = len(of_type(events_of(run), EpochEnded))
    (sentence,) = [line for line in command.err.splitlines() if "failed" in line]
    assert f"the trainer died at epoch {done + 1} without a word" in sentence
    assert str(run.log) in sentence
    assert "Traceback" not in command.err + command.out

    assert summarise(run).status == f"died at epoch {done + 1}"
    (line,) = shell.call("runs").out.splitlines()
    assert line.startswith(f"died at epoch {done + 1} ") and run.name in line
    (record,) = shell.call("runs", "--json").json()
    assert (record["state"], record["epochs_done"]) == ("died", done)

    # And taken up again by the command that the sentence names.
    assert f"`cnn-tui runs resume {run.name}` continues" in sentence
    kept = checkpoints(run)[-1]
    resumed = shell.call("runs", "resume", run.name, "--epochs", kept + 2)
    assert resumed.status == 0, resumed.err
    lines = resumed.out.splitlines()
    assert lines[0] == f"run {run.path}" and lines[1] == "loading Keras …"
    assert f"resuming after epoch {kept}." in lines
    assert [line.split()[1] for line in lines if line.startswith("epoch ")] == [
        f"{epoch}/{kept + 2}" for epoch in (kept + 1, kept + 2)
    ]
    assert lines[-1] == f"All {kept + 2} epochs are done."
    again = shell.call("runs", "resume", run.name)
    assert again.status == 1 and "To train it further, say how many epochs" in again.err
    assert "Traceback" not in again.err + resumed.err


def test_sigterm_stops_in_good_order_and_a_second_trainer_is_refused(
    pictures: Path, own_home: Path
) -> None:
    run = endless_run(pictures)
    Launcher().start(run)
    second_epoch(run)

    second = subprocess.run(
        [sys.executable, "-m", "tui.trainer", str(run.path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert second.returncode == 1
    assert second.stderr == (
        f"Cannot train {run.path}: Another trainer is working on {run.path}.\n"
    )
    assert len(of_type(events_of(run), RunStarted)) == 1

    holder = lock_holder(run.lock)
    assert holder is not None
    os.kill(holder.pid, signal.SIGTERM)
    wait_for_event(run, Finished)
    wait_until_gone(run)
    finished = assert_stopped_in_good_order(run)
    assert finished.sentence.endswith("The system asked for it (SIGTERM).")
    assert checkpoints(run)[-1] == finished.epochs, "the last whole epoch's state is kept"
