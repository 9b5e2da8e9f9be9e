"""Rows of the table: two shapes that do not agree, and nothing else."""

from __future__ import annotations

from tui.geometry import Vector, output_shape
from tui.keras_io.errors.judged_weights import judge_weights, looks_like_weights
from tui.keras_io.errors.labels import judge_either, judge_labels
from tui.keras_io.errors.patterns import Answer, Found, Pattern
from tui.keras_io.errors.shapes import Sides, same, written


def _incompatible(found: Found) -> Answer | None:
    """Two shapes and nothing else: labels and output, or weights."""
    first, second = found.shape("first"), found.shape("second")
    if not first or not second:
        return None
    message = found.message
    whole = "compatible" in found.match[0]
    if not whole and None not in (*first, *second):
        return None  # the words are cut off that would show whether these are labels
    if message.holds("load_weights", "set_weights", "checkpoint", "restore", ".assign(", "saving"):
        return judge_weights(first, second, network=found.network, sure=False)
    if len(first) == len(second) == 1 and None not in (first[0], second[0]):
        return Answer(
            "weights",
            f"A row of {first[0]} and a row of {second[0]} values: mostly the biases of a layer "
            f"with {first[0]} units or filters and those of one with {second[0]}, where weights "
            "of another network are loaded; else labels and outputs of two different numbers.",
            "Give the layer the number of units that its weights were saved with; or, where its "
            "number of classes is new, another name, and load by_name=True.",
            guess=True,
        )
    if looks_like_weights(first, second):
        answer = judge_weights(first, second, network=found.network, sure=False)
        if len(first) != 2 or first[0] != second[0]:
            return answer
        cure = (
            f"{answer.cure} Where {first[0]} is the batch, they are labels and output: the last "
            "layer needs one unit for each class."
        )
        return Answer(answer.kind, answer.what, cure, answer.row, guess=True)
    made = output_shape(found.network) if found.network is not None else None
    ends: Sides = ()
    if isinstance(made, Vector):
        ends = (None, made.size)
    elif made is not None:
        ends = (None, made.height, made.width, made.depth)
    # A loss names the labels first; a metric such as AUC the output.
    turned = message.holds("metrics_utils", "update_confusion_matrix", "metrics.py")
    if len(first) < len(second) and not turned:
        pass  # a value for each place is the output's, whichever network is given here
    elif ends and same(first, ends) != same(second, ends):
        turned = same(first, ends)
    elif len(first) > 2 >= len(second) and not turned:
        return _which_is_deeper(first, second, found)
    elif len(first) == len(second) == 2 and second[1] == 1 and first[1] != 1 and not turned:
        return judge_either(first, second)
    target, output = (second, first) if turned else (first, second)
    return judge_labels(target, output, found.network, message.loss)


def _which_is_deeper(first: Sides, second: Sides, found: Found) -> Answer:
    """One has a value for each place, and it is not said which one."""
    answer = judge_labels(second, first, found.network, found.message.loss)
    return Answer(
        answer.kind,
        f"One of {written(first)} and {written(second)} is the labels' shape, the other the "
        "network's output; which is which is not said. Where each picture has one label, the "
        "output has a value for each place: Flatten is missing.",
        f"{answer.cure} Where the labels are maps (a value for each pixel), leave Flatten and "
        "Dense out instead.",
        answer.row,
        guess=True,
    )


TWO_SHAPES_PATTERNS = (
    Pattern("shapes-incompatible", "TensorFlow 1, 2",
        r"Shapes <shape:first> and <shape:second> (?:are|must be) (?:incompatible|not compatible"
        r"|compatible)",
        "Shapes (None, 1) and (None, 7, 7, 10) are incompatible", _incompatible),
    Pattern("shapes-cut", "TensorFlow 1, 2",
        r"Shapes <shape:first> and <shape:second>(?:$|are(?!.{0,20}compat))",
        "ValueError: Shapes (None, 1) and (None, 7, 7, 10) are", _incompatible, weak=True),
)  # fmt: skip
