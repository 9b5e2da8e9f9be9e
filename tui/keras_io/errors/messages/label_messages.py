"""Rows of the table: labels that do not go with the network's end."""

from __future__ import annotations

from tui.geometry import Vector, output_shape
from tui.keras_io.errors.explain_axes import is_input
from tui.keras_io.errors.explain_labels import (
    FLATTEN,
    TO_NUMBERS,
    TO_ONE_HOT,
    judge_either,
    judge_flat,
    judge_labels,
)
from tui.keras_io.errors.explain_weights import judge_weights, looks_like_weights
from tui.keras_io.errors.keras_shapes import Sides, counted, same, written
from tui.keras_io.errors.locate_layer import Complaint, find_place
from tui.keras_io.errors.message_patterns import CHECKING, Answer, Found, Pattern, label_of, says


def _judged(found: Found) -> Answer | None:
    target, output = found.shape("target"), found.shape("output")
    # `()` is a shape, of a single number; one that was not caught at all is none.
    if not output or (not target and found.match["target"] is None):
        return None
    return judge_labels(target, output, found.network, found.message.loss)


def _short(found: Found) -> Answer | None:
    """An output's shape that is cut off behind its third side: there are more axes."""
    target, output = found.shape("target"), (*found.shape("output"), None)
    return judge_labels(target, output, found.network) if len(target) < len(output) else None


def _sparse(found: Found) -> Answer | None:
    """A sparse loss: labels have to be numbers, the output one value for each class."""
    target, output = found.shape("target"), found.shape("output")
    if not target or not output:
        return None
    if len(target) == len(output) == 2 and target[-1] != 1:
        return one_hot(target, output, found)
    if len(output) == 2 and not same(target[:1], output[:1]):
        return judge_flat(output, target, found.network)
    return judge_labels(target, output, found.network)


def one_hot(target: Sides, output: Sides, found: Found) -> Answer:
    """Say that labels are one-hot where class numbers are wanted."""
    place = find_place(Complaint("output", received=output), found.network)
    cure = TO_NUMBERS
    if target[-1] != output[-1]:
        cure += f" The last layer then needs one unit for each class: Dense({target[-1]})."
    return Answer(
        "one-hot-labels",
        f"The labels are {written(target)}, {counted(target[-1], 'value')} for each picture "
        "(one-hot), where a sparse loss takes one class number.",
        cure,
        place.row.index if place else None,
    )


def _checking(found: Found) -> Answer | None:
    """Keras 1 and 2: what the loss wants for the layer's output, and the labels."""
    expected, got = found.shape("expected"), found.shape("got")
    if not expected or not got or is_input(found):
        return None
    if expected[0] is not None or len(expected) != len(got):
        expected, got = (None, *expected), (None, *got)
    if len(expected) == len(got) == 2 and expected[1] == 1 and got[1] != 1:
        return _one_wanted(expected, got, found)
    return judge_labels(got, expected, found.network, found.message.loss)


def _one_wanted(expected: Sides, got: Sides, found: Found) -> Answer:
    """One value is wanted: of a sparse loss, or of a single unit."""
    made = output_shape(found.network) if found.network is not None else None
    units = made.size if isinstance(made, Vector) else None
    if units == 1:
        return judge_labels(got, expected, found.network)
    if units is not None or found.message.loss.startswith("sparse"):
        return one_hot(got, (None, units or got[1]), found)
    name = found.text("layer") or "the last layer"
    classes = got[1]
    cure = (
        f"With {counted(classes, 'unit')} and a sparse loss: take categorical_crossentropy, or "
        f'class numbers as labels. With one unit: take Dense({classes}, activation="softmax")'
    )
    if classes == 2:
        cure += ', or class_mode="binary"'
    return Answer(
        "one-hot-labels",
        f"One value for each picture is wanted for {name}, but the labels have {classes} "
        "(one-hot). Either the loss is sparse, which takes class numbers, or the layer has one "
        "unit only.",
        f"{cure}.",
        guess=True,
    )


