"""A trainer that waits, and when it is sent away."""

from __future__ import annotations

import sys

import pytest

from tui.runs.process import launch
from tui.runs.process.launch import Launcher


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> Launcher:
    """Return a launcher whose trainers only wait for the end of their input."""
    monkeypatch.setattr(
        launch, "_COMMAND", [sys.executable, "-c", "import sys; sys.stdin.buffer.read()"]
    )
    return Launcher()


def test_a_trainer_that_was_asked_for_just_now_stays(launcher: Launcher) -> None:
    launcher.prepare()
    waiting = launcher._ready
    assert waiting is not None
    launcher.dismiss(unwanted_for=60)
    assert launcher._ready is waiting and waiting.poll() is None
    launcher._wanted -= 61
    launcher.dismiss(unwanted_for=60)
    assert launcher._ready is None
    assert waiting.wait(20) == 0


def test_without_a_time_it_goes_at_once(launcher: Launcher) -> None:
    launcher.prepare()
    waiting = launcher._ready
    assert waiting is not None
    launcher.dismiss()
    assert waiting.wait(20) == 0
    launcher.dismiss()
