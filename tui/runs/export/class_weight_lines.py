"""The lines of a training's program that weight its classes."""

from __future__ import annotations

from collections.abc import Mapping

from tui.runs.settings.class_weights import ClassWeight

BALANCED_COMMENT = "# Balanced: a class weighs the more, the fewer training images it has."


def class_weight_lines(weight: ClassWeight, *, today: bool = False) -> list[str]:
    """Return the lines that make `class_weight`, the argument of `fit`.

    Args:
        weight: as in `TrainingSpec`; classes that it does not name weigh 1, in Keras too.
        today: whether the program reads images in today's way (`today_lines`).
    """
    if weight is None:
        return []
    if isinstance(weight, Mapping):
        named = {name: float(value) for name, value in weight.items()}
        one = "train.class_indices[name]: weights[name] for name in weights"
        if today:  # of a dataset Keras wants the weight of each class
            one = "label: weights.get(name, 1.0) for label, name in enumerate(classes)"
        return [f"weights = {named!r}", f"class_weight = {{{one}}}", ""]
    if today:
        return [
            BALANCED_COMMENT,
            "counts = [len(chosen[name]) for name in classes]",
            "class_weight = {",
            "    label: sum(counts) / (len(counts) * count) for label, count in enumerate(counts)",
            "}",
            "",
        ]
    return [
        BALANCED_COMMENT,
        "counts = [int((train.classes == label).sum()) for label in range(train.num_classes)]",
        "class_weight = {",
        "    label: train.n / (train.num_classes * count) for label, count in enumerate(counts)",
        "}",
        "",
    ]
