"""Explain by two shapes why labels do not match the output of a network."""

from __future__ import annotations

import math
from dataclasses import replace

from tui.geometry import Network, Vector, Volume, output_shape
from tui.keras_io.errors.keras_shapes import (
    KerasShape,
    are_compatible,
    describe_shape,
    format_shape,
    pluralize,
)
from tui.keras_io.errors.locate_layer import LayerClues, locate_layer
from tui.keras_io.errors.message_patterns import Explanation, layer_label

USE_ONE_HOT = (
    "Use the loss sparse_categorical_crossentropy; or make the labels one-hot: "
    'class_mode="categorical", or keras.utils.to_categorical(labels, {units}).'
)
USE_CLASS_NUMBERS = (
    'Use the loss categorical_crossentropy; or use class numbers: class_mode="sparse", or '
    "np.argmax(labels, axis=-1)."
)
ADD_FLATTEN = (
    "Put Flatten() (or GlobalAveragePooling2D()) after the last convolution or pooling, before "
    "the first Dense."
)


def explain_labels(
    target: KerasShape, output: KerasShape, network: Network | None = None, loss: str = ""
) -> Explanation:
    """Explain why labels do not match the output of a network.

    Args:
        target: the labels' shape, the batch first.
        output: the output's shape, the batch first.
        network: the network, where it is known.
        loss: the loss, where it is known.

    >>> explain_labels((None, 6), (None, 26, 26, 6)).kind
    'flatten'
    >>> explain_labels((None, 1), (None, 6)).kind
    'integer-labels'
    """
    located = locate_layer(LayerClues("output", received=output), network)
    row = located.row.index if located else None
    subject = layer_label(located, "The network")
    observed = (
        f"{subject} outputs {describe_shape(output)}, but the labels have the shape "
        f"{format_shape(target)}."
    )
    if not target:
        return Explanation(
            "label-axes",
            f"{subject} outputs {describe_shape(output)}, but the labels have no axes: they are "
            "single numbers, usually a plain list, whose entries Keras treats as separate labels.",
            "Make one array of them: labels = np.array(labels).",
            row,
        )
    if len(target) == 2 and target[1] == 0:
        return Explanation(
            "no-data",
            f"{observed} There are no labels, and most likely no images: the folder is empty or "
            "has no subfolder for each class.",
            "Check the path and what is in it: flow_from_directory expects one subfolder for each "
            "class, and prints how many images it found.",
            row,
        )
    if located is None and network is not None and output_mismatch(network, output):
        observed += (
            " The network given here has another output: the message is from another network."
        )
    if len(output) > 2 and len(target) < len(output):
        answer = _flatten(observed, target, output)
    elif len(target) > len(output):
        answer = _labels_deeper(observed, target, output)
    elif len(target) < len(output) or (len(output) == 2 and target[-1] == 1 != output[-1]):
        answer = _numbers(observed, target, output, loss)
    elif len(output) >= 3:
        answer = _maps(observed, target, output)
    else:
        answer = _units(observed, target, output, loss)
    return replace(answer, row=row)


def output_mismatch(network: Network, output: KerasShape) -> bool:
    """Return whether a network cannot have an output of this shape."""
    made = output_shape(network)
    if isinstance(made, Volume):
        return not are_compatible((made.height, made.width, made.depth), output[1:])
    return isinstance(made, Vector) and not are_compatible((made.size,), output[1:])


def _flatten(observed: str, target: KerasShape, output: KerasShape) -> Explanation:
    cells = " by ".join(str(side) for side in output[1:-1])
    positions = "position" if None in output[1:-1] else f"of {cells} positions"
    text = f"{observed} There is one prediction for each {positions}, not one for each image: "
    text += "Flatten is missing before the last Dense."
    cure = ADD_FLATTEN
    classes = target[-1] if len(target) == 2 and output[-1] is not None else None
    if classes not in (None, 1, output[-1]):
        cure += f" Then the last layer also needs {pluralize(classes, 'unit')}: Dense({classes})."
    if len(output) == 3:
        cure += " After an LSTM or GRU: return_sequences=False."
    return Explanation("flatten", text, cure, guess=len(output) == 3)


def _labels_deeper(observed: str, target: KerasShape, output: KerasShape) -> Explanation:
    inner = tuple(side for side in target[1:] if side != 1)
    if len(output) == 2 and (are_compatible(inner, output[1:]) or len(target) == 3):
        return Explanation(
            "label-axes",
            f"{observed} The labels have an extra axis.",
            "Print labels.shape; reshape them to (images, classes) with np.squeeze or reshape, and "
            "make them one-hot only once.",
        )
    if len(output) == 1:
        return Explanation(
            "label-axes",
            f"{observed} The labels have an extra axis.",
            "Give both the same shape with np.squeeze(labels).",
            guess=True,
        )
    return Explanation(
        "label-maps",
        f"{observed} The labels are images or maps, but the network outputs a vector.",
        "Give each image one label; or, where a value for each pixel is expected, leave Flatten "
        "and Dense out and end the network with convolutions.",
    )


def _numbers(observed: str, target: KerasShape, output: KerasShape, loss: str) -> Explanation:
    units = output[-1]
    if units == 1:
        return Explanation(
            "label-axes",
            f"{observed} Both have one value for each image.",
            "Make the labels a column: labels.reshape(-1, 1).",
        )
    if loss.startswith("sparse"):
        return Explanation(
            "unclear",
            f"{observed} A sparse loss takes just that: the error has another cause.",
            "Look at the lines above this message.",
            guess=True,
        )
    text = (
        f"{observed} Each label is a class number, where {pluralize(units, 'value')} "
        "are wanted, one for each class (one-hot)."
    )
    cure = USE_ONE_HOT.format(units=units)
    if units == 2:
        cure += (
            ' Or, for two classes, Dense(1, activation="sigmoid") with binary_crossentropy and '
            'class_mode="binary".'
        )
    elif loss.startswith("binary"):
        cure = f"binary_crossentropy is for two classes and one unit; here: {cure}"
    return Explanation("integer-labels", text, cure)


