"""The options for settings as a file, and which settings were given beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from tui.common.text import clean
from tui.common.toml_lines import KeyPath
from tui.datasets import Augmentation, LoaderSettings
from tui.runs.export.export_file import AlreadyThereError, ExportError, write_whole
from tui.runs.settings.findings import Finding
from tui.runs.settings.settings_file import (
    SettingsError,
    SettingsFile,
    read_settings,
    settings_text,
)
from tui.runs.settings.spec import TrainingSpec

_Command = TypeVar("_Command", bound=Callable[..., Any])

OTHER_NAMES: Mapping[str, tuple[KeyPath, ...]] = {
    "models": (("network",), ("base",), ("model_file",)),
    "stop_when": (("stop_rule",),),
    "title": (("name",),),
    "seed": (("seed",), ("data", "seed")),
    "class_weights": (("class_weight",),),
    "test_folder": (("test_directory",),),
    "everything": (("data", "leave_out"),),
    "augmentation": (("data", "augmentation"),),
    "new_weights": (("model_file", "new_weights"),),
    "as_compiled": (("model_file", "compiled"),),
    "head": (("network",),),
    "weights": (("base", "weights"),),
    "fine_tune": (("base", "fine_tuning", "from_layer"),),
    "fine_tune_rate": (("base", "fine_tuning", "learning_rate"),),
    "head_epochs": (("base", "fine_tuning", "head_epochs"),),
    "validation_directory": (("data", "validation_directory"), ("data", "leave_out")),
}
"""For options that are not called as their setting, or are more than one, those settings."""


def settings_options(command: _Command) -> _Command:
    """Add `--settings` and `--save-settings` to a command."""
    for option in (
        click.option(
            "--save-settings",
            "save_settings_to",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Also write all settings of this training to a new TOML file.",
        ),
        click.option(
            "--settings",
            "settings_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Take the settings from a TOML file; options given beside it win.",
        ),
    ):
        command = option(command)
    return command


def opened_settings(
    path: Path | None, *, other_folder: bool, other_network: bool
) -> SettingsFile | None:
    """Return the settings of `--settings`; None if it is not given.

    Args:
        path: of the file.
        other_folder: whether images are named beside it.
        other_network: whether a network is.

    Raises:
        click.UsageError: when it cannot be read, or has something that cannot be.
    """
    if path is None:
        return None
    try:
        opened = read_settings(path)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    if other_folder:
        opened = opened.without_folder()
    return opened.without_network() if other_network else opened


def given_settings(context: click.Context) -> set[KeyPath]:
    """Return the settings that the options of a command give."""
    given: set[KeyPath] = set()
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            given |= set(settings_of(name))
    return given


def settings_of(option: str) -> tuple[KeyPath, ...]:
    """Return the settings that an option gives.

    >>> settings_of("epochs"), settings_of("batch_size"), settings_of("zoom_range")
    ((('epochs',),), (('data', 'batch_size'),), (('data', 'augmentation', 'zoom_range'),))
    """
    if option in OTHER_NAMES:
        return OTHER_NAMES[option]
    if option in TrainingSpec.__struct_fields__:
        return ((option,),)
    if option in Augmentation.__struct_fields__:
        return (("data", "augmentation", option),)
    return (("data", option),) if option in LoaderSettings.__struct_fields__ else ()


def command_finding(command: str, path: Path) -> Finding:
    """Return the question about a command for the end that a settings file brings along."""
    return Finding(
        "question",
        f"{clean(path.name, 100)} has a command that the shell runs at the end: "
        f"{clean(command, 300)}.",
        'Look whether you mean it; --on-end "" leaves it out.',
    )


def save_settings(path: Path | None, specs: Sequence[TrainingSpec]) -> None:
    """Write the settings of a training to the file of `--save-settings`, if it is given.

    Raises:
        click.UsageError: when there are several, or the file cannot be written.
    """
    if path is None:
        return
    if len(specs) > 1:
        raise click.UsageError(
            f"A settings file is of one training, and these are {len(specs):,} runs. Give each "
            "setting one value, or leave out --save-settings."
        )
    try:
        write_whole(path, settings_text(specs[0]).encode())
    except AlreadyThereError as error:
        raise click.UsageError(
            f"{clean(path, 300)} is there already. Name another file, or remove it."
        ) from error
    except (ExportError, SettingsError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"Settings written to {clean(path, 300)}.", err=True)
