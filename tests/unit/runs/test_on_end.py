"""The command for a run's end: once for each ending, and only that of a run made here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from tests.support.queue_process import COMMAND, ROOT, TRAINER
from tests.support.recording import append
from tests.support.waiting import until
from tests.unit.runs.recorded import AT, epoch_events, recorded
from tui.common.paths import state_dir
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import Event, Failed, Finished, Notice, RunStarted
from tui.runs.process import on_end
from tui.runs.process.on_end import DeathWatch, command_of, run_on_end
from tui.runs.queue import waiting_runs as queue
from tui.runs.queue.waiting_runs import QueueStarter
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.on_end_mark import arm, claim, is_armed
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import write_label
from tui.trainer.run_session import RunSession

SAY = 'env | grep ^CNN_TUI_ > "$CNN_TUI_RUN/said"; echo x >> "$CNN_TUI_RUN/count"'
"""Writes down the variables that it is given, and counts how often it is run."""
NAMES = ["RUN", "NAME", "STATE", "SENTENCE", "BEST_METRIC", "BEST", "BEST_EPOCH", "EPOCHS"]
FINISHED = Finished(at=AT + 99, reason="completed", sentence="All 25 epochs are done.", epochs=25)


@pytest.fixture
def spec(spec: TrainingSpec) -> TrainingSpec:
    """Return a training with a command for its end."""
    return msgspec.structs.replace(spec, on_end=SAY)


def ended(spec: TrainingSpec | ExternalSpec, *last: Event) -> RunFolder:
    """Return a run that was trained and ended with some events; without any it died."""
    run = create_run(spec)
    started = RunStarted(at=AT, pid=1, version="0")
    append(run, [started, *epoch_events(recorded("overfitting").history), *last])
    return run


def given(run: RunFolder) -> dict[str, str]:
    """Return the variables that a command was given."""
    lines = (run.path / "said").read_text().splitlines()
    variables = dict(line.removeprefix("CNN_TUI_").split("=", 1) for line in lines)
    return {name: value for name, value in variables.items() if name in NAMES}


def count(run: RunFolder) -> int:
    """Return how often a command was run."""
    path = run.path / "count"
    return len(path.read_text().splitlines()) if path.exists() else 0


def notices(run: RunFolder) -> list[str]:
    """Return the notices of a run."""
    return [one.text for one in EventReader(run.events).read() if isinstance(one, Notice)]


def test_it_is_given_how_the_run_ended(spec: TrainingSpec) -> None:
    run = ended(spec, FINISHED)
    write_label(run, name="a 'name' $(touch /tmp/no); `x` \x1b[31m")
    assert run_on_end(spec.on_end, run) == ""
    assert given(run) == {
        "RUN": str(run.path),
        "NAME": "a 'name' $(touch /tmp/no); `x` ␛[31m",
        "STATE": "finished",
        "SENTENCE": "All 25 epochs are done.",
        "BEST_METRIC": "val_accuracy",
        "BEST": given(run)["BEST"],
        "BEST_EPOCH": given(run)["BEST_EPOCH"],
        "EPOCHS": "25",
    }
    best = recorded("overfitting").history["val_accuracy"]
    assert float(given(run)["BEST"]) == max(value for value in best if value is not None)
    assert notices(run) == []


@pytest.mark.parametrize(
    ("last", "state", "sentence"),
    [
        ([Finished(at=AT, reason="rule", sentence="By rule.", epochs=2)], "finished", "By rule."),
        ([Finished(at=AT, reason="stopped", sentence="By you.", epochs=2)], "stopped", "By you."),
        ([Failed(at=AT, what="No memory.", where="", cure="Buy.")], "failed", "No memory. Buy."),
        ([], "died", "died at epoch"),
    ],
)
def test_each_ending_has_its_state(
    spec: TrainingSpec, last: list[Event], state: str, sentence: str
) -> None:
    run = ended(spec, *last)
    run_on_end(spec.on_end, run)
    assert given(run)["STATE"] == state and sentence in given(run)["SENTENCE"]


def test_it_is_run_once_for_each_ending(spec: TrainingSpec) -> None:
    run = ended(spec, FINISHED)
    for _ in range(3):
        run_on_end(spec.on_end, run)
    assert count(run) == 1
    with RunSession(run) as session:  # it is resumed
        run_on_end(spec.on_end, run)
        assert count(run) == 1, "it is being trained"
        session.emit(FINISHED)
    run_on_end(spec.on_end, run)
    run_on_end(spec.on_end, run)
    assert count(run) == 2


def test_of_many_who_notice_it_one_runs_it(spec: TrainingSpec) -> None:
    run = ended(spec)
    threads = [threading.Thread(target=run_on_end, args=(spec.on_end, run)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(run) == 1


def test_a_run_at_work_has_not_ended(spec: TrainingSpec) -> None:
    run = ended(spec)
    lock = run.acquire_lock()
    run_on_end(spec.on_end, run)
    os.close(lock)
    assert count(run) == 0 and is_armed(run.path)


def test_the_command_of_a_run_from_elsewhere_is_never_run(
    spec: TrainingSpec, tmp_path: Path
) -> None:
    mine = ended(spec, FINISHED)
    copied = RunFolder(mine.path.with_name(f"{mine.name}-copy"))
    shutil.copytree(mine.path, copied.path)  # even with its mark
    problem = run_on_end(spec.on_end, copied)
    assert count(copied) == 0 and "was not set on this machine" in problem
    assert notices(copied) == [problem]
    # With another command in its spec.
    other = ended(spec, FINISHED)
    text = (other.path / "spec.json").read_text().replace("echo x", "echo y")
    (other.path / "spec.json").write_text(text)
    assert "not set" in run_on_end(command_of(other), other)
    assert count(other) == 0
    # Without a mark.
    (mine.path / "on_end").unlink()
    assert "not set" in run_on_end(spec.on_end, mine)
    # A key of somebody else.
    other = ended(spec, FINISHED)
    (state_dir() / "on-end.key").write_bytes(b"k" * 32)
    assert claim(other.path, spec.on_end) == "not ours"


def test_a_copy_that_died_says_nothing_each_time_somebody_looks(spec: TrainingSpec) -> None:
    mine = ended(spec)
    copied = RunFolder(mine.path.with_name(f"{mine.name}-copy"))
    shutil.copytree(mine.path, copied.path)
    assert run_on_end(spec.on_end, copied) == ""
    assert notices(copied) == [] and count(copied) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_the_command_of_somebody_elses_run_is_never_run(spec: TrainingSpec) -> None:
    run = ended(spec, FINISHED)
    os.chown(run.path / "spec.json", 65534, 65534)
    assert run_on_end(spec.on_end, run) == ""
    assert count(run) == 0


def test_a_planted_mark_is_not_followed(spec: TrainingSpec, tmp_path: Path) -> None:
    run = ended(spec, FINISHED)
    (run.path / "on_end").unlink()
    (tmp_path / "target").write_text("armed x")
    (run.path / "on_end").symlink_to(tmp_path / "target")
    arm(run.path)
    assert "not set" in run_on_end(spec.on_end, run)
    assert (tmp_path / "target").read_text() == "armed x"


def test_a_renamed_run_is_still_ones_own(spec: TrainingSpec) -> None:
    run = ended(spec, FINISHED)
    moved = RunFolder(run.path.rename(run.path.with_name("moved")))
    run_on_end(spec.on_end, moved)
    assert count(moved) == 1 and given(moved)["RUN"] == str(moved.path)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("echo to the log; exit 3", "failed (exit status 3)"),
        ("kill -9 $$", "failed (signal 9)"),
        ("/no/such/command", "failed (exit status 127)"),
    ],
)
def test_a_command_that_fails_is_reported_once(
    spec: TrainingSpec, command: str, problem: str
) -> None:
    run = ended(msgspec.structs.replace(spec, on_end=command), FINISHED)
    sentence = run_on_end(command, run)
    assert problem in sentence and notices(run) == [sentence]
    assert run_on_end(command, run) == "" and notices(run) == [sentence]
    log = run.log.read_text()
    assert f"At the end: {command}" in log and sentence in log
    assert ("to the log\n" in log) == ("to the log" in command)
    assert run.state(FINISHED) == "finished"


def test_a_command_that_hangs_is_ended_with_all_that_it_started(spec: TrainingSpec) -> None:
    command = 'sleep 600 & echo $! > "$CNN_TUI_RUN/child"; wait'
    run = ended(msgspec.structs.replace(spec, on_end=command), FINISHED)
    assert "took longer than 0.5 s" in run_on_end(command, run, seconds=0.5)
    child = int((run.path / "child").read_text())
    until(lambda: not Path(f"/proc/{child}/stat").exists() or is_dead(child))


def is_dead(pid: int) -> bool:
    """Return whether a process has ended, though nobody has collected it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_command_that_ignores_the_request_to_end_is_killed(
    spec: TrainingSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_end, "_GRACE_SECONDS", 0.3)
    command = 'trap "" TERM; while :; do sleep 1; done'
    run = ended(msgspec.structs.replace(spec, on_end=command), FINISHED)
    began = time.monotonic()
    assert "took longer" in run_on_end(command, run, seconds=0.3)
    assert time.monotonic() - began < 10


