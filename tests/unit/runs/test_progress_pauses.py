"""What a pause and a changed number of epochs do to a run's figures."""

from __future__ import annotations

import pytest

from tests.unit.runs.test_progress import after, batches, begun, ended
from tui.runs.events.event_types import ControlApplied, ControlReceived, Event, Request


def took(request: Request, at: float, value: str = "") -> ControlApplied:
    return ControlApplied(at=at, request=request, value=value, epoch=2, batch=5)


def test_a_pause_is_in_no_estimate() -> None:
    story: list[Event] = [begun(1), ended(1, {"loss": 1.0}, at=10, seconds=10.0), begun(2, at=10)]
    running = after(*story)
    assert running.eta(15.0) == pytest.approx(25)
    waiting = after(*story, ControlReceived(at=14, request="pause"), took("pause", 15))
    assert waiting.paused and waiting.eta(15.0) == waiting.eta(500.0) == pytest.approx(25)
    again = after(*story, took("pause", 15), took("resume", 500))
    assert not again.paused and again.eta(501.0) == pytest.approx(24)


def test_nor_in_the_first_epoch() -> None:
    story: list[Event] = [begun(1), batches(1, 1, (1.0,) * 5, at=10.0), took("pause", 10)]
    before = after(begun(1), batches(1, 1, (1.0,) * 5, at=10.0)).eta(10.0)
    assert after(*story, took("learning rate", 90, "0.1")).eta(100.0) == before
    resumed = after(*story, took("resume", 100), batches(1, 6, (1.0,), at=102.0))
    assert resumed.eta(102.0) == pytest.approx(2 * 34)


def test_going_on_without_a_pause_moves_nothing() -> None:
    """As when a stop after the epoch is taken back."""
    assert after(begun(1, at=10), took("resume", 50)).epoch_started_at == 10


def test_a_changed_number_of_epochs_shows_at_once() -> None:
    progress = after(begun(2, epochs=4), took("epochs", 1, "20"))
    assert progress.epochs == 20
