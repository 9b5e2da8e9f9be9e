"""The form of a training: its network, epochs, learning rate, stop rules and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from tui.areas.train.class_weight_field import ClassWeightField
from tui.areas.train.file_choice import ChosenFile
from tui.areas.train.gpus_field import GpusField
from tui.areas.train.pretrained_choice import PretrainedChoice
from tui.areas.train.test_field import TestField
from tui.common.arithmetic import ArithmeticProblem
from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.runs.settings.class_weights import NONE, ClassWeight
from tui.runs.settings.file_spec import FileOptions
from tui.runs.settings.grid import Grid, PlannedRuns
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.schedules import CONSTANT, parse_schedules
from tui.runs.settings.spec import (
    COURSE_RULE,
    LOADERS,
    OPTIMIZERS,
    Loader,
    SpecError,
    StopRule,
    TrainingSpec,
)
from tui.ui.forms.fields import ChoiceInput, FieldRow
from tui.ui.forms.line_input import LineInput
from tui.ui.forms.several_numbers import SeveralNumbers, SeveralRates

DEFAULTS = {
    "epochs": "15",
    "rate": "0.001",
    "schedule": CONSTANT,
    "optimizer": OPTIMIZERS[0],
    "rule": str(COURSE_RULE),
    "patience": "0",
    "share": "100",
    "seed": "42",
    "class-weight": NONE,
    "test": "",
    "loader": LOADERS[0],
    "gpus": "1",
}
"""What each field shows at first; the network's default depends on the images."""
_UNITS = {"epochs": "at most", "patience": "epochs", "share": "%"}
NOT_DEFAULT = "≠"
"""The sign of a value that is not the default."""


OF_FILE = "file's"
"""The choice of the optimizer and the loss that a file was compiled with."""
ALL = "all"
"""The choice of all optimizers: a run with each."""


