"""Fields of a form: numbers and choices, changed with ↑ and ↓ or typed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui.common.arithmetic import (
    OPERATORS,
    ArithmeticProblem,
    evaluate,
    is_arithmetic,
    whole_number,
)
from tui.ui.commands import bindings
from tui.ui.forms.line_input import LineInput
from tui.ui.textual_patches.repaint import repaint


class NumberInput(LineInput):
    """A whole number; ↑ and ↓ change it by one, page up and page down by ten.

    Arithmetic is taken too, such as `18497*512`, and replaced by its result when the field is left.
    Letters remain commands of the screen.
    """

    TAKES: ClassVar[str] = "type a whole number, or arithmetic such as 18497*512"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "number",
            ("up", "add(1)", "up", "+1", "One more"),
            ("down", "add(-1)", "down", "−1", "One less"),
            ("pageup", "add(10)", "page_up", "+10", "Ten more"),
            ("pagedown", "add(-10)", "page_down", "−10", "Ten less"),
            ("right,enter", "app.focus_next", "next", "Next field", "Next field"),
            ("left", "app.focus_previous", "previous", "Previous", "Previous field"),
            footer=("up", "down"),
        ),
    ]

    def __init__(
        self,
        value: int,
        *,
        minimum: int = 0,
        id: str | None = None,  # noqa: A002 - Textual's own name
        disabled: bool = False,
    ) -> None:
        super().__init__(
            str(value),
            restrict=r"[0-9eE.,_ ×−+*/()-]*",
            compact=True,
            max_length=40,
            id=id,
            disabled=disabled,
        )
        self._minimum = minimum
        self._stands_for: tuple[str, float | None] | None = None

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character in f"0123456789.,_{OPERATORS}"

    @property
    def number(self) -> int | None:
        """The typed number, or the result of the arithmetic; None if there is none."""
        try:
            return whole_number(self.value)
        except ArithmeticProblem:
            return None

    @property
    def problem(self) -> str:
        """Why there is no number, and what to do; empty if there is one."""
        try:
            self.evaluated()
        except ArithmeticProblem as problem:
            empty = not self.value.strip()
            return "type a whole number or press ↑" if empty else str(problem)
        return ""

    def evaluated(self) -> str:
        """Return the typed number as it is written without arithmetic.

        Raises:
            ArithmeticProblem: if there is no number.
        """
        return str(whole_number(self.value))

    @property
    def note(self) -> str:
        """The result of arithmetic; empty for a plain number."""
        if not is_arithmetic(self.value) or self.problem:
            return ""
        return f"= {self.evaluated()}"

    def on_blur(self, _: events.Blur) -> None:
        if self.note:
            self.value = self.evaluated()

    def show_rounded(self, value: float | None, number: int) -> None:
        """Show a rounded number for a value, such as 12 for a share of 0.125.

        `exact_value` returns the value itself until the number is changed.
        """
        self.value = str(number)
        self._stands_for = (self.value, value)

    def exact_value(self, typed: float) -> float | None:
        """Return the value that is shown rounded; `typed` if the number was changed."""
        if self._stands_for is not None and self._stands_for[0] == self.value:
            return self._stands_for[1]
        return typed

    def action_add(self, step: int) -> None:
        """Change the number, not below the minimum."""
        number = self.number
        self.value = str(max(self._minimum, (self._minimum if number is None else number) + step))
        self.cursor_position = len(self.value)


class RateInput(NumberInput):
    """A positive number with decimals; ↑ and ↓ go through the usual learning rates."""

    TAKES: ClassVar[str] = "type a number such as 0.001, or arithmetic such as 1/1000"
    USUAL = (0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00003, 0.00001)

    def __init__(self, value: float, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(0, id=id)
        self.show(value)

    def show(self, rate: float) -> None:
        """Show a rate."""
        self.value = rate_text(rate)

    @property
    def rate(self) -> float | None:
        """The typed number, or the result of the arithmetic; None if there is none."""
        try:
            return float(evaluate(self.value))
        except ArithmeticProblem:
            return None

    def evaluated(self) -> str:
        return rate_text(float(evaluate(self.value)))

    def action_add(self, step: int) -> None:
        """Go to the next higher or lower usual value."""
        rate = self.rate or 0.0
        greater = [one for one in reversed(self.USUAL) if one > rate * 1.001]
        smaller = [one for one in self.USUAL if one < rate * 0.999]
        found = greater or [self.USUAL[0]] if step > 0 else smaller or [self.USUAL[-1]]
        self.value = rate_text(found[0])
        self.cursor_position = len(self.value)


def rate_text(rate: float) -> str:
    """Return a learning rate without an exponent.

    >>> rate_text(0.001), rate_text(0.00003), rate_text(0.25), rate_text(1.0)
    ('0.001', '0.00003', '0.25', '1')
    >>> rate_text(0.0066667078), rate_text(2e-13)
    ('0.0066667078', '0.0000000000002')
    """
    digits = f"{Decimal(repr(float(rate))):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


class ChoiceInput(Widget, can_focus=True):
    """One of a few values; ↑, ↓ and space change it."""

    ESCAPE_LEAVES = True
    DEFAULT_CSS = """
    ChoiceInput { height: 1; width: auto; padding: 0 1; background: $surface; }
    ChoiceInput:focus { background: $primary-muted; text-style: bold; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "choice",
            ("up", "step(-1)", "up", "Previous", "Previous value"),
            ("down,space", "step(1)", "down", "Next", "Next value"),
            ("right,enter", "app.focus_next", "next", "Next field", "Next field"),
            ("left", "app.focus_previous", "previous", "Previous", "Previous field"),
        ),
    ]

    value: reactive[str] = reactive("", layout=True)

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, choice: ChoiceInput, value: str) -> None:
            super().__init__()
            self.choice = choice
            self.value = value

        @property
        def control(self) -> ChoiceInput:
            return self.choice

    def __init__(
        self,
        options: Sequence[str],
        value: str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._options = list(options)
        self.set_reactive(ChoiceInput.value, value)

    def set_options(self, options: Sequence[str], value: str) -> None:
        """Replace the options and choose one, without posting `Changed`."""
        self._options = list(options)
        with self.prevent(ChoiceInput.Changed):
            self.value = value

    def action_step(self, step: int) -> None:
        """Go to the next value; after the last comes the first."""
        position = self._options.index(self.value) if self.value in self._options else 0
        self.value = self._options[(position + step) % len(self._options)]

    def watch_value(self, before: str, value: str) -> None:
        if before != value:
            self.post_message(self.Changed(self, value))

    def on_click(self) -> None:
        self.action_step(1)

    def get_content_width(self, container: object, viewport: object) -> int:
        return max((len(option) for option in self._options), default=0) + 2

    def render(self) -> Content:
        return Content(f"↕ {self.value}")


class FieldRow(Horizontal):
    """A field between its label and its unit, or what is wrong with it."""

    DEFAULT_CSS = """
    FieldRow { height: auto; min-height: 1; width: 1fr; }
    FieldRow > .field--label { width: 17; color: $text-muted; }
    FieldRow:focus-within > .field--label { color: $text; text-style: bold; }
    FieldRow > .field--note { width: 1fr; padding: 0 0 0 1; color: $text-muted; }
    FieldRow.-wrong > .field--note { color: $text-error; }
    FieldRow > Input { width: 12; }
    """

    def __init__(self, label: str, field: Widget, unit: str = "", *, role: str = "") -> None:
        super().__init__(classes=f"-{role}" if role else None)
        self._label = label
        self.field = field
        self.unit = unit
        self._note = unit
        """The text after the field."""

    def compose(self) -> ComposeResult:
        yield Static(Content(self._label), classes="field--label")
        yield self.field
        yield Static(Content(self.unit), classes="field--note")

    @property
    def label(self) -> str:
        """The field's label."""
        return self._label

    def set_label(self, label: str) -> None:
        """Change the label."""
        self._label = label
        self.query_one(".field--label", Static).update(Content(label))

    def mark_wrong(self) -> None:
        """Mark the field as wrong; the error is shown elsewhere."""
        self.show_error("see below")

    def show_error(self, error: str | None) -> None:
        """Show an error after the field, or its unit if there is none."""
        self.set_class(bool(error), "-wrong")
        result = self.field.note if isinstance(self.field, NumberInput) else ""
        text = f"✗ {error}" if error else result or self.unit
        if text != self._note:  # called for each row of a form at every key
            self._note = text
            repaint(self.query_one(".field--note", Static), Content(text))
