"""Huge, tiny, negative and missing values: every figure on screen is whole, on each size."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from tests.areas.runs.on_run import history
from tests.support.recording import Recorder, began, finished, spec, whole_epochs
from tests.support.seeing import opened, screen_text, until_seen
from tui.runs.events.event_types import EpochEnded, Metrics

SIZES = [(80, 24), (120, 40)]
VALUES: list[Metrics] = [
    {"accuracy": 0.98587, "loss": 324_467e12, "val_accuracy": 0.99696, "val_loss": 1e-9},
    {"accuracy": 0.99704, "loss": -1.7976931348623157e308, "val_accuracy": 0.0, "val_loss": 5e-324},
    {"accuracy": 1.0, "loss": None, "val_accuracy": None, "val_loss": 123456.789},
]  # fmt: skip


def odd_run(recorder: Recorder) -> None:
    events = []
    for event in [*began(), *whole_epochs(1, 3, 3), *finished(3)]:
        if isinstance(event, EpochEnded):
            event = replace(
                event,
                metrics=VALUES[event.epoch - 1],
                best=0.99696,
                best_epoch=1,
                images_per_second=2.5e12,
                seconds=4_000_000.0,
            )
        events.append(event)
    recorder.make(events, spec("odd", epochs=3))


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_with_odd_values_is_whole_everywhere(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    odd_run(recorder)
    async with opened(size) as (app, pilot):
        await until_seen(pilot, "val 0.9970")  # the run's rule looks at accuracy, not at this one
        await pilot.press("5")
        await until_seen(pilot, "val 0.9970")
        await pilot.press("enter")
        await until_seen(pilot, "epoch 3:")
        text = screen_text(app)
        assert "accuracy 1.0000" in text and "loss not finite" in text
        await pilot.press("h")
        rows = []
        for row in history(app)[1:]:
            words = " ".join(row).replace("▲ ", "").replace("not finite", "not-finite")
            rows.append(words.split())
        assert rows[0][1:5] == ["0.9859", "3.24e17", "0.9970", "1e-9"]
        assert rows[1][1:5] == ["0.99704", "-1e308", "0.0000", "4.9e-324"]
        assert rows[2][1:5] == ["1.0000", "nan/inf", "not-finite", "1.2346e5"]
        for row, values in zip(rows, VALUES, strict=True):
            for cell, value in zip(row[1:5], values.values(), strict=True):
                if value is not None:
                    assert cell != "…"
                    assert math.isclose(float(cell), value, rel_tol=0.5, abs_tol=5e-5)
        for row in rows:
            assert row[5:] == ["1111:06:40", "2.5T"]
