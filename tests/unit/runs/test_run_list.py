"""The list of thousands of runs: what is remembered of them is never shown wrongly."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import msgspec
import pytest

from tests.support.recording import append
from tui.common.paths import cache_dir, runs_dir
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import EpochEnded, Finished, RunStarted
from tui.runs.queue.claims import claim_next
from tui.runs.queue.mark import QueueMark, events_size, write_mark
from tui.runs.queue.order import put_mark, waiting_entries
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store import run_list, run_list_cache
from tui.runs.store.create_run import create_run
from tui.runs.store.delete_run import delete_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import write_label
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import RunSummary, summarise
from tui.trainer.queue import QueueWatch

STARTED = RunStarted(at=1.0, pid=1, version="0")
FINISHED = Finished(at=3.0, reason="completed", sentence="All.", epochs=1)

NEWER = b"9" + run_list_cache._VERSION.encode()[1:]


def epoch(number: int) -> EpochEnded:
    return EpochEnded(
        at=2.0,
        epoch=number,
        epochs=4,
        seconds=1.0,
        images_per_second=1.0,
        metrics={"accuracy": 0.5},
        best_epoch=number,
        best=0.5,
        best_metric="accuracy",
    )


@pytest.fixture
def many(spec: TrainingSpec, monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    """Return 30 ended runs, which are many here and have not been touched for long."""
    monkeypatch.setattr(run_list, "CHECKS_PER_READ", 5)
    monkeypatch.setattr(run_list, "_MIN_CACHED_RUNS", 10)
    monkeypatch.setattr(run_list, "_MIN_REREAD_RUNS", 10)
    monkeypatch.setattr(run_list_cache, "SETTLED_SECONDS", -60.0)
    monkeypatch.setattr(run_list, "_TICK_SECONDS", 0.0)
    runs = []
    for number in range(30):
        run = create_run(msgspec.structs.replace(spec, name=f"pets {number}"))
        append(run, [STARTED, epoch(1), FINISHED])
        os.close(run.acquire_lock())
        runs.append(run)
    return runs


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the runs that are read, one for each time."""
    found: list[str] = []

    def counting(run: RunFolder, *rest: object) -> RunSummary:
        found.append(run.name)
        return summarise(run, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(run_list, "summarise", counting)
    return found


def of(summaries: list[RunSummary], run: RunFolder) -> RunSummary:
    return next(one for one in summaries if one.run == run)


def test_the_next_process_reads_none_of_them_again(many: list[RunFolder], reads: list[str]) -> None:
    first = RunList().read()
    assert len(reads) == 30 and {one.state for one in first} == {"finished"}
    reads.clear()
    assert RunList().read() == first
    assert reads == []


CHANGES = {
    "more events": lambda run: append(run, [RunStarted(at=9.0, pid=1, version="0"), epoch(2)]),
    "named": lambda run: write_label(run, name="another"),
    "requests": lambda run: change_control(run.control, epochs=50),
    "spec by hand": lambda run: (run.path / "spec.json").write_text(
        (run.path / "spec.json").read_text().replace("pets ", "cats ")
    ),
    "queued": lambda run: write_mark(
        run.queue_mark, QueueMark(at=1.0, events_bytes=events_size(run.events))
    ),
    "started": lambda run: run.mark_starting(),
    "events gone": lambda run: run.events.unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("when", ["between processes", "in one process"])
def test_what_changed_is_read_anew(many: list[RunFolder], change: object, when: str) -> None:
    listing = RunList()
    listing.read()
    run = many[17]
    before = of(listing.read(), run)
    change(run)  # type: ignore[operator]
    if when == "between processes":
        listing = RunList()
    rounds = 1 if when == "between processes" else 8  # each gets its turn
    for _ in range(rounds):
        found = of(listing.read(), run)
    assert found != before
    assert found == summarise(run)


def test_a_run_that_is_at_work_again_is_seen_at_once(many: list[RunFolder]) -> None:
    listing = RunList()
    listing.read()
    time.sleep(0.01)
    run = many[3]
    lock = run.acquire_lock()
    append(run, [STARTED])
    run.clear_marks()  # as the trainer does with its first word
    assert of(listing.read(), run).state == "running"
    append(run, [epoch(2)])
    assert of(listing.read(), run).epochs_done == 2, "and followed at each look"
    os.close(lock)
    assert of(listing.read(), run).state == "died"


def test_what_the_program_does_is_seen_at_the_next_look(many: list[RunFolder]) -> None:
    listing = RunList()
    for _ in range(8):
        listing.read()
    write_label(many[29], name="z")
    assert of(listing.read(), many[29]).title == "z"
    put_mark(many[0], QueueMark(at=1.0, events_bytes=events_size(many[0].events)))
    assert of(listing.read(), many[0]).state == "queued"
    delete_run(many[5])
    assert many[5] not in [one.run for one in listing.read()]


def test_runs_that_somebody_deletes_or_renames_are_noticed(many: list[RunFolder]) -> None:
    listing = RunList()
    listing.read()
    shutil.rmtree(many[2].path)
    many[4].path.rename(many[4].path.with_name("mine"))
    for look in (listing, RunList()):
        found = [one.run for one in look.read()]
        assert many[2] not in found and many[4] not in found
        assert RunFolder(runs_dir() / "mine") in found and len(found) == 29
    # Another run under the name of one that is remembered.
    shutil.rmtree(many[6].path)
    many[7].path.rename(many[6].path)
    for look in (listing, RunList()):
        assert of(look.read(), many[6]).title == "pets 7"
    (many[8].path / "spec.json").unlink()
    assert many[8] not in [one.run for one in RunList().read()]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: os.urandom(5_000),
        lambda data: data.replace(b"finished", b"vanished"),
        lambda data: data.replace(run_list_cache._VERSION.encode(), NEWER),
    ],
    ids=["empty", "torn", "noise", "unknown-state", "of-another-version"],
)
def test_an_index_that_is_damaged_is_made_anew(
    many: list[RunFolder], reads: list[str], damage: object
) -> None:
    first = RunList().read()
    path = cache_dir() / "run-list.msgpack"
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    reads.clear()
    assert RunList().read() == first
    assert len(reads) == 30
    reads.clear()
    RunList().read()
    assert reads == []


