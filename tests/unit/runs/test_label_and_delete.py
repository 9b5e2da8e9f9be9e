"""A run's name and note, and its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.recorded import run_of
from tui.common.paths import runs_dir
from tui.common.text import clean
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.delete_run import delete_run, run_bytes
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import (
    NAME_LIMIT,
    NOTE_LIMIT,
    RunLabel,
    label_path,
    read_label,
    title_of,
    write_label,
)
from tui.runs.store.run_list import RunList


@pytest.fixture
def ended(spec: TrainingSpec) -> RunFolder:
    """Return a run that has ended."""
    return run_of(spec, {"loss": [0.5]})


def test_a_name_and_a_note_are_kept_apart_and_beside_the_spec(ended: RunFolder) -> None:
    before = (ended.path / "spec.json").read_bytes()
    write_label(ended, name="  small\ttry ")
    write_label(ended, note="the one\nwith less data")
    assert read_label(ended) == RunLabel("small try", "the one with less data")
    assert title_of(ended) == "small try"
    write_label(ended, name="")
    assert read_label(ended) == RunLabel("", "the one with less data")
    assert title_of(ended) == "pets · course"
    assert (ended.path / "spec.json").read_bytes() == before
    assert sorted(path.name for path in ended.path.glob("label*")) == ["label.json"]


def test_the_list_shows_the_name_and_follows_a_change(ended: RunFolder) -> None:
    runs = RunList()
    assert [one.title for one in runs.read()] == ["pets · course"]
    write_label(ended, name="mine")
    assert [one.title for one in runs.read()] == ["mine"]


@given(st.text(max_size=NAME_LIMIT))
def test_a_name_is_safe_for_a_terminal(name: str) -> None:
    run = RunFolder(runs_dir() / "one")
    run.path.mkdir(exist_ok=True)
    label = write_label(run, name=name)
    assert read_label(run) == label
    assert clean(label.name) == label.name == label.name.strip()


@pytest.mark.parametrize(("field", "limit"), [("name", NAME_LIMIT), ("note", NOTE_LIMIT)])
def test_a_text_that_is_too_long_is_refused_with_its_length(
    ended: RunFolder, field: str, limit: int
) -> None:
    write_label(ended, **{field: "x" * limit})
    with pytest.raises(
        RunError, match=f"may have {limit} characters, and this one has {limit + 1}"
    ):
        write_label(ended, **{field: "y" * (limit + 1)})
    assert getattr(read_label(ended), field) == "x" * limit


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b'{"name": 3}', b'{"name": "\xff"}', b"x" * 100_000]
)
def test_a_damaged_label_is_none(ended: RunFolder, content: bytes) -> None:
    label_path(ended).write_bytes(content)
    assert read_label(ended) == RunLabel()
    assert title_of(ended) == "pets · course"


def test_a_label_from_elsewhere_is_cleaned_when_it_is_read(ended: RunFolder) -> None:
    label_path(ended).write_text('{"name": "a\\u001b[2Jb", "note": "' + "n" * 5000 + '"}')
    label = read_label(ended)
    assert label.name == "a␛[2Jb" and len(label.note) == NOTE_LIMIT


# Deleting


def test_a_run_is_deleted_whole_and_no_other(ended: RunFolder, spec: TrainingSpec) -> None:
    other = run_of(spec, {"loss": [0.5]})
    (ended.path / "kept").mkdir()
    (ended.path / "kept" / "epoch-0000.npz").write_bytes(b"x" * 1000)
    assert run_bytes(ended) > 1000
    delete_run(ended)
    assert os.listdir(runs_dir()) == [other.name]


def test_links_inside_go_and_what_they_lead_to_stays(ended: RunFolder, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "cat.jpg").write_bytes(b"x" * 5000)
    (ended.path / "folder").symlink_to(photos)
    (ended.path / "file").symlink_to(photos / "cat.jpg")
    assert run_bytes(ended) < 5000
    delete_run(ended)
    assert not ended.path.exists()
    assert (photos / "cat.jpg").stat().st_size == 5000


def test_a_run_folder_that_is_a_link_is_taken_away_and_not_followed(
    ended: RunFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    ended.path.rename(elsewhere)
    ended.path.symlink_to(elsewhere)
    delete_run(ended)
    assert not os.path.lexists(ended.path)
    assert (elsewhere / "spec.json").exists() and (elsewhere / "events.jsonl").exists()


@pytest.mark.parametrize("told", [True, False], ids=["running", "starting"])
def test_a_run_at_work_is_not_deleted(told: bool, spec: TrainingSpec) -> None:
    run = run_of(spec, {"loss": [0.5]}, ended=False) if told else create_run(spec)
    lock = run.acquire_lock() if told else None
    with pytest.raises(RunError, match=r"is being trained\. Stop it first"):
        delete_run(run)
    assert (run.path / "spec.json").exists()
    if lock is not None:
        os.close(lock)
        delete_run(run)
        assert not run.path.exists()


def test_a_run_that_said_its_last_word_but_still_holds_its_lock_stays(ended: RunFolder) -> None:
    lock = ended.acquire_lock()
    with pytest.raises(RunError):
        delete_run(ended)
    os.close(lock)
    assert (ended.path / "spec.json").exists()


def test_what_a_crash_left_over_goes_with_the_next_and_is_never_listed(
    ended: RunFolder, spec: TrainingSpec
) -> None:
    left = runs_dir() / ".deleted-0123-old"
    left.mkdir()
    (left / "spec.json").write_text("{}")
    assert [one.run for one in RunList().read()] == [ended]
    delete_run(ended)
    assert os.listdir(runs_dir()) == []


@pytest.mark.parametrize("inside", ["", "kept"], ids=["the run", "a folder in it"])
def test_a_run_that_is_locked_is_not_deleted_by_half(
    inside: str, bound_by_permissions: Path, spec: TrainingSpec
) -> None:
    run = run_of(spec, {"loss": [0.5]})
    (run.path / "kept").mkdir()
    locked = run.path / inside
    locked.chmod(0o555)
    try:
        with pytest.raises(RunError, match=rf"{locked} may not be changed\. Make it writable"):
            delete_run(run)
        assert [one.run for one in RunList().read()] == [run]
    finally:
        locked.chmod(0o755)
    delete_run(run)
    assert os.listdir(runs_dir()) == []


def test_what_cannot_be_swept_up_hinders_no_deletion(
    bound_by_permissions: Path, spec: TrainingSpec
) -> None:
    left = runs_dir() / ".deleted-0123-old"
    left.mkdir()
    (left / "spec.json").write_text("{}")
    left.chmod(0o555)
    try:
        delete_run(run_of(spec, {"loss": [0.5]}))
        assert os.listdir(runs_dir()) == [left.name]
    finally:
        left.chmod(0o755)


def test_a_name_that_cannot_be_written_says_what_helps(
    bound_by_permissions: Path, spec: TrainingSpec
) -> None:
    run = run_of(spec, {"loss": [0.5]})
    run.path.chmod(0o555)
    try:
        with pytest.raises(RunError, match=r"Permission denied\. Check the permissions"):
            write_label(run, name="new")
    finally:
        run.path.chmod(0o755)


def test_what_is_no_run_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    with pytest.raises(RunError, match="There is no run in"):
        delete_run(RunFolder(tmp_path / "precious"))
    assert (tmp_path / "precious").is_dir()
