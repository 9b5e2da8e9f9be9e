"""The lines of a training's program that weight its classes."""

from __future__ import annotations

from collections.abc import Mapping

from tui.runs.settings.class_weights import ClassWeight


def class_weight_lines(weight: ClassWeight) -> list[str]:
    """Return the lines that make `class_weight`, the argument of `fit`.

    Args:
        weight: as in `TrainingSpec`; classes that it does not name weigh 1, in Keras too.
    """
    if weight is None:
        return []
    if isinstance(weight, Mapping):
        named = {name: float(value) for name, value in weight.items()}
        return [
            f"weights = {named!r}",
            "class_weight = {train.class_indices[name]: weights[name] for name in weights}",
            "",
        ]
    return [
        "# Balanced: a class weighs the more, the fewer training images it has.",
        "counts = [int((train.classes == label).sum()) for label in range(train.num_classes)]",
        "class_weight = {",
        "    label: train.n / (train.num_classes * count) for label, count in enumerate(counts)",
        "}",
        "",
    ]
