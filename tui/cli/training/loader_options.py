"""The options of the loader, under the names of `ImageDataGenerator` and `flow_from_directory`."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from tui.cli.training.option_types import Parsed
from tui.common.arithmetic import ArithmeticProblem, typed_number
from tui.common.stop_rule import SpecError
from tui.common.text import clean
from tui.datasets import Augmentation, FillMode, FolderSummary, LoaderSettings
from tui.datasets.folder.listing import class_images
from tui.datasets.loader.augmentation import RANGES
from tui.datasets.loader.loader_settings import INTERPOLATIONS
from tui.geometry.errors import did_you_mean

_Command = Callable[..., Any]


def parse_rescale(text: str) -> float:
    """Return what values are divided by, from what they are multiplied by: `1/255`, or `none`.

    Raises:
        ValueError: when it is no number above 0.

    >>> parse_rescale("1/255"), parse_rescale("0.00392156862745098"), parse_rescale("none")
    (255.0, 255.0, 1.0)
    """
    if text.strip().lower() == "none":
        return 1.0
    try:
        factor = typed_number(text)
    except (ArithmeticProblem, ValueError) as error:
        raise ValueError(
            f"{clean(text, 40)!r} is not a factor. Write 1/255, which brings values between 0 "
            "and 1, or none."
        ) from error
    if not (math.isfinite(factor) and factor > 0 and math.isfinite(1 / factor)):
        raise ValueError(
            f"rescale is {clean(text, 40)}. Choose a number above 0, such as 1/255, or none."
        )
    divisor = 1 / factor
    near = round(divisor, 6)
    return near if near and 1 / near == factor else divisor


def _class_names(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        raise ValueError(f"{clean(text, 60)!r} has a comma without a class. Write cats,dogs.")
    return names


_FACTOR = Parsed("factor", parse_rescale)
_CLASSES = Parsed("names", _class_names)


def loader_options(command: _Command) -> _Command:
    """Add the loader's options to a command, which gets them as one `LoaderChoices`."""

    @functools.wraps(command)
    def with_choices(**values: Any) -> Any:
        given = {name: values.pop(name) for name in _NAMES}
        return command(loading=LoaderChoices.of(given), **values)

    changed: _Command = with_choices
    for option in reversed([*_loading(), *_changes()]):
        changed = option(changed)
    return changed


def _loading() -> list[_Command]:
    return [
        click.option(
            "--rescale",
            "rescale_divisor",
            type=_FACTOR,
            metavar="FACTOR",
            help="Multiply each value 0 to 255: 1/255, or none.  [default: 1/255]",
        ),
        click.option(
            "--interpolation",
            type=click.Choice(INTERPOLATIONS),
            help="How images are resized.  [default: nearest]",
        ),
        click.option(
            "--classes",
            type=_CLASSES,
            metavar="NAME,…",
            help="The classes, in the order of their labels; others are left out.",
        ),
        click.option(
            "--validation-directory",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            metavar="FOLDER",
            help="Validate on this folder, which has the same classes, in place of a split.",
        ),
    ]


def _changes() -> list[_Command]:
    """Return an option for each field of `Augmentation`."""
    options = []
    for name in Augmentation.__struct_fields__:
        flag = f"--{name.replace('_', '-')}"
        if name in RANGES:
            words = RANGES[name][1]
            text = f"{words[:1].upper()}{words[1:]}."
            options.append(click.option(flag, type=float, help=text))
        elif name == "fill_mode":
            choice = click.Choice(get_args(FillMode))
            options.append(click.option(flag, type=choice, help="Pixels from outside."))
        else:
            names = f"{flag}/--no-{flag[2:]}"
            way = "left to right" if name == "horizontal_flip" else "upside down"
            options.append(click.option(names, default=None, help=f"Half of them {way}."))
    return options


_NAMES = (
    "rescale_divisor",
    "interpolation",
    "classes",
    "validation_directory",
    *Augmentation.__struct_fields__,
)


@dataclass(frozen=True)
class LoaderChoices:
    """What was chosen about the loader.

    Args:
        settings: fields of `LoaderSettings` with their values.
        augmentation: fields of `Augmentation` with their values.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    augmentation: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, given: dict[str, Any]) -> LoaderChoices:
        """Return the choices among the values of all options; None is none."""
        chosen = {name: value for name, value in given.items() if value is not None}
        if "validation_directory" in chosen:
            chosen["validation_directory"] = str(chosen["validation_directory"].absolute())
        changes = {
            name: chosen.pop(name) for name in Augmentation.__struct_fields__ if name in chosen
        }
        return cls(chosen, changes)

    def summary(self, summary: FolderSummary) -> FolderSummary:
        """Return the summary of a folder that is validated on the chosen one.

        Raises:
            SpecError: when a chosen class is not in the folder.
        """
        _check_classes(summary, self.settings.get("classes", ()))
        second = self.settings.get("validation_directory")
        if second is None:
            return summary
        counted = tuple(
            dataclasses.replace(one, validation_images=len(class_images(second, one.name)))
            for one in summary.classes
        )
        return dataclasses.replace(summary, validation_directory=second, classes=counted)

    def labels(self, settings: LoaderSettings) -> dict[str, Any]:
        """Return the settings, with the class mode that suits the number of classes chosen."""
        classes = self.settings.get("classes")
        if classes is None or (len(classes) == 2) == (len(settings.classes) == 2):
            return self.settings
        return {"class_mode": "binary" if len(classes) == 2 else "categorical", **self.settings}

    def augmented(self, augmentation: Augmentation) -> Augmentation:
        """Return an augmentation with the chosen values in place of its own."""
        return msgspec.structs.replace(augmentation, **self.augmentation)


def _check_classes(summary: FolderSummary, classes: Sequence[str]) -> None:
    known = [one.name for one in summary.classes]
    for name in classes:
        if name not in known:
            raise SpecError(
                f"There is no class {clean(name, 60)!r} in {clean(summary.path, 200)}: "
                f"{did_you_mean(name, [clean(one, 60) for one in known[:20]])}."
            )