def test_what_it_leaves_in_the_background_goes_on_and_nobody_waits(spec: TrainingSpec) -> None:
    command = 'sleep 600 & echo $! > "$CNN_TUI_RUN/child"'
    run = ended(msgspec.structs.replace(spec, on_end=command), FINISHED)
    assert run_on_end(command, run) == ""
    child = int((run.path / "child").read_text())
    assert not is_dead(child)
    os.kill(child, signal.SIGKILL)


def test_without_a_log_it_runs_all_the_same(spec: TrainingSpec) -> None:
    run = ended(spec, FINISHED)
    run.log.mkdir()
    assert run_on_end(spec.on_end, run) == ""
    assert count(run) == 1


def test_an_ending_that_the_disk_did_not_take_is_known_to_its_trainer(spec: TrainingSpec) -> None:
    run = ended(spec)
    claimed = claim(run.path, spec.on_end)
    run_on_end(spec.on_end, run, ending=FINISHED, claimed=claimed)
    run_on_end(spec.on_end, run)  # as another process does that takes it for dead
    assert count(run) == 1 and given(run)["STATE"] == "finished"


def test_a_run_of_somebodys_own_program_has_one_too() -> None:
    run = ended(ExternalSpec(name="mine", source="script", on_end=SAY), FINISHED)
    run_on_end(command_of(run), run)
    assert given(run)["NAME"] == "mine"


