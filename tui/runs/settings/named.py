"""A training's settings as named words, so that two trainings can be laid beside each other."""

from __future__ import annotations

import os

from tui.common.text import clean, exact
from tui.runs.settings.shares import share_name
from tui.runs.settings.spec import TrainingSpec


def setting_rows(spec: TrainingSpec) -> dict[str, str]:
    """Return every setting that shapes a training, with its value in words.

    The loader is left out: both give the same batches.

    Args:
        spec: what is trained.

    Returns:
        Names, in the order in which a learner asks for them, and values; all of them clean.
    """
    data = spec.data
    height, width = data.target_size
    changes = data.augmentation.arguments()
    rows = {
        "network": clean(spec.network),
        "data": clean(folder_name(data.directory)),
        "share": share_name(spec.share),
        "learning rate": exact(spec.learning_rate),
        "optimizer": spec.optimizer,
        "epochs": str(spec.epochs),
        "batch size": str(data.batch_size),
        "target size": f"{height}×{width}",
        "colour mode": data.color_mode,
        "class mode": data.class_mode,
        "augmentation": _arguments(changes),
        "validation": _validation(spec),
        "interpolation": data.interpolation,
        "rescale": f"1/{exact(data.rescale_divisor)}",
        "classes": clean(", ".join(data.classes), 200),
        "left out": str(len(data.leave_out)) if data.leave_out else "none",
        "stop rule": str(spec.stop_rule) if spec.stop_rule is not None else "none",
        "patience": str(spec.patience) if spec.patience else "none",
        "seed": str(spec.seed),
        "shuffling seed": "none" if data.seed is None else str(data.seed),
        "folder": clean(data.directory),
    }
    return rows


def folder_name(directory: str) -> str:
    """Return what a folder of images is called: with its parent where it is one of a split.

    >>> folder_name("/data/pets"), folder_name("/data/pets/train/")
    ('pets', 'pets/train')
    """
    parent, name = os.path.split(os.path.normpath(directory))
    if name.lower() in ("train", "training"):
        return os.path.join(os.path.basename(parent), name)
    return name or directory


def _arguments(arguments: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items()) or "none"


def _validation(spec: TrainingSpec) -> str:
    data = spec.data
    if data.validation_directory is not None:
        return clean(data.validation_directory)
    return f"{exact(data.validation_split)} of each class" if data.validation_split else "none"
