"""The last line of a screen: the keys that work now."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tests.support.seeing import region_text, until
from tui.ui.footer import Footer


class Keys(App[None]):
    """Has more keys than fit into a narrow line, and a field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "count('a')", "Add a layer"),
        Binding("b", "count('b')", "Backwards"),
        Binding("x", "count('x')", "Not now"),
        Binding("z", "count('z')", "Zoom", show=False),
    ]
    AUTO_FOCUS = ""
    CSS = "Input { width: 10; }"

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input()
        yield Footer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if parameters == ("x",) else True

    def action_count(self, key: str) -> None:
        self.counted.append(key)


def line(app: App[None]) -> str:
    return region_text(app, "Footer")


async def test_keys_that_do_not_fit_are_left_out_whole_and_an_ellipsis_says_so() -> None:
    async with Keys().run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: line(pilot.app) == "a Add a layer b Backwards x Not now")
        await pilot.resize_terminal(30, 10)
        await until(pilot, lambda: line(pilot.app) == "a Add a layer b Backwards …")
        await pilot.resize_terminal(22, 10)
        await until(pilot, lambda: line(pilot.app) == "a Add a layer …")


async def test_a_click_presses_the_key_that_stands_there_and_no_inactive_one() -> None:
    app = Keys()
    async with app.run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: "Backwards" in line(app))
        for word in ("Backwards", "Add", "Not"):
            await pilot.click(Footer, offset=(line(app).index(word), 0))
        await until(pilot, lambda: app.counted == ["b", "a"])


async def test_a_key_that_becomes_text_is_not_offered() -> None:
    app = Keys()
    async with app.run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: "Backwards" in line(app))
        app.query_one(Input).focus()
        await until(pilot, lambda: "Backwards" not in line(app))
