"""The trainer's end of the run folder, and its words for what goes wrong. No Keras in here."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from textwrap import dedent

import pytest

from tests.workers.shell import PATIENCE, SIDE, SMALL, events_of, last_of, of_type
from tui.datasets import LoaderSettings
from tui.keras_worker import failures
from tui.keras_worker.failures import (
    TrainingError,
    explain_building,
    explain_failure,
    explain_loading,
    with_checkpoint,
)
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.events.event_types import Failed, Notice, RunStarted, StopRequested, Validating
from tui.runs.queue.resume import queue_run
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.trainer.run_session import RunSession


@pytest.fixture
def run(own_home: Path) -> RunFolder:
    settings = LoaderSettings(
        directory="/data/pets", classes=("cats", "dogs"), target_size=(SIDE, SIDE)
    )
    return create_run(make_spec("pets", settings, model=SMALL))


def test_a_trainer_keeps_its_events_short(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.runs.events.compaction.GROWTH", 20_000)
    monkeypatch.setattr("tui.runs.events.compaction.WHOLE", 1_000)
    with RunSession(run) as session:
        for step in range(2_000):
            session.emit(Validating(at=1.0, epoch=1, step=step, steps=9))
        assert run.alive()
    assert run.events.stat().st_size < 2_000 * 60
    assert run.events.read_bytes().startswith(b'{"type":"rewritten"')
    started, last = last_of(run, RunStarted), last_of(run, Validating)
    assert started is not None and started.pid == os.getpid()
    assert last is not None and last.step == 1_999
    assert not run.alive()


def test_a_run_is_held_while_it_is_linked_and_let_go_after(run: RunFolder) -> None:
    with RunSession(run):
        assert run.alive()
        with pytest.raises(RunError, match="Another trainer"):
            RunSession(run)
    assert not run.alive()
    started = last_of(run, RunStarted)
    assert started is not None and started.pid == os.getpid()
    assert not (run.path / "ballast").exists()


def test_a_folder_that_takes_nothing_away_any_more_ends_no_link(run: RunFolder) -> None:
    with RunSession(run) as session:
        (run.path / "ballast").unlink()
        (run.path / "ballast").mkdir()  # which cannot be unlinked, as in a folder made read-only
        session.emit(Notice(at=1.0, text="the last word"))
    assert not run.alive()
    assert events_of(run)[-1] == Notice(at=1.0, text="the last word")


def test_a_request_to_stop_is_read_and_reported_once(run: RunFolder) -> None:
    with RunSession(run) as session:
        assert not session.stop_requested()
        run.request_stop()
        while not session.stop_requested():
            pass
        assert session.stop_requested()
    assert len(of_type(events_of(run), StopRequested)) == 1


def test_a_damaged_control_file_stops_nothing(run: RunFolder) -> None:
    run.control.write_bytes(b'{"want":"\xff')
    with RunSession(run) as session:
        assert not session.stop_requested()


def test_threads_may_tell_beside_each_other(run: RunFolder) -> None:
    """Keras's asynchronous batch hooks tell batches while the training tells its validation."""
    with RunSession(run) as session:

        def work(epoch: int) -> None:
            for step in range(200):
                session.emit(Validating(at=1.0, epoch=epoch, step=step, steps=200))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    told = of_type(events_of(run), Validating)
    assert len(told) == 800
    for number in range(4):
        assert [event.step for event in told if event.epoch == number] == [*range(200)]


@pytest.mark.parametrize(
    "error",
    [RuntimeError("It broke"), SystemExit(3), KeyboardInterrupt(), MemoryError(), OSError(28, "x")],
)
def test_whatever_goes_wrong_is_reported(run: RunFolder, error: BaseException) -> None:
    def task(session: RunSession) -> None:
        raise error

    with RunSession(run) as session:
        assert session.run_task(task) == 1
    failed = last_of(run, Failed)
    assert failed is not None and failed.what and failed.cure


