"""Looking for figures that are cut: by an edge, by a line break, or in their middle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.text import Text
from textual.content import Content
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import DataTable, OptionList, Static

from tests.support.seeing import region_text
from tui.app.app import CnnTuiApp

_FRAME = "│╭╮╰╯─┃▌▐▕▏█▁▂▃▄▅▆▇▸▾‹› "


async def assert_whole(app: CnnTuiApp, pilot: Pilot[None]) -> int:
    """Fail where a part of a figure is on screen; return how many whole ones are.

    What is on screen is held against what the widget was given: a word with a digit in it that is
    no word of the given text is a part of one.
    """
    await pilot.pause()
    seen = 0
    for widget in app.screen.query("*"):
        given = _given(widget)
        if given is None:
            continue
        for text in given:
            assert not re.search(r"\d…|…\d", text), text
        whole = {word for text in given for word in _figures(text)}
        shown = _figures(region_text(app, widget, words=False))
        broken = [word for word in shown if word not in whole]
        assert not broken, f"{widget}: {broken} of {sorted(whole)}"
        seen += len(shown)
    return seen


def _figures(text: str) -> list[str]:
    words = (word.strip(_FRAME) for word in re.split(r"[\s│┃]+", text))
    return [word for word in words if any("0" <= sign <= "9" for sign in word)]


def _given(widget: Widget) -> list[str] | None:
    """Return the texts that a widget has to show; None where it shows none of its own."""
    match widget:
        case DataTable():
            heads = [str(column.label) for column in widget.columns.values()]
            return heads + [_plain(cell) for row in widget.rows for cell in widget.get_row(row)]
        case OptionList():
            return [_plain(option.prompt) for option in widget.options]
        case Static():
            titles = [_plain(t) for t in (widget.border_title, widget.border_subtitle) if t]
            return [_plain(widget.render()), *titles]
    return None


def _plain(value: object) -> str:
    return value.plain if isinstance(value, Text | Content) else str(value)


def numbers(text: str) -> Iterator[float]:
    """Yield the numbers of a text, read back."""
    for found in re.finditer(r"[−-]?\d[\d,]*(?:\.\d+)?(?:e[−-]?\d+)?", text):
        yield float(found[0].replace(",", "").replace("−", "-"))
