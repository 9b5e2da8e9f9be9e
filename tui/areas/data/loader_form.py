"""The forms of a loader: how `flow_from_directory` reads a folder, and its augmentation."""

from __future__ import annotations

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input

from tui.datasets import FILL_MODES, Augmentation, LoaderSettings, validate
from tui.datasets.loader.augmentation import augmentation_problems
from tui.datasets.loader.loader_settings import INTERPOLATIONS
from tui.ui.forms.fields import ChoiceInput, FieldRow, NumberInput

_NOTES = {
    "target_height": "pixels",
    "target_width": "pixels",
    "batch_size": "images a step",
    "rescale_divisor": "divides each value",
    "validation_split": "% of each class, the first",
    "class_mode": "labels",
    "interpolation": "for resizing",
    "seed": "of the shuffling",
}
_FIELD_OF = {"target_size": "target_height"}


class LoaderForm(VerticalScroll):
    """Edits a `LoaderSettings`; says beside a field what cannot be."""

    DEFAULT_CSS = """
    LoaderForm { height: auto; }
    """

    class Changed(Message):
        """The settings changed; None while a field is wrong."""

        def __init__(self, settings: LoaderSettings | None) -> None:
            super().__init__()
            self.settings = settings

    def __init__(self) -> None:
        super().__init__(can_focus=False)
        self._settings: LoaderSettings | None = None

    def compose(self) -> ComposeResult:
        yield FieldRow("target height", NumberInput(150, minimum=1, id="target_height"))
        yield FieldRow("target width", NumberInput(150, minimum=1, id="target_width"))
        yield FieldRow(
            "colour mode", ChoiceInput(["rgb", "grayscale", "rgba"], "rgb", id="color_mode")
        )
        yield FieldRow(
            "interpolation", ChoiceInput(list(INTERPOLATIONS), "nearest", id="interpolation")
        )
        yield FieldRow("batch size", NumberInput(20, minimum=1, id="batch_size"))
        yield FieldRow("rescale 1 /", NumberInput(255, minimum=1, id="rescale_divisor"))
        yield FieldRow(
            "class mode",
            ChoiceInput(["binary", "categorical", "sparse"], "binary", id="class_mode"),
        )
        yield FieldRow("validation split", NumberInput(20, id="validation_split"))
        yield FieldRow("seed", NumberInput(42, id="seed"))

    def augment(self, augmentation: Augmentation) -> None:
        """Take over another augmentation, which has a form of its own."""
        if self._settings is not None:
            self._settings = msgspec.structs.replace(self._settings, augmentation=augmentation)
            self._update()

    def load(self, settings: LoaderSettings) -> None:
        """Show these settings."""
        self._settings = None  # no change is reported while the fields are being filled
        self.query_one("#target_height", NumberInput).value = str(settings.target_size[0])
        self.query_one("#target_width", NumberInput).value = str(settings.target_size[1])
        self.query_one("#color_mode", ChoiceInput).value = settings.color_mode
        self.query_one("#interpolation", ChoiceInput).value = settings.interpolation
        self.query_one("#seed", NumberInput).show_rounded(settings.seed, settings.seed or 0)
        self.query_one("#batch_size", NumberInput).value = str(settings.batch_size)
        divisor = settings.rescale_divisor
        self.query_one("#rescale_divisor", NumberInput).show_rounded(
            divisor, max(round(divisor), 1)
        )
        self.query_one("#class_mode", ChoiceInput).value = settings.class_mode
        split = self.query_one("#validation_split", NumberInput)
        split.show_rounded(settings.validation_split, round(settings.validation_split * 100))
        split.disabled = settings.validation_directory is not None
        self._settings = settings
        self._update()

    @on(Input.Changed)
    @on(ChoiceInput.Changed)
    def _field_changed(self, event: Input.Changed | ChoiceInput.Changed) -> None:
        event.stop()
        if self._settings is not None:
            self._update()

    def _update(self) -> None:
        assert self._settings is not None
        numbers: dict[str, int] = {}
        fields = {str(field.id): field for field in self.query(NumberInput)}
        wrong: dict[str, str] = {}
        for name, field in fields.items():
            if field.number is None:
                wrong[name] = field.problem
            else:
                numbers[name] = field.number
        settings = None
        if not wrong:
            settings = msgspec.structs.replace(
                self._settings,
                target_size=(numbers["target_height"], numbers["target_width"]),
                color_mode=self.query_one("#color_mode", ChoiceInput).value,
                interpolation=self.query_one("#interpolation", ChoiceInput).value,
                seed=fields["seed"].exact_value(numbers["seed"]),
                batch_size=numbers["batch_size"],
                rescale_divisor=fields["rescale_divisor"].exact_value(
                    float(numbers["rescale_divisor"])
                ),
                class_mode=self.query_one("#class_mode", ChoiceInput).value,
                validation_split=fields["validation_split"].exact_value(
                    numbers["validation_split"] / 100
                ),
            )
            for problem in validate(settings):
                wrong.setdefault(_FIELD_OF.get(problem.field, problem.field), problem.sentence)
        for row in self.query(FieldRow):
            field_id = str(row.field.id)
            row.unit = _NOTES.get(field_id, "")
            if field_id == "validation_split" and self._settings.validation_directory is not None:
                row.unit = "unused: a folder of its own"
            row.show_error(wrong.get(field_id))
        if not wrong and settings is not None:
            self._settings = settings
        self.post_message(self.Changed(None if wrong else settings))


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
                wrong[name] = field.problem
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
