"""A real picture goes to the terminal once for each real change: over a slow link that is felt."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import opened, until
from tests.ui.test_graphics import protocol  # noqa: F401 - a fixture
from tui.areas.data.data_screen import DataScreen
from tui.datasets import Picture
from tui.ui.pictures.gallery import GalleryWindow
from tui.ui.pictures.half_blocks import PictureView
from tui.ui.pictures.sixel import SixelPicture


class Sent:
    """What a terminal would have got."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    def pictures(self) -> int:
        """Return how many pictures came since this was asked last."""
        found = sum(frame.count("\x1bP") for frame in self.frames)
        self.frames.clear()
        return found


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Write everything for a terminal although there is none."""
    sent = Sent()
    display = App._display

    def written(app: App[None], screen: Screen[None], update: object) -> None:
        if isinstance(update, CompositorUpdate) and not app._batch_count:
            sent.frames.append(update.render_segments(app.console))
        display(app, screen, update)  # type: ignore[arg-type]

    monkeypatch.setattr(App, "_display", written)
    return sent


class Scrolled(App[None]):
    """A picture that can be scrolled out of sight."""

    CSS = """
    SixelPicture { width: 8; height: 3; }
    #over { layer: above; position: absolute; width: 8; height: 1; offset: 0 2; display: none; }
    Screen { layers: below above; }
    Static { height: 6; }
    """

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield SixelPicture(lambda: (10, 20))
            yield Static("below")
            yield Static("last")
        yield Static("message", id="over")


async def test_a_picture_is_sent_again_only_when_it_is_not_there_any_more(sent: Sent) -> None:
    app = Scrolled()
    async with app.run_test(size=(30, 6)) as pilot:
        picture = app.screen.query_one(SixelPicture)
        over = app.screen.query_one("#over")

        async def drawn() -> int:
            await pilot.pause()
            await pilot.pause()
            return sent.pictures()

        assert await drawn() == 0
        picture.image = Image.new("RGB", (80, 60), (200, 0, 0))
        assert await drawn() == 1
        app.screen.refresh(layout=True)
        picture.refresh()
        picture.styles.text_style = "bold reverse"
        assert await drawn() == 0
        # A message over it costs nothing; when it goes it leaves a hole.
        over.display = True
        assert await drawn() == 0
        over.display = False
        assert await drawn() == 1
        # Other letters come where it stood.
        app.screen.query_one(VerticalScroll).scroll_to(y=6, animate=False)
        assert await drawn() == 0
        app.screen.query_one(VerticalScroll).scroll_to(y=0, animate=False)
        assert await drawn() == 1
        picture.display = False
        assert await drawn() == 0
        picture.display = True
        assert await drawn() == 1
        await app.push_screen(Screen())
        assert await drawn() == 0
        app.pop_screen()
        assert await drawn() == 1
        picture.image = Image.new("RGB", (80, 60), (0, 0, 200))
        assert await drawn() == 1


@pytest.mark.parametrize("protocol", ["sixel"], indirect=True)
async def test_the_gallery_sends_each_picture_once(
    protocol: str,  # noqa: F811
    images: MakeImages,
    here: Path,
    sent: Sent,
) -> None:
    images("pets", cats=12, dogs=3)
    async with opened((120, 40)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        below = app.screen
        assert isinstance(below, DataScreen)
        below.choose(here / "pets")
        await until(pilot, lambda: bool(below.query("#thumbnails PictureView")))
        await pilot.pause(0.3)
        sent.frames.clear()
        await pilot.press("b")
        await until(pilot, lambda: len(app.screen.query("#gallery-grid SixelPicture")) == 12)
        assert isinstance(app.screen, GalleryWindow)
        await pilot.pause(0.5)
        codes = Counter(re.findall(r"(\x1b\[\d+;\d+H\x1bP.*?\x1b\\)", "".join(sent.frames)))
        assert len(codes) == 12 and set(codes.values()) == {1}
        sent.frames.clear()
        # The mark moves on, and what lies below is not drawn at all.
        await pilot.press("right", "right")
        await pilot.pause(0.3)
        assert sent.pictures() == 0
        below.refresh()
        for _ in range(5):
            below.call_later(lambda: None)
            await pilot.pause(0.05)
        assert sent.frames == []


class Marked(App[None]):
    """A real picture in a view that gets a mark."""

    CSS = ".-chosen { text-style: bold reverse; }"

    def compose(self) -> ComposeResult:
        yield PictureView(painted((200, 0, 0)), "one")


def painted(colour: tuple[int, int, int]) -> Picture:
    """Return a picture of one colour."""
    cells = (((colour, colour),) * 8,) * 4
    return Picture(8, 4, cells, Image.new("RGB", (80, 80), colour))


@pytest.mark.parametrize("protocol", ["kitty"], indirect=True)
async def test_a_mark_round_a_picture_does_not_send_it_to_kitty_again(
    protocol: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    sent: Sent,
) -> None:
    from textual_image.renderable import tgp

    messages: list[object] = []
    monkeypatch.setattr(tgp, "_send_tgp_message", lambda **what: messages.append(what.get("f")))
    async with Marked().run_test(size=(30, 10)) as pilot:
        await pilot.pause()
        assert messages.count(100) == 1
        pilot.app.screen.query_one(PictureView).add_class("-chosen")
        await pilot.pause()
        await pilot.pause()
        assert messages.count(100) == 1
        pilot.app.screen.query_one(PictureView).show(None)
        pilot.app.screen.query_one(PictureView).show(painted((0, 0, 200)))
        await pilot.pause()
        await pilot.pause()
        assert messages.count(100) == 2
