"""The settings of a training as rows of names and values, with those that were changed."""

from __future__ import annotations

import os

from tui.common.text import clean, exact
from tui.datasets import LoaderSettings
from tui.runs.events.event_types import ControlApplied, Request
from tui.runs.settings.class_weights import class_weight_text
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.model_file import ModelFile
from tui.runs.settings.pretrained_model import model_text, pixels_text
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.several_gpus import gpus_text
from tui.runs.settings.spec import TrainingSpec, share_name
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.watched.log_rows import log_rows


def setting_rows(spec: TrainingSpec) -> dict[str, str]:
    """Return every setting that affects a training, with its value in words, the important first.

    The loader is not among them: both give the same batches. All texts are clean.
    """
    data = spec.data
    loading = loading_rows(data)
    rows = {
        "network": model_text(spec),
        **pretrained_rows(spec),
        **file_rows(spec.model_file),
        "data": clean(folder_name(data.directory)),
        "share": share_name(spec.share),
        "learning rate": exact(spec.learning_rate),
        **({"schedule": spec.schedule} if spec.schedule != CONSTANT else {}),
        "optimizer": _optimizer(spec),
        "epochs": str(spec.epochs),
        **{name: loading[name] for name in list(loading)[:-1] if _applies(name, spec)},
        "classes": clean(", ".join(data.classes), 200),
        "left out": str(len(data.leave_out)) if data.leave_out else "none",
        "stop rule": str(spec.stop_rule) if spec.stop_rule is not None else "none",
        "patience": str(spec.patience) if spec.patience else "none",
        "seed": str(spec.seed),
        **({"class weights": _class_weights(spec)} if spec.class_weight is not None else {}),
        **({"GPUs": gpus_text(spec.gpus)} if spec.several_gpus else {}),
        "shuffling seed": loading["shuffling seed"],
        "folder": clean(data.directory),
        **({"test images": clean(spec.test_directory)} if spec.test_directory else {}),
    }
    return rows


def file_rows(file: ModelFile | None) -> dict[str, str]:
    """Return what is known of the file whose network is trained; nothing where there is none."""
    if file is None:
        return {}
    rows = {"file": clean(file.path)}
    compiled = file.compiled
    if compiled is not None:
        more = ", ".join(f"{name}={value}" for name, value in compiled.loss_arguments.items())
        rows["loss"] = f"{compiled.loss}{f' ({clean(more, 60)})' if more else ''}, as in the file"
    if file.digest:
        rows["SHA-256"] = clean(file.digest, 64)
    return rows


def _optimizer(spec: TrainingSpec) -> str:
    compiled = spec.model_file.compiled if spec.model_file is not None else None
    if compiled is None:
        return spec.optimizer
    more = ", ".join(f"{name}={value}" for name, value in compiled.arguments.items())
    return clean(f"{compiled.optimizer}, as in the file{f' ({more})' if more else ''}", 400)


def _class_weights(spec: TrainingSpec) -> str:
    return clean(class_weight_text(spec.class_weight).replace(",", ", "), 200)


def pretrained_rows(spec: TrainingSpec) -> dict[str, str]:
    """Return the settings of a pretrained backbone; none where there is none."""
    base = spec.base
    if base is None:
        return {}
    rows = {"weights": clean(base.weights), "preprocessing": pixels_text(base.name)}
    tuning = base.fine_tuning
    if tuning is None:
        return {**rows, "fine-tuning": "none: the backbone is frozen"}
    after = f" after {tuning.head_epochs} epochs" if tuning.head_epochs else ""
    rate = exact(tuning.learning_rate)
    return {**rows, "fine-tuning": f"from {clean(tuning.from_layer, 60)}{after}, rate {rate}"}


def _applies(name: str, spec: TrainingSpec) -> bool:
    """Return whether a setting of the loader applies: a backbone scales the pixels itself."""
    return name != "rescale" or spec.base is None


