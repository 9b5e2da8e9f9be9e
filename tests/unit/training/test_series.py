"""What a chart draws: smoothing, windows, logarithms, and how many points it takes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.training.recorded import epoch_events
from tui.training.curves import Curve
from tui.training.events import BatchesEnded, Resumed
from tui.training.progress import RunProgress
from tui.training.series import (
    MetricSeries,
    View,
    log_gap,
    metrics,
    on_log,
    recent,
    value_at,
)
from tui.training.smoothing import SmoothedCurve, Smoother, smooth


def progress_of(**history: list[float | None]) -> RunProgress:
    progress = RunProgress()
    for event in epoch_events(history):
        progress.apply(event)
    return progress


def batched(epochs: int, steps: int) -> RunProgress:
    progress = RunProgress()
    for epoch in range(1, epochs + 1):
        told = BatchesEnded(
            at=0,
            epoch=epoch,
            first=1,
            steps=steps,
            images_per_second=1,
            values={"loss": tuple(1 / (epoch + n / steps) for n in range(steps))},
        )
        progress.apply(told)
    return progress


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


def test_a_growing_curve_is_smoothed_once() -> None:
    source, average = Curve(), Smoother(0.6)
    smoothed = SmoothedCurve(source, 0.6)
    expected = []
    for step in range(200):
        source.append(step, math.sin(step))
        expected.append(average.next(math.sin(step)))
        if step % 7 == 0:
            assert list(smoothed.curve().y) == pytest.approx(expected)
    assert list(smoothed.curve().x) == [float(step) for step in range(200)]


def test_a_curve_that_was_cut_and_goes_on_is_smoothed_anew() -> None:
    progress = batched(3, 10)
    drawn = MetricSeries()
    view = View(every_batch=True, weight=0.6)
    drawn.points(progress, "loss", view, 100)
    progress.apply(Resumed(at=0, epoch=1))
    progress.apply(
        BatchesEnded(
            at=0, epoch=2, first=1, steps=10, images_per_second=1, values={"loss": (9.0,) * 30}
        )
    )
    assert drawn.points(progress, "loss", view, 100) == MetricSeries().points(
        progress, "loss", view, 100
    )


def test_smoothing_comes_before_sampling() -> None:
    """A spike between two drawn points still shows in what is drawn."""
    progress = batched(1, 1000)
    whole = MetricSeries().points(progress, "loss", View(every_batch=True, weight=0.9), 1000)
    few = MetricSeries().points(progress, "loss", View(every_batch=True, weight=0.9), 10)
    values = dict(whole)
    assert len(few) <= 40
    assert {y for _, y in few} <= set(values.values())


@pytest.mark.parametrize("weight", [0.0, 0.6])
@pytest.mark.parametrize(("first", "last"), [(-math.inf, None), (3.0, 7.0), (4.5, 4.6), (50, 60)])
def test_a_window_holds_what_lies_in_it(first: float, last: float | None, weight: float) -> None:
    progress = batched(10, 100)
    view = View(every_batch=True, weight=weight, first=first, last=last)
    points = MetricSeries().points(progress, "loss", view, 40)
    assert len(points) <= 2 * 40 * 2 + 4
    end = math.inf if last is None else last
    inside = [x for x in progress.batch_curves["loss"].x if first <= x <= end]
    assert bool(points) == bool(inside)
    if inside:
        assert points[0][0] == pytest.approx(inside[0], abs=0.3)
        assert points[-1][0] == pytest.approx(inside[-1], abs=0.3)
        assert all(first <= x <= end for x, _ in points)


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
        assert (min(drawn), max(drawn)) == (min(inside), max(inside))
        assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_epochs_are_sampled_too_and_lose_no_spike() -> None:
    row: list[float | None] = [0.5] * 5000
    row[1234] = 9.0
    points = MetricSeries().points(progress_of(val_loss=row), "val_loss", View(), 60)
    assert len(points) <= 120
    assert (1235.0, 9.0) in points


def test_the_recent_window() -> None:
    progress = progress_of(loss=[float(n) for n in range(30)])
    assert recent(progress, 10) == 20.0
    points = MetricSeries().points(progress, "loss", View(first=recent(progress)), 80)
    assert [x for x, _ in points] == [float(n) for n in range(20, 31)]
    assert recent(RunProgress()) == 0.0


def test_a_logarithm_leaves_out_what_has_none_and_says_so() -> None:
    points = [(1.0, 10.0), (2.0, 0.0), (3.0, -1.0), (4.0, 0.1)]
    assert on_log(points) == [(1.0, 1.0), (4.0, -1.0)]
    assert log_gap(points) == 2
    progress = progress_of(loss=[100.0, 0.0, 0.01])
    assert MetricSeries().points(progress, "loss", View(log=True), 80) == [(1.0, 2.0), (3.0, -2.0)]


def test_what_can_be_drawn() -> None:
    progress = progress_of(val_loss=[1.0], loss=[1.0], auc=[0.5], accuracy=[0.5])
    assert metrics(progress) == ["accuracy", "loss", "auc", "learning_rate"]
    rates = MetricSeries().points(progress, "learning_rate", View(), 80)
    assert rates == [(1.0, 0.001)]
    assert metrics(RunProgress()) == []


def test_a_metric_that_is_not_there_has_no_points() -> None:
    assert MetricSeries().points(RunProgress(), "nothing", View(every_batch=True), 80) == []


def test_the_value_under_the_cursor() -> None:
    points = [(1.0, 0.5), (2.0, 0.25)]
    assert [value_at(points, x) for x in (0.5, 1.0, 1.7, 9.0)] == [None, 0.5, 0.5, 0.25]
