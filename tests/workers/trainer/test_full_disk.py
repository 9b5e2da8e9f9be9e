"""Run folders on a full disk, renamed, or with planted files, while a training runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.workers.shell import (
    PATIENCE,
    SIDE,
    SMALL,
    events_of,
    last_of,
    of_type,
    wait_for,
    wait_for_event,
    wait_until_gone,
)
from tests.workers.trainer.test_survival import (
    assert_stopped_in_good_order,
    endless_run,
    second_epoch,
)
from tui.datasets import LoaderSettings
from tui.runs.events.event_types import (
    EpochEnded,
    Failed,
    Finished,
    Notice,
)
from tui.runs.events.run_follower import RunFollower
from tui.runs.process.launch import Launcher
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import summarise


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


def test_a_history_that_cannot_be_written_is_reported_once_and_tried_again(
    pictures: Path, own_home: Path
) -> None:
    run = endless_run(pictures)
    run.history_csv.mkdir()  # in the way of the file, as a locked folder would be
    Launcher().start(run)
    wait_for_event(run, EpochEnded, lambda event: event.epoch >= 4)
    told = [event.text for event in of_type(events_of(run), Notice)]
    assert told == [
        "Could not write history.csv after epoch 1: Is a directory. The training continues and "
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
    assert "The training continues" in notice
    unkept = "Could not write the checkpoint after epoch 1: File too large. The training continues"
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
