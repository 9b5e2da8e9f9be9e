"""The folder that an export is offered to be written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.common.export_folder import remember_folder, suggested_folder
from tui.common.paths import state_dir


def test_the_present_folder_comes_first_then_the_one_last_written_to(tmp_path: Path) -> None:
    assert suggested_folder() == Path.cwd()
    other = tmp_path / "caf\udce9"
    other.mkdir()
    remember_folder(other)
    assert suggested_folder() == other
    other.rmdir()
    assert suggested_folder() == Path.cwd()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"folder": 7}', '{"folder": "a\\u0000b"}', "x"])
def test_what_cannot_be_read_is_passed_over(text: str) -> None:
    (state_dir() / "export-folder.json").write_text(text)
    assert suggested_folder() == Path.cwd()


def test_a_present_folder_that_was_deleted_is_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert suggested_folder() == Path.home()
