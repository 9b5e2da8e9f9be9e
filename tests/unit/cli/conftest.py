"""The fixtures of the tests of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.made_course import LESSON


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A teacher's folder with one lesson, and an environment that is put back afterwards."""
    place = tmp_path / "own"
    place.mkdir()
    (place / "44-made.md").write_text(LESSON)
    monkeypatch.setenv("CNN_TUI_LESSONS", "")
    return place
