"""The fields of a run's settings, and the arguments of somebody's own program."""

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
from tui.runs.selection.run_fields import Field, Read, Value
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.make_spec import MODELS, network_for
from tui.runs.settings.non_default import fit_settings, network_summary, non_default_settings
from tui.runs.settings.spec import SpecError, TrainingSpec, share_name
from tui.runs.store.run_summary import RunSummary


def _either(
    ours: Callable[[TrainingSpec], Value | None],
    external: Callable[[ExternalSpec], Value | None] = lambda spec: None,
) -> Read:
    """Return a reader of a setting, which in one kind of spec may not be there."""

    def read(run: RunSummary) -> Value | None:
        if run.spec is not None:
            return ours(run.spec)
        if run.external is not None:
            return external(run.external) or None  # what is not known is empty or 0
        return None

    return read


def _external(read: Callable[[ExternalSpec], Value]) -> Read:
    return _either(lambda spec: None, read)


def data_name(spec: TrainingSpec) -> str:
    """Return the name of the folder of images; the one above `train` and `validation`."""
    folder, second = spec.data.directory, spec.data.validation_directory
    if second is not None and os.path.dirname(second) == os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return clean(os.path.basename(os.path.normpath(folder)) or folder, 30)


def _model(spec: TrainingSpec) -> str:
    """Return the name of the ready-made network that a spec has, else `own`."""
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


def _network(run: RunSummary, width: int) -> str:
    return shorten_words(network_summary(run.spec), width) if run.spec is not None else ""


def _unusual(spec: TrainingSpec) -> str:
    return ", ".join(non_default_settings(spec))


def _fitted(run: RunSummary, width: int) -> str:
    unusual = non_default_settings(run.spec) if run.spec is not None else ()
    return clean(fit_settings(unusual, width))


def _augmentation(spec: TrainingSpec) -> str:
    arguments = spec.data.augmentation.arguments()
    return ", ".join(f"{name}={value}" for name, value in arguments.items())


def _image_size(spec: TrainingSpec) -> Value:
    """Return the side of square images; that of others as height and width."""
    height, width = spec.data.target_size
    return float(height) if height == width else f"{height}x{width}"


def _share(run: RunSummary, width: int) -> str:
    return share_name(run.spec.share) if run.spec is not None else ""


def _state(run: RunSummary) -> str:
    return "paused" if run.paused else run.state


def _status(run: RunSummary, width: int) -> str:
    return shorten_words(run.status, width)


def _started(run: RunSummary) -> str | None:
    """Return when a run was created, from its folder's name, which begins with it."""
    moment = run.run.name[:17]
    return moment if moment[:4].isdigit() and moment[10:11] == "T" else None


def _origin(spec: ExternalSpec) -> str:
    return spec.origin if spec.source == "script" else ""


def _source(run: RunSummary) -> str | None:
    if run.external is not None:
        return run.external.source
    return "cnn-tui" if run.spec is not None else None


