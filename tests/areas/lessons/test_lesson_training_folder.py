"""A training on a page of a lesson: on a folder of one's own."""

from __future__ import annotations

import dataclasses

import pytest
from PIL import Image

from tests.areas.lessons.lesson_page import ONE, SIZE, page_of, runs, turn_to, until_told, words
from tests.support.recording import HOSTILE
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import opened, screen_text
from tui.datasets import remember_folder
from tui.ui import choose_dataset

pytestmark = pytest.mark.usefixtures("digits", "nothing_trains_on")


async def test_without_a_folder_of_ones_own_it_is_the_digits_and_says_so() -> None:
    async with page_of(dataclasses.replace(ONE, data="own")) as (_, pilot, _page):
        await until_told(
            pilot, "! No folder of your own is chosen under 3 Data yet: these are the digits."
        )
        await until_told(pilot, "digits: 1,442 training")


async def test_the_chosen_folder_is_trained_on_with_a_network_that_fits(
    images: MakeImages,
) -> None:
    folder = images("pets", cats=10, dogs=20)
    network = "28x28x1 conv:k=5,f=3 flatten dense:k=10,a=softmax"
    async with opened(SIZE) as (app, pilot):
        app.dataset = choose_dataset.read_dataset(folder)
        await turn_to(app, dataclasses.replace(ONE, data="own", network=network))
        await until_told(pilot, "pets: 24 training and 6 validation images, 2 classes")
        await pilot.press("enter")
        await until_told(pilot, "epoch 4 of 10")
        spec = runs()[0].spec()
        assert spec.name == "small-data · pets" and spec.data.directory == str(folder)
        assert spec.network == "20x16x3 conv:k=5,f=3 flatten dense:k=1,a=sigmoid"


async def test_the_folder_opened_last_is_taken_and_large_images_are_made_small(
    images: MakeImages,
) -> None:
    folder = images(f"pets {HOSTILE.replace('/', '')}", cats=10, dogs=20)
    remember_folder(folder)
    Image.new("RGB", (400, 300)).save(folder / "dogs" / "large.png")
    async with page_of(dataclasses.replace(ONE, data="own")) as (app, pilot, _page):
        await until_told(pilot, "! Your images are loaded as 64×64×3 here, to be quick.")
        assert "\x1b" not in screen_text(app) and "[@click=app.quit]x" in words(app)
