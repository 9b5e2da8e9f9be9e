"""A trainer that was started ahead: handed over, sent away, left alone, or found dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.fake_gpus import FakeGpus
from tests.workers.conftest import Trained
from tests.workers.shell import (
    SIDE,
    SMALL,
    Command,
    events_of,
    of_type,
    wait_for,
    wait_for_event,
    wait_until_gone,
)
from tui.datasets import LoaderSettings
from tui.runs.events.assigned_gpus import AssignedGpu
from tui.runs.events.event_types import EpochEnded, Finished, LibrariesLoaded, RunStarted
from tui.runs.process.gpu_locks import is_reserved
from tui.runs.process.launch import Launcher
from tui.runs.process.trainer_environment import trainer_environment
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import StopRule
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder


@pytest.fixture
def run(pictures: Path, own_home: Path) -> Iterator[RunFolder]:
    """Return a run that ends after one epoch, and see to it that nothing of it stays."""
    settings = LoaderSettings(
        directory=str(pictures / "train"), classes=("cats", "dogs"), target_size=(SIDE, SIDE)
    )
    rule = StopRule("loss", "<", 1000)
    run = create_run(make_spec("pets", settings, model=SMALL, epochs=9, stop_rule=rule))
    yield run
    run.kill()


def ready_one(launcher: Launcher) -> subprocess.Popen[bytes]:
    launcher.prepare()
    process = launcher._ready
    assert process is not None
    return process


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that has ended and that nobody has asked after yet is gone all the same.
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    return True


def loading_seconds(run: RunFolder) -> float:
    """Return how long a run waited for Keras."""
    started, loaded = of_type(events_of(run), RunStarted), of_type(events_of(run), LibrariesLoaded)
    return loaded[0].at - started[0].at


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads CPU time from /proc")
def test_a_trainer_that_was_started_ahead_trains_at_once(run: RunFolder, trained: Trained) -> None:
    launcher = Launcher()
    ready = ready_one(launcher)
    launcher.prepare()
    assert launcher._ready is ready, "one is enough"
    wait_until_idle(ready.pid)

    launcher.start(run)
    assert wait_for_event(run, RunStarted).pid == ready.pid
    assert wait_for_event(run, Finished).reason == "rule"
    assert len(of_type(events_of(run), EpochEnded)) == 1
    assert ready.wait(30) == 0
    wait_until_gone(run)
    cold: list[Command] = [trained.plain, trained.ruled]
    assert loading_seconds(run) < min(loading_seconds(command.run) for command in cold) / 2


def wait_until_idle(pid: int) -> None:
    """Wait until a process has worked, and then stood still for a second."""
    worked, since = 0, time.monotonic()

    def idle() -> bool:
        nonlocal worked, since
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        now = int(fields[11]) + int(fields[12])
        if now != worked:
            worked, since = now, time.monotonic()
        long_enough = os.sysconf("SC_CLK_TCK")  # a second of work: more than Python's own start
        return worked > long_enough and time.monotonic() - since > 1.0

    wait_for("the standby trainer's readiness", idle)


def test_a_run_handed_over_while_keras_loads_has_its_trainer_at_once(run: RunFolder) -> None:
    launcher = Launcher()
    ready = ready_one(launcher)
    launcher.start(run)
    assert wait_for_event(run, RunStarted).pid == ready.pid
    assert run.alive()
    assert run.kill()
    assert ready.wait(30) == -signal.SIGKILL


def test_a_dismissed_trainer_ends(own_home: Path) -> None:
    launcher = Launcher()
    ready = ready_one(launcher)
    launcher.dismiss()
    assert ready.wait(30) == 0
    launcher.dismiss()
    launcher.reap()


def test_a_waiting_trainer_ends_with_the_app_that_started_it(own_home: Path) -> None:
    code = """
    import time
    from tui.runs.process.launch import Launcher
    launcher = Launcher()
    launcher.prepare()
    print(launcher._ready.pid, flush=True)
    time.sleep(120)
    """
    with subprocess.Popen(
        [sys.executable, "-c", dedent(code)], stdout=subprocess.PIPE, text=True
    ) as app:
        assert app.stdout is not None
        pid = int(app.stdout.readline())
        assert is_running(pid)
        app.kill()
    wait_for("the end of the waiting trainer", lambda: not is_running(pid))


@pytest.mark.parametrize("noticed", [True, False])
def test_in_the_place_of_a_dead_trainer_a_new_one_starts(run: RunFolder, noticed: bool) -> None:
    launcher = Launcher()
    ready = ready_one(launcher)
    ready.kill()
    if noticed:
        ready.wait()
    else:
        wait_for("its death", lambda: not is_running(ready.pid))
    launcher.start(run)
    assert wait_for_event(run, RunStarted).pid != ready.pid
    assert run.kill()


def test_a_home_that_cannot_be_used_is_no_matter_before_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    launcher = Launcher()
    launcher.prepare()
    assert launcher._ready is None
    launcher.dismiss()


def test_what_the_user_has_set_in_the_environment_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.setenv("MINE", "too")
    environment = trainer_environment()
    assert environment["TF_CPP_MIN_LOG_LEVEL"] == "0"
    assert environment["MINE"] == "too"
    assert int(environment["MALLOC_TRIM_THRESHOLD_"]) > 0


def test_a_trainer_that_was_started_ahead_takes_a_free_gpu(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpus = FakeGpus(tmp_path / "gpus", monkeypatch, 2)
    gpus.change(0, used=70_000, use=99)
    (tmp_path / "locks").mkdir()
    monkeypatch.setenv("CNN_TUI_GPU_LOCKS", str(tmp_path / "locks"))
    launcher = Launcher()
    ready_one(launcher)
    launcher.start(run)
    started = wait_for_event(run, RunStarted)
    assert started.assigned_gpus == (AssignedGpu(1, gpus.uuid(1)),)
    assert is_reserved(gpus.uuid(1)) and not is_reserved(gpus.uuid(0))
    assert wait_for_event(run, Finished).reason == "rule"
    wait_until_gone(run)
    wait_for("the reservation's end", lambda: not is_reserved(gpus.uuid(1)))
