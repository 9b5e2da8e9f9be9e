"""The fields of an augmentation: how far training images are changed at random."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input

from tui.datasets import FILL_MODES, Augmentation
from tui.datasets.loader.augmentation import augmentation_problems
from tui.ui.forms.fields import ChoiceInput, FieldRow, NumberInput

FLIPS = {
    "none": (False, False),
    "horizontal": (True, False),
    "vertical": (False, True),
    "both": (True, True),
}
_NUMBERS = (
    ("rotation_range", "rotation", "degrees", 1),
    ("width_shift_range", "shift across", "% of the width", 100),
    ("height_shift_range", "shift down", "% of the height", 100),
    ("shear_range", "shear", "degrees", 1),
    ("zoom_range", "zoom", "% larger or smaller", 100),
)
"""Setting, label, unit, and what a number in the field is divided by."""


class AugmentForm(VerticalScroll):
    """Edits an `Augmentation`; all zeros change nothing."""

    DEFAULT_CSS = """
    AugmentForm { height: auto; }
    """

    class Changed(Message):
        """The augmentation changed; None while a field is wrong."""

        def __init__(self, augmentation: Augmentation | None) -> None:
            super().__init__()
            self.augmentation = augmentation

    def __init__(self) -> None:
        super().__init__(can_focus=False)
        self._loading = True

    def compose(self) -> ComposeResult:
        for name, label, unit, _ in _NUMBERS:
            yield FieldRow(label, NumberInput(0, id=name), unit)
        yield FieldRow("flip", ChoiceInput(list(FLIPS), "none", id="flip"), "half of them")
        yield FieldRow(
            "fill", ChoiceInput(list(FILL_MODES), "nearest", id="fill_mode"), "at the edges"
        )

    def load(self, augmentation: Augmentation) -> None:
        """Show an augmentation."""
        self._loading = True
        for name, _, _, factor in _NUMBERS:
            value = getattr(augmentation, name)
            self.query_one(f"#{name}", NumberInput).show_rounded(value, round(value * factor))
        flips = (augmentation.horizontal_flip, augmentation.vertical_flip)
        names = {value: name for name, value in FLIPS.items()}
        self.query_one("#flip", ChoiceInput).value = names[flips]
        self.query_one("#fill_mode", ChoiceInput).value = augmentation.fill_mode
        self._loading = False

    @on(Input.Changed)
    @on(ChoiceInput.Changed)
    def _field_changed(self, event: Input.Changed | ChoiceInput.Changed) -> None:
        event.stop()
        if not self._loading:
            self.post_message(self.Changed(self._read()))

    def _read(self) -> Augmentation | None:
        """Return what is typed, and say beside a field what cannot be."""
        wrong: dict[str, str] = {}
        values: dict[str, float] = {}
        for name, _, _, factor in _NUMBERS:
            field = self.query_one(f"#{name}", NumberInput)
            if field.number is None:
                wrong[name] = "type a whole number or press ↑"
            else:
                values[name] = field.exact_value(field.number / factor) or 0.0
        horizontal, vertical = FLIPS[self.query_one("#flip", ChoiceInput).value]
        augmentation = Augmentation(
            **values,
            horizontal_flip=horizontal,
            vertical_flip=vertical,
            fill_mode=self.query_one("#fill_mode", ChoiceInput).value,  # type: ignore[arg-type]
        )
        for name, sentence in augmentation_problems(augmentation):
            wrong.setdefault(name, sentence)
        for name, _, _, _ in _NUMBERS:
            row = self.query_one(f"#{name}").parent
            assert isinstance(row, FieldRow)
            row.show_error(wrong.get(name))
        return None if wrong else augmentation
