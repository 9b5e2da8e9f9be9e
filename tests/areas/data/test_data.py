"""Choosing images: what a folder holds is shown, and what is wrong with it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.areas.data.on_data import WIDE, choose, data_area
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    strips,
    until,
    until_seen,
    until_toast,
)
from tui.datasets import validate
from tui.ui.pictures.half_blocks import PictureView


@pytest.mark.usefixtures("digits")
async def test_enter_on_the_sample_shows_classes_thumbnails_and_sizes(digits: Path) -> None:
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "1,797 images in 10 classes")
        await until_seen(pilot, "8×8 pixels, grey (")
        await until(pilot, lambda: len(app.screen.query(PictureView)) >= 3)
        await pilot.pause()
        seen = screen_text(app)
        assert "".join(region_text(app, "#data-head").split()) == str(digits)
        rows = [line for line in region_text(app, "#summary", words=False).split("\n") if line]
        bars = [row.split() for row in rows[1:11]]
        assert [bar[0] for bar in bars] == [str(number) for number in range(10)]
        assert [bar[2] for bar in bars][:3] == ["178", "182", "177"]
        # A picture is drawn: half blocks in more than one colour, its class below.
        first = app.screen.query(PictureView).first()
        region = app.screen._compositor.visible_widgets[first][0]
        picture = strips(app)[region.y + 3].crop(region.x, region.right)
        assert "▀" in picture.text
        assert len({str(segment.style.color) for segment in picture if segment.style}) > 2
        assert region_text(app, first).replace("▀", "").strip() == "0"
        assert "Data · digits" in seen


@pytest.mark.usefixtures("digits")
async def test_the_sample_is_written_when_it_is_not_there_yet(digits: Path, tmp_path: Path) -> None:
    digits.rename(tmp_path / "away")
    async with opened(WIDE) as (_, pilot):
        await data_area(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "1,797 images in 10 classes")
        assert len(list(digits.glob("*/*.png"))) == 1797


async def test_a_change_of_the_loader_changes_the_python_call(images: MakeImages) -> None:
    folder = images("pets", cats=3, dogs=4)
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "7 images in 2 classes")
        await pilot.press("v")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "target_height")
        app.screen.query_one("#target_height", Input).value = "64"
        app.screen.query_one("#color_mode").focus()
        await pilot.press("down")
        app.screen.query_one("#batch_size", Input).value = "7"
        app.screen.query_one("#class_mode").focus()
        await pilot.press("down")
        app.screen.query_one("#validation_split", Input).value = "30"
        await pilot.press("v", "v")
        await until_seen(pilot, "flow_from_directory(")
        seen = region_text(app, "#call")
        for piece in (
            "ImageDataGenerator(rescale=1/255, validation_split=0.3)",
            "classes=['cats', 'dogs']",
            "target_size=(64, ",
            "batch_size=7",
            "class_mode='categorical'",
            "color_mode='grayscale'",
            "subset='training'",
        ):
            assert piece in seen
        await pilot.press("y")
        await until_toast(pilot, "The Python call is copied.")
        assert "batch_size=7" in app.clipboard and app.clipboard.startswith("from tensorflow")
        assert app.dataset is not None and app.dataset.settings.batch_size == 7
        await pilot.press("v")
        await until_seen(pilot, "7 images in 2 classes")


async def test_an_impossible_loader_value_is_reported_beside_its_field(images: MakeImages) -> None:
    folder = images("pets", cats=3, dogs=4)
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "7 images in 2 classes")
        await pilot.press("v")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "target_height")
        line = app.screen.query_one("#batch_size", Input)
        line.value = ""
        await until_seen(pilot, "✗ type a whole number or press ↑")
        line.value = "99999"
        await until(pilot, lambda: "✗ The batch size is 99999" in screen_text(app))
        assert app.dataset is not None and validate(app.dataset.settings) == ()
        line.value = "99"
        await until(pilot, lambda: "✗" not in screen_text(app))
        await until(pilot, lambda: getattr(app.dataset, "settings").batch_size == 99)  # noqa: B009


async def test_arrows_go_through_the_tree_and_enter_chooses(images: MakeImages) -> None:
    images("pets", {"cats": 2, "dogs": 2})
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await until_seen(pilot, "pets", "#folders")
        tree = app.screen.query_one("#folders")
        for _ in range(10):
            node = tree.cursor_node  # type: ignore[attr-defined]
            if node is not None and str(node.label) == "pets":
                break
            await pilot.press("down")
        await pilot.press("right")
        await until_seen(pilot, "dogs", "#folders")
        await pilot.press("left")
        await until(pilot, lambda: "dogs" not in region_text(app, "#folders"))
        await pilot.press("enter")
        await until_seen(pilot, "4 images in 2 classes")


async def test_a_folder_with_train_and_validation_is_recognised(images: MakeImages) -> None:
    folder = images("pets", {"train/cats": 3, "train/dogs": 4})
    images("pets", {"validation/cats": 1, "validation/dogs": 2})
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "7 training and 3 validation images in 2 classes")
        assert "3 + 1" in region_text(app, "#summary")
        await pilot.press("v")
        await until_seen(pilot, "unused: a folder of its own")
        assert app.screen.query_one("#validation_split").disabled
        await pilot.press("v", "v")
        await until_seen(pilot, "flow_from_directory(")
        call = "".join(region_text(app, "#call").split())
        assert f"directory='{folder}/train'" in call
        assert f"directory='{folder}/validation'" in call


async def test_a_folder_appears_under_recent_the_next_time(images: MakeImages) -> None:
    folder = images("deep", {"pets/cats": 3, "pets/dogs": 4}) / "pets"
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        assert "Recent" not in region_text(app, "#folders")
        await choose(pilot, folder)
        await until_seen(pilot, "7 images in 2 classes")
        await until(pilot, lambda: app.dataset is not None)
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await until_seen(pilot, "Recent", "#folders")
        await pilot.press("down", "down", "down", "enter")
        await until_seen(pilot, "7 images in 2 classes")


async def test_escape_closes_the_line_for_a_path_and_t_needs_a_choice() -> None:
    async with opened() as (app, pilot):
        await data_area(pilot)
        await pilot.press("t")
        assert app.current_mode == "data"
        await pilot.press("slash")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "path")
        await pilot.press(*"abc")
        assert region_text(app, "#path").startswith("abc")
        await pilot.press("escape")
        await until(pilot, lambda: region_text(app, "#path") == "")
        assert app.current_mode == "data"
        await pilot.press("escape")
        await until_seen(pilot, "ctrl+q quits")


async def test_escape_from_the_line_for_a_path_gives_the_tree_the_keys_again() -> None:
    async with opened() as (app, pilot):
        await data_area(pilot)
        await pilot.press("slash")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "path")
        await pilot.press("escape")
        await pilot.pause(0.1)
        assert getattr(app.focused, "id", "") == "folders"


async def test_the_line_for_a_path_has_the_whole_width() -> None:
    async with opened((80, 24)) as (app, pilot):
        await data_area(pilot)
        await pilot.press("slash")
        await until_seen(pilot, "path of a folder, tab completes")
        long = "/a/folder/whose/path/is/longer/than/the/tree/is/wide"
        app.screen.query_one("#path", Input).value = long
        await until_seen(pilot, long)
        await pilot.press("escape")
        await until(pilot, lambda: long not in screen_text(app))


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_tree_folds_away_for_the_chosen_folder_and_a_key_brings_it_back(
    size: tuple[int, int],
) -> None:
    async with opened(size) as (app, pilot):
        await data_area(pilot)
        await pilot.press("enter")
        await until_seen(pilot, "1,797 images in 10 classes", "#summary")
        assert region_text(app, "#folders") == ""
        await until_seen(pilot, "g Folders", "Footer")
        await until(pilot, lambda: bool(app.screen.query(PictureView)))
        views = app.screen.query(PictureView)
        assert max(view.region.right for view in views) > size[0] * 0.8
        await pilot.press("g")
        await until_seen(pilot, "Samples", "#folders")
        assert app.focused is not None and app.focused.id == "folders"
        # Beside the tree only whole pictures are shown.
        await until(pilot, lambda: all(view.region.right <= size[0] for view in views))
        await pilot.press("enter")
        await until(pilot, lambda: region_text(app, "#folders") == "")
        await pilot.press("escape")
        await until_seen(pilot, "Samples", "#folders")
        await pilot.press("escape")
        await until_seen(pilot, "ctrl+q quits")


async def test_the_last_part_of_a_long_path_is_shown(images: MakeImages, tmp_path: Path) -> None:
    deep = "a_folder_with_a_long_name/" * 4 + "pets"
    images(deep, cats=3, dogs=4)
    async with opened((80, 24)) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, tmp_path / "here" / deep)
        await until_seen(pilot, "7 images in 2 classes")
        head = region_text(app, "#data-head")
        assert head.startswith("…/") and head.endswith("/pets")


async def test_before_a_folder_is_chosen_the_footer_offers_only_what_works() -> None:
    async with opened((120, 40)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "Get images", "Footer")
        offered = region_text(app, "Footer")
        for label in ("View", "Folders", "Train on it", "Check", "Browse"):
            assert label not in offered, label
        await pilot.press("enter")
        await until_seen(pilot, "v View", "Footer")
        await until_seen(pilot, "g Folders", "Footer")
        await pilot.press("g")
        await until(pilot, lambda: "Folders" not in region_text(app, "Footer"))
