"""A curve of any length, drawn for the same cost."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runs.curves.growing_curve import Curve

heights = st.floats(-1e9, 1e9, allow_nan=False)


def curve_of(values: list[float]) -> Curve:
    curve = Curve()
    for x, y in enumerate(values):
        curve.append(x, y)
    return curve


@pytest.fixture(scope="module")
def million() -> Curve:
    """Return a million points and one more, of 0, at the end."""
    curve = Curve()
    for x in range(1_000_000):
        curve.append(x, (x * 7919) % 1000)
    curve.append(1_000_000, 0.0)
    return curve


def test_a_short_curve_is_drawn_point_by_point() -> None:
    assert curve_of([3, 1, 2]).sample(10) == [(0, 3), (1, 1), (2, 2)]
    assert curve_of([3]).sample(10) == [(0, 3)]
    assert Curve().sample(10) == []


@given(st.lists(heights, min_size=1, max_size=300), st.integers(1, 60), st.data())
def test_no_spike_is_lost_and_x_only_rises(
    values: list[float], intervals: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(-3, len(values) + 3))
    points = curve_of(values).sample(intervals, start=start)
    wanted = values[max(start, 0) :]
    if not wanted:
        assert points == []
        return
    assert min(y for _, y in points) == min(wanted)
    assert max(y for _, y in points) == max(wanted)
    xs = [x for x, _ in points]
    assert xs == sorted(xs)
    assert max(start, 0) <= xs[0] and xs[-1] <= len(values) - 1
    assert points[-1][1] in values[-(1 + len(values) // intervals) * 2 :]


@pytest.mark.parametrize("number", [10, 100, 1_000, 10_000, 100_000, 1_000_000])
@pytest.mark.parametrize("intervals", [1, 20, 160])
def test_the_cost_of_drawing_does_not_grow(million: Curve, number: int, intervals: int) -> None:
    start = len(million) - number
    for first in (start, start + 1, start + number // 3, start - 0.5):
        assert len(million.sample(intervals, start=first)) <= 2 * intervals + 10


def test_a_spike_shows_where_it_was() -> None:
    curve = Curve()
    for x in range(100_001):
        curve.append(x, {31_337: 50.0, 77_777: -50.0}.get(x, 1.0))
    points = curve.sample(100)
    spikes = [(x, y) for x, y in points if abs(y) == 50.0]
    assert [y for _, y in spikes] == [50.0, -50.0]
    assert [x for x, _ in spikes] == pytest.approx([31_337, 77_777], abs=1_100)


def test_the_last_value_is_the_last_point(million: Curve) -> None:
    assert million.sample(100)[-1] == (1_000_000, 0.0)


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_left_out(value: float | None) -> None:
    curve = Curve()
    curve.append(1, 0.5)
    curve.append(2, value)
    curve.append(3, 0.25)
    assert curve.sample(10) == [(1, 0.5), (3, 0.25)]
    assert len(curve) == 2


def test_a_curve_of_nothing_but_nan_is_empty() -> None:
    curve = Curve()
    for x in range(100):
        curve.append(x, math.nan)
    assert len(curve) == 0 and curve.sample(5) == []


def test_a_start_leaves_out_what_lies_before_it() -> None:
    curve = curve_of([9, 8, 7, 6, 5])
    assert curve.sample(10, start=3) == [(3, 6), (4, 5)]
    assert curve.sample(10, start=2.5) == [(3, 6), (4, 5)]
    assert curve.sample(10, start=99) == []
    assert curve.sample(0, start=-5)


@given(st.lists(heights, max_size=200), st.lists(heights, max_size=200), st.integers(0, 200))
def test_many_points_at_once_are_the_same_as_one_by_one(
    first: list[float], more: list[float], cut: int
) -> None:
    slow, fast = curve_of(first), Curve()
    fast.extend(map(float, range(len(first))), first)
    for curve in (slow, fast):
        curve.cut(cut)
    begin = len(slow)
    for x, y in enumerate(more, begin):
        slow.append(x, y)
    fast.extend(map(float, range(begin, begin + len(more))), more)
    for intervals in (1, 3, 10, 400):
        assert slow.sample(intervals) == fast.sample(intervals)
        assert slow.window(intervals, 2, 150) == fast.window(intervals, 2, 150)


@given(
    st.lists(heights, min_size=1, max_size=400),
    st.integers(1, 90),
    st.floats(0, 5),
    st.floats(0, 5),
    st.sampled_from([1, 4, 16]),
)
def test_a_curve_that_is_thinned_as_it_grows_is_drawn_like_one_that_is_thinned_at_once(
    values: list[float], steps: int, first: float, second: float, parts: int
) -> None:
    curve = Curve()
    curve.extend([number / steps for number in range(1, len(values) + 1)], values)
    first, second = sorted((first, second))
    once, twice = curve.thinned(parts, second), curve.thinned(parts, first)
    twice = twice.thinned(parts, second)
    assert sum(once.gaps) == sum(twice.gaps) == sum(curve.gaps)
    assert len(twice) <= len(once) + 2
    for intervals in (1, 3, 10):
        assert once.window(intervals, 0, 5) == twice.window(intervals, 0, 5)
        assert curve.window(1, 0, 5) == twice.window(1, 0, 5)