FIELDS: tuple[Field, ...] = (
    Field("state", "state", "state", _state, ("status",), lambda run: run.status, _status, 18),
    Field("name", "name", "text", lambda run: run.title, ("title", "run"), width=29),
    Field("note", "your note", "text", lambda run: run.note or None, width=24),
    Field("started", "when it started", "time", _started, ("date", "day", "created"), width=16),
    Field("age", "time since it started", "age", _started, width=7),
    Field(
        "settings",
        "settings that are not usual",
        "text",
        _either(_unusual),
        ("unusual",),
        shows=_fitted,
        width=26,
    ),
    Field("epochs", "epochs planned", "number", lambda run: run.epochs or None),
    Field("done", "epochs done", "number", lambda run: run.epochs_done, ("epochs_done", "epoch")),
    Field("best", "best value", "metric", lambda run: run.best),
    Field("best_epoch", "epoch of the best value", "number", lambda run: run.best_epoch or None),
    Field("best_metric", "metric of the best value", "text", lambda run: run.best_metric or None),
    Field(
        "learning_rate",
        "learning rate at the start",
        "number",
        _either(lambda spec: spec.learning_rate, lambda spec: spec.learning_rate),
        ("lr", "rate"),
    ),
    Field(
        "optimizer",
        "optimizer",
        "text",
        _either(lambda spec: spec.optimizer, lambda spec: spec.optimizer.lower()),
        ("opt", "optimiser"),
        width=10,
    ),
    Field(
        "batch_size",
        "images in a batch",
        "number",
        _either(lambda spec: spec.data.batch_size, lambda spec: spec.batch_size),
        ("batch", "bs"),
    ),
    Field("seed", "seed", "number", _either(lambda spec: spec.seed)),
    Field(
        "model",
        "ready-made network, or own",
        "text",
        _either(_model),
        (),
        lambda run: run.spec.network if run.spec is not None else "",
        width=8,
    ),
    Field(
        "network",
        "network",
        "text",
        _either(lambda spec: spec.network),
        ("net", "layers"),
        shows=_network,
        width=28,
        fixed=True,
    ),
    Field(
        "data",
        "folder of images",
        "text",
        _either(data_name),
        ("dataset", "images_folder"),
        lambda run: run.spec.data.directory if run.spec is not None else "",
    ),
    Field(
        "share",
        "share of the training images",
        "number",
        _either(lambda spec: spec.share),
        ("fraction", "part"),
        shows=_share,
    ),
    Field(
        "image_size",
        "height of the images, or height x width",
        "mixed",
        _either(_image_size),
        ("size", "target_size", "pixels"),
    ),
    Field(
        "augmentation",
        "augmentation",
        "text",
        _either(lambda spec: _augmentation(spec) or None),
        ("augment", "aug"),
        width=24,
    ),
    Field(
        "patience",
        "patience in epochs",
        "number",
        _either(lambda spec: spec.patience or None, lambda spec: spec.patience),
    ),
    Field(
        "stop_rule",
        "stop rule",
        "text",
        _either(
            lambda spec: str(spec.stop_rule) if spec.stop_rule is not None else None,
            lambda spec: str(spec.stop_rule) if spec.stop_rule is not None else "",
        ),
        ("rule", "until"),
        width=22,
    ),
    Field("loader", "loader", "text", _either(lambda spec: spec.loader), width=8),
    Field(
        "classes",
        "number of classes",
        "number",
        _either(lambda spec: len(spec.data.classes), lambda spec: len(spec.classes)),
    ),
    Field(
        "class_names",
        "names of the classes",
        "text",
        _either(lambda spec: ", ".join(spec.data.classes), lambda spec: ", ".join(spec.classes)),
        ("class",),
        width=24,
    ),
    Field(
        "color_mode",
        "colour mode",
        "text",
        _either(lambda spec: spec.data.color_mode),
        ("colour_mode", "color", "colour"),
        width=10,
    ),
    Field("class_mode", "class mode", "text", _either(lambda spec: spec.data.class_mode), width=12),
    Field(
        "validation_split",
        "part kept for validation",
        "number",
        _either(
            lambda spec: (
                None if spec.data.validation_directory is not None else spec.data.validation_split
            )
        ),
        ("split",),
    ),
    Field(
        "interpolation",
        "interpolation",
        "text",
        _either(lambda spec: spec.data.interpolation),
        width=10,
    ),
    Field(
        "shuffle_seed",
        "seed of the shuffling",
        "number",
        _either(lambda spec: spec.data.seed),
    ),
    Field("lesson", "lesson it belongs to", "text", _either(lambda spec: spec.origin or None)),
    Field(
        "parameters",
        "parameters of the network",
        "number",
        lambda run: run.setup.parameters or None,
        ("params",),
    ),
    Field(
        "images",
        "images trained on",
        "number",
        lambda run: run.setup.images or None,
        ("training_images",),
    ),
    Field("device", "device", "text", lambda run: run.setup.device or None, ("gpu",), width=20),
    Field("backend", "Keras's backend", "text", lambda run: run.setup.backend or None, width=10),
    Field("keras", "Keras's version", "text", lambda run: run.setup.keras or None, width=8),
    Field("source", "cnn-tui, script or log", "text", _source, ("origin",), width=8),
    Field(
        "script",
        "program that trained it",
        "text",
        _external(_origin),
        ("program",),
        lambda run: run.external.path if run.external is not None else "",
        width=18,
    ),
    Field(
        "arguments",
        "the program's arguments",
        "text",
        _external(lambda spec: " ".join(spec.arguments)),
        ("args",),
        width=28,
    ),
    Field(
        "directory",
        "folder it was started in",
        "text",
        _external(lambda spec: spec.directory),
        ("dir", "cwd"),
        width=24,
    ),
    Field("commit", "commit", "text", _external(lambda spec: spec.commit), width=12),
    Field(
        "log",
        "log it is read from",
        "text",
        _external(lambda spec: spec.origin if spec.source == "log" else ""),
        (),
        lambda run: run.external.path if run.external is not None else "",
        width=18,
    ),
    Field("format", "format of the log", "text", _external(lambda spec: spec.format), width=12),
    Field("loss_function", "loss function", "text", _external(lambda spec: spec.loss), width=20),
    Field("processes", "processes", "number", _external(lambda spec: spec.processes)),
    Field("folder", "the run's folder", "text", lambda run: run.run.name, ("id",), width=28),
)
