"""Redrawing a chart: 10² points against 10⁶, through the same path as the training screen."""

from __future__ import annotations

import argparse
import random
import statistics
import time

from tui.training.curves import Curve
from tui.widgets.plotting import Series, draw, value_range

COLORS = {
    "axis": (150, 150, 150),
    "ground": (16, 20, 27),
    "training": (108, 182, 255),
    "rule": (126, 212, 145),
}


def curve_of(points: int) -> Curve:
    """Return a noisy falling curve over ten epochs."""
    noise = random.Random(1)
    curve = Curve()
    for number in range(points):
        x = number / points * 10
        curve.append(x, 2 / (1 + x) + noise.random() * 0.2)
    return curve


def redraw(curve: Curve, width: int, height: int) -> float:
    """Return the seconds that one redraw takes."""
    began = time.perf_counter()
    series = [Series("training", curve.sample(width // 2), "training")]
    draw(width, height, series, COLORS, x_range=(0, 10), y_range=value_range(series, 0.0, None))
    return time.perf_counter() - began


def main() -> None:
    """Alternate between the lengths and print each one's median and ratio to 10²."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--size", default="58x24", help="columns x rows of the chart")
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    curves = {10**power: curve_of(10**power) for power in (2, 3, 4, 5, 6)}
    times: dict[int, list[float]] = {points: [] for points in curves}
    for number in range(arguments.rounds + 1):
        for points, curve in curves.items():
            seconds = redraw(curve, width, height)
            if number:
                times[points].append(seconds)
    least = statistics.median(times[100])
    for points, found in times.items():
        median = statistics.median(found)
        print(f"{points:>9,} points  median {median * 1000:6.2f} ms  ratio {median / least:.2f}")
    print("aim: 10⁶ within 1.5 of 10²")


if __name__ == "__main__":
    main()
