from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.common.paths import state_dir
from tui.datasets import recent_folders, remember_folder


def folders(tmp_path: Path, number: int) -> list[str]:
    paths = [tmp_path / f"set{index}" for index in range(number)]
    for path in paths:
        path.mkdir()
    return [str(path) for path in paths]


def test_nothing_is_remembered_at_first() -> None:
    assert recent_folders() == []


def test_the_newest_comes_first_and_each_only_once(tmp_path: Path) -> None:
    a, b = folders(tmp_path, 2)
    for path in (a, b, a, a + "/"):
        assert remember_folder(path)
    assert recent_folders() == [a, b]


def test_ten_are_kept(tmp_path: Path) -> None:
    paths = folders(tmp_path, 12)
    for path in paths:
        remember_folder(path)
    assert recent_folders() == paths[:1:-1]


def test_a_missing_folder_returns_with_its_drive(tmp_path: Path) -> None:
    a, b = folders(tmp_path, 2)
    remember_folder(a)
    remember_folder(b)
    os.rename(a, a + "-away")
    assert recent_folders() == [b]
    remember_folder(b)
    os.rename(a + "-away", a)
    assert recent_folders() == [b, a]


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"a": 1}', b"\xff\xfe", b"[" * 100_000, b'[1, null, "a\\u0000b"]']
)
def test_a_damaged_file_is_an_empty_list_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    (state_dir() / "recent-folders.json").write_bytes(content)
    assert recent_folders() == []
    (a,) = folders(tmp_path, 1)
    assert remember_folder(a)
    assert recent_folders() == [a]


def test_a_name_that_is_not_utf8_comes_back(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff\x1b"
    os.mkdir(raw)
    assert remember_folder(os.fsdecode(raw))
    assert [os.fsencode(path) for path in recent_folders()] == [raw]


def test_no_place_to_write_is_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("x")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "taken"))
    assert remember_folder(tmp_path) is False
    assert recent_folders() == []


def test_a_failed_write_keeps_the_old_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = folders(tmp_path, 2)
    remember_folder(a)

    def full(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        assert remember_folder(b) is False
    assert recent_folders() == [a]
    assert [path.name for path in state_dir().iterdir()] == ["recent-folders.json"]
