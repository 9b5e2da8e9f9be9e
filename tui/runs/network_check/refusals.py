"""Reasons to refuse a network: each function returns a finding, or None."""

from __future__ import annotations

import math

from tui.common.numbers import figure
from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.geometry import Activation, Dense, Dropout, Flatten, Pair, Row, Vector, Volume
from tui.geometry.output_bounds import OutputBounds
from tui.keras_io.compile_names import CLASS_MODE_LOSSES
from tui.runs.network_check.corrections import output_count
from tui.runs.settings.findings import Finding


def loss_name(class_mode: str) -> str:
    """Return the loss that suits a class mode, in words.

    >>> loss_name("sparse")
    'sparse categorical cross-entropy'
    """
    return CLASS_MODE_LOSSES[class_mode].replace("crossentropy", "cross-entropy").replace("_", " ")


def function_of(row: Row) -> str:
    """Return a layer's activation; empty if it cannot have one."""
    layer = row.layer
    return layer.function if isinstance(layer, Activation) else getattr(layer, "activation", "")


def has_activation(row: Row) -> bool:
    """Return whether a layer is an activation or has one, perhaps linear."""
    return isinstance(row.layer, Activation) or hasattr(row.layer, "activation")


def ending_function(rows: tuple[Row, ...]) -> str:
    """Return the network's last activation; empty if it is linear or there is none."""
    ends = (row for row in reversed(rows) if not isinstance(row.layer, Flatten | Dropout))
    function = function_of(next(ends, rows[-1]))
    return "" if function == "linear" else function


def bounds(end: OutputBounds) -> str:
    """Return the range of values in words.

    >>> bounds(OutputBounds(low=0.0)), bounds(OutputBounds()), bounds(OutputBounds(-1, 1))
    ('from 0 upwards', 'of any size and sign', 'from −1 to 1')
    """
    low, high = (figure(one).replace("-", "−") for one in (end.low, end.high))
    if not (math.isfinite(end.low) or math.isfinite(end.high)):
        return "of any size and sign"
    if not math.isfinite(end.high):
        return f"from {low} upwards"
    return f"up to {high}" if not math.isfinite(end.low) else f"from {low} to {high}"


def dropout_sentence(rows: tuple[Row, ...]) -> str:
    """Return the sentence on a Dropout after the last activation."""
    row = next(row for row in reversed(rows) if isinstance(row.layer, Dropout))
    return (
        f"{row.name} comes after the last activation: it sets probabilities to 0 at random, "
        "even that of the right class."
    )


def not_flat(rows: tuple[Row, ...], settings: LoaderSettings) -> Finding:
    """Return the finding that a network ends in a volume, or has no layers."""
    need, effect = _need(settings), rows[-1].effect if rows else None
    if effect is None or not isinstance(effect.output, Volume):
        return Finding("refuse", f"The network has no layers, but {need}.")
    output = effect.output
    why = f"The network ends in {output}, but {need} in a row. A Flatten is missing"
    weights = next((row for row in reversed(rows) if hasattr(row.layer, "activation")), None)
    if weights is not None and isinstance(weights.layer, Dense) and output.plane != Pair(1, 1):
        place = f"{output.width}×{output.height}"
        why += f": without it {weights.name} works on each of the {place} places alone"
    return Finding("refuse", f"{why}.")


def wrong_units(output: Vector, end: OutputBounds, settings: LoaderSettings) -> Finding | None:
    """Return the finding that the number of units is not the one that the labels need.

    With `sparse` labels Keras trains more units than classes: that is only unusual.
    """
    wanted = output_count(settings)
    more = output.size > wanted and settings.class_mode == "sparse" and end.sums_to_one
    if output.size == wanted or more:
        return None
    count = f"{output.size} unit{'s' * (output.size != 1)}"
    other = ""
    if settings.class_mode == "binary" and output.size == 2:
        other = "Or choose class mode categorical, and keep two units with a softmax."
    elif len(settings.classes) == 2 and output.size == 1:
        other = "Or choose class mode binary, and keep one unit with a sigmoid."
    return Finding("refuse", f"The network ends in {count}, but {_need(settings)}.", other)


def _need(settings: LoaderSettings) -> str:
    wanted = output_count(settings)
    return (
        f"{len(settings.classes)} classes with class mode {settings.class_mode} need {wanted} "
        f"output{'s' * (wanted > 1)}"
    )


def no_weights(rows: tuple[Row, ...]) -> Finding | None:
    """Return the finding that no layer has weights to train."""
    if any(row.effect is not None and row.effect.trainable for row in rows):
        return None
    return Finding("refuse", "The network has no weights: there is nothing to learn.")


def constant_output(
    rows: tuple[Row, ...], values: tuple[OutputBounds, ...], settings: LoaderSettings
) -> Finding | None:
    """Return the finding that the output does not depend on the image."""
    end = values[-1]
    if not end.constant:
        return None
    row = rows[end.constant_from]
    if function_of(row) == "softmax":
        what = f"{row.name} applies softmax to a single value, which is always 1"
    else:
        what = f"{row.name} gives {values[end.constant_from].low:g} for any input"
    effect = rows[-1].effect
    assert effect is not None and isinstance(effect.output, Vector)
    also_wrong = wrong_units(effect.output, end, settings)
    also = f" And {_need(settings)}." if also_wrong is not None else ""
    sentence = f"{what}: the output is the same for every image.{also}"
    return Finding("refuse", sentence, also_wrong.cure if also_wrong is not None else "")


def not_probabilities(
    rows: tuple[Row, ...], end: OutputBounds, settings: LoaderSettings
) -> Finding | None:
    """Return the finding that the outputs are not probabilities, or not of all classes."""
    loss = loss_name(settings.class_mode)
    last, function = rows[-1], ending_function(rows)
    ending = f"ends without an activation ({last.name})"
    if function:
        ending = f"ends in {function} ({last.name})"
    if not has_activation(last):
        ending = f"ends in {last.name}"
    if settings.class_mode == "binary":
        if not end.probabilities:
            return Finding(
                "refuse",
                f"The network {ending}, which gives values {bounds(end)}: {loss} needs the "
                "probability of the second class, between 0 and 1. A sigmoid is missing.",
            )
        side = _one_side(end)
        if side:
            named = settings.classes[1 if side > 0 else 0]
            limit = "never below" if side > 0 else "never above"
            return Finding(
                "refuse",
                f"The network {ending}, which is {limit} 0.5 here: every image is classified as "
                f"{clean(named, 40)!r}.",
            )
        return None
    if end.dropped and settings.class_mode == "categorical":
        return Finding(
            "refuse",
            dropout_sentence(rows) + " If it sets all of them to 0, the loss is not a number.",
        )
    if end.low < 0 or not (end.above_low or end.low > 0 or end.sums_to_one):
        why = f"which gives values {bounds(end)}"
        return Finding(
            "refuse",
            f"The network {ending}, {why}: {loss} needs one probability for each of the "
            f"{len(settings.classes)} classes. A softmax is missing.",
        )
    return None


def _one_side(end: OutputBounds) -> int:
    """Return 1 if no value is below 0.5, −1 if none is above, else 0.

    Exactly 0.5, as from a sigmoid after a ReLU, counts for the first class.
    """
    if end.low > 0.5 or (end.low == 0.5 and end.above_low):
        return 1
    return -1 if end.high <= 0.5 else 0
