"""Lines that no trainer wrote, and how little of a long file is read to list a run."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.runs.test_run_list import epoch
from tui.areas.runs.one_run.run_text import lost_lines
from tui.runs.events import event_log, log_end
from tui.runs.events.event_log import EventReader, EventWriter, encode
from tui.runs.events.event_types import (
    BatchesEnded,
    DeviceStats,
    EpochStarted,
    Event,
    Failed,
    Finished,
    ModelReady,
    Notice,
    Resumed,
    RunStarted,
)
from tui.runs.events.log_end import OutcomeReader
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import summarise

STARTED = RunStarted(at=1.0, pid=1, version="0")
STOPPED = Finished(at=3.0, reason="stopped", sentence="Stopped.", epochs=1)
LIMIT = 10_000


class Counted:
    """Counts the bytes that are read."""

    def __init__(self) -> None:
        self.bytes = 0

    def opener(self, path: Path) -> Any:
        file = path.open("rb")
        read, readline = file.read, file.readline
        counted = self

        class File(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                data = read(size)
                counted.bytes += len(data)
                return data

            def readline(self, size: int | None = -1) -> bytes:
                data = readline(size)
                counted.bytes += len(data)
                return data

            def seek(self, *place: int) -> int:
                return file.seek(*place)

            def fileno(self) -> int:
                return file.fileno()

        return File()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Return a count of what is read of event files, of which a line may have 10 kB."""
    count = Counted()
    for module in (event_log, log_end):
        monkeypatch.setattr(module, "open_reading", count.opener)
        monkeypatch.setattr(module, "LONGEST_LINE", LIMIT)
    monkeypatch.setattr(EventReader, "BLOCK", 1_000)
    monkeypatch.setattr(log_end, "BACKWARDS_BLOCK", 1_000)
    return count


def lines(*events: Event) -> bytes:
    return b"".join(encode(event) + b"\n" for event in events)


@pytest.mark.parametrize("torn", [True, False])
def test_a_huge_line_is_read_once_from_either_end(
    run: RunFolder, counted: Counted, torn: bool
) -> None:
    huge = b"x" * 300_000
    whole = lines(STARTED, epoch(1), STOPPED)
    content = whole + huge if torn else huge + b"\n" + whole
    run.events.write_bytes(content)

    summary = summarise(run)
    assert summary.state == "stopped" and summary.epochs_done == 1
    assert counted.bytes <= len(content) + 2_000, "linear, from the end"

    counted.bytes = 0
    follower = RunFollower(run)
    while follower.poll():
        pass
    for _ in range(20):
        follower.poll()  # a torn line is not read again at each look
    assert follower.state == "stopped"
    assert counted.bytes <= len(content) + 30_000, "linear, from the beginning"


def test_a_line_that_grows_for_ever_costs_what_is_new(run: RunFolder, counted: Counted) -> None:
    run.events.write_bytes(lines(STARTED))
    follower = RunFollower(run)
    follower.poll()
    counted.bytes = written = 0
    with run.events.open("ab") as file:
        for _ in range(200):
            written += file.write(b"y" * 500)
            file.flush()
            assert follower.poll() == []
        file.write(b"\n" + lines(STOPPED))
    assert counted.bytes < 2 * written
    assert follower.poll() == [STOPPED]
    assert follower.too_long == follower.skipped == 1


def test_it_is_said_once_where_the_run_is_shown(run: RunFolder, counted: Counted) -> None:
    run.events.write_bytes(lines(STARTED) + b"x" * 2 * LIMIT + b"\n" + lines(epoch(1), STOPPED))
    assert summarise(run).epochs_done == 1
    follower = RunFollower(run)
    while follower.poll():
        pass
    (said,) = lost_lines(follower)
    assert "A line of events.jsonl is longer than" in said.plain

    run.events.write_bytes(lines(STARTED, epoch(1)) + b"x" * 2 * LIMIT + b"\n" + lines(STOPPED))
    words = OutcomeReader(run.events)
    assert words.read().too_long == 1 and words.read().too_long == 1
    assert "was skipped" in summarise(run).problem


def test_a_live_run_is_not_read_whole_at_each_look(run: RunFolder, counted: Counted) -> None:
    writer = EventWriter(run.events)
    batches = BatchesEnded(
        at=1.0, epoch=1, first=1, steps=9, values={"loss": (0.5,) * 9}, images_per_second=1.0
    )
    for event in (STARTED, epoch(1), EpochStarted(at=1.0, epoch=2, epochs=9, steps=9)):
        writer.write(event)
    for _ in range(300):
        writer.write(batches)
    words = OutcomeReader(run.events)
    first = words.read()
    assert first.epoch is not None and first.epoch.epoch == 1 and first.ending is None
    counted.bytes = 0
    writer.write(epoch(2))
    second = words.read()
    assert second.epoch is not None and second.epoch.epoch == 2
    assert counted.bytes < 1_000
    for _ in range(50):
        assert words.read() is not None
    assert counted.bytes < 1_000


_PIECES: list[list[Event]] = [
    [RunStarted(at=1.0, pid=1, version="0")],
    [ModelReady(at=1.0, parameters=1, layers=1)],
    [EpochStarted(at=1.0, epoch=1, epochs=9, steps=9)],
    [DeviceStats(at=1.0, gpu_percent=1.0, memory_used=1, memory_total=2)],
    [Notice(at=1.0, text="n" * 60)],
    [epoch(1)],
    [epoch(2)],
    [epoch(3)],
    [RunStarted(at=1.0, pid=2, version="0"), Resumed(at=1.0, epoch=1)],
    [RunStarted(at=1.0, pid=2, version="0"), Resumed(at=1.0, epoch=0)],
    [
        Finished(at=1.0, reason="rule", sentence="s", epochs=1),
        RunStarted(at=1.0, pid=2, version="0"),
    ],
    [Failed(at=1.0, what="w", where="", cure=""), RunStarted(at=1.0, pid=2, version="0")],
]
_LAST: list[list[Event]] = [
    [],
    [Finished(at=1.0, reason="rule", sentence="s", epochs=1)],
    [Failed(at=1.0, what="w", where="", cure=""), Notice(at=1.0, text="behind it")],
]


@given(
    st.lists(st.sampled_from(_PIECES), max_size=14),
    st.sampled_from(_LAST),
    st.integers(20, 400),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_the_last_words_are_what_reading_everything_says(
    pieces: list[list[Event]], last: list[Event], block: int, data: st.DataObject
) -> None:
    from tempfile import TemporaryDirectory

    content = lines(*(event for piece in pieces for event in piece), *last)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=4)))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "events.jsonl"
        patch.setattr(log_end, "BACKWARDS_BLOCK", block)
        path.write_bytes(b"")
        words = OutcomeReader(path)
        for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
            with path.open("ab") as file:
                file.write(content[start:end])
            found = words.read()
        progress, reader = RunProgress(), EventReader(path)
        rising = True  # a trainer never goes back to an earlier epoch without a Resumed
        for event in reader.read():
            progress.apply(event)
            numbers = progress.epoch_numbers
            rising &= all(one < other for one, other in pairwise(numbers))
        assert found.ending == progress.ending
        done = progress.epoch_details[-1] if progress.epoch_details else None
        if rising:
            assert (found.epoch is None) == (done is None)
            assert found.epoch is None or done is None or found.epoch.epoch == done.epoch
        again = log_end.read_outcome(path)
        assert again == found
