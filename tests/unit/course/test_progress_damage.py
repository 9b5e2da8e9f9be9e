"""The file of the progress: damaged, locked, of another version, on a full disk."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.disks import full, read_only
from tui.course import (
    Bookmark,
    LearnerProgress,
    export_progress,
    import_progress,
    load_bookmark,
    read_progress,
    record_answer,
    record_drill,
    record_program,
    save_bookmark,
)
from tui.course.progress import learner_progress as progress
from tui.course.progress import progress_database as store
from tui.course.progress import progress_export


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _scribble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"this is no database" * 100),
        lambda path: path.write_bytes(b"\0" * 8192),
        _truncate,
        _scribble,
    ],
)
def test_a_damaged_file_is_set_aside_and_said(home: Path, damage: object) -> None:
    save_bookmark("a", 1)
    record_answer("a", "x", True)
    path = home / "state" / store.FILE
    _sql(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert callable(damage)
    damage(path)
    damaged = path.read_bytes()
    load_bookmark()  # never raises, and mends nothing
    assert not list(path.parent.glob("progress.damaged-*"))
    message = read_progress().message
    (aside,) = path.parent.glob("progress.damaged-*.sqlite3")
    assert aside.name in message and "set aside" in message
    assert str(home) not in message
    assert aside.read_bytes() == damaged
    assert save_bookmark("b", 2) == ""
    assert load_bookmark() == Bookmark("b", 2)
    assert read_progress().message == ""


def _sql(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_answer_finds_the_damage_too(home: Path) -> None:
    save_bookmark("a", 1)
    (home / "state" / store.FILE).write_bytes(b"x" * 9000)
    assert "set aside" in record_answer("a", "x", True)
    assert read_progress().solved("a") == {"x"}


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE answers",
        "DROP TABLE drills",
        "ALTER TABLE place RENAME COLUMN page TO leaf",
    ],
)
def test_other_tables_are_no_damage_and_stay(home: Path, change: str) -> None:
    save_bookmark("a", 1)
    path = home / "state" / store.FILE
    _sql(path, change)
    for message in (read_progress().message, export_progress()[1]):
        assert "has an unknown format" in message
    load_bookmark()
    assert path.exists() and not list(path.parent.glob("progress.damaged-*"))


@pytest.mark.parametrize("error", [TypeError, ValueError, KeyError])
def test_a_mistake_of_the_program_sets_nothing_aside(
    home: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    record_answer("a", "x", True)
    record_drill("stride", 1, 5, True)

    def mistaken(*_: object) -> object:
        raise error("a slip of the program")

    exported, _ = export_progress()
    for place, name in (
        (progress, "skill_states"),
        (progress, "records"),
        (progress_export, "_add"),
    ):
        with monkeypatch.context() as patch, pytest.raises(error):
            patch.setattr(place, name, mistaken)
            read_progress()
            import_progress(exported)
    with pytest.raises(error):
        store.read(mistaken)
    assert not list((home / "state").glob("progress.damaged-*"))
    assert read_progress().solved("a") == {"x"}


@pytest.mark.parametrize(
    "values",
    [
        "('a', 'z', 1, NULL, 'yesterday')",
        "('a', 'z', 1, NULL, 9e999)",
        "('a', 'z', 1, NULL, -5)",
        "('a', 'z', 'yes', NULL, 5)",
        "('a', 'z', 2, NULL, 5)",
        "('a', 'z', 0.5, NULL, 5)",
        "(x'ff00', 'z', 1, NULL, 5)",
        "('', 'z', 1, NULL, 5)",
        "('a', 'z', 1, x'80', 5)",
        "('a', 'z', 1, 7, 5)",
        "('a', 'z', 1, NULL, x'00')",
    ],
)
def test_one_odd_row_costs_itself_alone(home: Path, values: str) -> None:
    for _ in range(3):
        record_answer("a", "x", True)
        record_drill("stride", 1, 5, True)
    path = home / "state" / store.FILE
    _sql(path, "DELETE FROM place")
    good = export_progress()
    _sql(path, f"INSERT INTO answers (lesson, block, correct, slip, at) VALUES {values}")
    _sql(path, "INSERT INTO drills (skill, level, seed, correct, at) VALUES ('s', 'x', 1, 1, 5)")
    _sql(path, "INSERT INTO place (one, lesson, page) VALUES (1, 'a', 'two')")
    view = read_progress()
    if "7, 5" in values:  # SQLite makes it the text that the column wants
        assert view.message.startswith("2 rows of progress.sqlite3")
    else:
        assert view.message.startswith("3 rows of progress.sqlite3"), view.message
        assert set(view.answered) == {("a", "x")}
        assert json.loads(export_progress()[0]) == json.loads(good[0])
    assert view.answered["a", "x"].tries == 3
    assert view.drills == view.skills["stride"].tries == 3
    assert load_bookmark() is None
    assert not list(path.parent.glob("progress.damaged-*"))
    assert record_answer("a", "y", True) == "" == save_bookmark("b", 1)
    assert read_progress().bookmark == Bookmark("b", 1)


def test_a_second_damage_in_the_same_second_keeps_both(home: Path) -> None:
    path = home / "state" / store.FILE
    for _ in range(3):
        save_bookmark("a", 1)
        path.write_bytes(b"x" * 9000)
        assert "set aside" in save_bookmark("a", 1)
    assert len(list(path.parent.glob("progress.damaged-*.sqlite3"))) == 3


def test_a_file_of_a_newer_version_is_left_alone(home: Path) -> None:
    save_bookmark("a", 1)
    path = home / "state" / store.FILE
    _sql(path, "PRAGMA user_version = 99")
    assert "newer cnn-tui" in save_bookmark("a", 2)
    assert "newer cnn-tui" in read_progress().message
    assert load_bookmark() is None
    assert not list(path.parent.glob("progress.damaged-*"))


def test_a_state_that_cannot_be_written_is_a_sentence(home: Path) -> None:
    home.write_text("a file where the folder should be")
    for message in (save_bookmark("a", 1), record_answer("a", "x", True), read_progress().message):
        assert message.startswith("Progress is not saved.")
        assert "CNN_TUI_HOME" in message
    assert load_bookmark() is None


def test_a_folder_in_the_place_of_the_file_is_a_sentence(home: Path) -> None:
    (home / "state" / store.FILE).mkdir(parents=True)
    assert "Progress is not saved" in save_bookmark("a", 1)
    assert load_bookmark() is None


def test_a_writer_that_never_ends_is_not_waited_for_long(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_bookmark("a", 1)
    monkeypatch.setattr(store, "_WAIT", 0.2)
    other = sqlite3.connect(home / "state" / store.FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "another cnn-tui" in save_bookmark("a", 2)
    assert load_bookmark() == Bookmark("a", 1)  # readers go on
    other.execute("ROLLBACK")
    other.close()
    assert save_bookmark("a", 2) == ""


WRITER = """
import sys
from tui.course import record_answer, record_drill, save_bookmark
for number in range(40):
    message = record_answer("a", f"{sys.argv[1]}-{number}", True)
    message += record_drill("stride", 1, number, True)
    message += save_bookmark(sys.argv[1], number)
    if message:
        sys.exit(message)
