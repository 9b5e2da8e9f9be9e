"""What is unusual about a network that can learn."""

from __future__ import annotations

import math

from tui.datasets import LoaderSettings
from tui.geometry import Row, Vector
from tui.geometry.output_bounds import OutputBounds
from tui.geometry.shapes import Shape
from tui.runs.network_check.corrections import output_count
from tui.runs.network_check.refusals import (
    dropout_sentence,
    ending_function,
    function_of,
    loss_name,
)
from tui.runs.settings.findings import Finding

SURE = 0.9
"""A network whose highest possible probability is lower can never be sure."""


def unusual(rows: tuple[Row, ...], end: OutputBounds, settings: LoaderSettings) -> list[Finding]:
    """Return what makes a network learn less well than it should."""
    found = [*_too_many(rows, settings), *_softmax_inside(rows), *_narrow(rows, settings)]
    if end.dropped:
        found.append(Finding("question", dropout_sentence(rows)))
    if end.relu_at >= 0:
        name = rows[end.relu_at].name
        found.append(
            Finding(
                "question",
                f"The ReLU of {name} comes before the last activation: every score below 0 "
                "becomes 0, and a class with such scores is no longer learnt.",
            )
        )
    share = end.high
    if settings.class_mode != "binary" and not end.sums_to_one:
        function = ending_function(rows) or rows[-1].name
        # Keras divides by the sum.
        others = (len(settings.classes) - 1) * end.low
        share = end.high / (end.high + others) if others > 0 else 1.0
        found.append(
            Finding(
                "remark",
                f"The network ends in {function}, whose {len(settings.classes)} values do not sum "
                f"to one. It learns, because {loss_name(settings.class_mode)} divides by their "
                "sum; softmax is the usual choice when one class is right.",
            )
        )
    highest = min(share, 1 - end.low) if settings.class_mode == "binary" else share
    if highest < SURE and end.relu_at < 0:
        found.append(
            Finding(
                "question",
                f"{rows[-1].name} limits the output of the activation before it: the probability "
                f"of a class is {highest:.2f} at most, however sure the network is.",
            )
        )
    elif settings.class_mode == "binary" and ending_function(rows) not in ("sigmoid", ""):
        found.append(
            Finding(
                "remark",
                f"The network ends in {ending_function(rows)}; sigmoid is the usual choice for "
                "the probability of one of two classes.",
            )
        )
    return found


def _softmax_inside(rows: tuple[Row, ...]) -> list[Finding]:
    """Return the finding that a softmax comes before another layer with weights."""
    last = max(row.index for row in rows if row.effect is not None and row.effect.trainable)
    inside = [row for row in rows[:last] if function_of(row) == "softmax"]
    if not inside:
        return []
    return [
        Finding(
            "remark",
            f"{inside[0].name} has a softmax, and {rows[last].name} follows it: a softmax belongs "
            "at the end; before it, it slows learning down. relu is usual there.",
        )
    ]


def _narrow(rows: tuple[Row, ...], settings: LoaderSettings) -> list[Finding]:
    """Return the finding that a layer passes only one value to the next layer with weights.

    Measured on digits: one unit before ten classes reaches an accuracy of 0.2, and with a ReLU it
    may give 0 for every image and then never change.
    """
    last = max(row.index for row in rows if row.effect is not None and row.effect.trainable)
    single = [row for row in rows[:last] if row.effect and _count(row.effect.output) == 1]
    if not single or math.prod(settings.target_size) * settings.channels == 1:
        return []
    row = single[0]
    relu = next((one for one in single if function_of(one) in ("relu", "relu6")), None)
    if relu is not None:
        return [
            Finding(
                "question",
                f"{relu.name} passes on a single value after a ReLU: if that is 0 for every "
                "image, nothing is learnt any more.",
            )
        ]
    if len(settings.classes) <= 2:
        return []
    return [
        Finding(
            "remark",
            f"{row.name} passes on a single value: {len(settings.classes)} classes can hardly be "
            "distinguished by one number.",
        )
    ]


def _count(shape: Shape) -> int:
    return shape.size if isinstance(shape, Vector) else shape.width * shape.height * shape.depth


def _too_many(rows: tuple[Row, ...], settings: LoaderSettings) -> list[Finding]:
    """Return the finding that some units have no class, which sparse labels allow."""
    effect = rows[-1].effect
    assert effect is not None and isinstance(effect.output, Vector)
    more = effect.output.size - output_count(settings)
    if more <= 0:
        return []
    verb = "has" if more == 1 else "have"
    return [
        Finding(
            "remark",
            f"The network ends in {effect.output.size} units, but there are "
            f"{len(settings.classes)} classes: {more} of them {verb} no class.",
        )
    ]
