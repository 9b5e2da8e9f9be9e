"""A line on a channel fits into its room, and what is wrong with it is told first."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from tui.areas.look_inside.look_text import channel_line
from tui.inspection.answers import Channel
from tui.ui.bar_list import value_text

PLAIN = Channel(
    index=127,
    least=-0.09213,
    greatest=0.07412,
    mean=-0.0000972,
    dead=False,
    saturated=False,
    height=1,
    width=1,
    pixels=b"0",
)


def test_a_line_of_a_channel_is_never_cut() -> None:
    for room in (48, 51, 52, 80):
        changes: tuple[dict[str, Any], ...] = (
            {},
            {"saturated": True},
            {"finite": False},
            {"dead": True, "least": 0.0},
        )
        for change in changes:
            text = channel_line(msgspec.structs.replace(PLAIN, **change), room).plain
            assert len(text) <= room
            assert ("saturated" in text) == bool(change.get("saturated"))
            assert ("NaN" in text) == (change.get("finite") is False)
    assert channel_line(PLAIN, 80).plain.endswith("white 0.0741, mean −9.72e−5")


@pytest.mark.parametrize("value", [0.0061, -0.0079, 0.01, 1234.5, -99998.4])
def test_numbers_that_can_be_written_out_are(value: float) -> None:
    text = value_text(value)
    assert "e" not in text and len(text.lstrip("−")) <= 7
    read = float(text.replace("−", "-").replace(",", ""))
    assert math.isclose(read, value, rel_tol=0.02)