@pytest.mark.parametrize("command", ["a\x00b", "a\nb", "a\x1b[0m", "caf\udce9", "x" * 4001])
def test_a_command_that_the_shell_cannot_be_given_is_refused(
    spec: TrainingSpec, command: str
) -> None:
    with pytest.raises(SpecError, match="command for the end"):
        msgspec.structs.replace(spec, on_end=command)


def test_a_spec_of_yesterday_has_none(spec: TrainingSpec) -> None:
    run = create_run(msgspec.structs.replace(spec, on_end=""))
    text = json.loads((run.path / "spec.json").read_text())
    del text["on_end"]
    (run.path / "spec.json").write_text(json.dumps(text))
    assert command_of(run) == "" and not (run.path / "on_end").exists()
    (run.path / "spec.json").write_text("{")
    assert command_of(run) == ""


def test_who_notices_a_death_has_it_run_in_a_process_of_its_own(spec: TrainingSpec) -> None:
    run = ended(spec)
    watch = DeathWatch()
    for _ in range(3):
        watch.look_at_all([(run, "died", spec.on_end)])
    DeathWatch().look_into(run)  # somebody else notices it too
    until(lambda: count(run))
    until(lambda: all(one.poll() is not None for one in watch._helpers))
    assert given(run)["STATE"] == "died" and count(run) == 1
    watch.look_at_all([(run, "died", spec.on_end)])
    assert watch._helpers == []


def test_a_helper_that_comes_late_finds_a_run_that_is_trained_again(spec: TrainingSpec) -> None:
    run = ended(spec)
    with RunSession(run):
        done = subprocess.run([*on_end._COMMAND, str(run.path)], check=False)
    assert done.returncode == 0 and count(run) == 0
    assert is_armed(run.path)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the queue start a short stand-in for the trainer."""
    monkeypatch.setattr(queue, "_COMMAND", COMMAND)
    monkeypatch.setenv(TRAINER, json.dumps([sys.executable, "-m", "tests.unit.runs.short_trainer"]))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def test_the_queue_notices_that_its_last_trainer_was_killed(
    spec: TrainingSpec, stand_in: None
) -> None:
    run = create_run(spec, queued=True)
    (run.path / "hold").touch()
    QueueStarter().ensure()
    until(lambda: run.state(None) == "running")
    run.kill()
    until(lambda: count(run))
    assert given(run)["STATE"] == "died"
