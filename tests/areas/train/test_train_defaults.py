"""What is not the default is marked, and one key sets it back."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from tests.areas.train.on_train import put, train
from tests.support.seeing import region_text, screen_text, toasts, until, until_seen
from tui.datasets import Augmentation

CHANGES = [
    ("epochs", "20", "≠ 15"),
    ("rate", "0.01", "≠ 0.001"),
    ("patience", "3", "≠ 0"),
    ("share", "50", "% ≠ 100"),
    ("seed", "7", "≠ 42"),
    ("rule", "never", "≠"),
    ("schedule", "cosine", "≠"),
]


@pytest.mark.usefixtures("digits")
async def test_the_form_opens_on_epochs_each_time() -> None:
    async with train() as (app, pilot):
        assert app.focused is not None and app.focused.id == "epochs"
        await pilot.press("enter", "enter", "tab")
        assert app.focused.id == "optimizer"
        await pilot.press("right_square_bracket", "left_square_bracket")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "epochs")


@pytest.mark.usefixtures("digits")
async def test_each_changed_value_is_marked_and_one_key_sets_all_back() -> None:
    async with train() as (app, pilot):
        assert "≠" not in screen_text(app) and "Defaults" not in region_text(app, "Footer")
        for field, typed, mark in CHANGES:
            await put(app, pilot, field, typed)
            row = app.screen.query_one(f"#{field}").parent
            assert row is not None
            await until(pilot, lambda row=row, mark=mark: mark in region_text(app, row))  # type: ignore[misc]
        await pilot.press("tab")
        app.screen.query_one("#optimizer").focus()
        await pilot.press("down")
        await until_seen(pilot, "≠ rmsprop")
        assert "ctrl+r resets" in region_text(app, "#not-default")
        await until_seen(pilot, "^r Defaults", "Footer")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "≠" not in screen_text(app))
        assert region_text(app, "#epochs") == "15" and region_text(app, "#rate") == "0.001"
        assert "accuracy > 0.997" in region_text(app, "#rule")
        assert "constant" in region_text(app, "#schedule")


@pytest.mark.usefixtures("digits")
async def test_augmentation_loading_and_what_is_left_out_are_shown() -> None:
    async with train() as (app, pilot):
        assert app.dataset is not None
        assert "no augmentation, nothing left out" in region_text(app, "#train-data")
        settings = msgspec.structs.replace(
            app.dataset.settings,
            augmentation=Augmentation(rotation_range=20),
            batch_size=64,
            leave_out=("0/a.png", "0/b.png"),
        )
        app.dataset = dataclasses.replace(app.dataset, settings=settings)
        await pilot.press("right_square_bracket", "left_square_bracket")
        await until_seen(pilot, "≠ augmented, ≠ 2 left out", "#train-data")
        marked = region_text(app, "#not-default")
        assert "≠ augmentation rotation_range=20 (default none)" in marked
        assert "≠ batch size 64 (default 32)" in marked and "≠ left out: 2 images" in marked
        await pilot.press("ctrl+r")
        await until_seen(pilot, "no augmentation, ≠ 2 left out", "#train-data")
        assert app.dataset.settings.batch_size == 32
        assert app.dataset.settings.leave_out == settings.leave_out


@pytest.mark.usefixtures("digits")
async def test_values_set_for_other_images_do_not_stay_unseen() -> None:
    async with train() as (app, pilot):
        await put(app, pilot, "rate", "0.01")
        other = app.dataset
        assert other is not None
        summary = dataclasses.replace(other.summary, path="/elsewhere/pets")
        app.dataset = dataclasses.replace(other, name="pets", summary=summary)
        await pilot.press("right_square_bracket", "left_square_bracket")
        await until(pilot, lambda: "Still as set for digits: learning rate." in toasts(app))
        await until_seen(pilot, "≠ 0.001")
