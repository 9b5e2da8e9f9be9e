"""The fields of a training: what they show, what they refuse, what reaches the run."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from textual.widgets import Input

from tests.areas.train.on_train import SIZE, put, put_go, runs, train
from tests.support.recording import Recorder
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp
from tui.areas.train.field_texts import HINTS
from tui.ui.forms.fields import FieldRow


async def test_without_images_it_says_what_to_do_and_does_not_start() -> None:
    async with train(taken=False) as (app, pilot):
        seen = screen_text(app)
        assert "No images chosen yet: d takes the handwritten digits, o a folder." in seen
        assert "Its layers are shown here once images are chosen." in region_text(app, "#network")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Choose images first: d takes the handwritten digits, o a folder.")
        assert runs() == []
        await pilot.press("o")
        await until_seen(pilot, "Samples")


@pytest.mark.usefixtures("digits")
async def test_the_digits_bring_their_network_as_a_table() -> None:
    async with train() as (app, _):
        assert "↕ small" in region_text(app, "#model")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[1] == ["input", "8×8×1"]
        assert rows[2] == ["conv2d", "8×8×32", "320"]
        assert ["total", "85,066"] in rows
        assert "8×8×1, batch 32, categorical" in region_text(app, "#train-data")
        assert "ctrl+s now, ctrl+n into" in screen_text(app)


async def test_pictures_of_the_usual_size_bring_the_network_of_the_course(
    images: MakeImages,
) -> None:
    folder = images("pets", cats=3, dogs=4)
    async with opened(SIZE) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "Samples")
        await pilot.press("slash")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "path")
        app.screen.query_one("#path", Input).value = str(folder)
        await pilot.press("enter")
        await until_seen(pilot, "7 images in 2 classes")
        await pilot.press("v")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "target_height")
        await put(app, pilot, "target_height", "150")
        await put(app, pilot, "target_width", "150")
        await pilot.press("t")
        await until_seen(pilot, "4 training, 3 validation")
        assert "↕ course" in region_text(app, "#model")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[2] == ["conv2d", "148×148×16", "448"]
        assert ["total", "9,494,561"] in rows


@pytest.mark.usefixtures("digits")
async def test_another_network_changes_the_table() -> None:
    async with train() as (app, pilot):
        app.screen.query_one("#model").focus()
        await pilot.press("up")
        await until_seen(pilot, "↕ course")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[2] == ["conv2d", "6×6×16", "160"]
        await pilot.press("space")
        await until_seen(pilot, "↕ small")
        rows = [row.split() for row in region_text(app, "#network", words=False).split("\n")]
        assert rows[2] == ["conv2d", "8×8×32", "320"]


@pytest.mark.usefixtures("digits")
async def test_a_rule_on_validation_without_validation_images_is_reported() -> None:
    async with train() as (app, pilot):
        assert app.dataset is not None
        settings = msgspec.structs.replace(app.dataset.settings, validation_split=0.0)
        app.dataset = dataclasses.replace(app.dataset, settings=settings)
        await pilot.press("left_square_bracket", "right_square_bracket")
        await until_seen(pilot, "1,797 training, 0 validation", "#train-data")
        await put(app, pilot, "rule", "val_loss < 0.1")
        await until_seen(pilot, "✗ The stop rule val_loss < 0.1 needs validation images")


WRONG = [
    ("rule", "accuracy", "✗ 'accuracy' is not a stop rule. Write for example accuracy>0.997"),
    ("rule", "f1 > 0.9", "✗ 'f1' is not measured here: known are: accuracy, loss,"),
    ("rule", "accuracy > 99.7", "✗ An accuracy lies between 0 and 1, and 99.7 does not."),
    ("epochs", "0", "✗ 0 epochs cannot be trained; choose 1 to 100,000."),
    ("epochs", "", "✗ epochs is empty: type a whole number or press ↑."),
    ("epochs", "999999", "✗ 999999 epochs cannot be trained; choose 1 to 100,000."),
    ("seed", "99999999999", "✗ The seed 99999999999 is out of range"),
    ("rate", "0", "✗ A learning rate of 0 does not train; choose above 0 to 100, for"),
    ("rate", "1.2.3", "✗ learning rate: “1.2.3” cannot be read: an operator is missing before .3."),
    ("schedule", "cosin", "✗ 'cosin' is not a learning-rate schedule. Did you mean cosine?"),
    ("share", "101", "✗ A share of 101 % is not possible; choose 1 to 100."),
    ("patience", "", "✗ patience is empty: type a whole number or press ↑."),
]


@pytest.mark.usefixtures("digits")
async def test_a_value_that_cannot_be_is_reported_and_nothing_starts() -> None:
    async with train() as (app, pilot):
        for field, typed, sentence in WRONG:
            await put(app, pilot, field, typed)
            await until_seen(pilot, sentence, "#train-message")
            await pilot.press("ctrl+s")
            await until_toast(pilot, "A value cannot be used; see what is marked ✗.")
            assert runs() == []
            app.clear_notifications()
            await put(app, pilot, field, {"rule": "never", "schedule": "cosine"}.get(field, "7"))
            await until_seen(pilot, "ctrl+s now, ctrl+n into", "#train-message")
            row = app.screen.query_one(f"#{field}").parent
            assert row is not None and "✗" not in region_text(app, row)  # type: ignore[arg-type]


@pytest.mark.usefixtures("digits")
async def test_the_field_that_is_wrong_is_marked() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "rule", "soon")
        row = app.screen.query_one("#rule").parent
        assert row is not None
        await until(pilot, lambda: region_text(app, row).endswith("✗ see below"))  # type: ignore[arg-type]


@pytest.mark.usefixtures("digits")
async def test_every_field_reaches_the_run() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "epochs", "10")
        await put(app, pilot, "patience", "4")
        await put(app, pilot, "share", "25")
        await put(app, pilot, "schedule", "warmup=2 cosine")
        await put(app, pilot, "title", "quarter")
        await put(app, pilot, "note", "is a quarter enough?")
        app.screen.query_one("#rate").focus()
        await pilot.press("up", "up")
        assert app.screen.query_one("#rate", Input).value == "0.01"
        await pilot.press("ctrl+u", *"0.0025")
        app.screen.query_one("#optimizer").focus()
        await pilot.press("down")
        await until_seen(pilot, "↕ adam")
        app.screen.query_one("#loader").focus()
        await pilot.press("down", "ctrl+s")
        await until_seen(pilot, "● running", "#head")
        [summary] = runs()
        spec = summary.run.spec()
        assert (spec.name, summary.note) == ("quarter", "is a quarter enough?")
        assert (spec.learning_rate, spec.optimizer, spec.loader) == (0.0025, "adam", "keras")
        assert (spec.patience, spec.share) == (4, 0.25)
        assert spec.schedule == "warmup=2 cosine"
        (summary.run.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")


def _in_sight(app: CnnTuiApp, row: FieldRow) -> bool:
    fields = app.screen.query_one("#train-fields").region
    return bool(row.region) and fields.contains_region(row.region)


@pytest.mark.usefixtures("digits")
async def test_each_field_says_what_it_means_and_all_of_it_is_seen_at_80_columns() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training, 355 validation")
        for field, hint in HINTS.items():
            app.screen.query_one(f"#{field}").focus()
            await until_seen(pilot, hint, "#train-message")
            assert "ctrl+s now" in region_text(app, "#train-message")
            row = app.screen.query_one(f"#{field}").parent
            assert isinstance(row, FieldRow)
            assert row.unit in region_text(app, row)
            fields = app.screen.query_one("#train-fields").region
            message = app.screen.query_one("#train-message").region
            assert not message.overlaps(fields), "it stays while the fields scroll"
            assert app.screen.query_one("#train-left").region.contains_region(message)
            if field != "gpus":  # there is one
                await until(pilot, lambda row=row: _in_sight(app, row))  # type: ignore[misc]
        await put(app, pilot, "rule", "val_accuracy > 0.995")
        row = app.screen.query_one("#rule").parent
        assert isinstance(row, FieldRow)
        assert "val_accuracy > 0.995" in region_text(app, row)


@pytest.mark.usefixtures("digits")
async def test_a_name_that_is_taken_gets_the_next_number(recorder: Recorder) -> None:
    recorder.finished(epochs=2)
    async with train() as (app, pilot):
        assert "digits · small 2" in region_text(app, "#title")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "digits · small 2", "#head")
        assert {one.title for one in runs()} == {"digits · small", "digits · small 2"}
        await put_go(runs())
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
async def test_the_learning_rate_is_drawn_before_the_start() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("4", "d")
        await until_seen(pilot, "1,442 training, 355 validation")
        await put(app, pilot, "schedule", "warmup=2 cosine")
        await until_seen(pilot, "rises from 0 to 0.001 in 2 epochs, then falls", "#train-message")
        rows = region_text(app, "#train-message", words=False).split("\n")
        first = next(number for number, row in enumerate(rows) if "█" in row)
        assert all("█" in row for row in rows[first : first + 3])
        assert rows[first + 4].split() == ["1", "epoch", "15"]
        assert "ctrl+s now" in region_text(app, "#train-message")
        await put(app, pilot, "schedule", "step:every=30")
        await until_seen(pilot, "? Choose a lower every, or more epochs.", "#train-message")
        assert "█" in region_text(app, "#train-message")
        app.screen.query_one("#seed").focus()
        await until(pilot, lambda: "█" not in region_text(app, "#train-message"))