def _axes(found: Found) -> Answer | None:
    """Keras 1 and 2: the number of axes of the output alone."""
    if is_input(found):
        return None
    got, wanted = found.shape("got"), found.number("n")
    return judge_labels(got, (None,) * wanted, found.network)


def _passed(found: Found) -> Answer | None:
    """Keras 2 and TensorFlow 1: an array of class numbers under a categorical loss."""
    target = found.shape("target")
    return Answer(
        "integer-labels",
        f"The labels are {written(target)}, class numbers, where categorical_crossentropy takes "
        "one value for each class (one-hot).",
        TO_ONE_HOT.format(units="number_of_classes"),
    )


def _flat(found: Found) -> Answer | None:
    return judge_flat(found.shape("logits"), found.shape("labels"), found.network)


def _range(found: Found) -> Answer | None:
    label, units = found.number("label"), found.number("units")
    place = find_place(Complaint("output", received=(units,)), found.network)
    who = label_of(place, "The last layer")
    text = f"{who} has {counted(units, 'unit')}, for the classes 0 to {units - 1}, but a label is "
    text += f"{label}."
    if label < 0:
        cure = "Labels are counted from 0: look where −1 comes from (np.unique(labels))."
    elif label == units:
        cure = (
            f"Where the labels are counted from 1, take labels - 1; else take Dense({label + 1}), "
            "one unit for each class."
        )
    else:
        cure = (
            f"Take one unit for each class, Dense({label + 1}) or more; or give the classes the "
            f"numbers 0 to {units - 1} (np.unique(labels, return_inverse=True))."
        )
    return Answer("label-range", text, cure, place.row.index if place else None)


def _index(found: Found) -> Answer | None:
    label, units = found.number("label"), found.number("units")
    return Answer(
        "label-range",
        f"The index {label} is outside of {units} places, 0 to {units - 1}. Where it was raised "
        "by to_categorical, a label is too large for the number of classes.",
        f"Labels are counted from 0: for labels up to {label} give {label + 1} classes, or take "
        "labels - 1 where they are counted from 1.",
        guess=not found.message.holds("to_categorical"),
    )


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