def test_the_index_of_another_folder_is_not_believed(
    many: list[RunFolder], tmp_path: Path, reads: list[str]
) -> None:
    RunList().read()
    copy = tmp_path / "copy"
    shutil.copytree(runs_dir(), copy)
    reads.clear()
    assert len(RunList(copy).read()) == 30 == len(reads)


def test_what_was_written_just_now_is_not_trusted_to_its_time(
    spec: TrainingSpec, reads: list[str]
) -> None:
    """A file may be written twice within a tick of the clock, with the same length."""
    run = create_run(spec)
    append(run, [STARTED, epoch(1), FINISHED])
    listing = RunList()
    listing.read()
    status = run.events.stat()
    content = run.events.read_bytes().replace(b'"accuracy"', b'"accuracY"')
    with run.events.open("r+b") as file:
        file.write(content)
    os.utime(run.events, ns=(status.st_atime_ns, status.st_mtime_ns))
    listing.read()
    assert len(reads) == 2


def test_the_queue_looks_at_two_runs_while_one_is_at_work(
    many: list[RunFolder], spec: TrainingSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, waits = many[10], create_run(spec, queued=True)
    lock = works.acquire_lock()
    append(works, [STARTED])
    watch = QueueWatch()
    assert watch.still_waiting(set()) and watch.claim(set(), []) is None
    looked: list[str] = []
    state = RunFolder.state

    def counting(run: RunFolder, last: object | None) -> str:
        looked.append(run.name)
        return state(run, last)

    monkeypatch.setattr(RunFolder, "state", counting)
    for _ in range(5):
        assert watch.still_waiting(set()) and watch.claim(set(), []) is None
    assert set(looked) == {works.name, waits.name}

    os.close(lock)
    second = many[11].acquire_lock()  # another one begins in between
    append(many[11], [STARTED])
    assert watch.claim(set(), []) is None
    os.close(second)
    claimed = watch.claim(set(), [])
    assert claimed is not None and claimed.run == waits
    assert claim_next(set()) is None, "it counts as at work from now on"


def test_the_queue_notices_that_what_waited_was_taken_out(
    many: list[RunFolder], spec: TrainingSpec
) -> None:
    first, second = (create_run(spec, queued=True) for _ in range(2))
    watch = QueueWatch()
    assert watch.still_waiting(set())
    delete_run(min(first, second, key=lambda run: run.queued().at))  # type: ignore[union-attr]
    assert watch.still_waiting(set())
    assert watch.still_waiting(set(waiting_entries())) is False
    for run in (first, second):
        run.queue_mark.unlink(missing_ok=True)
    assert not watch.still_waiting(set())


def test_what_a_folder_is_seen_to_hold_makes_the_line_that_its_files_make(
    many: list[RunFolder], spec: TrainingSpec
) -> None:
    write_label(many[0], name="z", note="the best")
    change_control(many[1].control, epochs=9)
    put_mark(many[2], QueueMark(at=1.0, events_bytes=events_size(many[2].events)))
    many[3].mark_starting()
    (many[4].path / "spec.json").write_text("{")
    waits, new = create_run(spec, queued=True), create_run(spec)
    lines = RunList().read()
    assert len(lines) == 32
    assert lines == [summarise(one.run) for one in lines]
    states = {one.run: one.state for one in lines}
    assert [states[run] for run in (many[2], many[3], waits, new)] == [
        "queued",
        "starting",
        "queued",
        "starting",
    ]


def test_a_folder_is_listed_from_the_moment_at_which_it_has_a_spec(
    many: list[RunFolder],
) -> None:
    listing = RunList()
    begun = runs_dir() / "2999-01-01T000000-begun-0001"
    begun.mkdir(mode=0o700)
    (runs_dir() / "a file").write_text("of somebody's")
    for look in (listing, RunList(), listing):
        assert len(look.read()) == 30
    shutil.copy(many[0].path / "spec.json", begun / "spec.json")
    assert listing.read()[0].run.path == begun
    (begun / "spec.json").unlink()
    (begun / "spec.json").symlink_to(begun / "nowhere")
    assert len(RunList().read()) == 30
