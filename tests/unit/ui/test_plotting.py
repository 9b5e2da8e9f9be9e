"""What a chart draws of values at the ends of what a float can hold."""

from __future__ import annotations

import pytest

from tui.ui.charts.plotting import Series, draw, value_range

COLORS = {
    name: (150, 150, 150) for name in ("axis", "ground", "training", "validation", "rule", "best")
}


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize(
    "values",
    [
        [1.75e308],
        [-1.7e308, 1.7e308],
        [5e-324],
        [5e-324, 1.7e308],
        [0.0, 1e-320, -1e308],
        [1e16, 1e16 + 2],
        [float("nan"), float("inf"), 1.0],
    ],
)
def test_no_value_is_too_large_or_too_small_to_be_drawn(values: list[float], log: bool) -> None:
    points = list(enumerate(values, start=1))
    curves = [
        Series("line", points, "training"),
        Series("signs", points, "validation", line=False),
    ]
    lines = draw(
        40,
        10,
        curves,
        COLORS,
        x_range=(0, len(values)),
        y_range=value_range(curves, log=log),
        log=log,
    )
    assert len(lines) == 10
