"""Predict a layer's result, quantity by quantity, before it is shown."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.common.arithmetic import SIGNS, ArithmeticProblem, whole_number
from tui.geometry import Effect, Quantity, Volume, diagnose, formula, right_answer
from tui.ui.forms.line_input import LineInput

_NAMES: dict[Quantity, str] = {
    "W2": "W2, the output's width",
    "H2": "H2, the output's height",
    "D2": "D2, the output's depth",
    "parameters": "the number of parameters",
    "macs": "the MACs for one image",
}


class Predictor(Vertical):
    """Asks for W2, H2, D2, parameters and MACs of a layer before they are shown."""

    DEFAULT_CSS = """
    Predictor { height: auto; border: round $primary; padding: 0 1; }
    Predictor Horizontal { height: 1; }
    Predictor Input { width: 20; }
    Predictor #question { width: auto; text-style: bold; }
    Predictor #said { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "x", "skip", "Show me", id="predictor.skip", tooltip="Show this answer and continue"
        ),
        Binding("escape", "end", "End", id="predictor.end", tooltip="Stop and show the result"),
    ]

    class Changed(Message):
        """A question was asked or answered, or the questions have ended."""

    def __init__(self) -> None:
        super().__init__()
        self._effect: Effect | None = None
        self._left: list[Quantity] = []

    @property
    def asking(self) -> bool:
        """Whether a result is hidden."""
        return bool(self._left)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(id="question")
            yield PredictionInput(compact=True, max_length=60)
        yield Static(id="said")

    def ask(self, effect: Effect) -> None:
        """Start to ask for a layer's result."""
        self._effect = effect
        shaped: list[Quantity] = ["W2", "H2", "D2"] if isinstance(effect.output, Volume) else []
        self._left = [*shaped, "parameters", "macs"]
        self._say(Content(""))
        self._next()
        self.post_message(self.Changed())

    def _next(self) -> None:
        self.set_class(self.asking, "-asking")
        if self._left:
            self.query_one("#question", Static).update(Content(f"{_NAMES[self._left[0]]}? "))
            field = self.query_one(PredictionInput)
            field.value = ""
            field.focus()

    def _say(self, content: Content) -> None:
        self.query_one("#said", Static).update(content)

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._effect is None or not self._left or not event.value.strip():
            return
        quantity = self._left[0]
        try:
            answer = whole_number(event.value)
        except ArithmeticProblem as problem:
            self._say(Content.styled(str(problem), "$text-warning"))
            return
        right = right_answer(quantity, self._effect)
        if answer == right:
            self._done(Content.styled(f"✓ {self.steps(quantity)}", "$text-success"))
            return
        slip = diagnose(quantity, self._effect, answer)
        why = slip.sentence if slip is not None else "no common slip leads to that number."
        self._say(Content.styled(f"✗ {answer:,}: {why} Try again, or x shows it.", "$text-error"))
        event.input.select_all()  # the next digit starts a new answer

    def steps(self, quantity: Quantity) -> str:
        """Return the arithmetic of one quantity."""
        assert self._effect is not None
        texts = formula(self._effect)
        return {
            "W2": texts.width,
            "H2": texts.height,
            "D2": texts.depth,
            "parameters": f"parameters = {texts.parameters}",
            "macs": f"MACs = {texts.macs}",
        }[quantity]

    def _done(self, content: Content) -> None:
        self._left.pop(0)
        self._say(content)
        if not self._left:
            self._effect = None
        self._next()
        self.post_message(self.Changed())

    def action_skip(self) -> None:
        """Show this answer and go to the next question."""
        if self._left:
            self._done(Content(f"· {self.steps(self._left[0])}"))

    def action_end(self) -> None:
        """Stop asking and show the result."""
        self._left = []
        self._next()
        self.post_message(self.Changed())


class PredictionInput(LineInput):
    """Takes a number, or arithmetic; letters remain commands."""

    TAKES = "type a whole number, or arithmetic such as 3*3*16"

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character in SIGNS
