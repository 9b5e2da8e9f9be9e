"""What is odd about a network that learns all the same."""

from __future__ import annotations

import math

from tui.datasets import LoaderSettings
from tui.geometry import Row, Vector
from tui.geometry.output_bounds import OutputBounds
from tui.geometry.shapes import Shape
from tui.runs.network_check.corrections import outputs
from tui.runs.network_check.refusals import dropped, ending_function, function_of, loss_name
from tui.runs.settings.findings import Finding

SURE = 0.9
"""A network that can give no class more than this can never be sure of anything."""


def odd(rows: tuple[Row, ...], end: OutputBounds, settings: LoaderSettings) -> list[Finding]:
    """Return what lets a network learn, but not as it should."""
    found = [*_too_many(rows, settings), *_softmax_inside(rows), *_narrow(rows, settings)]
    if end.dropped:
        found.append(Finding("question", dropped(rows)))
    if end.relu_at >= 0:
        name = rows[end.relu_at].name
        found.append(
            Finding(
                "question",
                f"The ReLU of {name} stands before the last activation: every score below 0 "
                "becomes 0, and a class whose scores are there is not learnt any more.",
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
                f"to one. It learns, for {loss_name(settings.class_mode)} divides by their sum; "
                "softmax is what is meant for classes of which one is right.",
            )
        )
    least = min(share, 1 - end.low) if settings.class_mode == "binary" else share
    if least < SURE and end.relu_at < 0:
        found.append(
            Finding(
                "question",
                f"{rows[-1].name} bounds what the activation before it gives: a class can be "
                f"given {least:.2f} at most, however sure the network is.",
            )
        )
    elif settings.class_mode == "binary" and ending_function(rows) not in ("sigmoid", ""):
        found.append(
            Finding(
                "remark",
                f"The network ends in {ending_function(rows)}; sigmoid is what is meant for the "
                "probability of one of two classes.",
            )
        )
    return found


def _softmax_inside(rows: tuple[Row, ...]) -> list[Finding]:
    """Return that a softmax stands before another layer with weights."""
    last = max(row.index for row in rows if row.effect is not None and row.effect.trainable)
    inside = [row for row in rows[:last] if function_of(row) == "softmax"]
    if not inside:
        return []
    return [
        Finding(
            "remark",
            f"{inside[0].name} has a softmax, and {rows[last].name} follows it: a softmax belongs "
            "to the end, inside it holds the learning up. relu is usual there.",
        )
    ]


def _narrow(rows: tuple[Row, ...], settings: LoaderSettings) -> list[Finding]:
    """Return that all that a layer passes on to the next with weights is a single value.

    Measured on digits: one unit before ten classes reaches an accuracy of 0.2, and with a ReLU it
    may give 0 for every picture, from where nothing moves it.
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
                f"{relu.name} passes on a single value behind a ReLU: where that is 0 for every "
                "picture, nothing is learnt any more.",
            )
        ]
    if len(settings.classes) <= 2:
        return []
    return [
        Finding(
            "remark",
            f"{row.name} passes on a single value: {len(settings.classes)} classes can hardly be "
            "told apart by one number.",
        )
    ]


def _count(shape: Shape) -> int:
    return shape.size if isinstance(shape, Vector) else shape.width * shape.height * shape.depth


def _too_many(rows: tuple[Row, ...], settings: LoaderSettings) -> list[Finding]:
    """Return that units stand for no class, which sparse labels allow."""
    effect = rows[-1].effect
    assert effect is not None and isinstance(effect.output, Vector)
    more = effect.output.size - outputs(settings)
    if more <= 0:
        return []
    return [
        Finding(
            "remark",
            f"The network ends in {effect.output.size} units, but there are "
            f"{len(settings.classes)} classes: {more} of them stand{'s' * (more == 1)} for none.",
        )
    ]
