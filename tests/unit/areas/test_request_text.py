"""Receipts of requests: how long they are told, and what they say."""

from __future__ import annotations

import msgspec
import pytest

from tui.areas.runs.one_run.request_text import SHOWN_SECONDS, PendingRequest, request_lines
from tui.runs.events.event_types import ControlApplied, ControlReceived

TOOK = ControlApplied(at=100.0, request="learning rate", value="0.01", epoch=3, batch=7)


@pytest.mark.parametrize(
    ("epoch", "now", "told"),
    [
        (4, 999.0, True),
        (40, 100.0 + SHOWN_SECONDS / 2, True),
        (40, 100.0 + 2 * SHOWN_SECONDS, False),
    ],
    ids=["the epoch after", "short epochs", "long ago"],
)
def test_a_receipt_stays_until_it_could_be_read(epoch: int, now: float, told: bool) -> None:
    lines = request_lines([], [TOOK], over=False, epoch=epoch, now=now)
    assert [line.plain for line in lines] == (
        [" ✓ learning rate 0.01: in force since epoch 3, batch 7"] if told else []
    )


def test_what_was_taken_back_before_it_was_read_is_not_waited_for() -> None:
    asked = [PendingRequest("pause", "", 0, 90.0), PendingRequest("resume", "", 0, 90.1)]
    assert len(request_lines(asked, [], over=False, epoch=1, read=89.0)) == 2
    assert request_lines(asked, [], over=False, epoch=1, read=90.2) == []
    received = ControlReceived(at=90.2, request="pause")
    (line,) = request_lines(asked, [received], over=False, epoch=1, read=90.2)
    assert line.plain == " → pause: received, not in force yet"


def test_a_stop_that_nobody_answers_says_what_a_second_one_does() -> None:
    asked = [PendingRequest("stop", "", 0, 90.0)]
    (line,) = request_lines(asked, [], over=False, epoch=1)
    assert line.plain == " … stop: requested; s again kills it at once"
    assert request_lines(asked, [], over=True, epoch=1) == [], "that it ended is told elsewhere"


def test_a_clock_that_was_set_back_leaves_no_request_standing() -> None:
    asked = [PendingRequest("pause", "", seen_events=0, at=10_900.0)]
    assert request_lines(asked, [], over=False, epoch=1, read=100.0, now=101.0) == []
    long_ago = msgspec.structs.replace(TOOK, at=10_900.0, epoch=1)
    assert request_lines([], [long_ago], over=False, epoch=9, now=101.0) == []
