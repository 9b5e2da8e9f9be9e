"""Fields that take a line of text: a burst of keys is obeyed in the order in which it came."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from tui.widgets.answers import AnswerInput
from tui.widgets.fields import NumberInput, RateInput
from tui.widgets.layer_form import StepInput
from tui.widgets.line_input import LineInput
from tui.widgets.predictor import PredictionInput

FIELDS: dict[str, Callable[[], Input]] = {
    "a line of text": lambda: LineInput(),
    "a number of a form": lambda: NumberInput(150),
    "a learning rate": lambda: RateInput(150),
    "a number of a layer": lambda: StepInput("150"),
    "an answer": lambda: AnswerInput(),
    "a prediction": lambda: PredictionInput(),
}


class OneField(App[None]):
    def __init__(self, made: Callable[[], Input]) -> None:
        super().__init__()
        self._made = made

    def compose(self) -> ComposeResult:
        yield self._made()


def burst(app: App[None], *keys: str) -> None:
    """Hand the app keys as a paste or a slow line does: all at once, none waited for."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize("name", FIELDS)
async def test_digits_right_behind_a_cleared_line_are_not_cleared_with_it(name: str) -> None:
    app = OneField(FIELDS[name])
    async with app.run_test() as pilot:
        field = app.query_one(Input)
        field.value = "150"
        field.cursor_position = 3
        burst(app, "ctrl+u", "2", "2", "7", "backspace", "4")
        await pilot.pause()
        await pilot.pause()
        assert field.value == "224"