class FieldError(Exception):
    """The value of a field cannot be used.

    Args:
        field: its id.
        sentence: what is wrong, and the cure.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class TrainForm(Vertical):
    """Edits a `TrainingSpec` except for its images."""

    DEFAULT_CSS = """
    TrainForm { height: auto; }
    TrainForm FieldRow > .field--label { width: 14; }
    TrainForm FieldRow > Input { width: 9; }
    TrainForm FieldRow > #rule, TrainForm FieldRow > #schedule, TrainForm FieldRow > #title,
    TrainForm FieldRow > #note, TrainForm FieldRow > #class-weight, TrainForm FieldRow > #test {
        width: 1fr;
    }
    TrainForm FieldRow > .field--note { text-wrap: nowrap; }
    TrainForm FieldRow.-several > Input { width: 1fr; }
    TrainForm FieldRow.-several > .field--note { width: auto; }
    TrainForm FieldRow.-text > .field--note { width: auto; }
    TrainForm FieldRow.-changed > .field--note { color: $text-accent; text-style: bold; }
    """

    class Changed(Message):
        """A field was changed."""

    def __init__(self) -> None:
        super().__init__()
        self._exact: dict[str, tuple[str, float]] = {}
        """Values that their fields show rounded: as shown, and exact."""

    def compose(self) -> ComposeResult:
        yield FieldRow("network", ChoiceInput(["course"], "course", id="model"))
        yield FieldRow("epochs", SeveralNumbers(15, minimum=1, id="epochs"), _UNITS["epochs"])
        yield FieldRow("learning rate", SeveralRates(0.001, id="rate"))
        yield FieldRow("schedule", LineInput(CONSTANT, compact=True, id="schedule"), role="text")
        yield FieldRow("optimizer", ChoiceInput([*OPTIMIZERS, ALL], OPTIMIZERS[0], id="optimizer"))
        yield FieldRow(
            "stop rule", LineInput(str(COURSE_RULE), compact=True, id="rule"), role="text"
        )
        yield FieldRow("patience", SeveralNumbers(0, id="patience"), _UNITS["patience"])
        yield FieldRow("share", SeveralNumbers(100, minimum=1, id="share"), _UNITS["share"])
        yield FieldRow("seed", SeveralNumbers(42, id="seed"))
        yield ClassWeightField()
        yield FieldRow("loader", ChoiceInput(LOADERS, LOADERS[0], id="loader"))
        yield GpusField()
        yield TestField()
        yield FieldRow("name", LineInput(compact=True, max_length=60, id="title"), role="text")
        yield FieldRow("note", LineInput(compact=True, max_length=200, id="note"), role="text")

    @property
    def model(self) -> str:
        """The chosen network."""
        return self.query_one("#model", ChoiceInput).value

    @property
    def title(self) -> str:
        """The name that was typed, or empty."""
        return clean(self.query_one("#title", Input).value, 60).strip()

    @property
    def note(self) -> str:
        """The learner's note."""
        return clean(self.query_one("#note", Input).value).strip()

    def set_models(self, names: Sequence[str], chosen: str) -> None:
        """Offer these networks and choose one."""
        self.query_one("#model", ChoiceInput).set_options(names, chosen)

    @property
    def as_compiled(self) -> bool:
        """Whether the optimizer and the loss of a file are chosen."""
        return self.query_one("#optimizer", ChoiceInput).value == OF_FILE

    def show_rate(self, rate: float) -> None:
        """Show a learning rate."""
        field = self.query_one("#rate", SeveralRates)
        field.show(rate)
        self._exact["rate"] = field.value, rate

    def offer_compiled(self, offered: bool) -> None:
        """Offer the optimizer of a file, or no longer."""
        field = self.query_one("#optimizer", ChoiceInput)
        chosen = field.value if offered or field.value != OF_FILE else OPTIMIZERS[0]
        field.set_options([*OPTIMIZERS, ALL, *([OF_FILE] if offered else [])], chosen)

    def suggest_name(self, name: str) -> None:
        """Show the name that the run gets if none is typed."""
        title = self.query_one("#title", Input)
        if title.placeholder != name:
            title.placeholder = name

    def fill(self, spec: TrainingSpec) -> None:
        """Show the settings of a spec; its network is chosen with `set_models`."""
        for field, text in {
            "epochs": str(spec.epochs),
            "schedule": spec.schedule,
            "rule": str(spec.stop_rule or "never"),
            "patience": str(spec.patience),
            "seed": str(spec.seed),
            "title": "",
            "note": "",
        }.items():
            self.query_one(f"#{field}", Input).value = text
        rate = self.query_one("#rate", SeveralRates)
        share = self.query_one("#share", SeveralNumbers)
        rate.show(spec.learning_rate)
        share.value = str(max(round(spec.share * 100), 1))
        self._exact = {
            "rate": (rate.value, spec.learning_rate),
            "share": (share.value, spec.share),
        }
        file = spec.model_file
        self.offer_compiled(file is not None and file.compiled is not None)
        compiled = file is not None and file.compiled is not None
        self.query_one("#optimizer", ChoiceInput).value = OF_FILE if compiled else spec.optimizer
        self.query_one("#loader", ChoiceInput).value = spec.loader
        self.query_one(GpusField).show(spec.gpus)
        self.query_one(ClassWeightField).fill(spec.class_weight)
        self.query_one(TestField).fill(spec.test_directory)

    def reset(self) -> None:
        """Set every field but the name and the note to its default."""
        self._exact = {}
        for field, text in DEFAULTS.items():
            widget = self.query_one(f"#{field}")
            assert isinstance(widget, Input | ChoiceInput)
            widget.value = text

    def mark_changed(self, default_network: str) -> list[str]:
        """Mark the fields that are not at their default; return their labels.

        Args:
            default_network: the default of the network, which depends on the images.
        """
        changed = []
        for row in self.query(FieldRow):
            field = str(row.field.id)
            default = default_network if field == "model" else DEFAULTS.get(field)
            differs = default is not None and self._differs(field, default)
            row.unit = _UNITS.get(field, "")
            if differs and field in ("model", "rule", "schedule", "class-weight", "test"):
                row.unit = NOT_DEFAULT  # there is no room for the default
            elif differs:
                unit = "% " if field == "share" else ""
                row.unit = f"{unit}{NOT_DEFAULT} {default}"
            if differs:
                changed.append(row.label)
            row.set_class(differs, "-changed")
            typed = row.field
            several = isinstance(typed, SeveralNumbers | SeveralRates) and len(typed.parts) > 1
            row.set_class(several, "-several")
        return changed

    def _differs(self, field: str, default: str) -> bool:
        widget = self.query_one(f"#{field}")
        value = getattr(widget, "value", default)
        try:
            if isinstance(widget, SeveralRates):
                return widget.rates != [float(default)]
            if isinstance(widget, SeveralNumbers):
                return widget.numbers != [int(default)]
        except ArithmeticProblem:
            return True
        if field == "class-weight":
            return value.strip().lower() not in ("", default)
        if field in ("rule", "schedule"):
            try:
                if field == "schedule":
                    return parse_schedules(value) != (default,)
                return str(StopRule.parse(value)) != default
            except SpecError:
                return True
        return bool(value != default)

    def read(
        self,
        dataset: str,
        settings: LoaderSettings,
        networks: Sequence[str],
        pretrained: PretrainedChoice | None = None,
        file: ChosenFile | None = None,
    ) -> PlannedRuns:
        """Return what the fields ask for.

        Args:
            dataset: the folder's name, which becomes part of the run's.
            settings: how its images are loaded.
            networks: names of `MODELS`, networks in the one-line form, a pretrained one, or the
                path of a file.
            pretrained: how the pretrained one is trained.
            file: that file.

        Raises:
            FieldError: for the first field with an unusable value.
            SpecError: when there are too many runs.
        """
        try:
            rule = StopRule.parse(self.query_one("#rule", Input).value)
        except SpecError as error:
            raise FieldError("rule", str(error)) from error
        try:
            schedules = parse_schedules(self.query_one("#schedule", Input).value)
        except SpecError as error:
            raise FieldError("schedule", str(error)) from error
        grid = Grid(
            {
                "model": networks,
                "epochs": self._whole_numbers("epochs"),
                "learning_rate": self._rates(),
                "schedule": schedules,
                "optimizer": self._optimizers(),
                "patience": self._whole_numbers("patience"),
                "share": self._shares(),
                "seed": self._whole_numbers("seed"),
            }
        )
        loader = cast(Loader, self.query_one("#loader", ChoiceInput).value)
        title, gpus = self.title, self._gpus(settings)
        options = FileOptions()
        if file is not None:
            options = file.options(as_compiled=self.as_compiled)
        class_weight = self._class_weight(settings)
        test = self._test_directory(settings)

        def make(chosen: Mapping[str, Any]) -> TrainingSpec:
            loaded, more = settings, {}
            if pretrained is not None and chosen["model"] == pretrained.line:
                loaded, more = pretrained.loading(settings), pretrained.arguments()
            return make_spec(
                dataset,
                loaded,
                **more,
                stop_rule=rule,
                loader=loader,
                gpus=gpus,
                class_weight=class_weight,
                test_directory=test,
                title=title,
                file_options=options,
                **chosen,
            )

        return PlannedRuns(grid, make)

    def _optimizers(self) -> Sequence[str]:
        chosen = self.query_one("#optimizer", ChoiceInput).value
        if chosen == ALL:
            return OPTIMIZERS
        return OPTIMIZERS[:1] if chosen == OF_FILE else [chosen]

    def _class_weight(self, settings: LoaderSettings) -> ClassWeight:
        try:
            return self.query_one(ClassWeightField).weight(settings.classes)
        except SpecError as error:
            raise FieldError("class-weight", str(error)) from error

    def _test_directory(self, settings: LoaderSettings) -> str | None:
        try:
            return self.query_one(TestField).directory(settings)
        except SpecError as error:
            raise FieldError("test", str(error)) from error

    def _gpus(self, settings: LoaderSettings) -> int:
        try:
            return self.query_one(GpusField).gpus(settings.batch_size)
        except SpecError as error:
            raise FieldError("gpus", str(error)) from error

    def _whole_numbers(self, field: str) -> list[int]:
        typed = self.query_one(f"#{field}", SeveralNumbers)
        try:
            return typed.numbers
        except ArithmeticProblem as problem:
            empty = f"{field} is empty: type a whole number or press ↑."
            wrong = f"{field}: {problem}" if typed.value.strip() else empty
            raise FieldError(field, wrong) from problem

    def _rates(self) -> list[float]:
        field = self.query_one("#rate", SeveralRates)
        shown, exact = self._exact.get("rate", ("", 0.0))
        if field.value == shown:
            return [exact]
        try:
            return field.rates
        except ArithmeticProblem as problem:
            empty = "learning rate is empty: type for example 0.001, or press ↑."
            wrong = f"learning rate: {problem}" if field.value.strip() else empty
            raise FieldError("rate", wrong) from problem

    def _shares(self) -> list[float]:
        percents = self._whole_numbers("share")
        shown, exact = self._exact.get("share", ("", 0.0))
        if self.query_one("#share", SeveralNumbers).value == shown:
            return [exact]
        for percent in percents:
            if not 1 <= percent <= 100:
                raise FieldError(
                    "share", f"A share of {percent} % is not possible; choose 1 to 100."
                )
        return [percent / 100 for percent in percents]

    @on(Input.Changed)
    @on(ChoiceInput.Changed)
    def _field_changed(self, event: Input.Changed | ChoiceInput.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())
