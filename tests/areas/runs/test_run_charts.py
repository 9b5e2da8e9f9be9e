"""The charts of a run: what is marked on them and named beside them."""

from __future__ import annotations

import pytest

from tests.areas.runs.on_run import LOSS, rows_of, shown
from tests.support.curved import (
    curve_events,
    ended_run,
    exploding,
    flat,
    live_run,
    overfitting,
)
from tests.support.recording import CLOCK, Recorder, append
from tests.support.seeing import LARGE, SMALL, region_text, until_seen
from tui.app.app import CnnTuiApp
from tui.runs.events.event_types import (
    Metrics,
    Resumed,
)
from tui.runs.store.run_label import write_label
from tui.ui.charts.overlays import CURSOR


def nearly_flat(epoch: int) -> Metrics:
    """Return what is measured where little is learnt."""
    value = 0.5 + 0.008 * epoch
    return {"accuracy": value, "loss": 0.7, "val_accuracy": value - 0.01, "val_loss": 0.7}


def column(app: CnnTuiApp, sign: str, chart: str = "#accuracy-chart") -> int:
    """Return the column in which a chart first shows a sign."""
    return min(row.index(sign) for row in rows_of(app, chart) if sign in row)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_overfitting_is_named_in_words_and_marked_on_the_charts(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    async with shown(ended_run(recorder, overfitting, 15), size) as (app, pilot):
        await until_seen(pilot, "overfitting since epoch 5", "#messages")
        assert "while validation loss rose: 0.5800 → 1.0300" in region_text(app, "#messages")
        for chart in ("#accuracy-chart", LOSS):
            await until_seen(pilot, "▸overfitting", chart)
            # The mark stands at the epoch itself: under or right of where the cursor finds it.
            assert column(app, "▸", chart) > 4
        where = column(app, "▸", LOSS)
        for _ in range(11):
            await pilot.press("left")
        await until_seen(pilot, "epoch 5:", "#values")
        assert column(app, CURSOR, LOSS) == where


async def test_the_best_epoch_has_a_sign_on_both_charts(recorder: Recorder) -> None:
    async with shown(recorder.finished(), SMALL) as (app, pilot):
        for chart in ("#accuracy-chart", LOSS):
            await until_seen(pilot, "▲", chart)
        at = column(app, "▲")
        await pilot.press("left", "left", "left")
        await until_seen(pilot, "epoch 8:", "#values")  # the best one, see `recording.best`
        assert column(app, CURSOR) == at


async def test_a_loss_that_is_no_number_is_named_with_its_epoch(recorder: Recorder) -> None:
    async with shown(ended_run(recorder, exploding, 6), SMALL) as (_, pilot):
        await until_seen(pilot, "diverged in epoch 4", "#messages")
        await until_seen(pilot, "▸diverged", LOSS)


async def test_a_name_and_a_note_of_ones_own_are_shown(recorder: Recorder) -> None:
    run = ended_run(recorder, overfitting, 15)
    write_label(run, name="third try", note="with half of the [b]filters")
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "third try ✓ finished", "#head")
        await until_seen(pilot, "overfitting", "#messages")
        await pilot.press("d")
        await until_seen(pilot, "with half of the [b]filters")


async def test_epochs_that_a_checkpoint_made_void_are_shown_as_they_were_trained_again(
    recorder: Recorder,
) -> None:
    run = live_run(recorder, overfitting, 6)
    async with shown(run, LARGE) as (_, pilot):
        await until_seen(pilot, f"{overfitting(6)['accuracy']:.4f}", "#history")
        again = [
            event for event in curve_events(flat, 6, total=20) if getattr(event, "epoch", 0) > 3
        ]
        append(run, [Resumed(at=CLOCK + 99, epoch=3), *again])
        await until_seen(pilot, "6 0.5000 0.6931", "#history")
        await until_seen(pilot, f"3 {overfitting(3)['accuracy']:.4f}", "#history")
        await until_seen(pilot, "epoch 6: accuracy 0.5000", "#values")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_a_stop_rule_far_above_does_not_press_the_curves_flat(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    async with shown(ended_run(recorder, nearly_flat, 15), size) as (app, pilot):
        await until_seen(pilot, "↑ stop rule 0.997", "#accuracy-chart")
        rows = rows_of(app)
        drawn = [number for number, row in enumerate(rows) if "●" in row or "▲" in row]
        assert drawn[-1] - drawn[0] >= (len(rows) - 2) * 0.6, rows
        assert "stop rule" in rows[0]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_each_sign_of_a_chart_is_in_its_legend(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    async with shown(recorder.finished(), size) as (app, pilot):
        for box in ("#accuracy-box", "#loss-box"):
            await until_seen(pilot, "▲ best", box)
            assert "● val" in region_text(app, box)
