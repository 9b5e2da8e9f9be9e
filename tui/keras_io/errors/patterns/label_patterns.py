"""Messages about labels that do not match the output of the network."""

from __future__ import annotations

from tui.geometry import Vector, output_shape
from tui.keras_io.errors.explain_axes import is_about_input
from tui.keras_io.errors.explain_labels import (
    ADD_FLATTEN,
    USE_CLASS_NUMBERS,
    USE_ONE_HOT,
    explain_either_order,
    explain_flattened,
    explain_labels,
)
from tui.keras_io.errors.explain_weights import explain_weights, looks_like_weights
from tui.keras_io.errors.keras_shapes import KerasShape, are_compatible, format_shape, pluralize
from tui.keras_io.errors.locate_layer import LayerClues, locate_layer
from tui.keras_io.errors.message_patterns import (
    CHECKING,
    Explanation,
    Pattern,
    PatternMatch,
    explain_as,
    layer_label,
)


def _judged(match: PatternMatch) -> Explanation | None:
    target, output = match.shape("target"), match.shape("output")
    # `()` is the shape of a single number; a group that did not match is no shape.
    if not output or (not target and match.regex["target"] is None):
        return None
    return explain_labels(target, output, match.network, match.message.loss)


def _short(match: PatternMatch) -> Explanation | None:
    """Explain an output shape that is cut off after its third size: there are more axes."""
    target, output = match.shape("target"), (*match.shape("output"), None)
    return explain_labels(target, output, match.network) if len(target) < len(output) else None


def _sparse(match: PatternMatch) -> Explanation | None:
    """Explain a sparse loss: labels have to be class numbers, the output one value per class."""
    target, output = match.shape("target"), match.shape("output")
    if not target or not output:
        return None
    if len(target) == len(output) == 2 and target[-1] != 1:
        return explain_one_hot(target, output, match)
    if len(output) == 2 and not are_compatible(target[:1], output[:1]):
        return explain_flattened(output, target, match.network)
    return explain_labels(target, output, match.network)


def explain_one_hot(target: KerasShape, output: KerasShape, match: PatternMatch) -> Explanation:
    """Explain one-hot labels where class numbers are expected."""
    located = locate_layer(LayerClues("output", received=output), match.network)
    cure = USE_CLASS_NUMBERS
    if target[-1] != output[-1]:
        cure += f" The last layer then needs one unit for each class: Dense({target[-1]})."
    return Explanation(
        "one-hot-labels",
        f"The labels are {format_shape(target)}, {pluralize(target[-1], 'value')} for each image "
        "(one-hot), but a sparse loss takes one class number.",
        cure,
        located.row.index if located else None,
    )


def _checking(match: PatternMatch) -> Explanation | None:
    """Explain a message of Keras 1 or 2: the expected shape, and that of the labels."""
    expected, got = match.shape("expected"), match.shape("got")
    if not expected or not got or is_about_input(match):
        return None
    if expected[0] is not None or len(expected) != len(got):
        expected, got = (None, *expected), (None, *got)
    if len(expected) == len(got) == 2 and expected[1] == 1 and got[1] != 1:
        return _one_wanted(expected, got, match)
    return explain_labels(got, expected, match.network, match.message.loss)


def _one_wanted(expected: KerasShape, got: KerasShape, match: PatternMatch) -> Explanation:
    """Explain why one value per image is expected: by a sparse loss, or by a single unit."""
    made = output_shape(match.network) if match.network is not None else None
    units = made.size if isinstance(made, Vector) else None
    if units == 1:
        return explain_labels(got, expected, match.network)
    if units is not None or match.message.loss.startswith("sparse"):
        return explain_one_hot(got, (None, units or got[1]), match)
    name = match.text("layer") or "the last layer"
    classes = got[1]
    cure = (
        f"With {pluralize(classes, 'unit')} and a sparse loss: use categorical_crossentropy, or "
        f'class numbers as labels. With one unit: use Dense({classes}, activation="softmax")'
    )
    if classes == 2:
        cure += ', or class_mode="binary"'
    return Explanation(
        "one-hot-labels",
        f"One value per image is expected for {name}, but the labels have {classes} (one-hot). "
        "Either the loss is sparse and takes class numbers, or the layer has only one unit.",
        f"{cure}.",
        guess=True,
    )


def _axes(match: PatternMatch) -> Explanation | None:
    """Explain a message of Keras 1 or 2 with only the number of axes of the output."""
    if is_about_input(match):
        return None
    got, wanted = match.shape("got"), match.number("n")
    return explain_labels(got, (None,) * wanted, match.network)


def _passed(match: PatternMatch) -> Explanation | None:
    """Explain class numbers with a categorical loss, in Keras 2 and TensorFlow 1."""
    target = match.shape("target")
    return Explanation(
        "integer-labels",
        f"The labels have the shape {format_shape(target)}: class numbers, but "
        "categorical_crossentropy takes one value for each class (one-hot).",
        USE_ONE_HOT.format(units="number_of_classes"),
    )


def _flat(match: PatternMatch) -> Explanation | None:
    return explain_flattened(match.shape("logits"), match.shape("labels"), match.network)


