"""Smoothing, windows of a curve, and how many points a drawing takes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runs.curves.epoch_curves import envelope
from tui.runs.curves.growing_curve import Curve
from tui.runs.curves.smoothing import SmoothedCurve, Smoother, smooth


def curve_of(count: int) -> Curve:
    """Return a curve of sines."""
    curve = Curve()
    for step in range(count):
        curve.append(step, math.sin(step))
    return curve


def test_smoothing_is_tensorboards() -> None:
    """The figures of its own formula, debiased: last·w + (1 − w)·v, over 1 − wⁿ."""
    assert smooth([1.0, 2.0, 3.0], 0.5) == pytest.approx([1.0, 5 / 3, 17 / 7])
    assert smooth([1.0, 2.0, 3.0], 0.0) == [1.0, 2.0, 3.0]


@given(st.floats(-1e6, 1e6), st.integers(1, 60), st.floats(0, 2))
def test_a_constant_stays_what_it_is(level: float, count: int, weight: float) -> None:
    assert smooth([level] * count, weight) == pytest.approx([level] * count, rel=1e-6, abs=1e-6)


def test_gaps_stay_gaps() -> None:
    row = smooth([4.0, None, math.nan, 2.0], 0.9)
    assert row[0] == 4.0 and row[1] is None and row[2] is None
    assert row[3] is not None and 2 < row[3] < 4


def test_a_growing_curve_is_smoothed_as_it_grows() -> None:
    source, average = Curve(), Smoother(0.6)
    smoothed = SmoothedCurve(source, 0.6)
    expected = []
    for step in range(200):
        source.append(step, math.sin(step))
        expected.append(average.next(math.sin(step)))
        if step % 7 == 0:
            assert list(smoothed.curve().y) == pytest.approx(expected)
    assert list(smoothed.curve().x) == [float(step) for step in range(200)]


@pytest.mark.parametrize("more", [0, 30, 200], ids=["shorter", "as-it-was", "longer"])
def test_a_curve_that_was_cut_and_goes_on_is_smoothed_anew(more: int) -> None:
    """A run that was taken up again: what came after its checkpoint is void."""
    source = curve_of(100)
    smoothed = SmoothedCurve(source, 0.6)
    smoothed.curve()
    source.cut(69.5)
    for step in range(more):
        source.append(70 + step, 9.0)
    assert list(smoothed.curve().y) == pytest.approx(smooth(source.y, 0.6))


def test_smoothing_comes_before_sampling() -> None:
    """What is drawn of a smoothed curve are values of the whole one, its extremes among them."""
    whole = SmoothedCurve(curve_of(10_000), 0.9).curve()
    few = [y for _, y in whole.window(40, 1000, 9000)]
    # The intervals at both ends are whole: they may begin a little before the window.
    near = [y for x, y in zip(whole.x, whole.y, strict=True) if 700 <= x <= 9300]
    seen = [y for x, y in zip(whole.x, whole.y, strict=True) if 1000 <= x <= 9000]
    assert len(few) <= 4 * 40 + 4 and set(few) <= set(near)
    assert min(few) <= min(seen) and max(few) >= max(seen)


def test_a_million_points_make_no_more_to_draw() -> None:
    curve = Curve()
    for n in range(1_000_000):
        curve.append(n, n % 1000)
    for first, last in ((0, 1e6), (1234, 777_777), (5, 6), (999_000, 2e6)):
        points = curve.window(80, first, last)
        assert 0 < len(points) <= 330
        assert all(first <= x <= last for x, _ in points)
        if last - first > 1e5:
            assert {y for _, y in points} >= {0.0, 999.0}


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300),
    st.integers(1, 40),
    st.integers(-5, 300),
    st.integers(-5, 300),
)
def test_a_window_keeps_the_extremes(
    values: list[float], columns: int, first: int, last: int
) -> None:
    curve = Curve()
    for x, y in enumerate(values):
        curve.append(x, y)
    inside = [y for x, y in enumerate(values) if first <= x <= last]
    points = curve.window(columns, first, last)
    assert bool(points) == bool(inside)
    if inside:
        drawn = [y for _, y in points]
        # The intervals at both ends are looked at whole, also where they begin before the piece.
        beside = 2 * (last - first) / columns
        near = [y for x, y in enumerate(values) if first - beside <= x <= last + beside]
        assert min(near) <= min(drawn) <= min(inside)
        assert max(inside) <= max(drawn) <= max(near)
        assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_epochs_are_sampled_too_and_lose_no_spike() -> None:
    points = [(float(n), 0.5) for n in range(1, 5001)]
    points[1234] = (1235.0, 9.0)
    drawn = envelope(points, 60)
    assert len(drawn) <= 120 and (1235.0, 9.0) in drawn
    assert drawn == sorted(drawn)
