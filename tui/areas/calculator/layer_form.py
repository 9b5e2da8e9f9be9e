"""Forms for any layer and for the input volume, typed as in the one-line form."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.common.arithmetic import (
    OPERATORS,
    ArithmeticProblem,
    evaluate,
    is_arithmetic,
    whole_number,
)
from tui.geometry import ACTIVATIONS, GeometryError, Layer, Volume, parse_layer
from tui.geometry.layer_settings import SETTINGS
from tui.ui.commands import bindings
from tui.ui.forms.fields import ChoiceInput, FieldRow
from tui.ui.forms.line_input import LineInput


@dataclass(frozen=True)
class _Field:
    key: str
    """The key in the one-line form."""
    id: str
    label: str
    errors: tuple[str, ...]
    """Names of this setting in `GeometryError.field`."""
    minimum: int = 1
    letters: str = "x×"
    choices: tuple[str, ...] = ()
    note: str = ""
    below: str = ""
    """The word one step below the minimum, such as "same"."""


_FIELDS = (
    _Field("k", "K", "K   filters", ("filters", "units"), letters=""),
    _Field("f", "F", "F   filter size", ("kernel", "pool"), note="3, or 3x5"),
    _Field("s", "S", "S   stride", ("stride",)),
    _Field(
        "p",
        "P",
        "P   zero padding",
        ("padding",),
        minimum=0,
        letters="x×samevlid",
        note="or same",
        below="same",
    ),
    _Field("d", "dilation", "    dilation", ("dilation",)),
    _Field(
        "o",
        "output-padding",
        "    out padding",
        ("output_padding",),
        minimum=0,
        letters="x×auto",
        note="or auto",
        below="auto",
    ),
    _Field("g", "groups", "    groups", ("groups",), letters=""),
    _Field("m", "multiplier", "    multiplier", ("multiplier",), letters=""),
    _Field("a", "activation", "    activation", ("activation",), choices=tuple(ACTIVATIONS)),
    _Field("bias", "bias", "    bias", ("bias",), choices=("yes", "no")),
    _Field("rate", "rate", "    rate", ("rate",), minimum=0, letters="./"),
    _Field("scale", "scale", "    scale", ("scale",), letters="./-"),
    _Field("offset", "offset", "    offset", ("offset",), minimum=0, letters="./-"),
)
_BY_KEY = {field.key: field for field in _FIELDS}


def step_text(text: str, step: int, minimum: int, below: str = "") -> str:
    """Return a field's text with its numbers changed by a step.

    Args:
        text: a number, two numbers as `3x5`, a word such as `same`, or `valid`.
        step: what to add to each number.
        minimum: the lowest number.
        below: the word one step below the minimum; empty for none.

    >>> step_text("3x5", 1, 1), step_text("0", -1, 0, "same"), step_text("same", 1, 0, "same")
    ('4x6', 'same', '0')
    """
    word = text.strip().lower().replace("×", "x")
    if below and word == below:
        return str(minimum) if step > 0 else below
    if below and step < 0 and word in {str(minimum), "valid"}:
        return below
    parts = word.replace("valid", "0").split("x")
    if not all(part.isdecimal() for part in parts):
        return str(minimum)
    return "x".join(str(max(minimum, int(part) + step)) for part in parts)


_FRACTION = re.compile(r"-?[\d.]+(/[\d.]+)?")


def evaluated_text(text: str) -> str:
    """Return a field's text with arithmetic replaced by its result.

    Raises:
        ArithmeticProblem: if a part has no value, or is not a whole number.

    >>> evaluated_text("28-3+1"), evaluated_text("2*2x5"), evaluated_text("same")
    ('26', '4x5', 'same')
    """
    if not any(sign.isdigit() for sign in text):
        return text
    parts = text.replace("×", "x").split("x")
    return "x".join(str(whole_number(part)) if is_arithmetic(part) else part for part in parts)


class StepInput(LineInput):
    """A number, or width and height as `3x5`; ↑ and ↓ change it.

    Arithmetic is taken too and replaced by its result when the field is left. Letters that cannot
    be part of it remain commands of the screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "step",
            ("up", "add(1)", "up", "+1", "One more"),
            ("down", "add(-1)", "down", "−1", "One less"),
            ("pageup", "add(10)", "page_up", "+10", "Ten more"),
            ("pagedown", "add(-10)", "page_down", "−10", "Ten less"),
            ("right", "app.focus_next", "next", "Next field", "Next field"),
            ("enter", "screen.predict", "predict", "Predict", "Hide the result and predict it"),
            ("left", "app.focus_previous", "previous", "Previous field", "Previous field"),
            footer=("up", "down", "predict"),
        ),
    ]

    def __init__(
        self,
        value: str,
        *,
        minimum: int = 1,
        letters: str = "",
        below: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(value, compact=True, max_length=40, id=id)
        self._minimum, self._letters, self._below = minimum, letters, below

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character in f"0123456789{OPERATORS}{self._letters}"

    def _what_can(self) -> str:
        pairs = ", two of them as 3x5" if "x" in self._letters else ""
        word = f", {self._below}" if self._below else ""
        return f": type a number{pairs}{word}, or arithmetic such as 2*16."

    def evaluated(self) -> str:
        """Return the text with arithmetic replaced by its result.

        Raises:
            ArithmeticProblem: if it has no value.
        """
        if "." not in self._letters:
            return evaluated_text(self.value.strip())
        text = self.value.strip()
        if not is_arithmetic(text) or _FRACTION.fullmatch(text):  # 1/255 stays as it is
            return text
        value = evaluate(text)
        return f"{float(value):.12g}"

    def on_blur(self) -> None:
        with contextlib.suppress(ArithmeticProblem):
            if self.evaluated() != self.value.strip():
                self.put(self.evaluated())

    def put(self, text: str) -> None:
        """Show a text; if it is a new one, move the cursor to its end."""
        if self.value != text:
            self.value = text
            self.cursor_position = len(text)

    def action_add(self, step: int) -> None:
        """Change the number, or both numbers, not below the minimum."""
        self.on_blur()
        self.value = step_text(self.value, step, self._minimum, self._below)
        self.cursor_position = len(self.value)


class VolumeForm(Horizontal):
    """Width, height and depth of the input, in one row."""

    DEFAULT_CSS = """
    VolumeForm { height: 1; }
    VolumeForm .name { width: auto; color: $input-color; }
    VolumeForm Input { width: 10; margin: 0 1 0 0; }
    """

    class Changed(Message):
        """A number was changed."""

    def __init__(self, volume: Volume) -> None:
        super().__init__()
        self._volume = volume

    def compose(self) -> ComposeResult:
        volume = self._volume
        for name, side in (("W1", volume.width), ("H1", volume.height), ("D1", volume.depth)):
            yield Static(Content(f"{name} "), classes="name")
            yield StepInput(str(side), id=name)

    def load(self, volume: Volume) -> None:
        """Show a volume without posting `Changed`."""
        sides = {"W1": volume.width, "H1": volume.height, "D1": volume.depth}
        with self.prevent(Input.Changed):
            for name, value in sides.items():
                field = self.query_one(f"#{name}", StepInput)
                field.put(str(value))

    def read(self) -> Volume:
        """Return the typed volume.

        Raises:
            GeometryError: if a number is missing or out of range.
        """
        sides = []
        for name, blame in (("W1", "width"), ("H1", "height"), ("D1", "depth")):
            text = self.query_one(f"#{name}", StepInput).value.strip()
            if not text:
                raise GeometryError(
                    f"{name} is empty; type a whole number or press ↑.", field=blame
                )
            try:
                sides.append(str(whole_number(text)))
            except ArithmeticProblem as problem:
                raise GeometryError(f"{name}: {problem}", field=blame) from None
        return Volume.parse("x".join(sides))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())


