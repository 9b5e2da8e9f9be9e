"""Small charts as values: which there are, what is drawn in each, what is written below."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.recorded import AT, epoch_events
from tui.areas.runs.chart_page.chart_grid import LEAST_HEIGHT, LEAST_WIDTH, MOST, grid_shape
from tui.areas.runs.chart_page.chart_tiles import Tile, metric_series
from tui.areas.runs.chart_page.metric_tiles import SYSTEM, MetricTiles
from tui.areas.runs.chart_page.run_tiles import RunTiles
from tui.runs.events.event_types import BatchesEnded, EpochStarted, GpuStats, SystemStats
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.plotting import Series

WIDTH = 24
Rows = dict[str, list[float | None]]


def progress_of(history: Rows, *, system: int = 0) -> RunProgress:
    """Return a run with a history, and some reports on its machine."""
    progress = RunProgress()
    for event in epoch_events(history):
        progress.apply(event)
    for number in range(system):
        gpu = GpuStats(index=0, percent=90.0 + number, memory_used=3 * 10**9)
        progress.apply(
            SystemStats(at=AT, seconds=number * 60.0, gpus=(gpu,), cpu_percent=10.0 + number)
        )
    return progress


def tiles_of(history: Rows, *, system: int = 0) -> MetricTiles:
    """Return the small charts of a run."""
    tiles = MetricTiles()
    tiles.progress = progress_of(history, system=system)
    return tiles


def tile(tiles: MetricTiles | RunTiles, name: str, view: ChartView | None = None) -> Tile:
    """Return a small chart."""
    return tiles.tile(name, view or ChartView(), WIDTH)


def points(one: Tile) -> dict[str, list[tuple[float, float]]]:
    """Return the points of each curve of a chart."""
    return {series.name: list(series.points) for series in one.series}


def test_accuracy_and_loss_come_first_and_numbers_count_by_value() -> None:
    names = ("layer_10", "layer_2", "val_loss", "loss", "val_accuracy", "accuracy")
    tiles = tiles_of({name: [0.5, 0.6] for name in names}, system=1)
    assert list(tiles.names()) == [
        "accuracy",
        "loss",
        "layer_2",
        "layer_10",
        "learning rate",
        "seconds an epoch",
        "images/s",
        *(f"{SYSTEM}{name}" for name in ("gpu0_percent", "gpu0_memory_used", "cpu_percent")),
    ]


def test_training_and_validation_share_a_chart_with_their_best() -> None:
    tiles = tiles_of({"loss": [0.9, 0.5, 0.3], "val_loss": [0.8, 0.6, 0.7]})
    found = tile(tiles, "loss")
    assert found.titles == ("loss",)
    assert points(found) == {
        "training": [(1.0, 0.9), (2.0, 0.5), (3.0, 0.3)],
        "validation": [(1.0, 0.8), (2.0, 0.6), (3.0, 0.7)],
        "best": [(2.0, 0.6)],  # lower is better
    }
    assert found.values[0] == "⣀ 0.3000  ● 0.7000  ▲ 0.6000 epoch 2"
    assert found.values[-2] == "0.7000"


def test_what_is_better_is_not_guessed() -> None:
    found = tile(tiles_of({"temperature": [1.0, 2.0]}), "temperature")
    assert "best" not in points(found) and "▲" not in found.values[0]


def test_a_metric_that_came_late_or_is_no_number_is_shown_as_far_as_it_is_one() -> None:
    tiles = tiles_of({"loss": [0.9, None, 0.3], "dead": [None, None, None]})
    assert points(tile(tiles, "loss"))["training"] == [(1.0, 0.9), (3.0, 0.3)]
    dead = tile(tiles, "dead")
    assert dead.note == "no finite value" and not any(points(dead).values())
    assert "nan" in dead.values[0]


def test_before_anything_is_measured_there_is_no_chart() -> None:
    assert list(MetricTiles().names()) == []
    assert RunTiles().metrics() == []


def test_the_machine_is_drawn_over_its_time_in_units_that_fit() -> None:
    tiles = tiles_of({"loss": [0.9]}, system=5)
    found = tile(tiles, f"{SYSTEM}gpu0_percent")
    assert found.titles[0] == "GPU 0 use, % by minutes" and found.titles[-1] == "GPU 0 use"
    assert points(found)["GPU 0 use"] == [(float(n), 90.0 + n) for n in range(5)]
    assert found.window == (0.0, 4.0) and found.marks.y_range == (0.0, 100.0)
    assert found.values[0] == "94 %  highest 94 %"
    assert tile(tiles, f"{SYSTEM}gpu0_memory_used").values[0] == "3 GB  highest 3 GB"
    assert tiles.values_at(f"{SYSTEM}gpu0_percent", 2 / 60) == ("2 minutes", "92 %")


def test_a_part_of_it_is_drawn_to_the_edges() -> None:
    tiles = tiles_of({"loss": [0.9]}, system=9)
    found = tile(tiles, f"{SYSTEM}cpu_percent", ChartView(window=(2.5 / 60, 4.5 / 60)))
    assert [x for x, _ in points(found)["CPU"]] == pytest.approx([2, 3, 4, 5])


def test_the_runs_have_the_same_axes() -> None:
    tiles = RunTiles()
    first = progress_of({"loss": [0.9, 0.5], "val_auc": [0.5, 0.6]})
    tiles.set_runs([("a", "A", first), ("b", "B", progress_of({"loss": [4.0, 3.0, 2.0]}))])
    assert tiles.metrics()[0] == "auc" or tiles.metrics()[0] == "loss"
    tiles.metric = "loss"
    a, b = tile(tiles, "a"), tile(tiles, "b")
    assert a.titles == ("A",) and a.window == b.window == (0.0, 3.0)
    assert a.marks.y_range is not None and a.marks.y_range == b.marks.y_range
    low, high = a.marks.y_range
    assert low <= 0.5 and high >= 4.0
    tiles.metric = "auc"
    assert tile(tiles, "b").note == "no value yet"
    assert tiles.values_at("a", 2.0) == ("epoch 2", "validation 0.6000")


def test_the_axes_of_many_runs_are_measured_once_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    tiles, measured = RunTiles("loss"), 0
    runs = [(f"r{n}", f"R{n}", progress_of({"loss": [n + 1.0, n + 0.5]})) for n in range(20)]
    tiles.set_runs(runs)

    def counted(*arguments: Any) -> tuple[Series, ...]:
        nonlocal measured
        measured += 1
        return metric_series(*arguments)

    monkeypatch.setattr("tui.areas.runs.chart_page.run_tiles.metric_series", counted)
    for name, _, _ in runs:
        assert tile(tiles, name).marks.y_range == tile(tiles, "r0").marks.y_range
    assert measured == len(runs)
    tiles.set_runs([("r0", "R0", progress_of({"loss": [1.0, 40.0]}))])
    found = tile(tiles, "r0").marks.y_range
    assert found is not None and found[1] >= 40.0


def test_the_first_epoch_of_a_run_at_work_is_within_the_axes() -> None:
    tiles, progress = RunTiles("loss"), RunProgress()
    progress.apply(EpochStarted(at=AT, epoch=1, epochs=9, steps=4))
    progress.apply(
        BatchesEnded(
            at=AT,
            epoch=1,
            first=1,
            steps=4,
            values={"loss": (7.0, 6.0, 5.0)},
            images_per_second=1.0,
        )
    )
    tiles.set_runs([("a", "A", progress)])
    found = tile(tiles, "a").marks.y_range
    assert found is not None and found[0] <= 5.0 and found[1] >= 7.0


@pytest.mark.parametrize("count", [50, 10_000])
def test_only_what_is_in_sight_is_made(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tiles = tiles_of({f"m{number}": [0.1, 0.2] for number in range(count)})
    assert len(tiles.names()) == count + 3
    monkeypatch.setattr("tui.areas.runs.chart_page.metric_tiles.natural_key", lambda name: 1 / 0)
    assert len(tiles.names()) == count + 3, "the names are not put in order again"


values = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(
        st.sampled_from(["loss", "val_loss", "accuracy", "odd name\x1b[2J"]),
        st.lists(values, min_size=3, max_size=3),
        min_size=1,
    ),
    st.booleans(),
    st.sampled_from([0.0, 0.6]),
)
def test_nothing_that_is_not_finite_reaches_a_chart(
    history: Rows, log: bool, smoothing: float
) -> None:
    tiles = tiles_of(history)
    several = RunTiles()
    several.set_runs([("a", "A", tiles.progress)])
    view = ChartView(log=log, smoothing=smoothing)
    made = [tile(tiles, name, view) for name in tiles.names()]
    made.append(tile(several, "a", view))
    for one in made:
        for series in one.series:
            assert all(math.isfinite(x) and math.isfinite(y) for x, y in series.points)
        assert all(map(math.isfinite, one.marks.y_range or ()))
        assert all(text.isprintable() for text in (*one.titles, *one.values))


@given(st.integers(1, 10_000), st.integers(40, 400), st.integers(10, 120))
def test_the_shape_of_a_page_fits(count: int, width: int, height: int) -> None:
    columns, rows = grid_shape(count, width, height)
    assert 1 <= columns <= max(width // LEAST_WIDTH, 1)
    assert 1 <= rows <= max(height // LEAST_HEIGHT, 1)
    assert columns * rows <= MOST
    if count <= columns * rows:
        assert (columns - 1) * rows < count, "no column stays empty"
