"""Precision, recall and F1 of each class in Look inside."""

from __future__ import annotations

import pytest

from tests.areas.look_inside.on_look import look
from tests.areas.look_inside.test_look_confusion import hundred
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.runs.reports.kept_reports import read_reports
from tui.runs.reports.report_text import accuracy_sentence
from tui.runs.store.run_folder import RunFolder

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@SIZES
async def test_a_key_shows_the_report_and_the_run_keeps_it(
    looked_into: RunFolder, size: tuple[int, int]
) -> None:
    async with opened(size) as (app, pilot):
        await look(pilot)
        await pilot.press("e", "r")
        await until_seen(pilot, "mean of classes", "ReportTable")
        await until(pilot, lambda: read_reports(looked_into).validation is not None)
        kept = read_reports(looked_into).validation
        assert kept is not None and kept.weights == "best"
        seen = region_text(app, "ReportTable", words=False)
        assert accuracy_sentence(kept.report) in seen
        assert "precision" in seen and "images" in seen and "…" not in seen
        assert "r report" in screen_text(app)
        await pilot.press("a")
        await until_seen(pilot, "predicted as", "#predictions-matrix")


async def test_a_hundred_classes_scroll_above_their_means(looked_into: RunFolder) -> None:
    async with opened((80, 24)) as (app, pilot):
        screen = await look(pilot)
        found = hundred(looked_into.spec().data.directory)
        screen.session.evaluated[screen.session.view.selection.source, ""] = found
        await pilot.press("e", "r")
        await until_seen(pilot, "classes 1 to ", "ReportTable")
        await until_seen(pilot, "cat_0", "ReportTable")
        assert "balanced accuracy" in region_text(app, "ReportTable")
        await pilot.press("down", "down")
        await until_seen(pilot, "classes 3 to ", "ReportTable")
        await pilot.press(*["pagedown"] * 12)
        await until_seen(pilot, " to 100 of 100", "ReportTable")
        await pilot.press("o")
        await until_seen(pilot, "o: by name", "ReportTable")
        rows = region_text(app, "ReportTable", words=False).splitlines()
        assert "markup_3" in rows[1] and "_71" in rows[2], "they are taken for each other"
        assert "\x1b" not in "".join(rows)
