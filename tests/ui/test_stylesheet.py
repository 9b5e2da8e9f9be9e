"""The stylesheet: each piece is parsed once, and anew for other colours."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from textual.css import parse as parsing

from tests.support.seeing import opened, until_seen
from tui.ui.area_screen import TopBar


async def test_a_screen_that_is_opened_has_nothing_parsed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: Counter[tuple[object, ...]] = Counter()
    parse = parsing.parse

    def counted(scope: str, css: str, *others: Any, **settings: Any) -> Any:
        parsed[scope, css, settings["tie_breaker"]] += 1
        return parse(scope, css, *others, **settings)

    monkeypatch.setattr("textual.css.stylesheet.parse", counted)
    async with opened() as (_, pilot):
        first = Counter(parsed)
        await pilot.press("2")
        await until_seen(pilot, "filter size")
    assert 5 < len(first) < len(parsed)
    assert [piece for piece, times in parsed.items() if times > 1] == []


async def test_another_theme_changes_the_colours() -> None:
    async with opened() as (app, pilot):
        before = app.screen.query_one(TopBar).styles.background
        app.theme = "cnn-day"
        await pilot.pause()
        await pilot.pause()
        assert app.screen.query_one(TopBar).styles.background != before
