"""Series in bounded memory: what is kept of them when neighbours are merged."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.log_reader.series import Series, SeriesStore, Stretches

VALUES = st.one_of(st.floats(-1e6, 1e6), st.just(math.nan), st.just(math.inf), st.just(-math.inf))


def filled(values: list[float]) -> Series:
    series = Series()
    for step, value in enumerate(values):
        series.add(step, value, 100.0 + step)
    return series


@given(st.lists(VALUES, min_size=1, max_size=60), st.integers(0, 4))
def test_merging_keeps_sums_ends_and_extremes(values: list[float], times: int) -> None:
    series = filled(values)
    for _ in range(times):
        series.halve()
    rows = series.stretches()
    finite = [value for value in values if math.isfinite(value)]
    assert rows.count.sum() == len(finite)
    assert rows.bad.sum() == len(values) - len(finite)
    assert math.isclose(rows.total.sum(), sum(finite), rel_tol=1e-9, abs_tol=1e-6)
    assert rows.first[0] == 0 and rows.last[-1] == len(values) - 1
    assert rows.at[-1] == 100.0 + len(values) - 1
    if finite:
        low, high = np.nanargmin(rows.low), np.nanargmax(rows.high)
        assert rows.low[low] == min(finite) and values[int(rows.low_at[low])] == min(finite)
        assert rows.high[high] == max(finite) and values[int(rows.high_at[high])] == max(finite)
    if math.isfinite(values[-1]):
        assert rows.final[-1] == values[-1]
    else:
        assert math.isnan(rows.final[-1])
    assert np.all(np.diff(rows.last) > 0)


def test_a_value_for_an_earlier_step_replaces_what_came_after_it() -> None:
    series = filled([5, 4, 3, 2, 1])
    series.add(2, 30, 200.0)
    assert series.stretches().final.tolist() == [5, 4, 30]
    series.add(2, 31, 201.0)
    assert series.stretches().final.tolist() == [5, 4, 31]
    series.add(3, 2, 202.0)
    assert series.stretches().last.tolist() == [0, 1, 2, 3]


def test_merged_stretches_are_cut_as_well() -> None:
    series = filled([float(value) for value in range(32)])
    series.halve()
    assert series.stretches().last.tolist() == [7, 15, 23, 31]
    series.add(10, 30, 0.0)  # in the middle of a stretch, which goes with what follows
    assert series.stretches().last.tolist() == [7, 10]
    series.add(0, 10, 0.0)
    assert series.stretches().final.tolist() == [10]


def test_a_store_stays_within_its_budget_and_keeps_short_series_exact() -> None:
    store = SeriesStore(budget=4000, least=50)
    for step in range(20_000):
        store.add("long", step, math.sin(step / 500), float(step))
        if step % 1000 == 0:
            store.add("short", step, float(step), float(step))
    sizes = {name: one.size for name, one in store.series.items()}
    assert sum(sizes.values()) <= 4000 + 500
    assert store.series["short"].exact and not store.series["long"].exact
    rows = store.series["long"].stretches()
    assert rows.count.sum() == 20_000 and rows.high.max() > 0.9999


def test_very_many_series_of_a_few_points_end() -> None:
    store = SeriesStore(budget=100, least=2)
    for step in range(4):
        for number in range(1000):
            store.add(f"metric {number}", step, 1.0, 0.0)
    assert len(store.series) == 1000


def test_no_points_are_no_stretches() -> None:
    empty = Stretches.of_points(np.array([]), np.array([]), np.array([]))
    assert len(empty) == 0 and len(empty.halved()) == 0
