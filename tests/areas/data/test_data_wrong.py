"""Choosing a folder that cannot be used as it is: why is said, and its names are shown safely."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.areas.data.on_data import WIDE, choose, data_area, never_raw
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.ui.pictures.half_blocks import PictureView

BAD = [
    ({}, [], "✗ No images and no class folders in bad."),
    ({"cats": 0, "dogs": 0}, [], "✗ No images in cats and dogs."),
    ({"cats": 3}, [], "✗ Only one class has images, cats: there is nothing to tell apart."),
    ({}, ["a.png", "b.png"], "✗ 2 images directly in bad, and no sub-folders."),
]


@pytest.mark.parametrize(("classes", "beside", "sentence"), BAD)
async def test_a_folder_that_cannot_be_trained_on_says_why_and_is_not_taken(
    images: MakeImages, classes: dict[str, int], beside: list[str], sentence: str
) -> None:
    folder = images("bad", classes)
    source = next(images("other", cats=1).rglob("*.png"))
    for name in beside:
        (folder / name).write_bytes(source.read_bytes())
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "✗", "#findings")
        assert sentence in region_text(app, "#findings")
        assert app.dataset is None
        await pilot.press("t")
        await until_toast(pilot, "This folder cannot be trained on; see what is marked ✗.")
        assert app.current_mode == "data"


async def test_images_beside_the_class_folders_are_reported_and_the_classes_taken(
    images: MakeImages,
) -> None:
    folder = images("pets", cats=3, dogs=4)
    source = next(folder.rglob("*.png"))
    (folder / "stray.png").write_bytes(source.read_bytes())
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "7 images in 2 classes")
        assert region_text(app, "#findings").startswith("! ")
        assert "1 image" in region_text(app, "#findings")


async def test_a_missing_folder_is_reported_with_what_is_there(tmp_path: Path) -> None:
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, tmp_path / "here" / "nowhere" / "pets")
        await until_seen(pilot, "cannot be used", "#data-head")
        await until(pilot, lambda: "exists, so check the rest of the path." in toasts(app))
        assert "There is no folder" in toasts(app)
        assert app.focused is not None and app.focused.id == "folders"


async def test_the_folder_that_was_meant_is_one_key_away(images: MakeImages) -> None:
    folder = images("pets", cats=3, dogs=4)
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder / "cats")
        await until_seen(pilot, "this looks like one class", "#findings")
        assert "i chooses the folder that was probably meant" in screen_text(app)
        await pilot.press("i")
        await until_seen(pilot, "7 images in 2 classes")


HOSTILE = ["[bold]", "[@click=app.quit]", "a\x1b]0;title\x07", "b\nc", "\u202egnp.exe", "]"]


async def test_names_from_the_disk_reach_the_terminal_only_as_visible_signs(
    images: MakeImages,
) -> None:
    folder = images("[", dict.fromkeys(HOSTILE, 2))
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await until_seen(pilot, "[", "#folders")
        await choose(pilot, folder)
        await until_seen(pilot, "12 images in 6 classes")
        await until(pilot, lambda: bool(app.screen.query(PictureView)))
        await pilot.pause()
        never_raw(app)
        seen = region_text(app, "#summary")
        for shown in (
            "[bold]",
            "[@click=app.quit]",
            "a␛]0;title␇",
            "b␊c",
            "\N{REPLACEMENT CHARACTER}gnp",
        ):
            assert shown in seen
        assert "Control characters in the class name" in region_text(app, "#findings")
        await pilot.press("g")
        tree = app.screen.query_one("#folders")
        for _ in range(12):
            node = tree.cursor_node  # type: ignore[attr-defined]
            if node is not None and str(node.label) == "[":
                break
            await pilot.press("down")
        await pilot.press("right")
        await until_seen(pilot, "a␛]0;title␇", "#folders")
        never_raw(app)
        await pilot.press("v", "v", "v")
        await until_seen(pilot, "flow_from_directory(")
        assert r"a\x1b]0;title\x07" in region_text(app, "#call")
        never_raw(app)
        await pilot.press("t")
        await until_seen(pilot, "[  6 classes")
        never_raw(app)


async def test_a_path_that_reads_like_markup_is_shown_as_it_is(images: MakeImages) -> None:
    # A folder "]" in a folder "[": its path ends in "[/]", which markup takes for a closing tag.
    folder = images("[/]", cats=2, dogs=2)
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "4 images in 2 classes")
        assert "".join(region_text(app, "#data-head").split()).endswith("/here/[/]")
        await choose(pilot, folder / "[/]" / "gone")
        await until(pilot, lambda: "[/]/[/]/gone" in toasts(app).replace(" ", ""))


async def test_a_class_name_that_is_no_text_is_refused_not_crashed_on(
    tmp_path: Path, images: MakeImages
) -> None:
    folder = images("odd", cats=2)
    source = next(folder.rglob("*.png"))
    bad = os.fsencode(folder) + b"/caf\xe9"
    os.mkdir(bad)
    with open(bad + b"/1.png", "wb") as file:
        file.write(source.read_bytes())
    async with opened(WIDE) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "Not UTF-8: the class name")
        assert app.dataset is None
