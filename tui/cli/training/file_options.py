"""The options of a training of the network in a file."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from tui.common.text import clean
from tui.common.toml_lines import KeyPath
from tui.datasets import LoaderSettings
from tui.runs.settings.file_spec import FileOptions, loading_for_file
from tui.runs.settings.model_file import is_model_file
from tui.runs.settings.settings_file import SettingsFile
from tui.runs.settings.spec import TrainingSpec

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LOADING = ("target_size", "color_mode", "rescale_divisor", "class_mode")
"""Settings of the loader that a file decides."""


@dataclass(frozen=True)
class FileChoices:
    """What was given about the network of a file.

    Args:
        options: how it is trained.
        rate_given: whether a learning rate was chosen.
        optimizer_given: whether an optimizer was chosen.
    """

    options: FileOptions
    rate_given: bool
    optimizer_given: bool

    def with_settings(
        self, opened: SettingsFile | None, models: Sequence[str]
    ) -> tuple[FileChoices, tuple[str, ...]]:
        """Return the choices with those of a settings file where none are given, and the models.

        Args:
            opened: the settings file, if there is one.
            models: of `--model`.
        """
        table = opened.table.get("model_file") if opened is not None else None
        if opened is None or not table or models:
            return self, tuple(models)
        options = FileOptions(
            new_weights=self.options.new_weights or bool(table.get("new_weights")),
            as_compiled=self.options.as_compiled or bool(table.get("compiled")),
            name=str(table.get("name", "")),
        )
        rate_given = self.rate_given or "learning_rate" in opened.table
        return replace(self, options=options, rate_given=rate_given), (str(table.get("path", "")),)

    def given(self, models: Sequence[str]) -> set[KeyPath]:
        """Return the settings that a settings file does not change where a file is named."""
        if not any(map(is_model_file, models)):
            return set()
        return {("network",), ("model_file",), ("base",)}

    def check(self, models: Sequence[str]) -> None:
        """Check that the options fit the models.

        Args:
            models: of `--model`.

        Raises:
            click.UsageError: when they do not.
        """
        files = [model for model in models if is_model_file(model)]
        if not files and (self.options.new_weights or self.options.as_compiled):
            raise click.UsageError(
                "--new-weights and --as-compiled are for the network of a file: add for example "
                "--model net.keras."
            )
        if self.options.as_compiled and self.optimizer_given:
            raise click.UsageError(
                "--as-compiled takes the optimizer of the file: leave out --optimizer, or "
                "--as-compiled."
            )

    def loading(
        self, model: str, settings: LoaderSettings, given: Collection[KeyPath]
    ) -> dict[str, object]:
        """Return the settings of the loader that a file needs, without those that were chosen.

        Args:
            model: of `--model`.
            settings: how the folder is loaded otherwise.
            given: the settings that were chosen, in options or a settings file.

        Raises:
            SpecError: when it cannot be read.
        """
        if not is_model_file(model):
            return {}
        suited = loading_for_file(model, settings, as_compiled=self.options.as_compiled)
        return {name: getattr(suited, name) for name in _LOADING if ("data", name) not in given}

    def arguments(self, model: str, rate: float) -> dict[str, Any]:
        """Return the arguments of `make_spec` for a model.

        Args:
            model: of `--model`.
            rate: the learning rate, given or the default.
        """
        if not is_model_file(model):
            return {"learning_rate": rate}
        own = self.options.as_compiled and not self.rate_given
        return {"learning_rate": None if own else rate, "file_options": self.options}


def tell_files(specs: Iterable[TrainingSpec]) -> None:
    """Print how images are loaded for each file, and with which weights it begins."""
    lines = {
        f"note: {file.words}: images are loaded as {spec.data.input_volume_text}, divided by "
        f"{spec.data.rescale_divisor:g}, with class mode {spec.data.class_mode}."
        for spec in specs
        if (file := spec.model_file) is not None
    }
    for line in sorted(lines):
        click.echo(clean(line), err=True)


def file_options(command: _Command) -> _Command:
    """Add the options of a file to a command, which gets them as `from_file`."""

    @functools.wraps(command)
    def collected(new_weights: bool, as_compiled: bool, **others: Any) -> Any:
        context = click.get_current_context()
        given = {
            name: context.get_parameter_source(name) is ParameterSource.COMMANDLINE
            for name in ("learning_rate", "optimizer")
        }
        choices = FileChoices(
            FileOptions(new_weights=new_weights, as_compiled=as_compiled),
            given["learning_rate"],
            given["optimizer"],
        )
        return command(from_file=choices, **others)

    for option in (
        click.option(
            "--as-compiled",
            is_flag=True,
            help="Train the network of a file with the optimizer, the loss and, unless you give "
            "one, the learning rate that it was compiled with.",
        ),
        click.option(
            "--new-weights",
            is_flag=True,
            help="Train the network of a file from new weights instead of those in it.",
        ),
    ):
        collected = option(collected)
    return collected  # type: ignore[return-value]
