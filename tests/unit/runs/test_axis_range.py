"""Axes cut to the data, whatever the stop rule."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tui.runs.curves.axis_range import axis_range

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=9)


@given(values=SHARES, rule=st.none() | st.floats(0, 1))
def test_an_axis_holds_all_values_and_a_rule_takes_a_fifth_of_it_at_most(
    values: list[float], rule: float | None
) -> None:
    low, high = axis_range(values, rule=rule, bounded=True)
    assert -1e-9 <= low <= min(values) and max(values) <= high <= 1 + 1e-9
    alone = axis_range(values, bounded=True)
    assert (alone[1] - alone[0]) / (high - low) >= 0.8 - 1e-9


@given(values=st.lists(st.floats(), max_size=9), rule=st.none() | st.floats())
def test_an_axis_is_never_empty(values: list[float], rule: float | None) -> None:
    low, high = axis_range(values, rule=rule)
    assert low < high and not math.isnan(low)
