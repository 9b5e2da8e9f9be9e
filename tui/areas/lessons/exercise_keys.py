"""The keys of an exercise for the screen that it stands on."""

from __future__ import annotations

from collections.abc import Iterator

from textual.screen import Screen

from tui.areas.lessons.answer_fields import Answer
from tui.areas.lessons.exercise import EXERCISE_KEYS, IN_FOOTER, Exercise
from tui.areas.lessons.write_exercise import WRITE_KEYS, WriteExercise
from tui.ui.commands import bindings


class ExerciseKeys:
    """The keys of an exercise while it does not have the focus; each focuses it first.

    In the field of a program letters are text, so its commands do not focus it.

    A screen holds the object as `exercise`.
    """

    COMMANDS = bindings(
        "page",
        *EXERCISE_KEYS,
        *WRITE_KEYS,
        # On a page with a question a digit is part of an answer, wherever the focus is: it never
        # opens another area.
        *(
            (digit, f"digit('{digit}')", f"digit-{digit}", "", "Choose an option, or type a number")
            for digit in "0123456789"
        ),
        handler="exercise",
        footer=(*IN_FOOTER, "run", "edit", "save"),
    )

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen

    def offers(self, command: str) -> bool:
        """Return whether there is an exercise on the screen that the command would change."""
        for program in self._screen.query(WriteExercise):
            return program.offers(command)
        for exercise in self._screen.query(Exercise):
            return exercise.offers(command)
        return False

    def _entered(self) -> Iterator[Exercise]:
        for exercise in self._screen.query(Exercise):
            exercise.take_focus()
            yield exercise

    def digit(self, digit: str) -> None:
        for answer in self._screen.query(Answer).results():
            answer.take_digit(digit)
            return
        for program in self._screen.query(WriteExercise):
            program.take_focus()

    def hint(self) -> None:
        for exercise in self._entered():
            exercise.action_hint()
        for program in self._screen.query(WriteExercise):
            program.action_hint()

    async def steps(self) -> None:
        for exercise in self._entered():
            await exercise.action_steps()
        for program in self._screen.query(WriteExercise):
            await program.action_steps()

    async def window(self) -> None:
        for exercise in self._entered():
            await exercise.action_window()

    def run(self) -> None:
        for program in self._screen.query(WriteExercise):
            program.action_run()

    def edit(self) -> None:
        for program in self._screen.query(WriteExercise):
            program.action_edit()

    def save(self) -> None:
        for program in self._screen.query(WriteExercise):
            program.action_save()
