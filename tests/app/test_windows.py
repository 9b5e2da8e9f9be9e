"""Windows above a screen: each has help, and leads back to where it was."""

from __future__ import annotations

import pytest

from tests.support.seeing import opened, until, until_seen
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.dialogs.text_windows import CodeWindow
from tui.ui.dialogs.window import Window


@pytest.mark.parametrize(
    ("keys", "window", "key", "words"),
    [
        ((("l", "page 1 of"), ("c", "layers.Conv2D")), CodeWindow, "question_mark", "copies"),
        ((("1", "What a convolution"), ("s", "Drill one")), PickWindow, "f1", "to narrow the list"),
    ],
)
async def test_a_window_has_help_too(
    keys: tuple[tuple[str, str], ...], window: type[Window[object]], key: str, words: str
) -> None:
    async with opened((80, 24)) as (app, pilot):
        for one, seen in keys:
            await pilot.press(one)
            await until_seen(pilot, seen)
        await until(pilot, lambda: isinstance(app.screen, window))
        await pilot.press(key)
        await until_seen(pilot, words, "#help")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, window))


async def test_a_list_to_pick_from_offers_its_own_keys_not_those_below() -> None:
    async with opened((80, 24)) as (_, pilot):
        await pilot.press("1")
        await until_seen(pilot, "s One skill", "Footer")
        await pilot.press("s")
        await until_seen(pilot, "⏎ Choose", "Footer")
        await until_seen(pilot, "esc Close", "Footer")
