"""A question in a lesson: a number to predict, or an answer to choose."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.course import ChoiceBlock, PredictBlock, Question, Verdict, expected, judge


class Exercise(Vertical):
    """Asks, judges, explains; hints come one by one."""

    DEFAULT_CSS = """
    Exercise { height: auto; padding: 0 1; border: round $panel-lighten-2; }
    Exercise:focus-within { border: round $primary; }
    Exercise #prompt { text-style: bold; }
    Exercise #answer { width: 24; }
    Exercise #answer-row { height: 1; }
    Exercise OptionList { height: auto; border: none; padding: 0; background: $background; }
    Exercise #verdict, Exercise #hint { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "hint", "Hint", id="exercise.hint", tooltip="One more hint"),
        Binding("x", "steps", "Show me", id="exercise.steps", tooltip="Skip: show the answer"),
    ]

    class Judged(Message):
        """An answer was given and judged."""

        def __init__(self, question: Question, verdict: Verdict) -> None:
            super().__init__()
            self.question = question
            self.verdict = verdict

    def __init__(self, question: Question, *, answered: bool = False) -> None:
        """Make the exercise.

        Args:
            question: from the lesson.
            answered: whether it was answered rightly before.
        """
        super().__init__()
        self._question = question
        self._answered = answered
        self._hints = 0

    def compose(self) -> ComposeResult:
        mark = "✓ " if self._answered else "? "
        yield Static(Content(mark + self._question.prompt), id="prompt")
        if isinstance(self._question, PredictBlock):
            with Horizontal(id="answer-row"):
                yield Static(Content("your answer "), classes="answer--label")
                yield AnswerInput(id="answer", compact=True, max_length=24)
        else:
            letters = "abcdefgh"
            yield OptionList(
                *(
                    Option(Content(f"{letters[number]}  {option}"), id=str(number + 1))
                    for number, option in enumerate(self._question.options)
                ),
                id="options",
                compact=True,
            )
        yield Static(id="hint")
        yield Static(id="verdict")

    def on_mount(self) -> None:
        for label in self.query(".answer--label"):
            label.styles.width = "auto"

    def take_focus(self) -> None:
        """Put the focus where the answer goes."""
        name = "#answer" if isinstance(self._question, PredictBlock) else "#options"
        self.query_one(name).focus()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._judge(event.value)

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._judge(str(event.option_id))

    def _judge(self, answer: str) -> None:
        verdict = judge(self._question, answer)
        if not verdict.understood:
            sign, style = "…", "$text-warning"
        elif verdict.correct:
            sign, style = "✓", "$text-success"
        else:
            sign, style = "✗", "$text-error"
        lines = [Content.styled(f"{sign} {verdict.sentence}", style)]
        if verdict.understood and not verdict.correct:
            lines.append(
                Content.styled("Try again, h gives a hint, x shows the steps.", "$text-muted")
            )
        elif verdict.correct:
            lines.append(Content.styled("n goes on.", "$text-muted"))
        self.query_one("#verdict", Static).update(Content("\n").join(lines))
        self.post_message(self.Judged(self._question, verdict))

    def action_hint(self) -> None:
        """Show one more hint, or say that there is none."""
        hints = self._question.hints if isinstance(self._question, PredictBlock) else ()
        if not hints:
            text = "There is no hint here; x shows the answer."
        else:
            self._hints = min(self._hints + 1, len(hints))
            text = f"hint {self._hints} of {len(hints)}: {hints[self._hints - 1]}"
        self.query_one("#hint", Static).update(Content.styled(text, "$text-accent"))

    def action_steps(self) -> None:
        """Show the way to the answer; it does not count as answered."""
        question = self._question
        if isinstance(question, ChoiceBlock):
            steps = [f"{'abcdefgh'[question.answer - 1]}: {question.why[question.answer - 1]}"]
        else:
            steps = list(judge(question, str(expected(question))).steps)
        text = "\n".join([*steps, "n goes on."])
        self.query_one("#verdict", Static).update(Content(text))


class AnswerInput(Input):
    """Takes a number; letters stay commands (h for a hint, x to be shown, n for the next page)."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character in "0123456789.,_ -+"

    async def _on_key(self, event: events.Key) -> None:
        # As in NumberInput: what is not taken goes on to the screen's commands.
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()
