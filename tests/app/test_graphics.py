"""Real pictures over the half blocks, where the terminal has a protocol for them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from PIL import Image

from tests.app.seeing import opened, until
from tui.datasets import thumbnails
from tui.screens.data import DataScreen
from tui.widgets import graphics
from tui.widgets.picture import PictureView


@pytest.fixture(params=["sixel", "kitty"])
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let this process draw with a protocol, as if the terminal had it."""
    monkeypatch.setenv(graphics.VARIABLE, request.param)
    with redirect_stdout(io.StringIO()):
        graphics.prepare()
    yield request.param
    monkeypatch.setenv(graphics.VARIABLE, "none")
    graphics.prepare()
    thumbnails.keep_sharp(False)


async def test_thumbnails_are_real_pictures(protocol: str, here: Path) -> None:
    for number, name in enumerate(("cats", "dogs")):
        (here / "pets" / name).mkdir(parents=True)
        Image.new("RGB", (300, 200), (200, 40 * number, 0)).save(here / "pets" / name / "1.png")
    async with opened((120, 40)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        assert isinstance(app.screen, DataScreen)
        app.screen.choose(here / "pets")
        await until(pilot, lambda: bool(app.screen.query("#thumbnails PictureView")))
        view = app.screen.query("#thumbnails PictureView").first(PictureView)
        (real,) = view.children
        await until(pilot, lambda: real.size.area > 0)
        # It takes the picture's cells, and not the caption's.
        assert real.size.width == view.size.width and real.size.height == view.size.height - 1
        image: Image.Image = real.image  # type: ignore[attr-defined]
        assert image.size[0] >= 10 * real.size.width
        assert image.getpixel((5, 5)) == (200, 0, 0)


async def test_without_a_protocol_there_are_half_blocks_alone(here: Path) -> None:
    view = PictureView()
    assert graphics.image_widget() is None and not list(view.compose())