TARGET_PATTERNS = (
    Pattern("target-output", "Keras 3",
        r"target and output must have the same (?:rank|shape).{0,60}?target\.shape="
        r"<shape:target>,? output\.shape=<shape:output>",
        "Arguments `target` and `output` must have the same rank (ndim). Received: target.shape="
        "(None, 6), output.shape=(None, 26, 26, 6)", _judged),
    Pattern("target-output-sparse", "Keras 3",
        r"(?:output must have rank|up until the last dimension).{0,60}?target\.shape="
        r"<shape:target>,? output\.shape=<shape:output>",
        "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(8,), "
        "output.shape=(8, 26, 26, 10)", _sparse),
    Pattern("target-output-cut", "Keras 3",
        r"target\.shape=<shape:target>,? output\.shape=<shape:output>",
        "target.shape=(None, 6), output.shape=(None, 26, 26, 6)", _judged, weak=True),
    Pattern("target-output-short", "Keras 3",
        r"target\.shape=<shape:target>,? output\.shape=[(\[](?P<output>(?:\d+,|none,){3})"
        r"[\d,]{0,12}(?=$|[a-z])",
        "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(32,), "
        "output.shape=(32, 13, 13,", _short, weak=True),
    Pattern("logits-labels-shape", "TensorFlow 2, binary crossentropy",
        r"logits and labels must have the same shape,? (?:received)? \(?<shape:output>\s?vs\.?"
        r"<shape:target>",
        "`logits` and `labels` must have the same shape, received ((None, 1) vs (None, 10)).",
        _judged),
    Pattern("labels-logits-sparse", "Keras 3, eager",
        r"labels\.shape must equal logits\.shape except for the last dimension\. Received: "
        r"labels\.shape=<shape:target> and logits\.shape=<shape:output>",
        "`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
        "labels.shape=(8, 10) and logits.shape=(8, 10)", _sparse),
    Pattern("labels-shape-mismatch", "TensorFlow 1.14 to 2.15, sparse crossentropy",
        r"shape of labels \(received <shape:target>\) should equal the shape of logits except for "
        r"the last dimension \(received <shape:output>",
        "Shape mismatch: The shape of labels (received (320,)) should equal the shape of logits "
        "except for the last dimension (received (32, 10)).", _sparse),
    Pattern("logits-first-dimension", "TensorFlow, sparse crossentropy",
        r"logits and labels must have the same first dimension,? got logits shape <shape:logits> "
        r"and labels shape <shape:labels>",
        "logits and labels must have the same first dimension, got logits shape [2704,10] and "
        "labels shape [4]", _flat),
    Pattern("logits-broadcastable", "TensorFlow, categorical crossentropy",
        r"logits and labels must be (?:broadcastable|same size): logits_size=<shape:logits> "
        r"labels_size=<shape:labels>",
        "logits and labels must be broadcastable: logits_size=[6272,10] labels_size=[128,10]",
        _flat),
    Pattern("checking-target", "Keras 1, Keras 2, TensorFlow 1 to 2.1",
        CHECKING + r" shape <shape:expected> but got (?:an )?array with shape <shape:got>",
        "Error when checking target: expected dense_2 to have shape (6,) but got array with shape "
        "(1,)", _checking),
    Pattern("checking-target-axes", "Keras 1, Keras 2, TensorFlow 1 to 2.1",
        CHECKING + r" <n:n> dimension(?:s|\(s\)),? but got (?:an )?array with shape <shape:got>",
        "Error when checking target: expected dense_1 to have 4 dimensions, but got array with "
        "shape (1000, 7)", _axes),
    Pattern("target-passed", "Keras 2, TensorFlow 1 to 2.1",
        r"You are passing a target array of shape <shape:target> while using as loss "
        r"categorical_crossentropy",
        "You are passing a target array of shape (32, 1) while using as loss "
        "`categorical_crossentropy`.", _passed),
    Pattern("target-array", "Keras 1, Keras 2, TensorFlow 1 to 2.1",
        r"A target array with shape <shape:target> was passed for (?:an output of shape|output "
        r"with shape) <shape:output>",
        "A target array with shape (32, 3) was passed for an output of shape (None, 4) while "
        "using as loss `categorical_crossentropy`.", _judged),
    Pattern("label-range", "TensorFlow, every version",
        r"Received a label value of <int:label> which is outside the valid range of "
        r"\[0,\s?<n:units>\)",
        "Received a label value of 10 which is outside the valid range of [0, 10).", _range),
    Pattern("index-range", "NumPy, Keras 2, Keras 3",
        r"index <int:label> is out of bounds for axis 1 with size <n:units>(?!\d)",
        "index 10 is out of bounds for axis 1 with size 10", _index, weak=True),
    Pattern("softmax-rank", "Keras 1, Keras 2",
        r"Cannot apply softmax to a tensor that is .{1,20}? ndim=<n:n>",
        "Cannot apply softmax to a tensor that is not 2D or 3D. Here, ndim=4",
        says("flatten", "The softmax is applied to {n} axes: a volume comes where a row of values "
             "is wanted. Mostly Flatten is missing before the last Dense.", FLATTEN, guess=True)),
    Pattern("shapes-incompatible", "TensorFlow 1, 2",
        r"Shapes <shape:first> and <shape:second> (?:are|must be) (?:incompatible|not compatible"
        r"|compatible)",
        "Shapes (None, 1) and (None, 7, 7, 10) are incompatible", _incompatible),
    Pattern("shapes-cut", "TensorFlow 1, 2",
        r"Shapes <shape:first> and <shape:second>(?:$|are(?!.{0,20}compat))",
        "ValueError: Shapes (None, 1) and (None, 7, 7, 10) are", _incompatible, weak=True),
)  # fmt: skip
