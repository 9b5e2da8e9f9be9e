"""Several trainings at once: one for each combination of the values that settings are given."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from msgspec.structs import replace

from tui.common.text import clean, exact
from tui.datasets import Augmentation
from tui.runs.settings.backbones import BACKBONES
from tui.runs.settings.class_weights import ClassWeight, class_weight_text
from tui.runs.settings.model_file import file_label, is_model_file
from tui.runs.settings.pretrained_model import is_pretrained, pretrained_name
from tui.runs.settings.ready_networks import EARLIER_NAMES, MODELS, ready_name
from tui.runs.settings.spec import SpecError, TrainingSpec, share_name
from tui.runs.store.run_label import NAME_LIMIT

ASKED_ABOVE = 50
"""More runs than this are made only when the user confirms it."""
MOST_RUNS = 2000

NAMES = {
    "seed": ("seed", "seed"),
    "model": ("network", "network"),
    "optimizer": ("optimizer", ""),
    "learning_rate": ("learning rate", "lr"),
    "schedule": ("schedule", ""),
    "batch_size": ("batch size", "batch"),
    "epochs": ("number of epochs", "epochs"),
    "patience": ("patience", "patience"),
    "share": ("share", "share"),
    "target_size": ("target size", "size"),
    "color_mode": ("colour mode", ""),
    "augmentation": ("augmentation", ""),
    "class_weight": ("choice of class weights", "weights"),
}
"""For each setting that may have several values its name, and a short one that stands before its
value. In this order they vary: the first is the same for the longest time, so every setting has
been trained with one seed before the next seed is begun."""
_PLURALS = {
    "patience": "values of patience",
    "epochs": "numbers of epochs",
    "class_weight": "choices of class weights",
}
"""Those that do not just end in s."""


@dataclass(frozen=True)
class Grid:
    """Settings with their values.

    Args:
        values: by the names in `NAMES`; a setting with one value is the same for all runs.
    """

    values: Mapping[str, Sequence[object]]

    @property
    def varied(self) -> list[str]:
        """The settings with more than one value."""
        return [name for name in NAMES if len(self.values.get(name, ())) > 1]

    @property
    def count(self) -> int:
        """The number of runs."""
        return math.prod(len(values) for values in self.values.values())

    @property
    def text(self) -> str:
        """The number of values of each varied setting.

        >>> Grid({"learning_rate": [0.01, 0.001], "seed": [1, 2, 3], "epochs": [5]}).text
        '3 seeds × 2 learning rates'
        >>> Grid({"patience": [0, 5], "epochs": [5, 6]}).text
        '2 numbers of epochs × 2 values of patience'
        """
        return " × ".join(
            f"{len(self.values[name])} {_PLURALS.get(name, NAMES[name][0] + 's')}"
            for name in self.varied
        )

    def combinations(self) -> Iterator[dict[str, object]]:
        """Yield one value of each setting, in every combination."""
        names = [name for name in NAMES if name in self.values]
        for values in itertools.product(*(self.values[name] for name in names)):
            yield dict(zip(names, values, strict=True))

    def samples(self) -> Iterator[dict[str, object]]:
        """Yield combinations in which every value occurs, as few as it takes.

        Settings hardly ever depend on each other, so what is wrong with any combination is found in
        these.
        """
        first = {name: values[0] for name, values in self.values.items()}
        yield first
        for name in self.varied:
            yield from ({**first, name: value} for value in self.values[name][1:])

    def difference(self, combination: Mapping[str, object]) -> str:
        """Return what distinguishes a combination from the others, in a few words.

        >>> grid = Grid({"learning_rate": [0.01, 0.001], "optimizer": ["adam", "sgd"], "seed": [1]})
        >>> [grid.difference(one) for one in grid.combinations()][:2]
        ['adam lr 0.01', 'adam lr 0.001']
        """
        order = [*(name for name in self.varied if name != "seed"), "seed"]
        return " ".join(
            self._value(name, combination[name]) for name in order if name in self.varied
        )

    def _value(self, name: str, value: object) -> str:
        short = NAMES[name][1]
        if name == "model" and (ready := ready_name(str(value))):
            return ready
        if name == "model" and is_model_file(str(value)):
            return file_label(str(value))
        if name == "model" and is_pretrained(str(value)):
            return pretrained_name(str(value))
        if name == "model":
            text = str(list(self.values[name]).index(value) + 1)
        elif name == "share":
            text = share_name(float(str(value)))
        elif name == "class_weight":
            text = class_weight_text(cast(ClassWeight, value))
        elif isinstance(value, Augmentation):
            text = augmentation_name(value)
        elif isinstance(value, tuple):
            text = "×".join(map(str, value))
        else:
            text = exact(value) if isinstance(value, float) else str(value)
        return f"{short} {text}".strip()


def augmentation_name(augmentation: Augmentation) -> str:
    """Return an augmentation in a few words.

    >>> augmentation_name(Augmentation(rotation_range=20, horizontal_flip=True))
    'rotation 20 horizontal flip'
    >>> augmentation_name(Augmentation())
    'not augmented'
    """
    parts = []
    for name, value in augmentation.arguments().items():
        words = name.removesuffix("_range").replace("_", " ")
        parts.append(words if value is True else f"{words} {value}")
    return " ".join(parts) or "not augmented"


def grid_specs(
    grid: Grid, make: Callable[[Mapping[str, object]], TrainingSpec], group: str = ""
) -> list[TrainingSpec]:
    """Return the specs of all runs of a grid, each named after what distinguishes it.

    Args:
        grid: the settings.
        make: returns the spec of one combination; raises a SpecError where it cannot be trained.
        group: the group's name; empty for one after the runs.

    Raises:
        SpecError: when there are too many, or one cannot be trained.
    """
    _check_count(grid)
    made = [(make(combination), combination) for combination in grid.combinations()]
    if len(made) == 1:
        return [replace(made[0][0], group=group)]
    common = group or group_name(made[0][0].name, grid)
    return [
        replace(
            spec,
            name=clean(f"{_stem(spec.name, grid)} {grid.difference(combination)}", NAME_LIMIT),
            group=common,
        )
        for spec, combination in made
    ]


def _check_count(grid: Grid) -> None:
    if grid.count > MOST_RUNS:
        raise SpecError(
            f"{grid.text} are {grid.count:,} runs; at most {MOST_RUNS:,} can be made at once."
        )


def _stem(name: str, grid: Grid) -> str:
    """Return a run's name without the network's, where that varies and is named again."""
    stem, dot, label = name.rpartition(" · ")
    files = [file_label(str(one)) for one in grid.values.get("model", ())]
    named = label in (*MODELS, *EARLIER_NAMES, *BACKBONES, "own", *files)
    return stem if dot and "model" in grid.varied and named else name


def group_name(name: str, grid: Grid) -> str:
    """Return a name for the group of a grid.

    >>> group_name("pets · course", Grid({"learning_rate": [0.1, 0.01], "seed": [1, 2]}))
    'pets · course by lr, seed'
    """
    varied = sorted(grid.varied, key="seed".__eq__)
    words = ", ".join(NAMES[setting][1] or NAMES[setting][0] for setting in varied)
    return clean(f"{_stem(name, grid)} by {words}", NAME_LIMIT)


@dataclass(frozen=True)
class PlannedRuns:
    """The runs that are asked for: one, or a grid of them.

    Args:
        grid: the settings with their values.
        make: returns the spec of one combination; raises a SpecError where it cannot be trained.
    """

    grid: Grid
    make: Callable[[Mapping[str, object]], TrainingSpec]

    def samples(self) -> list[TrainingSpec]:
        """Return specs in which every value occurs, as few as it takes.

        Raises:
            SpecError: when one cannot be trained, or there are too many.
        """
        _check_count(self.grid)
        return [self.make(combination) for combination in self.grid.samples()]

    def specs(self) -> list[TrainingSpec]:
        """Return the specs of all runs.

        Raises:
            SpecError: as `samples`.
        """
        return grid_specs(self.grid, self.make)
