"""Run folders and state folders that somebody else filled: nothing is followed, nothing hangs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.recording import append
from tui.cli.command import cli
from tui.common.paths import StateError, runs_dir, state_dir
from tui.common.safe_files import UnsafeFileError
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import EpochEnded, Finished, RunStarted
from tui.runs.process.launch import Launcher
from tui.runs.queue.resume import queue_run, resume_run
from tui.runs.queue.waiting_runs import runs_at_work, waiting_runs
from tui.runs.store.delete_run import delete_run
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.model_files import epoch_of_best
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import read_label, write_label
from tui.runs.store.run_list import RunList
from tui.runs.store.trainer_log import log_text

NAMES = (
    "lock",
    "control.json",
    "control.lock",
    "control.json.new-PID",
    "label.json",
    "label.json.new-PID",
    "queued",
    "queued.new-PID",
    "starting",
    "starting.new-PID",
    "spec.json",
    "events.jsonl",
    "trainer.log",
    "history.csv",
    "best.keras",
    "checkpoints",
    "kept",
)
PRECIOUS = b'{"a file": "of the user\'s own"}\n'
LONGEST = 20
"""Seconds that nothing here takes, unless it waits for a named pipe for ever."""


def link(path: Path, precious: Path) -> None:
    path.symlink_to(precious)


def pipe(path: Path, precious: Path) -> None:
    os.mkfifo(path)


def folder(path: Path, precious: Path) -> None:
    path.mkdir()
    (path / "inside").write_bytes(b"")


@pytest.fixture(autouse=True)
def nothing_hangs() -> Iterator[None]:
    """End a test that waits for a named pipe."""
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)


@pytest.fixture
def ended(run: RunFolder) -> RunFolder:
    """Return a run that was stopped after its first epoch."""
    writer = EventWriter(run.events)
    writer.write(RunStarted(at=1.0, pid=1, version="0"))
    writer.write(
        EpochEnded(
            at=2.0,
            epoch=1,
            epochs=4,
            seconds=1.0,
            images_per_second=1.0,
            metrics={"accuracy": 0.5},
            best_epoch=1,
            best=0.5,
            best_metric="accuracy",
        )
    )
    writer.write(Finished(at=3.0, reason="stopped", sentence="Stopped.", epochs=1))
    writer.close()
    return run


def whatever(*tasks: Callable[[], object]) -> None:
    """Do all of it; each may be refused, in a sentence."""
    for task in tasks:
        try:
            task()
        except (RunError, StateError, OSError) as refused:
            assert str(refused)


@pytest.mark.parametrize("plant", [link, pipe, folder])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_planted_in_a_run_folder_is_not_followed_and_hangs_nothing(
    ended: RunFolder, tmp_path: Path, name: str, plant: Callable[[Path, Path], None]
) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(PRECIOUS)
    precious.chmod(0o644)
    name = name.replace("PID", str(os.getpid()))
    (ended.path / name).unlink(missing_ok=True)
    plant(ended.path / name, precious)

    shell = CliRunner()
    for command in (
        ["runs"],
        ["runs", "show", ended.name],
        ["runs", "show", ended.name, "--json"],
        ["runs", "export", ended.name, "--format", "json", "--out", str(tmp_path / "out.json")],
        ["runs", "export", ended.name, "--format", "script", "--out", str(tmp_path / "out.py")],
        ["runs", "rename", ended.name, "new name"],
        ["runs", "unqueue", ended.name],
    ):
        done = shell.invoke(cli, command)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    launcher = Launcher()
    whatever(
        lambda: RunList().read(),
        runs_at_work,
        waiting_runs,
        lambda: ControlReader(ended.control).read(),
        lambda: change_control(ended.control, want="pause"),
        lambda: ended.request_stop(),
        lambda: read_label(ended),
        lambda: write_label(ended, note="a note"),
        lambda: log_text(ended),
        lambda: epoch_of_best(ended),
        lambda: EventWriter(ended.events).close(),
        lambda: ended.kill(),
        lambda: queue_run(ended),
        lambda: resume_run(ended),
        lambda: os.close(ended.acquire_lock()),
    )
    if name == "trainer.log":
        with pytest.raises(StateError, match="Cannot start a trainer"):
            launcher.start(ended)
        ended.clear_marks()
    whatever(lambda: delete_run(ended))
    assert precious.read_bytes() == PRECIOUS
    assert precious.stat().st_mode & 0o777 == 0o644
    assert shell.invoke(cli, ["runs"]).exit_code == 0


def test_a_run_whose_lock_is_no_file_is_neither_started_nor_deleted_and_the_cure_is_named(
    ended: RunFolder, tmp_path: Path
) -> None:
    link(ended.lock, tmp_path / "elsewhere")
    with pytest.raises(RunError, match=r"Cannot determine whether .* symbolic link.*delete it"):
        resume_run(ended)
    with pytest.raises(RunError, match="Cannot determine"):
        delete_run(ended)
    with pytest.raises(UnsafeFileError):
        ended.acquire_lock()
    assert not (tmp_path / "elsewhere").exists()
    ended.lock.unlink()
    delete_run(ended)
    assert not list(iter_runs(runs_dir()))


def test_a_training_whose_lock_cannot_be_read_keeps_the_queue_waiting_and_is_shown_so(
    run: RunFolder, tmp_path: Path
) -> None:
    append(run, [RunStarted(at=1.0, pid=1, version="0")])
    assert not runs_at_work()
    link(run.lock, tmp_path)
    (listed,) = RunList().read()
    assert listed.state == "unknown" and "Cannot determine" in listed.problem
    assert runs_at_work(), "nothing is started beside it"


# Folders of somebody else's

SOMEBODY = 12345


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_run_of_another_user_is_shown_and_neither_trained_nor_changed(ended: RunFolder) -> None:
    os.chown(ended.path, SOMEBODY, SOMEBODY)
    (listed,) = RunList().read()
    assert listed.state == "foreign" and listed.status == f"belongs to user {SOMEBODY}"
    for task in (
        lambda: resume_run(ended),
        lambda: queue_run(ended),
        lambda: delete_run(ended),
        lambda: write_label(ended, name="mine"),
        lambda: ended.kill(),
        lambda: ended.request_stop(),
        lambda: os.close(ended.acquire_lock()),
    ):
        with pytest.raises(RunError, match=f"belongs to user {SOMEBODY}"):
            task()
    shell = CliRunner()
    assert "1 of 4 epochs" in shell.invoke(cli, ["runs", "show", ended.name]).output
    refused = shell.invoke(cli, ["runs", "resume", ended.name])
    assert refused.exit_code and f"belongs to user {SOMEBODY}" in refused.output


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_queued_run_of_another_user_is_not_trained(run: RunFolder) -> None:
    run.queue_mark.write_text("1.0")
    assert waiting_runs() == [run]
    os.chown(run.path / "spec.json", SOMEBODY, SOMEBODY)
    assert waiting_runs() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["state", "state/runs"])
def test_a_state_folder_of_another_user_is_refused_with_the_cure(
    home: Path, run: RunFolder, name: str
) -> None:
    os.chown(home / name, SOMEBODY, SOMEBODY)
    with pytest.raises(StateError, match=f"belongs to user {SOMEBODY}.*export CNN_TUI_HOME="):
        runs_dir()
        state_dir()
    done = CliRunner().invoke(cli, ["train", "--sample", "digits", "--epochs", "1"])
    assert done.exit_code == 1 and "belongs to" in done.output


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o702])
def test_a_state_folder_that_others_may_write_into_is_refused_with_the_cure(
    home: Path, run: RunFolder, mode: int
) -> None:
    (home / "state").chmod(mode)
    with pytest.raises(StateError, match=rf"Others may write into .*mode {mode:03o}.*chmod go-w"):
        state_dir()
    (home / "state").chmod(mode & ~0o022)
    assert state_dir() == home / "state"
