"""A question in a lesson or a drill: asked, judged, explained, with its window playing."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.areas.lessons.answer_fields import Answer, answer_for
from tui.course import PredictBlock, Question, Verdict, judge, solution_steps
from tui.geometry import Effect, GeometryError, Volume
from tui.geometry.windows.scene import scene_for
from tui.ui.commands import bindings
from tui.ui.sliding_window.sliding_window import SlidingWindow

_PLAYED = ("W2", "H2", "D2")
"""The quantities that the playing window shows."""
EXERCISE_KEYS = (
    ("h", "hint", "hint", "Hint", "One more hint"),
    ("x", "steps", "steps", "Show me", "Show the answer; it does not count as answered"),
    ("w", "window", "window", "Window", "Play the window of this layer"),
)
IN_FOOTER = ("hint", "steps")


class Exercise(Vertical):
    """Asks a question, judges the answer and explains it; then the window plays."""

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
        *bindings("exercise", *EXERCISE_KEYS, footer=IN_FOOTER),
    ]

    class Judged(Message):
        """An answer was given and judged.

        Args:
            question: what was asked.
            verdict: on the answer.
            answer: as it was given.
            first: whether it is the first one since the question was asked.
            repeated: whether it is the wrong answer that was given just before: one slip.
        """

        def __init__(
            self,
            question: Question,
            verdict: Verdict,
            answer: str,
            *,
            first: bool = True,
            repeated: bool = False,
        ) -> None:
            super().__init__()
            self.question = question
            self.answer = answer
            self.first = first
            self.verdict = verdict
            self.repeated = repeated

    class AnswerShown(Message):
        """The answer was shown on request; `first` when nothing was answered before."""

        def __init__(self, question: Question, *, first: bool = True) -> None:
            super().__init__()
            self.question = question
            self.first = first

    class HintRead(Message):
        """A hint was read before the question was answered."""

        def __init__(self, question: Question) -> None:
            super().__init__()
            self.question = question

    def __init__(
        self,
        question: Question,
        *,
        answered: bool = False,
        after: str = "n goes on.",
        expected: str = "",
    ) -> None:
        """Make the exercise.

        Args:
            question: from a lesson or a drill.
            answered: whether it was answered correctly before.
            after: how to go on after the answer.
            expected: the option of a prediction that was chosen before; empty for none.
        """
        super().__init__()
        self._expected = expected
        self._shown = False
        self.steps_visible = False
        """Whether the steps to the answer are what stands below the question now."""
        self._question = question
        self._answered = answered
        self._after = after
        self._hints = 0
        self._last_verdict: Verdict | None = None

    def compose(self) -> ComposeResult:
        mark = "✓ " if self._answered else "? "
        yield Static(Content(mark + self._question.prompt), id="prompt")
        yield answer_for(self._question, self._expected)
        yield Static(id="hint")
        yield Static(id="verdict")

    def take_focus(self) -> None:
        """Focus the answer."""
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
            again = "Try again, h gives a hint, x shows the answer."
            lines.append(Content.styled(again, "$text-muted"))
        elif verdict.correct:
            lines.append(Content.styled(self._after, "$text-muted"))
        self._say("#verdict", Content("\n").join(lines))
        self._steps_are_visible(False)
        self.query_one(Answer).mark(verdict)
        repeated = not verdict.correct and verdict == self._last_verdict
        first = self._last_verdict is None and not self._shown
        self.post_message(
            self.Judged(self._question, verdict, event.text, first=first, repeated=repeated)
        )
        if verdict.understood:
            self._last_verdict = verdict
        if verdict.correct:
            await self._play()
        self._scroll_to_verdict()

    def _scroll_to_verdict(self) -> None:
        """Scroll to the verdict, and to what is below it as far as there is room."""
        verdict = self.query_one("#verdict")
        self.call_after_refresh(verdict.scroll_visible, animate=False, top=True)

    def _say(self, selector: str, text: Content) -> None:
        line = self.query_one(selector, Static)
        line.update(text)
        line.display = True

    def action_hint(self) -> None:
        """Show one more hint."""
        hints = self._question.hints
        if not hints:
            text = "There is no hint here; x shows the answer."
        else:
            self._hints = min(self._hints + 1, len(hints))
            text = f"hint {self._hints} of {len(hints)}: {hints[self._hints - 1]}"
            if self._last_verdict is None or not self._last_verdict.correct:
                self.post_message(self.HintRead(self._question))
        self._say("#hint", Content.styled(text, "$text-accent"))
        self.query_one("#hint").scroll_visible(animate=False)

    async def action_steps(self) -> None:
        """Show the steps to the answer; the question does not count as answered."""
        text = "\n".join([*solution_steps(self._question), self._after])
        self._say("#verdict", Content(text))
        self._steps_are_visible(True)
        first = self._last_verdict is None and not self._shown
        self._shown = True
        self.post_message(self.AnswerShown(self._question, first=first))
        await self._play()
        self._scroll_to_verdict()

    def _steps_are_visible(self, visible: bool) -> None:
        if self.steps_visible != visible:
            self.steps_visible = visible
            self.refresh_bindings()

    def offers(self, command: str) -> bool:
        """Return whether a command is one of this exercise and would change something now."""
        if command == "steps":
            return not self.steps_visible
        return command in ("hint", "window", "digit")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "steps" or self.offers(action)

    async def action_window(self) -> None:
        """Play the window of the layer in the question."""
        if window_effect(self._question) is None:
            self.notify("There is no window to play here.")
        else:
            await self._play()
            self.query_one(SlidingWindow).focus()

    async def _play(self) -> None:
        """Show the window below the answer and play it once."""
        effect = window_effect(self._question)
        if effect is None:
            return
        if not self.query(SlidingWindow):
            question = self._question
            weights = question.weights if isinstance(question, PredictBlock) else True
            window = SlidingWindow(weights=weights)
            await self.mount(window)
            window.show(effect.layer, effect)
        self.query_one(SlidingWindow).walk.play_from_start()


def window_effect(question: Question) -> Effect | None:
    """Return the effect whose window a question can play; None when there is none."""
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
