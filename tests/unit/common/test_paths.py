"""Where the program keeps its things, and that only their owner may see them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.common.paths import StateError, cache_dir, private_folder, runs_dir, state_dir

PLACES: list[Callable[[], Path]] = [state_dir, cache_dir, runs_dir]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kept here"
    monkeypatch.setenv("CNN_TUI_HOME", str(folder))
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_lies_below_the_one_folder(home: Path) -> None:
    assert state_dir() == home / "state"
    assert cache_dir() == home / "cache"
    assert runs_dir() == home / "state" / "runs"
    assert all(place().is_dir() for place in PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_a_folder_is_for_its_owner_alone(place: Callable[[], Path]) -> None:
    previous = os.umask(0)
    try:
        assert mode(place()) == 0o700
    finally:
        os.umask(previous)


def test_a_second_call_keeps_what_is_there() -> None:
    (runs_dir() / "something").write_text("kept")
    assert (runs_dir() / "something").read_text() == "kept"


def test_a_path_may_begin_with_a_tilde_or_stand_below_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CNN_TUI_HOME", "~/mine")
    assert state_dir() == tmp_path / "mine" / "state"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNN_TUI_HOME", "near")
    assert state_dir() == tmp_path / "near" / "state"
    assert state_dir().is_absolute()


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_the_systems_own_folders_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("CNN_TUI_HOME")
    else:
        monkeypatch.setenv("CNN_TUI_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for place in PLACES:
        assert place().is_relative_to(tmp_path)
        assert "cnn-tui" in place().parts
    assert cache_dir() != state_dir()
    assert runs_dir().parent == state_dir()


@pytest.mark.parametrize("place", PLACES)
def test_a_home_that_is_a_file_is_named_with_the_cure(
    home: Path, place: Callable[[], Path]
) -> None:
    home.write_text("")
    with pytest.raises(StateError) as caught:
        place()
    assert str(home) in str(caught.value)
    assert "CNN_TUI_HOME" in str(caught.value)


def test_a_folder_that_cannot_be_written_to_is_named_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # root may write everywhere
    with pytest.raises(StateError, match=r"Cannot write into .*CNN_TUI_HOME"):
        private_folder(tmp_path / "read only")


def test_the_folders_on_the_way_are_for_the_owner_alone_too(home: Path) -> None:
    previous = os.umask(0o022)
    try:
        runs_dir()
    finally:
        os.umask(previous)
    assert mode(home) == mode(home / "state") == 0o700


def test_a_home_of_nobody_is_named_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", "~no-such-user-anywhere/mine")
    with pytest.raises(StateError, match=r"no-such-user-anywhere.*CNN_TUI_HOME"):
        state_dir()
