"""The keys of an exercise, also while nothing on its page has the focus."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.areas.lessons.exercise import Exercise
from tui.ui.area_screen import AreaScreen


class ExerciseKeys(AreaScreen):
    """A screen with one exercise at a time: its hints and its answer are always a key away."""

    HELP = "The keys of an exercise; the screen that shows it says more."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "exercise('hint')", "Hint", id="page.hint", tooltip="One more hint"),
        Binding(
            "x", "exercise('steps')", "Show me", id="page.steps", tooltip="Skip: show the answer"
        ),
        Binding(
            "w",
            "exercise('window')",
            "Window",
            show=False,
            id="page.window",
            tooltip="Play the window of this layer",
        ),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "exercise" or bool(self.query(Exercise))

    async def action_exercise(self, what: str) -> None:
        """Do as the exercise's own key does, and go to where its answer is typed."""
        for exercise in self.query(Exercise):
            exercise.take_focus()
            await self.app.run_action(what, exercise)
