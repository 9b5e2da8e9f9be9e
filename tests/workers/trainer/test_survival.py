"""What a training lives through, and what it leaves when it does not."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import dedent

import keras
import pytest
from PIL import Image

from tests.workers.shell import (
    PATIENCE,
    SIDE,
    SMALL,
    Command,
    Shell,
    draw_classes,
    draw_split,
    events_of,
    last_of,
    of_type,
    wait_for,
    wait_for_event,
    wait_until_gone,
)
from tui.datasets import LoaderSettings
from tui.runs.events.event_types import (
    BatchesEnded,
    EpochEnded,
    EpochStarted,
    Failed,
    Finished,
    Notice,
    RunStarted,
    StopRequested,
    Validating,
)
from tui.runs.events.run_follower import RunFollower
from tui.runs.process.launch import Launcher
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_folder import RunFolder, create_run
from tui.runs.store.run_list import RunList
from tui.runs.store.run_lock import lock_holder
from tui.runs.store.run_summary import summarise
from tui.trainer.callbacks.event_callback import EventCallback
from tui.trainer.callbacks.timing import Timing
from tui.trainer.job import finish_stopped
from tui.trainer.run_session import RunSession
from tui.trainer.state.training_record import TrainingRecord

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
        stream = EventCallback(
            session,
            images=40,
            batch_size=20,
            validation_steps=1,
            epochs=lambda: 5,
            record=TrainingRecord(),
            timing=Timing(),
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
        stream = EventCallback(
            session,
            images=40,
            batch_size=20,
            validation_steps=1,
            epochs=lambda: 5,
            record=TrainingRecord(),
            timing=Timing(),
        )
        stream.set_params({"steps": 2})
        stream.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
        stream.model.compile("sgd", "mse")
        stream.on_epoch_begin(0)
        stream.on_train_batch_end(0, {"loss": 1.0})
        set_by = jump
        time.sleep(0.3)  # longer than batches are collected
        stream.on_train_batch_end(1, {"loss": 0.5})
        told = last_of(run, BatchesEnded)
        assert told is not None and told.first == 2
        assert 1.0 < told.images_per_second < 200.0
        stream.on_epoch_end(0, {"loss": 0.5})
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


def test_a_killed_trainer_is_told_of_by_everyone(shell: Shell, pictures: Path) -> None:
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
    assert f"`cnn-tui runs resume {run.name}` goes on" in sentence
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


def test_a_folder_that_vanishes_while_training_fails_with_a_cure(
    shell: Shell, tmp_path: Path
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", "keras")
    second_epoch(command.run)
    shutil.rmtree(folder / "dogs")
    assert command.status == 1
    (sentence,) = [line for line in command.err.splitlines() if "failed" in line]
    assert sentence.startswith("Training failed (reading images): A file is missing: ")
    assert str(folder / "dogs") in sentence
    assert "Put the folder back, or choose it again" in sentence
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in sentence
    assert sentence in command.run.log.read_text()
    assert "Traceback" not in command.err + command.out
    failed = last_of(command.run, Failed)
    assert failed is not None and summarise(command.run).problem == failed.what
    assert (command.run.path / "best.keras").exists(), "what was reached is kept"


def test_decoded_images_outlive_their_folder_and_their_cache(shell: Shell, tmp_path: Path) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS)
    second_epoch(command.run)
    shutil.rmtree(folder)
    assert shell.call("data", "cache", "--clear").out.startswith("Freed ")
    before = last_of(command.run, EpochEnded)
    assert before is not None
    wait_for_event(command.run, EpochEnded, lambda event: event.epoch > before.epoch + 2)
    (notice,) = of_type(events_of(command.run), Notice)
    assert notice.text.startswith(f"The folder {folder} is gone. The training goes on")
    assert notice.text in command.run.log.read_text()
    command.run.request_stop()
    assert command.wait() == 130
    assert_stopped_in_good_order(command.run)

    # Neither the images nor the decoded ones are there to go on with.
    resumed = shell.call("runs", "resume", command.run.name)
    assert resumed.status == 1
    assert f"The folder {folder} is not there. Put it back" in resumed.err
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in resumed.err


def too_many_pixels(path: Path) -> None:
    """Write a file of some bytes that says it has 400 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(100)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b""))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "emptied": (lambda path: path.write_bytes(b""), "empty"),
    "cut short": (cut_short, "truncated"),
    "text": (lambda path: path.write_text("hello"), "not an image"),
    "a bomb": (too_many_pixels, "pixels"),
}
"""What becomes of a file, and a word of what is said of it."""


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_image_that_is_damaged_while_training_is_named_and_can_be_gone_on_without(
    shell: Shell, tmp_path: Path, damage: str
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", "keras")
    second_epoch(command.run)
    image, (spoil, word) = folder / "dogs" / "007.png", DAMAGES[damage]
    spoil(image)
    assert command.status == 1
    (sentence,) = [line for line in command.err.splitlines() if "failed" in line]
    said = f"Training failed (reading images): A file can no longer be read: {image} ("
    assert sentence.startswith(said) and word in sentence, sentence
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in sentence
    if damage == "a bomb":  # once is enough: loading Keras takes its time
        more = kept + 2
        resumed = shell.call("runs", "resume", command.run.name, "--epochs", more)
        assert resumed.status == 0, resumed.err
        assert f"left out: dogs/{image.name}" in resumed.out
        assert [event.epoch for event in of_type(events_of(command.run), EpochEnded)][-1] == more


@pytest.mark.parametrize("into", ["pipe", "folder"])
def test_an_image_that_becomes_no_file_while_training_does_not_hang_it(
    shell: Shell, tmp_path: Path, into: str
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", "keras")
    second_epoch(command.run)
    image = folder / "dogs" / "007.png"
    image.unlink()
    if into == "pipe":
        os.mkfifo(image)
    else:
        image.mkdir()
    assert command.status == 1
    (sentence,) = [line for line in command.err.splitlines() if "failed" in line]
    assert f"A file can no longer be read: {image} (" in sentence
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in sentence


@pytest.mark.parametrize("loader", ["cached", "keras"])
def test_an_image_that_is_replaced_by_another_one_ends_no_training_and_is_said(
    shell: Shell, tmp_path: Path, loader: str
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", loader)
    second_epoch(command.run)
    image = folder / "dogs" / "007.png"
    Image.new("L", (300, 200), 7).save(tmp_path / "new.png")
    os.replace(tmp_path / "new.png", image)
    before = last_of(command.run, EpochEnded)
    assert before is not None
    wait_for_event(command.run, EpochEnded, lambda event: event.epoch > before.epoch + 2)
    command.run.request_stop()
    assert command.wait() == 130
    assert_stopped_in_good_order(command.run)
    told = [one.text for one in of_type(events_of(command.run), Notice)]
    if loader == "keras":
        (sentence,) = told
        assert sentence.startswith(f"{image} was changed while the training ran.")
    else:
        assert not told, "it goes on with what was decoded"


def on_a_full_disk(run: RunFolder) -> subprocess.Popen[bytes]:
    """Start a trainer whose files may grow to 8,000 bytes only."""
    code = """
    import os, resource, sys
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (8000, hard))
    os.execv(sys.executable, [sys.executable, "-P", "-m", "tui.trainer", sys.argv[1]])
    """
    with run.log.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-c", dedent(code), str(run.path)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def test_weights_that_no_disk_took_are_no_success(pictures: Path, own_home: Path) -> None:
    settings = LoaderSettings(
        directory=str(pictures / "train"), classes=("cats", "dogs"), target_size=(SIDE, SIDE)
    )
    run = create_run(make_spec("pets", settings, epochs=2, stop_rule=None))
    assert on_a_full_disk(run).wait(PATIENCE) == 1
    failed = last_of(run, Failed)
    assert failed is not None and failed.where == "saving the weights"
    assert failed.what == "All 2 epochs are done. But final.keras could not be written."
    assert failed.cure == (
        "Free some space, or make the run's folder writable, and train again: nothing was saved."
    )
    assert summarise(run).state == "failed"


def test_a_run_whose_folder_is_renamed_goes_on_there_and_is_found_again(
    pictures: Path, own_home: Path
) -> None:
    run = endless_run(pictures)
    follower = RunFollower(run)
    Launcher().start(run)
    second_epoch(run)
    follower.poll()
    renamed = RunFolder(run.path.with_name("a name of my own"))
    run.path.rename(renamed.path)

    seen = follower.progress.epochs_done
    wait_for("more epochs", lambda: follower.poll() and follower.progress.epochs_done > seen + 2)
    assert follower.run == renamed and follower.state == "running" and not follower.deleted
    (listed,) = RunList().read()
    assert listed.run == renamed and listed.state == "running"
    assert not run.path.exists(), "nothing is written where the folder was"
    follower.run.request_stop()
    wait_until_gone(renamed)
    finished = assert_stopped_in_good_order(renamed)
    assert checkpoints(renamed)[-1] == finished.epochs
    assert (renamed.path / "final.keras").exists()
    told = [one.text for one in of_type(events_of(renamed), Notice)]
    # The rename may have fallen into the writing of a file, which is written at the next epoch.
    assert not told or (len(told) == 2 and told[1].startswith("Written again")), told


def test_what_is_planted_in_a_run_folder_is_not_written_through_by_the_trainer(
    pictures: Path, own_home: Path, tmp_path: Path
) -> None:
    """Its files and folders lead elsewhere: what lies there stays, and the training says why."""
    settings = LoaderSettings(
        directory=str(pictures / "train"), classes=("cats", "dogs"), target_size=(SIDE, SIDE)
    )
    precious, elsewhere = tmp_path / "precious", tmp_path / "elsewhere"
    precious.write_text("precious")
    elsewhere.mkdir()
    run = create_run(make_spec("pets", settings, epochs=2, model=SMALL, stop_rule=None))
    files = ("history.csv", "new-history.csv", "best.keras", "new-best.keras", "final.keras")
    for name in (*files, "new-final.keras", "ballast", "control.json"):
        (run.path / name).symlink_to(precious)
    for name in ("checkpoints", "kept"):
        (run.path / name).symlink_to(elsewhere)
    Launcher().start(run)
    wait_for_event(run, Finished)
    wait_until_gone(run)
    assert precious.read_text() == "precious" and not list(elsewhere.iterdir())
    told = " ".join(one.text for one in of_type(events_of(run), Notice))
    assert "Could not write the checkpoint after epoch 1: it is a symbolic link" in told
    assert not (run.path / "final.keras").is_symlink(), "the link was replaced"


def test_a_history_that_cannot_be_written_is_told_once_and_tried_again(
    pictures: Path, own_home: Path
) -> None:
    run = endless_run(pictures)
    run.history_csv.mkdir()  # in the way of the file, as a locked folder would be
    Launcher().start(run)
    wait_for_event(run, EpochEnded, lambda event: event.epoch >= 4)
    told = [event.text for event in of_type(events_of(run), Notice)]
    assert told == [
        "Could not write history.csv after epoch 1: Is a directory. The training goes on, and "
        "tries again after each epoch."
    ]
    run.history_csv.rmdir()
    wait_for_event(run, Notice, lambda event: event.text.startswith("Written again, after epoch "))
    assert run.history_csv.is_file()
    run.request_stop()
    wait_until_gone(run)
    assert_stopped_in_good_order(run)


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit lifts a limit of another process")
def test_a_full_disk_ends_no_training(pictures: Path, own_home: Path) -> None:
    """Files may grow to 8,000 bytes only, and later as they like."""
    import resource

    settings = LoaderSettings(
        directory=str(pictures / "train"), classes=("cats", "dogs"), target_size=(SIDE, SIDE)
    )
    run = create_run(make_spec("pets", settings, epochs=100_000, stop_rule=None))
    process = on_a_full_disk(run)
    try:
        first = wait_for_event(run, Notice, lambda event: "best.keras" in event.text)
        assert first.text.startswith("Could not write best.keras after epoch 1: File too large. ")
        full = stays_the_same(lambda: run.events.stat().st_size)
        assert 7000 < full <= 8000
        assert process.poll() is None, run.log.read_text()
        before = of_type(events_of(run), EpochEnded)[-1].epoch

        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        run.request_stop()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
    epochs = [event.epoch for event in of_type(events_of(run), EpochEnded)]
    assert epochs == [*range(1, len(epochs) + 1)] and len(epochs) > before, "nothing was lost"
    told = [event.text for event in of_type(events_of(run), Notice)]
    (notice,) = [text for text in told if text.startswith("Cannot write the run's events: ")]
    assert "The training goes on" in notice
    unkept = "Could not write the checkpoint after epoch 1: File too large. The training goes on"
    assert len([text for text in told if text.startswith(unkept)]) == 1, "told once"
    assert f"free some space on the disk of {run.path}" in notice
    assert summarise(run).state == "stopped"
    assert (run.path / "final.keras").exists()
    assert (run.path / "best.keras").exists(), "what the disk did not take is tried again"


def stays_the_same(look: Callable[[], int], seconds: float = 1.5) -> int:
    """Wait until a figure has stopped changing, and return it."""
    seen, since = look(), time.monotonic()

    def still() -> bool:
        nonlocal seen, since
        if (now := look()) != seen:
            seen, since = now, time.monotonic()
        return time.monotonic() - since > seconds

    wait_for("an end of the changes", still)
    return seen
