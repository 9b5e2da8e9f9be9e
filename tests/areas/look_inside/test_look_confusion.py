"""The confusion matrix: many classes, and names from anywhere."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.pilot import Pilot

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.inspection.answers import Evaluated, Prediction
from tui.runs.store.run_folder import RunFolder

COUNT = 100
NAMES = (
    "cat",
    "西瓜の写真を撮る人たちの集まり",
    "bad\tname\x1b[2J",
    "[bold]markup",
    "a_name_that_goes_on_and_on",
)


def hundred(pictures: str) -> Evaluated:
    """Return what was predicted of a hundred classes: one pair is much confused."""
    rows = [[0] * COUNT for _ in range(COUNT)]
    for label, row in enumerate(rows):
        row[label], row[(label + 1) % COUNT] = 2, 1
    rows[71][3] = 7
    likely = [0.0] * COUNT
    likely[3] = 0.9
    mistake = Prediction(picture=f"{pictures}/0/000.png", probabilities=tuple(likely), truth=71)
    return Evaluated(
        id=0,
        classes=tuple(f"{NAMES[label % len(NAMES)]}_{label}" for label in range(COUNT)),
        confusion=tuple(map(tuple, rows)),
        mistakes=(),
        examples=(mistake,),
    )


async def matrix(app: CnnTuiApp, pilot: Pilot[None], run: RunFolder) -> None:
    """Open the matrix of a hundred classes."""
    screen = await look(pilot)
    found = hundred(run.spec().data.directory)
    screen.session.evaluated[screen.session.view.selection.source, ""] = found
    await pilot.press("e", "a")
    await until_seen(pilot, "accuracy", "#predictions-said")


async def test_the_worst_confusion_of_a_hundred_classes_is_found_and_its_images(
    looked_into: RunFolder,
) -> None:
    async with opened((80, 24)) as (app, pilot):
        await matrix(app, pilot, looked_into)
        # The cursor begins there, tells both names, and the row is in sight.
        await until_seen(
            pilot,
            "7 of 10 (70%) 西瓜の写真を撮る…まり_71 predicted as [bold]markup_3",
            "#predictions-matrix",
        )
        seen = region_text(app, "#predictions-matrix", words=False)
        assert "▸71 " in seen and "confused pair 1 of 101" in seen
        await pilot.press("enter")
        # Seven were told of; one was kept.
        await until_seen(pilot, "1 of 1 of this pair (the most confident of 7)", "MistakesGrid")
        await until_seen(pilot, "is 西瓜", "MistakesGrid")
        await pilot.press("escape")
        await until_seen(pilot, "confused pair 1 of", "#predictions-matrix")
        await pilot.press("n")
        await until_seen(pilot, "confused pair 2 of")
        await pilot.press("o")
        await until_seen(pilot, "▸71 ", "#predictions-matrix")  # the least known class comes first
        await until_seen(
            pilot, "2 of 10 (20%) 西瓜の写真を撮る…まり_71 correct", "#predictions-matrix"
        )
        await pilot.press("enter")
        await until_toast(pilot, "These images are correct")


async def test_every_row_keeps_its_columns_whatever_the_names(looked_into: RunFolder) -> None:
    async with opened((80, 24)) as (app, pilot):
        await matrix(app, pilot, looked_into)
        await pilot.press("pageup", *["left"] * 3)
        for _ in range(9):
            await pilot.press("pageup")
        await until_seen(pilot, "▸ 0 cat_0", "#predictions-matrix")
        rows = region_text(app, "#predictions-matrix", words=False).splitlines()
        body = [row for row in rows if re.match(r"[▸ ][ \d]\d ", row)]
        assert len(body) >= 10
        for label, row in enumerate(body):
            counted = row[: row.index("[2]") + 3]
            headed = rows[1][: rows[1].index(f" {label} ") + 1 + len(str(label))]
            assert cell_len(counted) == cell_len(headed)
            assert row.rstrip().endswith("67%")
        assert "\x1b" not in "".join(rows) and "bad␉" in "".join(rows)
