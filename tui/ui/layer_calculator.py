"""A calculator for one convolution layer, used in lessons; and the text of a layer's result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.common.numbers import LEAST_WIDTH, count
from tui.common.text import in_words
from tui.geometry import (
    Conv2D,
    Effect,
    GeometryError,
    Pair,
    Volume,
    apply_layer,
    fit_sentence,
    formula,
)
from tui.ui.forms.fields import FieldRow, NumberInput


@dataclass(frozen=True)
class _Field:
    id: str
    label: str
    role: str
    errors: tuple[str, ...]
    """Names of this field in `GeometryError.field`."""
    minimum: int = 1


FIELDS = (
    _Field("W1", "W1  width", "input", ("width",)),
    _Field("H1", "H1  height", "input", ("height",)),
    _Field("D1", "D1  depth", "input", ("depth",)),
    _Field("K", "K   filters", "filter", ("filters",)),
    _Field("F", "F   filter size", "filter", ("kernel", "dilation", "groups")),
    _Field("S", "S   stride", "filter", ("stride",)),
    _Field("P", "P   zero padding", "filter", ("padding",), minimum=0),
)


class Calculator(Vertical):
    """Seven number fields, and the output volume, its cost and the arithmetic."""

    DEFAULT_CSS = """
    Calculator { height: auto; }
    Calculator #panels { height: auto; }
    Calculator .panel { height: auto; padding: 0 1; }
    Calculator #inputs { width: 1fr; min-width: 32; height: auto; border: round $panel-lighten-2; }
    Calculator #inputs:focus-within { border: round $primary; }
    Calculator #inputs > Vertical { height: auto; padding: 0 1; }
    Calculator #calculator-keys { height: auto; padding: 0 1; color: $text-muted; }
    Calculator #output-panel {
        width: 24; height: 100%; border-title-color: $output-color; border-title-style: bold;
    }
    Calculator .-input > .field--label { color: $input-color; }
    Calculator .-filter > .field--label { color: $filter-color; }
    Calculator #arithmetic { height: auto; padding: 0 1; }
    Calculator #output-panel.-old { border: round $error; color: $text-muted; }
    """

    class Calculated(Message):
        """The result has changed: the new effect, or why there is none."""

        def __init__(self, effect: Effect | None, error: GeometryError | None) -> None:
            super().__init__()
            self.effect = effect
            self.error = error

    def __init__(
        self,
        volume: Volume = Volume(150, 150, 3),  # noqa: B008 - frozen
        layer: Conv2D = Conv2D(16, Pair(3, 3)),  # noqa: B008 - frozen
        *,
        fixed: Iterable[str] = (),
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Make a calculator.

        Args:
            volume: the initial input.
            layer: the initial layer; its filter, stride and padding are square.
            fixed: fields (`W1`, `F` …) that the learner cannot change.
            id: Textual's.
        """
        super().__init__(id=id)
        padding = layer.padding.w if isinstance(layer.padding, Pair) else 0
        self._first = {
            "W1": volume.width,
            "H1": volume.height,
            "D1": volume.depth,
            "K": layer.filters,
            "F": layer.kernel.w,
            "S": layer.stride.w,
            "P": padding,
        }
        self._fixed = frozenset(fixed)
        self._free = [field.id for field in FIELDS if field.id not in self._fixed]
        self.effect: Effect | None = None
        """The last valid result."""
        self.error: GeometryError | None = None

    def compose(self) -> ComposeResult:
        yield Static(Content(keys_text(self._free)), id="calculator-keys")
        with Horizontal(id="panels"):
            with Vertical(id="inputs"):
                yield from self._panel("input", "input-panel")
                yield from self._panel("filter", "layer-panel")
            output = Static(id="output-panel", classes="panel")
            output.border_title = "Output"
            yield output
        yield Static(id="arithmetic")

    def _panel(self, role: str, panel: str) -> ComposeResult:
        with Vertical(id=panel):
            for field in FIELDS:
                if field.role == role:
                    number = NumberInput(
                        self._first[field.id],
                        minimum=field.minimum,
                        id=field.id,
                        disabled=field.id in self._fixed,
                    )
                    yield FieldRow(field.label, number, role=field.role)

    def on_mount(self) -> None:
        self.calculate()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.calculate()

    def reset(self) -> None:
        """Restore the initial numbers."""
        for field in FIELDS:
            self.query_one(f"#{field.id}", NumberInput).value = str(self._first[field.id])

    def calculate(self) -> None:
        """Calculate and show the result; on an error the last valid one stays, greyed."""
        try:
            self.effect, self.error = self._apply(), None
        except GeometryError as error:
            self.error = error
        for field in FIELDS:
            wrong = self.error is not None and self.error.field in (field.id, *field.errors)
            row = self.query_one(f"#{field.id}", NumberInput).parent
            assert isinstance(row, FieldRow)
            row.show_error(self.error.sentence if wrong and self.error else None)
        self._show()
        if self.has_focus_within:
            # A long page scrolls to what a change has led to.
            self.call_after_refresh(self.query_one("#arithmetic").scroll_visible, animate=False)
        self.post_message(self.Calculated(None if self.error else self.effect, self.error))

    def _apply(self) -> Effect:
        numbers: dict[str, int] = {}
        for field in FIELDS:
            typed = self.query_one(f"#{field.id}", NumberInput)
            if typed.number is None:
                empty = f"{field.id} is empty; type a whole number or press ↑."
                raise GeometryError(typed.problem if typed.value else empty, field=field.id)
            numbers[field.id] = typed.number
        padding = numbers["P"]
        layer = Conv2D(
            numbers["K"],
            Pair(numbers["F"], numbers["F"]),
            stride=Pair(numbers["S"], numbers["S"]),
            padding=Pair(padding, padding),
        )
        return apply_layer(layer, Volume(numbers["W1"], numbers["H1"], numbers["D1"]))

    def _show(self) -> None:
        panel = self.query_one("#output-panel", Static)
        arithmetic = self.query_one("#arithmetic", Static)
        panel.set_class(self.error is not None, "-old")
        if self.effect is None:
            panel.update("")
            text = f"✗ {self.error.sentence}" if self.error is not None else ""
            arithmetic.update(Content.styled(text, "$text-error"))
            return
        panel.border_title = "Output" if self.error is None else "Output (old)"
        panel.update(output_text(self.effect, old=self.error is not None, width=20))
        arithmetic.update(arithmetic_text(self.effect, self.error, short=True))


