"""Real pictures over the half blocks, where the terminal has a protocol for them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from PIL import Image
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, until, until_seen
from tui.areas.data.data_screen import DataScreen
from tui.datasets.images import thumbnails
from tui.runs.store.run_folder import RunFolder
from tui.ui.pictures import graphics
from tui.ui.pictures.half_blocks import PictureView
from tui.ui.pictures.sixel import SixelPicture
from tui.ui.pictures.tile_grid import TileGrid


@pytest.fixture(params=["sixel", "kitty"])
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let this process draw with a protocol, as if the terminal had it."""
    monkeypatch.setenv(graphics.VARIABLE, request.param)
    with redirect_stdout(io.StringIO()):
        graphics.prepare()
    yield request.param
    monkeypatch.setenv(graphics.VARIABLE, "none")
    graphics.prepare()
    thumbnails.set_sharp_pictures(False)


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


async def test_a_layers_channels_are_a_real_picture_for_each_row(
    protocol: str, looked_into: RunFolder
) -> None:
    async with opened((80, 24)) as (app, pilot):
        await look(pilot)
        grid = app.screen.query_one(TileGrid)
        rows = [child for child in grid.children if child.display]
        await until(pilot, lambda: all(row.size.area for row in rows))
        maps = app.screen.session.view.maps  # type: ignore[attr-defined]
        wide, high = graphics.cell_pixels()
        tiling = grid._tiling
        assert tiling is not None and len(rows) == -(-12 // tiling.across)
        for number in (0, tiling.across + 1):
            row, place = divmod(number, tiling.across)
            image: Image.Image = rows[row].image  # type: ignore[attr-defined]
            assert image.size == (rows[row].size.width * wide, rows[row].size.height * high)
            channel = maps.channels[number]
            white = channel.pixels.index(max(channel.pixels))
            side = tiling.width * wide / channel.width
            x = place * (tiling.columns + 1) * wide + side * (white % channel.width + 0.5)
            y = side * (white // channel.width + 0.5)
            assert image.convert("RGBA").getpixel((int(x), int(y))) == (255, 255, 255, 255)
        # The captions are letters still, and the mark moves without a new picture.
        assert re.search(r"▸0 +1 +2 ", region_text(app, "#look-grid"))
        before = [row.image for row in rows]  # type: ignore[attr-defined]
        await pilot.press("right")
        await until_seen(pilot, "▸1", "#look-grid")
        assert [id(row.image) for row in rows] == [id(image) for image in before]  # type: ignore[attr-defined]


class Beside(App[None]):
    """A picture with letters to the right of it."""

    CSS = "SixelPicture { width: 8; height: 3; } Static { width: 12; height: 3; }"

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield SixelPicture(lambda: (10, 20))
            yield Static("first\nsecond\nthird")


async def test_letters_beside_sixels_stay_where_they_are() -> None:
    app = Beside()
    async with app.run_test(size=(30, 6)) as pilot:
        picture = app.screen.query_one(SixelPicture)
        picture.image = Image.new("RGB", (80, 60), (200, 0, 0))
        await pilot.pause()
        compositor = app.screen._compositor
        for drawn in ([(0, 0)], []):  # at the second time it stands already
            whole = compositor.render_full_update().render_segments(app.console)
            letters, pictures = written(whole)
            assert pictures == drawn
            for y, word in enumerate(("first", "second", "third")):
                assert [letters[8 + x, y] for x in range(len(word))] == list(word)


def written(code: str) -> tuple[dict[tuple[int, int], str], list[tuple[int, int]]]:
    """Return where the letters of a terminal's stream come to stand, and where pictures begin."""
    letters: dict[tuple[int, int], str] = {}
    pictures = []
    x = y = 0
    for token in re.finditer(
        r"\x1bP.*?\x1b\\|\x1b\[(\d+);(\d+)H|\x1b\[[\d;]*m|(.)", code, re.DOTALL
    ):
        row, column, letter = token.groups()
        if row is not None:
            x, y = int(column) - 1, int(row) - 1
        elif token[0].startswith("\x1bP"):
            pictures.append((x, y))
        elif letter == "\n":
            x, y = 0, y + 1
        elif letter is not None:
            letters[x, y] = letter
            x += 1
    return letters, pictures


async def test_without_a_protocol_there_are_half_blocks_alone(here: Path) -> None:
    view = PictureView()
    assert graphics.image_widget() is None and not list(view.compose())


async def test_a_key_repaints_what_it_changes_and_not_the_screen(
    looked_into: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened((80, 24)) as (_, pilot):
        await look(pilot)
        await pilot.pause(0.3)
        painted: list[int] = []
        update = Compositor.render_partial_update

        def counted(compositor: Compositor) -> object:
            painted.append(sum(region.area for region in compositor._dirty_regions))
            return update(compositor)

        monkeypatch.setattr(Compositor, "render_partial_update", counted)
        monkeypatch.setattr(
            Compositor, "render_full_update", lambda *_, **__: painted.append(80 * 24)
        )
        await pilot.press("right")
        await until_seen(pilot, "▸1", "#look-grid")
        await pilot.pause(0.3)
        assert 0 < sum(painted) < 10 * 80
