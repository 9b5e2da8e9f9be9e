"""Redrawing a chart: 10² batches against 10⁶, through the same path as the training screen."""

from __future__ import annotations

import argparse
import random
import statistics
import time

from tui.runs.curves.growing_curve import Curve
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.plotting import draw, value_range
from tui.ui.charts.run_series import SmoothedCurves, series

COLORS = {
    "axis": (150, 150, 150),
    "ground": (16, 20, 27),
    "training": (108, 182, 255),
    "validation": (240, 180, 41),
    "rule": (126, 212, 145),
}
EPOCHS = 10
LOOKS = {
    "all": ChartView(every_batch=True),
    "zoomed": ChartView(every_batch=True, window=(6.25, 7.5)),
    "smoothed": ChartView(every_batch=True, smoothing=0.9),
    "smoothed log zoomed": ChartView(every_batch=True, smoothing=0.9, log=True, window=(2, 7)),
}


def run_of(points: int) -> RunProgress:
    """Return a run of ten epochs with so many batches and a noisy falling loss."""
    noise = random.Random(1)
    curve = Curve()
    for number in range(points):
        x = number / points * EPOCHS
        curve.append(x, 2 / (1 + x) + noise.random() * 0.2)
    epochs = list(range(1, EPOCHS + 1))
    losses: list[float | None] = [2 / (1 + epoch) for epoch in epochs]
    run = RunProgress(epoch_numbers=epochs, history={"loss": losses, "val_loss": losses})
    run.batch_means.curves["loss"] = curve
    return run


def redraw(
    run: RunProgress, view: ChartView, kept: SmoothedCurves, width: int, height: int
) -> float:
    """Return the seconds that one redraw takes, from the points to the lines of text."""
    began = time.perf_counter()
    window = view.shown(EPOCHS)
    curves = series(
        run,
        "loss",
        width,
        every_batch=view.every_batch,
        window=window,
        smoothing=view.smoothing,
        kept=kept,
    )
    high = value_range(curves, rule=0.0, log=view.log)
    draw(width, height, curves, COLORS, x_range=window, y_range=high, log=view.log)
    return time.perf_counter() - began


def main() -> None:
    """Alternate between the lengths and print each one's median and ratio to 10²."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--size", default="58x24", help="columns x rows of the chart")
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    runs = {10**power: run_of(10**power) for power in (2, 3, 4, 5, 6)}
    for name, view in LOOKS.items():
        times: dict[int, list[float]] = {points: [] for points in runs}
        kept = {points: SmoothedCurves() for points in runs}
        first = {
            points: redraw(run, view, kept[points], width, height) for points, run in runs.items()
        }
        for _ in range(arguments.rounds):
            for points, run in runs.items():
                times[points].append(redraw(run, view, kept[points], width, height))
        least = statistics.median(times[100])
        print(name)
        for points, found in times.items():
            median = statistics.median(found)
            print(
                f"{points:>9,} batches  median {median * 1000:6.2f} ms  ratio {median / least:.2f}"
                f"  first look {first[points] * 1000:8.1f} ms"
            )
    print("aim: 10⁶ within 1.5 of 10². Smoothing more than 20,000 batches for the first time is")
    print("done in a thread, while the screen shows them as they are.")


if __name__ == "__main__":
    main()