def external_rows(spec: ExternalSpec) -> dict[str, str]:
    """Return what is known of a training that cnn-tui did not start, as `setting_rows` does."""
    rows = {
        "log" if spec.source == "log" else "script": spec.origin,
        "arguments": clean(" ".join(spec.arguments), 300),
        "learning rate": exact(spec.learning_rate) if spec.learning_rate else "",
        "optimizer": clean(spec.optimizer, 60),
        "loss": clean(spec.loss, 100),
        "metrics": clean(", ".join(spec.metrics), 200),
        "epochs": str(spec.epochs) if spec.epochs else "",
        "batch size": str(spec.batch_size) if spec.batch_size else "",
        "classes": clean(", ".join(spec.classes), 200),
        "stop rule": str(spec.stop_rule) if spec.stop_rule is not None else "none",
        "patience": str(spec.patience) if spec.patience else "none",
        "commit": clean(spec.commit, 60),
        "processes": str(spec.processes) if spec.processes > 1 else "",
        "folder": clean(spec.directory),
    }
    return {name: value for name, value in rows.items() if value}


def loading_rows(data: LoaderSettings) -> dict[str, str]:
    """Return how images are loaded and augmented, each setting with its value in words."""
    height, width = data.target_size
    return {
        "batch size": str(data.batch_size),
        "target size": f"{height}×{width}",
        "colour mode": data.color_mode,
        "class mode": data.class_mode,
        "augmentation": _arguments(data.augmentation.arguments()),
        "validation": _validation(data),
        "interpolation": data.interpolation,
        "rescale": f"1/{exact(data.rescale_divisor)}",
        "shuffling seed": "none" if data.seed is None else str(data.seed),
    }


def non_default_loading(data: LoaderSettings, default: LoaderSettings) -> list[str]:
    """Return the settings of a loader that are not a folder's default, each with that default.

    >>> folder = LoaderSettings(directory="pets", classes=("cats", "dogs"))
    >>> changed = LoaderSettings(directory="pets", classes=("cats", "dogs"), batch_size=32)
    >>> non_default_loading(changed, folder)
    ['batch size 32 (default 20)']
    """
    usual = loading_rows(default)
    return [
        f"{name} {value} (default {usual[name]})"
        for name, value in loading_rows(data).items()
        if value != usual[name]
    ]


def folder_name(directory: str) -> str:
    """Return the name of a folder of images, with its parent if it is the training part of a split.

    >>> folder_name("/data/pets"), folder_name("/data/pets/train/")
    ('pets', 'pets/train')
    """
    parent, name = os.path.split(os.path.normpath(directory))
    if name.lower() in ("train", "training"):
        return os.path.join(os.path.basename(parent), name)
    return name or directory


def _arguments(arguments: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items()) or "none"


def _validation(data: LoaderSettings) -> str:
    if data.validation_directory is not None:
        return clean(data.validation_directory)
    return f"{exact(data.validation_split)} of each class" if data.validation_split else "none"


SETTINGS: tuple[Request, ...] = ("learning rate", "stop rule", "patience", "epochs")
"""Requests that change a setting."""
_NONE = {"stop rule": "never", "patience": "0"}
"""The trainer's word for a setting that is switched off."""
_MOST = 3
"""The most values shown of a setting; of more, the first and the last."""


def setting_changes(run: LoadedRun) -> list[ControlApplied]:
    """Return the changes of settings that took effect and are not void, in order."""
    return [request for request in run.progress.applied_requests if request.request in SETTINGS]


def rows_with_changes(run: LoadedRun) -> dict[str, str]:
    """Return the rows of a run, with changed settings as `0.001 → 0.0003`.

    A change before the first batch replaces the value of the spec. A run with a damaged spec has no
    rows.

    Args:
        run: an opened run.
    """
    if run.spec is not None:
        rows = setting_rows(run.spec)
    elif run.external is not None:
        rows = {**external_rows(run.external), **log_rows(run.log)}
    else:
        return {}
    values = {name: [value] for name, value in rows.items()}
    for request in setting_changes(run):
        row = values.setdefault(request.request, [])
        value = "none" if _NONE.get(request.request) == request.value else clean(request.value, 60)
        if request.epoch <= 1 and not request.batch:
            row.clear()
        if row[-1:] != [value]:
            row.append(value)
    return {name: _value_history(row) for name, row in values.items()}


def _value_history(values: list[str]) -> str:
    shown = values if len(values) <= _MOST else [values[0], "…", values[-1]]
    return " → ".join(shown)
