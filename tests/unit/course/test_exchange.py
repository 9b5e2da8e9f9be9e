"""Progress from one machine to another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.course import (
    Bookmark,
    ExchangeError,
    export_progress,
    import_progress,
    load_bookmark,
    read_progress,
    record_answer,
    record_drill,
    save_bookmark,
)
from tui.course.progress.progress_export import is_export


def fill() -> None:
    save_bookmark("a", 2)
    record_answer("a", "x", False, "forgot-2p")
    record_answer("a", "x", True)
    record_drill("stride", 2, 2**62, False, "forgot-stride")


def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str = "other") -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / name))


def test_everything_comes_over_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    here = read_progress()
    data, message = export_progress()
    assert message == "" and is_export(data)
    assert import_progress(data) == (0, "")
    assert read_progress() == here
    elsewhere(tmp_path, monkeypatch)
    assert import_progress(data) == (3, "")
    assert import_progress(data) == (0, "")
    assert read_progress() == here
    assert export_progress()[0] == data


def test_two_machines_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    data, _ = export_progress()
    elsewhere(tmp_path, monkeypatch)
    save_bookmark("b", 1)
    record_answer("b", "y", True)
    record_drill("stride", 1, 5, True)
    assert import_progress(data) == (3, "")
    view = read_progress()
    assert load_bookmark() == Bookmark("b", 1)  # where one is stays
    assert set(view.answered) == {("a", "x"), ("b", "y")}
    assert view.drills == 2 and view.skills["stride"].tries == 2
    assert set(view.slips) == {"forgot-2p", "forgot-stride"}


def test_the_same_row_twice_in_a_file_counts_once() -> None:
    fill()
    data, _ = export_progress()
    found = json.loads(data)
    row = dict(found["answers"][0], at=5)
    found["answers"] = [row, row, dict(row, at=5.0)]
    found["drills"] = []
    assert import_progress(json.dumps(found).encode()) == (1, "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"not json",
        b"[" * 100_000,
        b'{"kind": "something else", "version": 1}',
        b'{"kind": "cnn-tui progress", "version": 3}',
        b'{"kind": "cnn-tui progress", "version": "\\u001b[2J"}',
        b'{"kind": "cnn-tui progress", "version": 1, "more": 1}',
    ],
)
def test_a_file_that_is_none(data: bytes) -> None:
    with pytest.raises(ExchangeError) as caught:
        import_progress(data)
    assert "\x1b" not in str(caught.value)
    assert not read_progress().answered


@pytest.mark.parametrize(
    "change",
    [
        {"correct": 1},
        {"at": "now"},
        {"at": -1},
        {"at": 1e300},
        {"lesson": ""},
        {"lesson": "x" * 2000},
        {"slip": 5},
        {"extra": 1},
    ],
)
def test_a_wrong_row_takes_nothing(change: dict[str, object]) -> None:
    row = {"lesson": "a", "block": "x", "correct": True, "slip": None, "at": 1.5, **change}
    good = {"lesson": "b", "block": "x", "correct": True, "slip": None, "at": 1.5}
    text = json.dumps({"kind": "cnn-tui progress", "version": 1, "answers": [good, row]})
    with pytest.raises(ExchangeError):
        import_progress(text.encode())
    assert not read_progress().answered


@pytest.mark.parametrize("change", [{"level": 6}, {"level": 0}, {"seed": 2**63}, {"seed": -1}])
def test_a_wrong_drill_takes_nothing(change: dict[str, object]) -> None:
    row = {"skill": "a", "level": 1, "seed": 1, "correct": True, "slip": None, "at": 1.5}
    text = json.dumps({"kind": "cnn-tui progress", "version": 1, "drills": [row | change]})
    with pytest.raises(ExchangeError):
        import_progress(text.encode())


def test_where_nothing_can_be_kept_it_is_said(home: Path) -> None:
    fill()
    data, _ = export_progress()
    for path in sorted(home.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    home.rmdir()
    home.write_text("a file")
    assert "Progress is not saved" in export_progress()[1]
    assert "Progress is not saved" in import_progress(data)[1]
