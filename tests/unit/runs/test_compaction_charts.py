"""The charts of a compacted run look as before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.runs.test_compaction import COLORS, STARTED, STEPS, facts, read, told, write
from tests.unit.runs.test_compaction import small as small
from tui.runs.curves import batch_means
from tui.runs.events.compaction import compact
from tui.runs.events.run_progress import RunProgress
from tui.runs.store.run_folder import RunFolder
from tui.ui.charts.chart_view import MIN_EPOCHS_SHOWN, ChartView
from tui.ui.charts.plotting import draw, value_range
from tui.ui.charts.run_series import min_epochs_shown, series


def seen_at(whole: RunProgress, last: float, least: float) -> Iterator[ChartView]:
    """Yield each zoom that the keys reach, at several places."""
    for cursor in (None, last / 3, 7.4, last - 0.1):
        view = ChartView(every_batch=True, cursor=cursor)
        while True:
            yield view
            yield view.panned(-0.5, last)
            nearer = view.zoomed(2, last, least)
            if nearer == view or nearer.shown(last) == view.shown(last):
                break
            view = nearer


def drawing(run: RunProgress, view: ChartView, last: float, columns: int) -> list[object]:
    """Return all that a chart of both metrics shows."""
    window = view.shown(last)
    found: list[object] = []
    for metric in ("loss", "accuracy"):
        curves = series(
            run,
            metric,
            columns,
            every_batch=view.every_batch,
            window=window,
            smoothing=view.smoothing,
        )
        height = value_range(curves)
        found.append(draw(columns, 20, curves, COLORS, x_range=window, y_range=height))
    return found


@pytest.mark.parametrize("steps", [STEPS, 47, 1024])
@pytest.mark.parametrize("columns", [40, 58, 160])
def test_each_chart_at_each_zoom_looks_as_before(run: RunFolder, steps: int, columns: int) -> None:
    writer = write(run, [STARTED, *told(range(1, 25), steps)])
    before = read(run)
    compact(writer)
    after = read(run)
    curve = after.batch_curves["loss"]
    assert 0 < curve.parts < steps and len(curve) < len(before.batch_curves["loss"])
    least = min_epochs_shown(after, columns, 7.4)
    assert least > MIN_EPOCHS_SHOWN
    looked = 0
    for view in seen_at(before, 24.0, least):
        assert drawing(after, view, 24.0, columns) == drawing(before, view, 24.0, columns), view
        looked += 1
    assert looked > 8
    one = ChartView()
    assert drawing(after, one, 24.0, columns) == drawing(before, one, 24.0, columns)


def test_smoothed_charts_look_nearly_as_before(run: RunFolder) -> None:
    """The batches that are gone are taken to lie on lines between those that are kept."""
    writer = write(run, [STARTED, *told(range(1, 25))])
    before = read(run)
    compact(writer)
    after = read(run)
    for weight in (0.6, 0.97):
        view = ChartView(every_batch=True, smoothing=weight)
        found = [
            series(one, "loss", 58, every_batch=True, smoothing=view.smoothing)[0].points
            for one in (before, after)
        ]
        whole, kept = ([y for _, y in points] for points in found)
        reach = max(whole) - min(whole)
        assert abs(sum(whole) / len(whole) - sum(kept) / len(kept)) < reach / 20


def test_a_file_that_nobody_thinned_takes_no_more_memory(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yesterday's trainers wrote hundreds of MB; whoever reads them keeps what is drawn."""
    write(run, [STARTED, *told(range(1, 25))]).close()
    before = read(run)
    monkeypatch.setattr(batch_means, "BUDGET", 2_000)
    after = read(run)
    assert len(after.batch_curves["loss"]) < 3_000 < len(before.batch_curves["loss"])
    least = min_epochs_shown(after, 58, 7.4)
    for view in seen_at(before, 24.0, least):
        assert drawing(after, view, 24.0, 58) == drawing(before, view, 24.0, 58), view
    assert after.epoch_numbers == before.epoch_numbers and after.history == before.history


@pytest.mark.parametrize("every_batch", [True, False])
def test_an_epoch_that_lasts_for_days_is_thinned_while_it_lasts(
    run: RunFolder, every_batch: bool
) -> None:
    events = [STARTED, *told(range(1, 3)), *list(told(range(3, 4), 8_000))[:1_200]]
    writer = write(run, events)
    before, size = read(run), writer.size
    compact(writer)
    assert writer.size < size / 2
    after = read(run)
    assert facts(after) == facts(before) and after.batch == before.batch > 7_000
    least = min_epochs_shown(after, 58, 2.5) if every_batch else 0.5
    for view in seen_at(before, 3.0, least):
        for columns in (40, 58):
            seen = ChartView(every_batch=every_batch, window=view.window)
            drawn = [drawing(one, seen, 3.0, columns) for one in (before, after)]
            assert drawn[0] == drawn[1], seen