def test_a_log_on_a_full_disk_ends_no_training(run: RunFolder) -> None:
    """/dev/full takes nothing, as the disk that holds both the log and the events would."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    code = f"""
    import os, resource, time
    from pathlib import Path
    from tui.trainer.run_session import RunSession
    from tui.runs.events.event_types import Notice
    from tui.runs.store.run_folder import RunFolder

    os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    session = RunSession(RunFolder(Path({str(run.path)!r})))
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    for number in range(3):
        session.emit(Notice(at=1.0, text=str(number)))
    def task(session):
        raise RuntimeError("It broke")
    status = session.run_task(task)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    with session:
        pass
    os._exit(40 + status)
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)], capture_output=True, timeout=PATIENCE
    )
    assert done.returncode == 41
    texts = [event.text for event in of_type(events_of(run), Notice)]
    assert [text for text in texts if len(text) == 1] == ["0", "1", "2"]
    assert len([text for text in texts if text.startswith("Cannot write the run's events")]) == 1
    failed = last_of(run, Failed)
    assert failed is not None and "It broke" in failed.what


def test_a_trainer_without_a_run_says_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui.trainer"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (2, "usage: python -m tui.trainer RUN\n")


def test_a_trainer_on_a_folder_that_is_gone_says_so(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    done = subprocess.run(
        [sys.executable, "-m", "tui.trainer", str(gone)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot train {gone}: ") and "Traceback" not in done.stderr


# Words


class UnknownError(Exception):
    """TensorFlow's, which hides a loader's own error in its text."""


def wrapped(inner: str) -> UnknownError:
    return UnknownError(
        "Graph execution error:\n\nDetected at node PyFunc defined at (most recent call last):\n"
        f"<stack traces unavailable>\n{inner}\nTraceback (most recent call last):\n\n"
        '  File "/x/image.py", line 1, in load_img\n    with open(path) as f:\n\n'
        f"{inner}\n\n\n\t [[{{{{node PyFunc}}}}]] [Op:__inference_multi_step_on_iterator_645]"
    )


VANISHED = FileNotFoundError(errno.ENOENT, "No such file or directory", "/data/it's\x1b/7.png")


@pytest.mark.parametrize(
    ("error", "what", "cure"),
    [
        (TrainingError("What.", "where", "Cure."), "What.", "Cure."),
        (MemoryError(), "not enough memory", "smaller batch size"),
        (UnknownError("OOM when allocating tensor"), "not enough memory", "smaller batch size"),
        (UnknownError("CUDA_ERROR_OUT_OF_MEMORY: x"), "not enough memory", "smaller batch size"),
        (
            UnknownError("INTERNAL: CUDA_ERROR_ECC_UNCORRECTABLE: fatal\nstack"),
            "The GPU no longer responds (INTERNAL: CUDA_ERROR_ECC_UNCORRECTABLE: fatal).",
            "CUDA_VISIBLE_DEVICES=-1",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full", "Free some space"),
        (VANISHED, "A file is missing: /data/it's␛/7.png.", "choose it again"),
        (
            wrapped("FileNotFoundError: [Errno 2] No such file or directory: '/data/cats/7.png'"),
            "A file is missing: /data/cats/7.png.",
            "choose it again",
        ),
        (
            wrapped('FileNotFoundError: [Errno 2] No such file or directory: "/data/it\'s/7.png"'),
            "A file is missing: /data/it's/7.png.",
            "choose it again",
        ),
        (
            wrapped("PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO>"),
            "An image became unreadable",
            "Start again",
        ),
        (
            wrapped("PermissionError: [Errno 13] Permission denied: '/data/cats/7.png'"),
            "A file can no longer be read: /data/cats/7.png (Permission denied).",
            "Repair it",
        ),
        (
            wrapped("IsADirectoryError: [Errno 21] Is a directory: '/data/cats/7.png'"),
            "A file can no longer be read: /data/cats/7.png (Is a directory).",
            "left out",
        ),
        (
            wrapped("OSError: [Errno 22] Not a regular file any more: '/data/cats/7.png'"),
            "A file can no longer be read: /data/cats/7.png (Not a regular file any more).",
            "left out",
        ),
        (ImportError("No module named 'keras'"), "No module named 'keras'.", "Install"),
        (ValueError("first line.\nsecond"), "ValueError: first line.", "trainer.log"),
        (ValueError(), "ValueError: ValueError.", "trainer.log"),
        (RunError("The spec is damaged."), "RunError: The spec is damaged.", "trainer.log"),
    ],
)
def test_an_error_becomes_one_sentence_with_a_cure(
    error: BaseException, what: str, cure: str
) -> None:
    told = explain_failure(error)
    assert what in told.what and cure in told.cure
    assert told.what.isprintable() and not told.what.endswith("..")


def test_want_of_memory_names_what_would_fit() -> None:
    assert "for example 10 instead of 20" in explain_failure(MemoryError(), 20).cure
    assert "only one image" in explain_failure(MemoryError(), 1).cure
    building = explain_building(UnknownError("OOM when allocating tensor"))
    assert building.what == "There was not enough memory for the network's weights."
    assert "fewer units" in building.cure and "batch" not in building.cure
    assert explain_building(ValueError("x")) == explain_failure(ValueError("x"))


@pytest.mark.parametrize(
    "error",
    [
        ImportError("libtensorflow_cc.so.2: failed to map segment from shared object"),
        ImportError("libgomp.so.1: cannot allocate memory in static TLS block"),
        ImportError(
            "libtensorflow_cc.so.2: cannot open shared object file: Cannot allocate memory"
        ),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        MemoryError(),
        RuntimeError("can't start new thread"),
        RuntimeError("std::bad_alloc"),
    ],
    ids=str,
)
def test_want_of_memory_while_keras_loads_is_called_that(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    for told in (explain_loading(error), explain_failure(error)):
        assert told.what.startswith("There was not enough memory")
        assert "nstall" not in told.cure
    assert explain_loading(error).where == "loading Keras"
    # Where a limit is known it is named, and so is the way to raise it.
    monkeypatch.setattr(failures, "memory_shortage", lambda: "The limit. Raise it.")
    assert explain_loading(error).cure == explain_failure(error).cure == "The limit. Raise it."
    assert explain_loading(SystemError("error return without exception set")).cure.endswith("it.")


def test_a_library_that_is_missing_is_still_to_be_installed() -> None:
    told = explain_loading(ModuleNotFoundError("No module named 'keras'"))
    assert "No module named 'keras'" in told.what and "Install" in told.cure


def test_a_failure_names_the_state_that_is_kept() -> None:
    failure = TrainingError("What.", "training", "Cure.", learning_rate=0.1)
    assert with_checkpoint(failure, "run-7", 0) == failure
    kept = with_checkpoint(failure, "run-7", 4)
    assert (kept.run, kept.kept, kept.learning_rate, kept.cure) == ("run-7", 4, 0.1, "Cure.")


def test_what_was_requested_in_the_queue_takes_effect_with_the_first_word(run: RunFolder) -> None:
    with RunSession(run):
        pass
    change_control(run.control, want="stop")
    queue_run(run, epochs=40, learning_rate=0.5)
    run.mark_starting()
    assert ControlReader(run.control).read().epochs is None
    with RunSession(run) as session:
        requested = session.control.read()
        assert (requested.want, requested.epochs, requested.learning_rate) == ("run", 40, 0.5)
        assert not run.queue_mark.exists() and not run.starting.exists()
        assert not session.stop_requested()


def test_a_trainer_that_is_refused_leaves_the_mark_and_the_requests(run: RunFolder) -> None:
    with RunSession(run):
        pass
    queue_run(run, epochs=40)
    lock = run.acquire_lock()
    with pytest.raises(RunError, match="Another trainer"):
        RunSession(run)
    os.close(lock)
    assert run.state(None) == "queued" and not run.control.exists()
