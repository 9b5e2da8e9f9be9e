"""The options of a training on a pretrained backbone."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from tui.cli.data.watch_transfer import run_transfer
from tui.cli.training.start_training import somebody_there
from tui.common.text import clean, size_text
from tui.common.toml_lines import KeyPath
from tui.runs.settings.backbone_weights import IMAGENET, MissingWeights, find_weights
from tui.runs.settings.backbones import backbone
from tui.runs.settings.pretrained import FineTuning
from tui.runs.settings.pretrained_model import (
    PREFIX,
    USUAL_HEAD,
    is_pretrained,
    pixels_text,
    pretrained_name,
)
from tui.runs.settings.settings_file import SettingsFile
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.runs.settings.struct_tables import build

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DEFAULT = FineTuning(from_layer="-")


@dataclass(frozen=True)
class PretrainedOptions:
    """What was given about a pretrained backbone.

    Args:
        weights: a file, `imagenet`, or empty.
        head: in the one-line form; empty: the usual one.
        fine_tuning: None: the backbone stays frozen.
        size_given: whether the size of the images was chosen.
        color_given: whether their colour mode was chosen.
    """

    weights: str
    head: str
    fine_tuning: FineTuning | None
    size_given: bool
    color_given: bool

    def with_file(
        self, opened: SettingsFile | None, models: Sequence[str]
    ) -> tuple[PretrainedOptions, tuple[str, ...]]:
        """Return the options with those of a settings file where none are given, and the models.

        Args:
            opened: the file, if there is one.
            models: of `--model`.
        """
        base = opened.table.get("base") if opened is not None else None
        if opened is None or not base or models:
            return self, tuple(models)
        tuning = base.get("fine_tuning")
        return (
            PretrainedOptions(
                self.weights or base.get("weights", ""),
                self.head or opened.table.get("network", "").partition(" ")[2],
                self.fine_tuning or (build(FineTuning, tuning) if tuning else None),
                self.size_given or "target_size" in opened.data,
                self.color_given or "color_mode" in opened.data,
            ),
            (f"{PREFIX}{base.get('name', '')}",),
        )

    def given(self, models: Sequence[str]) -> set[KeyPath]:
        """Return the settings that a settings file does not change where a backbone is named."""
        if not any(map(is_pretrained, models)):
            return set()
        loading = {("data", "rescale_divisor")}
        loading |= set() if self.size_given else {("data", "target_size")}
        loading |= set() if self.color_given else {("data", "color_mode")}
        return {("network",), ("base",), *loading}

    def check(self, models: Sequence[str]) -> None:
        """Check that the options fit the models, and that the weights are here or can be had.

        Args:
            models: of `--model`.

        Raises:
            click.UsageError: when they do not, or the weights are not here.
        """
        try:
            names = [pretrained_name(model) for model in models if is_pretrained(model)]
        except SpecError as error:
            raise click.UsageError(str(error)) from error
        if not names and (self.weights or self.head or self.fine_tuning):
            raise click.UsageError(
                "--weights, --head and --fine-tune are for a pretrained network: add for example "
                "--model pretrained:MobileNetV2."
            )
        if len(names) > 1 and self.weights not in ("", IMAGENET):
            raise click.UsageError(
                f"--weights {clean(self.weights, 60)} is one file, and {' and '.join(names)} need "
                "one each. Train them one by one, or leave it out."
            )
        for name in names:
            self._have_weights(name)

    def _have_weights(self, name: str) -> None:
        kind = backbone(name)
        try:
            find_weights(kind, self.weights)
        except MissingWeights as error:
            ask = self.weights != IMAGENET
            if ask and not somebody_there():
                raise click.UsageError(str(error)) from error
            if ask:
                click.echo(str(error), err=True)
                click.confirm(f"Download {size_text(kind.bytes)} now?", abort=True, err=True)
            from tui.runs.settings.fetch_weights import weights_transfer

            transfer = weights_transfer(kind)
            run_transfer(transfer)
            if transfer.result is None:
                raise click.ClickException(f"{transfer.error} {error}") from error
        except SpecError as error:
            raise click.UsageError(str(error)) from error

    def loading(self, model: str) -> dict[str, object]:
        """Return the settings of the loader that a backbone needs, where none were given."""
        if not is_pretrained(model):
            return {}
        side = backbone(pretrained_name(model)).side
        size = {} if self.size_given else {"target_size": (side, side)}
        return {**size, **({} if self.color_given else {"color_mode": "rgb"})}

    def arguments(self, model: str) -> dict[str, Any]:
        """Return the arguments of `make_spec` for a model."""
        if not is_pretrained(model):
            return {}
        return {"head": self.head, "weights": self.weights, "fine_tuning": self.fine_tuning}


def tell_loading(specs: Iterable[TrainingSpec]) -> None:
    """Print how images are loaded for each backbone: its preprocessing is not the course's."""
    lines = {
        f"note: images are loaded as {spec.data.input_volume_text}, and their pixels become "
        f"{pixels_text(spec.base.name)}; rescale is not used."
        for spec in specs
        if spec.base is not None
    }
    for line in sorted(lines):
        click.echo(line, err=True)


def pretrained_options(command: _Command) -> _Command:
    """Add the options of a backbone to a command, which gets them as `pretrained`."""

    @functools.wraps(command)
    def collected(
        weights: str,
        head: str,
        fine_tune: str,
        fine_tune_rate: float | None,
        head_epochs: int | None,
        **others: Any,
    ) -> Any:
        given = {"learning_rate": fine_tune_rate, "head_epochs": head_epochs}
        tuning = None
        if fine_tune.strip():
            named = {key: value for key, value in given.items() if value is not None}
            try:
                tuning = FineTuning(from_layer=fine_tune.strip(), **named)  # type: ignore[arg-type]
            except SpecError as error:
                raise click.UsageError(str(error)) from error
        elif any(value is not None for value in given.values()):
            raise click.UsageError(
                "--fine-tune-rate and --head-epochs are for fine-tuning: add --fine-tune and the "
                "name of the backbone's first layer that is trained."
            )
        size_given = others.get("target_size") is not None
        color_given = others.get("color_mode") is not None
        pretrained = PretrainedOptions(
            weights.strip(), head.strip(), tuning, size_given, color_given
        )
        return command(pretrained=pretrained, **others)

    for option in (
        click.option(
            "--head-epochs",
            type=int,
            help=f"With --fine-tune: epochs in which the head alone is trained first "
            f"[default: {_DEFAULT.head_epochs}].",
        ),
        click.option(
            "--fine-tune-rate",
            type=float,
            help="With --fine-tune: the learning rate from then on "
            f"[default: {_DEFAULT.learning_rate:g}].",
        ),
        click.option(
            "--fine-tune",
            default="",
            metavar="LAYER",
            help="Then train the backbone too, from this layer on, by its name in Keras.",
        ),
        click.option(
            "--head",
            default="",
            metavar="LAYERS",
            help=f"The layers on a pretrained network [default: '{USUAL_HEAD}']; the last one, for "
            "the classes, is added.",
        ),
        click.option(
            "--weights",
            default="",
            metavar="FILE",
            help="The weights of a pretrained network: a file, or imagenet to download what Keras "
            "downloads. Without it they are taken from Keras's cache.",
        ),
    ):
        collected = option(collected)
    return collected  # type: ignore[return-value]