class LayerForm(Vertical):
    """All settings of one layer; those that its kind does not have are hidden."""

    DEFAULT_CSS = """
    LayerForm { height: auto; }
    LayerForm FieldRow > .field--label { color: $filter-color; width: 18; }
    """

    class Changed(Message):
        """A setting was changed; `key` is its key in the one-line form."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self) -> None:
        super().__init__()
        self._kind = "conv"

    def compose(self) -> ComposeResult:
        for field in _FIELDS:
            if field.choices:
                control: StepInput | ChoiceInput = ChoiceInput(
                    field.choices, field.choices[0], id=field.id
                )
            else:
                control = StepInput(
                    "1",
                    minimum=field.minimum,
                    letters=field.letters,
                    below=field.below,
                    id=field.id,
                )
            yield FieldRow(field.label, control, field.note)

    def load(self, layer: Layer) -> None:
        """Show a layer's settings."""
        self._kind = layer.kind
        texts = {
            setting.key: setting.write(getattr(layer, setting.field))
            for setting in SETTINGS[layer.kind]
        }
        with self.prevent(Input.Changed, ChoiceInput.Changed):
            for field in _FIELDS:
                control = self.query_one(f"#{field.id}")
                row = control.parent
                assert isinstance(row, FieldRow)
                row.display = field.key in texts
                text = texts.get(field.key)
                if text is None:
                    continue
                if field.key == "p" and text == "valid":
                    text = "0"
                assert isinstance(control, StepInput | ChoiceInput)
                if isinstance(control, StepInput):
                    control.put(text)
                elif control.value != text:
                    control.value = text
                if field.key == "k":
                    row.set_label("K   filters" if layer.kind != "dense" else "    units")

    def read(self) -> Layer:
        """Return the layer that the fields describe.

        Raises:
            GeometryError: for the first field that cannot be read.
        """
        words = []
        for setting in SETTINGS[self._kind]:
            field = _BY_KEY[setting.key]
            control = self.query_one(f"#{field.id}")
            assert isinstance(control, StepInput | ChoiceInput)
            text = control.value.strip()
            if not text:
                name = "units" if self._kind == "dense" and field.key == "k" else field.id
                raise GeometryError(
                    f"{name} is empty; type a number or press ↑.",
                    field=field.errors[0],
                )
            if isinstance(control, StepInput):
                try:
                    text = control.evaluated()
                except ArithmeticProblem as problem:
                    raise GeometryError(f"{field.id}: {problem}", field=field.errors[0]) from None
            words.append(f"{setting.key}={text}")
        return parse_layer(f"{self._kind}:{','.join(words)}" if words else self._kind)

    def show_error(self, error: GeometryError | None) -> None:
        """Mark the field with the error, whose sentence is shown below the form."""
        for field in _FIELDS:
            row = self.query_one(f"#{field.id}").parent
            assert isinstance(row, FieldRow)
            wrong = error is not None and error.field in field.errors
            if wrong:
                row.mark_wrong()
            else:
                row.show_error(None)

    @on(Input.Changed)
    @on(ChoiceInput.Changed)
    def _changed(self, event: Input.Changed | ChoiceInput.Changed) -> None:
        event.stop()
        sender = event.input if isinstance(event, Input.Changed) else event.choice
        self.post_message(self.Changed(str(sender.id)))