def keys_text(free: Sequence[str]) -> str:
    """Return how the fields that can be changed are reached and changed.

    >>> keys_text(["F"])
    '↑ ↓ change F, or type a number.'
    >>> keys_text(["F", "S", "P"])
    'tab goes to F, S and P in turn; ↑ ↓ change one, or type a number.'
    """
    if not free:
        return "Nothing can be changed here."
    if len(free) == 1:
        return f"↑ ↓ change {free[0]}, or type a number."
    return f"tab goes to {in_words(free)} in turn; ↑ ↓ change one, or type a number."


def output_text(effect: Effect, *, old: bool = False, width: int = 28) -> Content:
    """Return the output volume and the cost, a number on each line, right-aligned."""
    output = effect.output
    style = "$text-muted" if old else "bold $output-color"
    plain = "$text-muted" if old else "bold"
    if isinstance(output, Volume):
        sides = (("W2", output.width), ("H2", output.height), ("D2", output.depth))
        lines = [(name, _in_room(name, value, width), style) for name, value in sides]
        lines.append(("", "", ""))
        lines.append(("values", _in_room("values", output.size, width), plain))
    else:
        lines = [("values", _in_room("values", output.size, width), style), ("", "", "")]
    lines.append(("parameters", _in_room("parameters", effect.parameters, width), plain))
    lines.append(("MACs", _in_room("MACs", effect.macs, width), plain))
    return Content("\n").join(
        Content.assemble(name, " " * max(width - len(name) - len(value), 1), (value, value_style))
        for name, value, value_style in lines
    )


def _in_room(name: str, value: int, width: int) -> str:
    return count(value, max(width - len(name) - 1, LEAST_WIDTH))


def arithmetic_text(effect: Effect, error: GeometryError | None, *, short: bool = False) -> Content:
    """Return the formulas with their numbers, and whether the stride fits.

    Args:
        effect: the last valid result.
        error: why the current numbers have none.
        short: only the formula of the width, and the fit if it is not exact.
    """
    if error is not None:
        return Content.assemble(
            (f"✗ {error.sentence}", "$text-error"),
            ("\nThe output shown is the last valid one.", "$text-muted"),
        )
    texts = formula(effect)
    fits = fit_sentence(effect)
    mark = ("✓ ", "$text-success") if effect.fits else ("! ", "bold $text-warning")
    if short:
        lines = [Content(texts.width)]
        return Content("\n").join(lines if effect.fits else [*lines, Content.assemble(mark, fits)])
    lines = [Content(text) for text in (texts.width, texts.height, texts.depth) if text]
    if texts.parameters:
        lines.append(Content(f"parameters = {texts.parameters}"))
    if texts.macs:
        lines.append(Content(f"MACs       = {texts.macs}"))
    if effect.note:
        lines.append(Content.assemble(("! ", "bold $text-warning"), effect.note))
    return Content("\n").join([*lines, Content.assemble(mark, fits)] if fits else lines)
