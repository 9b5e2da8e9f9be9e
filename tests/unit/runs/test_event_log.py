"""Appending events and following them, through torn lines, full disks and replaced files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.runs.strategies import any_event
from tui.runs.events import log_end
from tui.runs.events.event_log import EventReader, EventWriter, decode, encode
from tui.runs.events.event_types import (
    EpochStarted,
    Event,
    Failed,
    Finished,
    Notice,
    RunStarted,
    StopRequested,
    Validating,
)
from tui.runs.events.log_end import last_events


def notice(text: str) -> Notice:
    return Notice(at=1.0, text=text)


def notices(number: int, size: int = 8) -> list[Notice]:
    return [notice(f"{index:0{size}}") for index in range(number)]


def texts(found: list[Event]) -> list[str]:
    return [event.text for event in found if isinstance(event, Notice)]


@contextmanager
def log_of(*lines: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        path.write_bytes(b"".join(lines))
        yield path


# Writing


@given(st.lists(any_event, max_size=8))
@settings(max_examples=50)
def test_what_was_written_is_read_in_order(events: list[Event]) -> None:
    with log_of() as path:
        writer = EventWriter(path)
        for event in events:
            writer.write(event)
        writer.sync()
        writer.close()
        assert writer.problem is None
        assert EventReader(path).read() == events
        assert path.read_bytes().count(b"\n") == len(events)


def test_a_writer_goes_on_where_another_ended(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for text in ("a", "b", "c"):
        writer = EventWriter(path)
        writer.write(notice(text))
        writer.close()
    assert texts(EventReader(path).read()) == ["a", "b", "c"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", [1, 10, 39])
def test_after_a_torn_line_a_writer_begins_on_a_line_of_its_own(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encode(notice("whole")) + b"\n" + encode(notice("torn"))[:kept])
    writer = EventWriter(path)
    writer.write(notice("after"))
    writer.close()
    reader = EventReader(path)
    assert texts(reader.read()) == ["whole", "after"]
    assert reader.skipped == 1
    assert len(path.read_bytes().splitlines()) == 3


def test_a_disk_that_takes_nothing_for_a_while_loses_nothing(
    tmp_path: Path, python: Callable[[str], str]
) -> None:
    """The most a file may grow to is lowered, as a quota or a full disk would."""
    path = tmp_path / "events.jsonl"
    code = f"""
    import resource
    from pathlib import Path
    from tui.runs.events.event_log import EventReader, EventWriter
    from tui.runs.events.event_types import Notice

    path = Path({str(path)!r})
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    writer = EventWriter(path)
    for number in range(60):
        if number == 20:  # in the middle of the next line
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 15, hard))
        if number == 40:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        writer.write(Notice(at=1.0, text=str(number)))
        told = [event.text for event in EventReader(path).read()]
        # Whole lines only, and in order, at every moment.
        assert path.read_bytes().endswith(b"\\n"), path.read_bytes()[-80:]
        assert told == [str(n) for n in range(len(told))], told
        if 20 <= number < 40:
            assert writer.problem is not None and len(told) == 20, number
        else:
            assert writer.problem is None and len(told) == number + 1, number
    writer.close()
    reader = EventReader(path)
    print([event.text for event in reader.read()] == [str(n) for n in range(60)], reader.skipped)
    """
    assert python(dedent(code)).split() == ["True", "0"]


def test_a_full_disk_is_named_and_ends_nothing(python: Callable[[str], str]) -> None:
    code = """
    import resource, signal
    from pathlib import Path
    from tui.runs.events.event_log import EventWriter
    from tui.runs.events.event_types import Notice

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    writer = EventWriter(Path("events.jsonl"))
    for number in range(3):
        writer.write(Notice(at=1.0, text=str(number)))
    print(writer.problem.strerror)
    writer.sync()
    writer.close()
    """
    assert "No space left" in python(dedent(code))


def test_a_disk_that_stays_full_costs_a_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventWriter, "KEPT", 10)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    with monkeypatch.context() as patch:
        patch.setattr("tui.runs.events.event_log.os.write", full)
        for event in notices(30):
            writer.write(event)
        assert writer.problem is not None and writer.problem.errno == 28
    writer.flush()
    writer.close()
    assert EventReader(path).read() == notices(30)[-10:]


# Reading


def test_an_absent_file_has_no_events(tmp_path: Path) -> None:
    assert EventReader(tmp_path / "none.jsonl").read() == []
    assert last_events(tmp_path / "none.jsonl", (Notice,)) == {}


def test_a_torn_last_line_waits_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    reader = EventReader(path)
    line = encode(notice("höher")) + b"\n"
    path.write_bytes(encode(notice("first")) + b"\n")
    assert texts(reader.read()) == ["first"]
    for byte in line[:-1]:
        with path.open("ab") as file:
            file.write(bytes([byte]))
        assert reader.read() == []
    with path.open("ab") as file:
        file.write(line[-1:])
    assert texts(reader.read()) == ["höher"]
    assert reader.skipped == 0


def test_a_line_of_a_newer_or_damaged_kind_is_counted_and_passed_over() -> None:
    with log_of(
        encode(notice("a")) + b"\n",
        b'{"type":"telepathy","at":1.0}\n',
        b"\0\0\0\0\n",
        b"\n",
        b'{"type":"notice","at":1.0,"te\n',
        b"\xff\xfe\xfd\n",
        encode(notice("b")) + b"\n",
    ) as path:
        reader = EventReader(path)
        assert texts(reader.read()) == ["a", "b"]
        assert reader.skipped == 4


def test_a_file_replaced_by_a_shorter_one_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(encode(event) + b"\n" for event in notices(20)))
    reader = EventReader(path)
    assert len(reader.read()) == 20
    beside = tmp_path / "new"
    beside.write_bytes(encode(notice("new")) + b"\n")
    beside.replace(path)
    assert texts(reader.read()) == ["new"]
    assert reader.read() == []


def test_a_line_longer_than_the_block_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventReader, "BLOCK", 100)
    path = tmp_path / "events.jsonl"
    long = notice("x" * 1000)
    path.write_bytes(b"".join(encode(event) + b"\n" for event in (notice("a"), long, notice("b"))))
    assert all_of(EventReader(path)) == [notice("a"), long, notice("b")]

    torn = encode(notice("y" * 1000))
    reader = EventReader(path)
    all_of(reader)
    with path.open("ab") as file:
        file.write(torn[:700])
    assert all_of(reader) == []
    with path.open("ab") as file:
        file.write(torn[700:] + b"\n")
    assert all_of(reader) == [notice("y" * 1000)]
    assert reader.skipped == 0


def all_of(reader: EventReader) -> list[Event]:
    found: list[Event] = []
    while events := reader.read():
        found += events
    return found


@given(st.lists(st.integers(0, 300), max_size=20), st.integers(1, 200), st.data())
@settings(max_examples=60)
def test_no_way_of_arriving_loses_or_doubles_an_event(
    sizes: list[int], block: int, data: st.DataObject
) -> None:
    events = [notice(f"{index} " + "x" * size) for index, size in enumerate(sizes)]
    content = b"".join(encode(event) + b"\n" for event in events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    with log_of() as path, pytest.MonkeyPatch.context() as patch:
        patch.setattr(EventReader, "BLOCK", block)
        reader = EventReader(path)
        found: list[Event] = []
        for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
            with path.open("ab") as file:
                file.write(content[start:end])
            found += all_of(reader)
        assert found == events
        assert reader.skipped == 0


# Reading backwards


@given(
    st.lists(
        st.tuples(
            st.sampled_from([RunStarted, Notice, Failed, Finished, Validating, None]),
            st.integers(0, 200),
        ),
        max_size=30,
    ),
    st.integers(1, 120),
    st.integers(0, 60),
)
@settings(max_examples=150)
def test_the_last_of_each_type_is_found_across_block_borders(
    plan: list[tuple[type | None, int]], block: int, torn: int
) -> None:
    """None stands for a damaged line."""
    lines: list[bytes] = []
    expected: dict[type, Event] = {}
    for number, (kind, size) in enumerate(plan):
        event = _event(kind, number, "é" * size) if kind is not None else None
        lines.append((b"damaged " + b"x" * size if event is None else encode(event)) + b"\n")
        if event is not None and kind in WANTED:
            expected.pop(type(event), None)
            expected[type(event)] = event
    lines.append(encode(notice("torn away"))[: min(torn, 20)])
    with log_of(*lines) as path, pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_end, "BACKWARDS_BLOCK", block)
        found = last_events(path, WANTED)
    assert found == expected
    assert list(found) == list(reversed(expected)), "the last in the file comes first"


WANTED = (RunStarted, Notice, Failed, Finished)


def _event(kind: type, number: int, text: str) -> Event:
    if kind is RunStarted:
        return RunStarted(at=float(number), pid=number, version=text)
    if kind is Failed:
        return Failed(at=float(number), what=text, where="", cure="")
    if kind is Finished:
        return Finished(at=float(number), reason="completed", sentence=text, epochs=number)
    if kind is Validating:
        return Validating(at=float(number), epoch=1, step=1, steps=1)
    return Notice(at=float(number), text=text)


def test_a_long_history_is_not_read_whole_to_learn_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    with path.open("wb") as file:
        for event in notices(20_000, size=100):
            file.write(encode(event) + b"\n")
        file.write(encode(Finished(at=1, reason="rule", sentence="s", epochs=3)) + b"\n")
    decoded = 0
    original = decode

    def counting(line: bytes) -> Event | None:
        nonlocal decoded
        decoded += 1
        return original(line)

    monkeypatch.setattr(log_end, "decode", counting)
    assert list(last_events(path, (Finished,))) == [Finished]
    assert decoded < 1000


def test_many_threads_may_write_through_one_writer(tmp_path: Path) -> None:
    """Keras runs the batch hooks in threads beside the training, and each may tell something."""
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    ready = Barrier(4)

    def work(number: int) -> None:
        ready.wait()
        for step in range(300):
            writer.write(EpochStarted(at=1.0, epoch=number, epochs=9, steps=step))

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.write(StopRequested(at=1.0))
    writer.close()
    reader = EventReader(path)
    events = reader.read()
    assert reader.skipped == 0 and len(events) == 4 * 300 + 1
    for number in range(4):
        own = [e.steps for e in events if isinstance(e, EpochStarted) and e.epoch == number]
        assert own == list(range(300))
