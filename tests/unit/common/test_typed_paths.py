"""Typed paths: completed as in a shell, and read back."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from tui.common import typed_paths
from tui.common.typed_paths import (
    completions,
    completions_soon,
    from_the_root,
    shown_name,
    typed_path,
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("cats", "cattle", "dogs", ".hidden", "two words"):
        (tmp_path / "home" / name).mkdir(parents=True)
    (tmp_path / "home" / "cat.png").touch()
    (tmp_path / "home" / "notes.txt").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path / "home"


def test_what_all_have_in_common_comes_first(tree: Path) -> None:
    found = completions(f"{tree}/c")
    assert found.found == (f"{tree}/cats/", f"{tree}/cattle/")
    assert found.common == f"{tree}/cat"


def test_one_folder_is_completed_to_its_slash(tree: Path) -> None:
    assert completions(f"{tree}/do").common == f"{tree}/dogs/"


def test_files_are_found_by_their_ending_alone(tree: Path) -> None:
    assert completions("ca", (".png",)).found == ("cat.png", "cats/", "cattle/")
    assert completions("n").found == ()
    assert completions("n", ("",)).found == ("notes.txt",)


def test_home_and_relative_paths_stay_as_they_were_begun(tree: Path) -> None:
    assert completions("~").common == "~/"
    assert completions("~/do").common == "~/dogs/"
    assert completions("do").common == "dogs/"
    assert completions("./do").common == "./dogs/"
    assert completions("cats/../do").common == "cats/../dogs/"
    assert completions("..").common == "../"
    assert completions("~nobody-of-that-name").found == ()


def test_hidden_ones_are_found_after_a_dot_only(tree: Path) -> None:
    assert f"{tree}/.hidden/" not in completions(f"{tree}/").found
    assert completions(f"{tree}/.").found == (f"{tree}/.hidden/",)


def test_spaces_stay(tree: Path) -> None:
    assert completions(f"{tree}/two").common == f"{tree}/two words/"
    assert typed_path(f"  {tree}/two words/ ") == tree / "two words"


async def test_two_who_look_into_one_folder_at_once_both_have_their_answer(tree: Path) -> None:
    suggested, completed = await asyncio.gather(completions_soon("c"), completions_soon("do"))
    assert suggested.found == ("cats/", "cattle/")
    assert completed == completions("do") and not completed.problem


@pytest.mark.parametrize(
    "name",
    [b"caf\xe9", b"tab\there", b"esc\x1b[2J", "right\u202eleft".encode(), b"new\nline", b"a\\x41b"],
)
def test_odd_names_are_shown_and_read_back(tmp_path: Path, name: bytes) -> None:
    odd = os.fsencode(tmp_path) + b"/" + name
    os.mkdir(odd)
    os.mkdir(odd + b"/inside")
    whole = completions(f"{tmp_path}/{os.fsdecode(name)[0]}").common
    assert whole.isprintable() and whole.endswith("/")
    assert os.fsencode(typed_path(whole)) == odd
    assert completions(whole).common == whole + "inside/"
    assert os.fsencode(typed_path(whole + "inside")) == odd + b"/inside"


def test_a_literal_backslash_wins_over_what_it_may_mean(tmp_path: Path) -> None:
    (tmp_path / r"\xe9").mkdir()
    assert typed_path(str(tmp_path / r"\xe9")) == tmp_path / r"\xe9"
    assert shown_name("plain") == "plain"


def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in completions(f"{tmp_path}/none/x").problem
    (tmp_path / "file").touch()
    assert "cannot be read: Not a directory" in completions(f"{tmp_path}/file/").problem
    assert completions("a\0/b").found == ()


def test_of_very_many_the_first_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_paths, "MOST_ENTRIES", 10)
    for number in range(20):
        (tmp_path / f"n{number}").mkdir()
    found = completions(f"{tmp_path}/n")
    assert len(found.found) == 10
    assert "only the first 10 names" in found.problem


async def test_a_folder_that_hangs_is_given_up_and_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, asked = threading.Event(), 0

    def hanging(path: object) -> object:
        nonlocal asked
        asked += 1
        go.wait(30)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(typed_paths, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(os, "scandir", hanging)
    began = time.monotonic()
    try:
        first = await completions_soon(f"{tmp_path}/a")
        second = await completions_soon(f"{tmp_path}/ab")
    finally:
        go.set()
    assert "does not answer" in first.problem and "does not answer" in second.problem
    assert asked == 1
    assert time.monotonic() - began < 10
    monkeypatch.undo()
    while True:  # once it has answered it is asked again
        if not (await completions_soon(f"{tmp_path}/a")).problem:
            break
        await asyncio.sleep(0.01)


def test_a_path_without_its_first_slash_is_found_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    bare = Path(str(tmp_path / "pets").removeprefix("/"))
    assert from_the_root(bare) == bare  # nothing is there
    (tmp_path / "pets").mkdir()
    assert from_the_root(bare) == tmp_path / "pets"
    bare.mkdir(parents=True)
    assert from_the_root(bare) == bare  # what lies here comes first
    assert from_the_root(tmp_path) == tmp_path
