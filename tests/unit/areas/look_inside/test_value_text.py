"""The grids of a traced value fit their room, and show the marked value."""

from __future__ import annotations

import pytest

from tui.areas.look_inside.value_text import lay_out_grids, window_grids
from tui.inspection.traced_text import TracedWindow


def window(side: int, channels: int = 1, start: int = 0) -> TracedWindow:
    """Return a window of values that are all different."""
    count = channels * side * side
    places = tuple(range(start, start + side))
    return TracedWindow(
        tuple(range(channels)),
        places,
        places,
        tuple(float(at) for at in range(count)),
        tuple(-1.0 - at for at in range(count)),
    )


@pytest.mark.parametrize("side", [1, 2, 3, 5, 7, 11])
@pytest.mark.parametrize(("width", "height"), [(50, 13), (72, 28)])
def test_a_window_of_any_size_fits_and_shows_the_marked_value(
    side: int, width: int, height: int
) -> None:
    one = window(side)
    for index in (0, len(one.values) // 2, len(one.values) - 1):
        lines = window_grids(one, (side, side, 1), index, width, height).plain.splitlines()
        assert len(lines) <= height and max(map(len, lines)) <= width
        text = "\n".join(lines)
        assert text.count("[") == text.count("]") == 3
        marked = [
            float(part.split("]")[0].replace("−", "-").replace(",", ""))
            for part in text.split("[")[1:]
        ]
        value, weight = one.values[index], one.weights[index]
        assert marked == pytest.approx([value, weight, value * weight], rel=0.06)


def test_a_small_window_is_whole() -> None:
    text = window_grids(window(3), (3, 3, 1), 4, 72, 28).plain
    assert "a part of" not in text and len(text.splitlines()) == 4  # side by side below a title
    assert "part of 11×11" in window_grids(window(11), (11, 11, 1), 60, 50, 13).plain


def test_padding_is_marked() -> None:
    text = window_grids(window(3, start=-1), (2, 2, 1), 8, 72, 28).plain
    assert text.count("·") == 6 and "· is padding" in text  # five values, and the note


def test_more_digits_where_there_is_room() -> None:
    wide = lay_out_grids((5, 5), 3, {3: 9, 2: 6}, width=150, height=9)
    assert (wide.across, wide.columns, wide.rows, wide.digits) == (3, 5, 5, 3)
    narrow = lay_out_grids((5, 5), 3, {3: 9, 2: 6}, width=64, height=13)
    assert (narrow.columns, narrow.rows, narrow.digits) == (5, 5, 2)