"""


@pytest.mark.parametrize("damaged", [False, True])
def test_two_windows_write_at_once_and_nothing_is_lost(home: Path, damaged: bool) -> None:
    path = home / "state" / store.FILE
    if damaged:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x" * 9000)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, name], stderr=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    outcomes = [writer.communicate(timeout=120)[1] for writer in writers]
    problems = [text for text in outcomes if text]
    assert len(problems) == damaged, outcomes
    if damaged:
        # The one that met the damage stopped at the message; its answer was kept.
        assert "set aside" in problems[0]
        assert len(list(path.parent.glob("progress.damaged-*.sqlite3"))) == 1
    view = read_progress()
    assert len(view.answered) == (41 if damaged else 80)
    assert view.drills == view.skills["stride"].tries == len(view.answered)
    assert view.bookmark is not None


def test_a_file_of_format_1_gains_the_drills_and_loses_nothing(home: Path) -> None:
    path = home / "state" / store.FILE
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode = WAL; CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1), "
        "lesson TEXT NOT NULL, page INTEGER NOT NULL); CREATE TABLE answers (id INTEGER PRIMARY "
        "KEY, lesson TEXT NOT NULL, block TEXT NOT NULL, correct INTEGER NOT NULL, slip TEXT, "
        "at REAL NOT NULL); INSERT INTO place VALUES (1, 'a', 3); INSERT INTO answers VALUES "
        "(1, 'a', 'x', 1, NULL, 5.0); PRAGMA user_version = 1;"
    )
    connection.close()
    view = read_progress()
    assert (view.message, view.bookmark) == ("", Bookmark("a", 3))
    assert view.solved("a") == {"x"}
    assert record_drill("depth", 1, 1, True) == ""
    assert read_progress().drills == 1
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (4,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


# A disk that takes nothing


def answered_before() -> None:
    save_bookmark("padding", 2)
    record_answer("padding", "one", True)
    record_drill("depth", 1, 1, True)


def assert_shown(view: LearnerProgress) -> None:
    assert view.bookmark == Bookmark("padding", 2) == load_bookmark()
    assert view.solved("padding") == {"one"} and view.drills == 1


def test_on_a_read_only_disk_what_was_answered_before_is_shown(home: Path) -> None:
    answered_before()
    with read_only(home):
        view = read_progress()
        assert_shown(view)
        assert view.message.startswith(f"Nothing is saved: the folder {home / 'state'} is ")
        assert record_answer("padding", "two", True) == view.message
        assert_shown(read_progress())
    assert read_progress().message == "" == record_answer("padding", "two", True)


def test_on_a_full_disk_what_was_answered_before_is_shown(home: Path) -> None:
    answered_before()
    with full():
        view = read_progress()
        assert_shown(view)
        assert "Progress is not saved: " in view.message
        assert "Progress is not saved: " in record_answer("padding", "two", True)
    assert read_progress().message == ""


def test_answers_that_a_killed_window_left_in_the_wal_are_shown_too(home: Path) -> None:
    record_answer("padding", "one", True)
    path = home / "state" / store.FILE
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO answers VALUES (9, 'padding', 'two', 1, NULL, 5.0)")
    connection.commit()
    left = path.with_name(f"{path.name}-wal").read_bytes()
    database = path.read_bytes()
    connection.close()
    path.write_bytes(database)
    path.with_name(f"{path.name}-wal").write_bytes(left)
    with read_only(home):
        assert read_progress().solved("padding") == {"one", "two"}
    assert path.read_bytes() == database, "it was only read"


def test_without_room_for_a_copy_it_is_read_where_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered_before()
    monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")
    with read_only(home):
        assert_shown(read_progress())


def test_a_file_of_format_2_gains_the_programs_and_loses_nothing(home: Path) -> None:
    record_drill("depth", 1, 1, True)
    path = home / "state" / store.FILE
    _sql(path, "DROP TABLE programs")
    _sql(path, "PRAGMA user_version = 2")
    assert read_progress().drills == 1
    assert record_program("fit", "y = 2") == ""
    assert dict(read_progress().drafts) == {"fit": "y = 2"}