def _range(match: PatternMatch) -> Explanation | None:
    label, units = match.number("label"), match.number("units")
    located = locate_layer(LayerClues("output", received=(units,)), match.network)
    subject = layer_label(located, "The last layer")
    text = (
        f"{subject} has {pluralize(units, 'unit')}, for the classes 0 to {units - 1}, but a label "
        f"is {label}."
    )
    if label < 0:
        cure = (
            "Labels count from 0: find out where the negative ones come from (np.unique(labels))."
        )
    elif label == units:
        cure = (
            f"If the labels count from 1, use labels - 1; else use Dense({label + 1}), one unit "
            "for each class."
        )
    else:
        cure = (
            f"Use one unit for each class, Dense({label + 1}) or more; or number the classes 0 to "
            f"{units - 1} (np.unique(labels, return_inverse=True))."
        )
    return Explanation("label-range", text, cure, located.row.index if located else None)


def _index(match: PatternMatch) -> Explanation | None:
    label, units = match.number("label"), match.number("units")
    return Explanation(
        "label-range",
        f"The index {label} is outside the {units} positions 0 to {units - 1}. If to_categorical "
        "raised this, a label is too large for the number of classes.",
        f"Labels count from 0: for labels up to {label} give {label + 1} classes, or use labels - "
        "1 if they count from 1.",
        guess=not match.message.contains("to_categorical"),
    )


def _incompatible(match: PatternMatch) -> Explanation | None:
    """Explain two shapes without context: labels and output, or weights."""
    first, second = match.shape("first"), match.shape("second")
    if not first or not second:
        return None
    message = match.message
    whole = "compatible" in match.regex[0]
    if not whole and None not in (*first, *second):
        return None  # cut off before the words that would show whether these are labels
    if message.contains(
        "load_weights", "set_weights", "checkpoint", "restore", ".assign(", "saving"
    ):
        return explain_weights(first, second, network=match.network, order_known=False)
    if len(first) == len(second) == 1 and None not in (first[0], second[0]):
        return Explanation(
            "weights",
            f"A vector of {first[0]} and one of {second[0]} values: usually the biases of a layer "
            f"with {first[0]} units or filters and of one with {second[0]}, if weights of another "
            "network are loaded; else different numbers of labels and outputs.",
            "Give the layer the number of units that its weights were saved with; or, if the "
            "number of classes is new, give it another name and load with by_name=True.",
            guess=True,
        )
    if looks_like_weights(first, second):
        answer = explain_weights(first, second, network=match.network, order_known=False)
        if len(first) != 2 or first[0] != second[0]:
            return answer
        cure = (
            f"{answer.cure} If {first[0]} is the batch size, these are labels and output: the last "
            "layer needs one unit for each class."
        )
        return Explanation(answer.kind, answer.what, cure, answer.row, guess=True)
    made = output_shape(match.network) if match.network is not None else None
    ends: KerasShape = ()
    if isinstance(made, Vector):
        ends = (None, made.size)
    elif made is not None:
        ends = (None, made.height, made.width, made.depth)
    # A loss names the labels first; a metric such as AUC the output.
    turned = message.contains("metrics_utils", "update_confusion_matrix", "metrics.py")
    if len(first) < len(second) and not turned:
        pass  # the shape with a value for each position is the output, whatever network is given
    elif ends and are_compatible(first, ends) != are_compatible(second, ends):
        turned = are_compatible(first, ends)
    elif len(first) > 2 >= len(second) and not turned:
        return _either_is_deeper(first, second, match)
    elif len(first) == len(second) == 2 and second[1] == 1 and first[1] != 1 and not turned:
        return explain_either_order(first, second)
    target, output = (second, first) if turned else (first, second)
    return explain_labels(target, output, match.network, message.loss)


def _either_is_deeper(first: KerasShape, second: KerasShape, match: PatternMatch) -> Explanation:
    """Explain labels and output, of which one has a value for each position."""
    answer = explain_labels(second, first, match.network, match.message.loss)
    return Explanation(
        answer.kind,
        f"One of {format_shape(first)} and {format_shape(second)} is the labels' shape, the other "
        "the network's output; the message does not say which. If each image has one label, the "
        "output has a value for each position: Flatten is missing.",
        f"{answer.cure} If the labels are maps (a value for each pixel), leave Flatten and Dense "
        "out instead.",
        answer.row,
        guess=True,
    )


LABEL_PATTERNS = (
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
        "target.shape=(None, 6), output.shape=(None, 26, 26, 6)", _judged, ambiguous=True),
    Pattern("target-output-short", "Keras 3",
        r"target\.shape=<shape:target>,? output\.shape=[(\[](?P<output>(?:\d+,|none,){3})"
        r"[\d,]{0,12}(?=$|[a-z])",
        "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(32,), "
        "output.shape=(32, 13, 13,", _short, ambiguous=True),
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
        "index 10 is out of bounds for axis 1 with size 10", _index, ambiguous=True),
    Pattern("softmax-rank", "Keras 1, Keras 2",
        r"Cannot apply softmax to a tensor that is .{1,20}? ndim=<n:n>",
        "Cannot apply softmax to a tensor that is not 2D or 3D. Here, ndim=4",
        explain_as("flatten",
            "The softmax is applied to {n} axes: it receives a volume, but takes a vector. Usually "
            "Flatten is missing before the last Dense.",
            ADD_FLATTEN, guess=True)),
    Pattern("shapes-incompatible", "TensorFlow 1, 2",
        r"Shapes <shape:first> and <shape:second> (?:are|must be) (?:incompatible|not compatible"
        r"|compatible)",
        "Shapes (None, 1) and (None, 7, 7, 10) are incompatible", _incompatible),
    Pattern("shapes-cut", "TensorFlow 1, 2",
        r"Shapes <shape:first> and <shape:second>(?:$|are(?!.{0,20}compat))",
        "ValueError: Shapes (None, 1) and (None, 7, 7, 10) are", _incompatible, ambiguous=True),
)  # fmt: skip