def _maps(observed: str, target: KerasShape, output: KerasShape) -> Explanation:
    sizes = are_compatible(target[1:-1], output[1:-1])
    if sizes and target[-1] != output[-1]:
        text = f"{observed} The sizes agree, but the last axis does not."
        cure = (
            f"End with a layer of {pluralize(target[-1], 'filter')}, or make the labels "
            f"{pluralize(output[-1], 'value')} deep."
        )
        if target[-1] == 1:
            cure = "With class numbers in each pixel use sparse_categorical_crossentropy; " + cure
    elif all(side == 1 for side in target[1:-1]):
        return _flatten(observed, target, output)
    else:
        text = f"{observed} Labels and output are maps of different sizes."
        cure = (
            'Let the network keep the size (padding="same", as much upsampling as pooling), or '
            "resize the label maps to the size of the output."
        )
    return Explanation("label-maps", text, cure)


def _units(observed: str, target: KerasShape, output: KerasShape, loss: str) -> Explanation:
    classes, units = target[-1], output[-1]
    if len(output) == 1 or classes == units:
        return _same_end(observed, target, output)
    if units == 1 and classes == 2:
        return Explanation(
            "binary",
            f"{observed} The labels are one-hot for two classes, but the network ends in one unit.",
            'Use class_mode="binary" (labels 0 and 1) with Dense(1, activation="sigmoid") and '
            'binary_crossentropy; or keep the labels and use Dense(2, activation="softmax") with '
            "categorical_crossentropy.",
        )
    cure = f'One unit for each class: Dense({classes}, activation="softmax").'
    if loss.startswith("binary"):
        cure += " And use categorical_crossentropy: binary_crossentropy is for two classes."
    return Explanation(
        "units",
        f"{observed} There are {pluralize(classes, 'class', 'classes')} in the labels, but the "
        f"last layer has {pluralize(units, 'unit')}.",
        cure,
    )


def _same_end(observed: str, target: KerasShape, output: KerasShape) -> Explanation:
    if are_compatible(target, output):
        return Explanation(
            "unclear",
            f"{observed} These two match: the error has another cause.",
            "Look at the lines above this message; print(model.output_shape, labels.shape).",
            guess=True,
        )
    return Explanation(
        "counts",
        f"{observed} They agree for each image, but the number of images differs.",
        "There have to be as many labels as images: print(images.shape, labels.shape).",
    )


def explain_flattened(
    logits: KerasShape, labels: KerasShape, network: Network | None
) -> Explanation | None:
    """Explain two shapes that TensorFlow has flattened, all positions of all images on one axis.

    Args:
        logits: (images × positions, units).
        labels: (labels,) or (labels, classes).
        network: the network, where it is known.
    """
    if not logits or not labels or logits[0] is None or labels[0] is None:
        return explain_labels(labels, logits, network) if logits and labels else None
    pictures, given = logits[0], labels[0]
    units = logits[-1]
    observed = (
        f"The network outputs {format_shape(logits)}, but the labels have the shape "
        f"{format_shape(labels)}."
    )
    located = locate_layer(LayerClues("output", received=logits), network)
    row = located.row.index if located else None
    if pictures > given > 0 and pictures % given == 0:
        places = pictures // given
        side = math.isqrt(places)
        square = f" ({side} by {side})" if side * side == places and side > 1 else ""
        return Explanation(
            "flatten",
            f"{observed} That is {places} predictions{square} for each label: Flatten is missing "
            "before the last Dense.",
            ADD_FLATTEN,
            row,
            guess=not square,
        )
    if given > pictures > 0 and given % pictures == 0 and len(labels) == 1:
        each = given // pictures
        if each == units:
            return Explanation(
                "one-hot-labels",
                f"{observed} That is {each} numbers for each image, one for each class: the labels "
                "are one-hot, but the loss takes class numbers.",
                USE_CLASS_NUMBERS,
                row,
            )
        return Explanation(
            "one-hot-labels",
            f"{observed} That is {each} numbers for each image, but the loss takes one. Either "
            f"the labels are one-hot for {each} classes, or they are maps.",
            f"{USE_CLASS_NUMBERS} The last layer needs one unit for each class (now {units}).",
            row,
            guess=True,
        )
    if pictures == given:
        return explain_labels(labels, logits, network)
    return Explanation(
        "counts",
        f"{observed} Neither number is a multiple of the other.",
        "Print images.shape, labels.shape and model.output_shape: each image needs one label.",
        row,
        guess=True,
    )


def explain_either_order(first: KerasShape, second: KerasShape) -> Explanation:
    """Explain labels and output in an unknown order; the second has one value for each image."""
    many = first[1]
    one_hot_first = explain_labels(first, second)
    numbers_second = explain_labels(second, first)
    return Explanation(
        one_hot_first.kind,
        f"One of {format_shape(first)} and {format_shape(second)} is the labels' shape, the other "
        "the network's output. A loss names the labels first, a metric (AUC, Precision) the "
        "output.",
        f"With labels of {pluralize(many, 'value')} and one unit: {one_hot_first.cure} With class "
        f"numbers and {pluralize(many, 'unit')}: {numbers_second.cure}",
        guess=True,
    )
