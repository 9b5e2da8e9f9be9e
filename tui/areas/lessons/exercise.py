"""A question in a lesson or a drill: ask, judge, explain, and play the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tui.areas.lessons.answer_fields import Answer, answer_for
from tui.areas.lessons.write_exercise import WRITE_KEYS, WriteExercise
from tui.course import PredictBlock, Question, Verdict, judge, solution_steps
from tui.geometry import Effect, GeometryError, Volume
from tui.geometry.windows.scene import scene_for
from tui.ui.commands import bindings
from tui.ui.sliding_window.sliding_window import SlidingWindow

_PLAYED = ("W2", "H2", "D2")
"""What can be seen when the window is played."""
_KEYS = (
    ("h", "hint", "hint", "Hint", "One more hint"),
    ("x", "steps", "steps", "Show me", "Skip: show the answer"),
    ("w", "window", "window", "Window", "Play the window of this layer"),
)
_IN_FOOTER = ("hint", "steps")
_OF_PROGRAMS = tuple(row[2] for row in WRITE_KEYS)
"""Commands that only a program to complete has."""


class Exercise(Vertical):
    """Asks, judges, explains; hints come one by one; after the answer the window plays."""

    DEFAULT_CSS = """
    Exercise { height: auto; padding: 0 1; border: round $panel-lighten-2; }
    Exercise:focus-within { border: round $primary; }
    Exercise #prompt { text-style: bold; height: auto; }
    Exercise #verdict, Exercise #hint { height: auto; display: none; }
    Exercise SlidingWindow { border: none; padding: 0; margin: 1 0 0 0; }
    Exercise SlidingWindow .grid { margin: 0 2 0 0; }
    Exercise SlidingWindow:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("exercise", *_KEYS, footer=_IN_FOOTER),
    ]

    class Judged(Message):
        """An answer was given and judged.

        Args:
            question: what was asked.
            verdict: on the answer.
            repeated: whether it is the wrong answer that was given just before: one slip.
        """

        def __init__(self, question: Question, verdict: Verdict, *, repeated: bool) -> None:
            super().__init__()
            self.question = question
            self.verdict = verdict
            self.repeated = repeated

    class Shown(Message):
        """The answer was shown without having been given."""

        def __init__(self, question: Question) -> None:
            super().__init__()
            self.question = question

    def __init__(
        self, question: Question, *, answered: bool = False, after: str = "n goes on."
    ) -> None:
        """Make the exercise.

        Args:
            question: from a lesson or a drill.
            answered: whether it was answered rightly before.
            after: how to go on afterwards.
        """
        super().__init__()
        self._question = question
        self._answered = answered
        self._after = after
        self._hints = 0
        self._last_verdict: Verdict | None = None

    def compose(self) -> ComposeResult:
        mark = "✓ " if self._answered else "? "
        yield Static(Content(mark + self._question.prompt), id="prompt")
        yield answer_for(self._question)
        yield Static(id="hint")
        yield Static(id="verdict")

    def take_focus(self) -> None:
        """Put the focus where the answer goes."""
        self.query_one(Answer).take_focus()

    @on(Answer.Given)
    async def _given(self, event: Answer.Given) -> None:
        event.stop()
        verdict = judge(self._question, event.text)
        if not verdict.understood:
            sign, style = "…", "$text-warning"
        elif verdict.correct:
            sign, style = "✓", "$text-success"
        else:
            sign, style = "✗", "$text-error"
        lines = [Content.styled(f"{sign} {verdict.sentence}", style)]
        if verdict.understood and not verdict.correct:
            again = "Try again, h gives a hint, x shows the steps."
            lines.append(Content.styled(again, "$text-muted"))
        elif verdict.correct:
            lines.append(Content.styled(self._after, "$text-muted"))
        self._say("#verdict", Content("\n").join(lines))
        self.query_one(Answer).mark(verdict)
        repeated = not verdict.correct and verdict == self._last_verdict
        self.post_message(self.Judged(self._question, verdict, repeated=repeated))
        if verdict.understood:
            self._last_verdict = verdict
        if verdict.correct:
            await self._play()
        self._bring_verdict()

    def _bring_verdict(self) -> None:
        """Bring the verdict into sight, and what stands below it as far as there is room."""
        verdict = self.query_one("#verdict")
        self.call_after_refresh(verdict.scroll_visible, animate=False, top=True)

    def _say(self, selector: str, text: Content) -> None:
        line = self.query_one(selector, Static)
        line.update(text)
        line.display = True

    def action_hint(self) -> None:
        """Show one more hint, or say that there is none."""
        hints = self._question.hints
        if not hints:
            text = "There is no hint here; x shows the answer."
        else:
            self._hints = min(self._hints + 1, len(hints))
            text = f"hint {self._hints} of {len(hints)}: {hints[self._hints - 1]}"
        self._say("#hint", Content.styled(text, "$text-accent"))
        self.query_one("#hint").scroll_visible(animate=False)

    async def action_steps(self) -> None:
        """Show the way to the answer; it does not count as answered."""
        text = "\n".join([*solution_steps(self._question), self._after])
        self._say("#verdict", Content(text))
        self.post_message(self.Shown(self._question))
        await self._play()
        self._bring_verdict()

    async def action_window(self) -> None:
        """Play the window of the layer that is asked about."""
        if played(self._question) is None:
            self.notify("There is no window to play here.")
        else:
            await self._play()
            self.query_one(SlidingWindow).focus()

    async def _play(self) -> None:
        """Show the window under the answer and let it run once."""
        effect = played(self._question)
        if effect is None:
            return
        if not self.query(SlidingWindow):
            question = self._question
            weights = question.weights if isinstance(question, PredictBlock) else True
            window = SlidingWindow(weights=weights)
            await self.mount(window)
            window.show(effect.layer, effect)
        self.query_one(SlidingWindow).walk.play_from_start()


class ExerciseKeys:
    """The keys of an exercise while nothing in it has the focus; a screen holds it as `exercise`.

    Each goes to where the answer is typed, too. In a program's field letters are text, so its
    commands leave the field alone.
    """

    COMMANDS = bindings(
        "page", *_KEYS, *WRITE_KEYS, handler="exercise", footer=(*_IN_FOOTER, "run", "edit")
    )

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen

    def offers(self, command: str) -> bool:
        """Whether there is an exercise on the screen now."""
        if self._screen.query(WriteExercise):
            return command != "window"
        return command not in _OF_PROGRAMS and bool(self._screen.query(Exercise))

    def _entered(self) -> Iterator[Exercise]:
        for exercise in self._screen.query(Exercise):
            exercise.take_focus()
            yield exercise

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


def played(question: Question) -> Effect | None:
    """Return what the window shows of a question; None where there is nothing to play."""
    if not isinstance(question, PredictBlock) or question.asks not in _PLAYED:
        return None
    effect = question.effect
    if len(question.effects) != 1 or not isinstance(effect.input, Volume):
        return None
    try:
        scene_for(effect.layer, effect.input)
    except GeometryError:
        return None
    return effect
