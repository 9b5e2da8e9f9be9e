"""Logs that grow for ever are shortened, and their writers go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.common.safe_files import open_appending
from tui.runs.process import logs
from tui.runs.process.logs import shorten_log


def test_the_middle_of_a_long_log_goes_and_its_writer_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LARGEST", 10_000)
    monkeypatch.setattr(logs, "KEPT", 1_000)
    path = tmp_path / "trainer.log"
    with open_appending(path) as log:
        for number in range(2_000):
            log.write(f"warning {number}\n".encode())
            log.flush()
            shorten_log(path)
            assert path.stat().st_size < 11_000
        log.write(b"the end\n")
    lines = path.read_text().splitlines()
    assert lines[0] == "warning 0" and lines[-2:] == ["warning 1999", "the end"]
    assert any("bytes were removed" in line for line in lines)


def test_a_log_that_is_not_there_or_short_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "trainer.log"
    assert not shorten_log(path)
    path.write_text("short\n")
    assert not shorten_log(path)
    assert path.read_text() == "short\n"


def test_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST", 100)
    other, path = tmp_path / "other", tmp_path / "trainer.log"
    other.write_text("x" * 1_000)
    path.symlink_to(other)
    shorten_log(path)
    assert other.stat().st_size == 1_000
