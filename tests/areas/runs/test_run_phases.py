"""A run in two phases on its page: the chart, the history, and what is at work."""

from __future__ import annotations

import pytest

from tests.areas.runs.on_run import LOSS, rows_of, shown
from tests.support.curved import curve_events, live_run, overfitting
from tests.support.recording import CLOCK, Recorder, append
from tests.support.seeing import LARGE, SMALL, until_seen
from tui.runs.events.event_types import CalculatingFeatures, FeaturesReady, PhaseStarted
from tui.runs.store.run_folder import RunFolder
from tui.ui.charts.overlays import PHASE_LINE

HEAD = PhaseStarted(at=CLOCK, epoch=1, phase="head", learning_rate=0.001, until=4)
TUNING = PhaseStarted(
    at=CLOCK + 50,
    epoch=4,
    phase="fine-tuning",
    learning_rate=1e-5,
    from_layer="block_16_expand",
    reason="Stopped: val_loss has not improved for 2 epochs; best was 0.5 after epoch 1.",
)
FEATURES = FeaturesReady(at=CLOCK, images=3000, shape=(5, 5, 1280), bytes=384_000_000, seconds=58.2)


def tuned_run(recorder: Recorder) -> RunFolder:
    """Return a live run of six epochs, the last three of them fine-tuning."""
    run = live_run(recorder, overfitting, 3)
    later = [one for one in curve_events(overfitting, 6, total=20) if getattr(one, "epoch", 0) > 3]
    append(run, [HEAD, FEATURES, TUNING, *later])
    return run


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_the_charts_mark_where_fine_tuning_begins(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    async with shown(tuned_run(recorder), size) as (app, pilot):
        for chart in ("#accuracy-chart", LOSS):
            await until_seen(pilot, "fine-tuning", chart)
            rows = [row for row in rows_of(app, chart) if PHASE_LINE in row]
            assert len({row.index(PHASE_LINE) for row in rows}) == 1 and len(rows) > 3
        await until_seen(pilot, "fine-tuning", "#progress")
        await until_seen(pilot, "From epoch 4: fine-tuning from the layer")
        await until_seen(pilot, "The phase before ended")
        await until_seen(pilot, "val_loss has not improved for 2 epochs;", "#messages")


async def test_the_history_names_the_phase_of_each_epoch(recorder: Recorder) -> None:
    async with shown(tuned_run(recorder), SMALL) as (app, pilot):
        await pilot.press("h")
        await until_seen(pilot, "6 ▲", "#history")
        rows = [row.split() for row in rows_of(app, "#history")]
        named = {row[0]: row[-1] for row in rows if row and row[0].isdigit()}
        assert named["3"] == "head" and named["4"] == named["6"] == "fine-tuning"


async def test_features_are_told_of_while_they_are_calculated_and_used(
    recorder: Recorder,
) -> None:
    run = live_run(recorder, overfitting, 0)
    append(run, [HEAD, CalculatingFeatures(at=CLOCK, done=120, total=3000)])
    async with shown(run, SMALL) as (_, pilot):
        await until_seen(pilot, "calculating features 120/3000", "#progress")
        append(run, [FEATURES])
        await until_seen(pilot, "5×5×1280 for each of 3,000 images (384 MB)", "#messages")
        await until_seen(pilot, "calculated once in 58 s", "#messages")
        await until_seen(pilot, "From epoch 1 to 4 at most: head alone", "#messages")
        await until_seen(
            pilot, "fine-tuning begins after epoch 4, or earlier when accuracy > 0.997", "#messages"
        )
