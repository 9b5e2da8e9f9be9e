"""Reading settings out of a run's summary: from its spec, of either kind."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable

from tui.common.shorten import shorten_words
from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.datasets.loader.loader_settings import ClassMode, ColorMode
from tui.geometry import format_network
from tui.runs.selection.run_fields import Read, Value
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.make_spec import MODELS, network_for
from tui.runs.settings.non_default import (
    fit_settings,
    listed_settings,
    network_summary,
    non_default_settings,
)
from tui.runs.settings.spec import SpecError, TrainingSpec, share_name
from tui.runs.store.run_summary import RunSummary
from tui.runs.store.start_time import start_of


def either(
    ours: Callable[[TrainingSpec], Value | None],
    external: Callable[[ExternalSpec], Value | None] = lambda spec: None,
) -> Read:
    """Return a reader of a setting.

    Args:
        ours: reads it from the spec of a training of cnn-tui.
        external: reads it from that of another program; empty or 0 where it is not known.
    """

    def read(run: RunSummary) -> Value | None:
        if run.spec is not None:
            return ours(run.spec)
        if run.external is not None:
            return external(run.external) or None
        return None

    return read


def external_only(read: Callable[[ExternalSpec], Value]) -> Read:
    return either(lambda spec: None, read)


def data_name(spec: TrainingSpec) -> str:
    """Return the name of the folder of images; the one above `train` and `validation`."""
    folder, second = spec.data.directory, spec.data.validation_directory
    if second is not None and os.path.dirname(second) == os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return clean(os.path.basename(os.path.normpath(folder)) or folder, 30)


def model_name(spec: TrainingSpec) -> str:
    """Return the name of a spec's backbone or ready-made network, else `own`."""
    if spec.base is not None:
        return spec.base.name
    if spec.model_file is not None:
        return clean(spec.model_file.name, 40)
    data = spec.data
    ready = _ready_made(data.target_size, data.color_mode, len(data.classes), data.class_mode)
    return ready.get(spec.network, "own")


@functools.lru_cache(1024)
def _ready_made(
    size: tuple[int, int], color_mode: ColorMode, classes: int, class_mode: ClassMode
) -> dict[str, str]:
    """Return the names of the ready-made networks for images of a size, by their one-line form."""
    settings = LoaderSettings(
        directory="/",
        classes=tuple(str(number) for number in range(classes)),
        target_size=size,
        color_mode=color_mode,
        class_mode=class_mode,
    )
    found = {}
    for name in MODELS:
        with contextlib.suppress(SpecError):
            found[format_network(network_for(name, settings))] = name
    return found


def network_text(run: RunSummary, width: int) -> str:
    return shorten_words(network_summary(run.spec), width) if run.spec is not None else ""


def unusual_settings(spec: TrainingSpec) -> str:
    return ", ".join(non_default_settings(spec))


def fitted_settings(run: RunSummary, width: int) -> str:
    return clean(fit_settings(listed_settings(run.any_spec), width))


def augmentation_text(spec: TrainingSpec) -> str:
    arguments = spec.data.augmentation.arguments()
    return ", ".join(f"{name}={value}" for name, value in arguments.items())


def side_of(spec: TrainingSpec) -> Value:
    """Return the side of square images; that of others as height and width."""
    height, width = spec.data.target_size
    return float(height) if height == width else f"{height}x{width}"


def share_text(run: RunSummary, width: int) -> str:
    return share_name(run.spec.share) if run.spec is not None else ""


def state_of(run: RunSummary) -> str:
    return "paused" if run.paused else run.state


def status_text(run: RunSummary, width: int) -> str:
    return shorten_words(run.status, width)


def start_moment(run: RunSummary) -> str | None:
    return start_of(run.run.name) or None


def script_name(spec: ExternalSpec) -> str:
    return spec.origin if spec.source == "script" else ""


def source_of(run: RunSummary) -> str | None:
    if run.external is not None:
        return run.external.source
    return "cnn-tui" if run.spec is not None else None
