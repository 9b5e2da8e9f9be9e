"""What is wrong with labels, judged by their shape and by that of the output."""

from __future__ import annotations

import math
from dataclasses import replace

from tui.geometry import Network, Vector, Volume, output_shape
from tui.keras_io.errors.keras_shapes import Sides, counted, named, same, written
from tui.keras_io.errors.locate_layer import Complaint, find_place
from tui.keras_io.errors.message_patterns import Answer, label_of

TO_ONE_HOT = (
    "Take the loss sparse_categorical_crossentropy; or make the labels one-hot: "
    'class_mode="categorical", or keras.utils.to_categorical(labels, {units}).'
)
TO_NUMBERS = (
    'Take the loss categorical_crossentropy; or give class numbers: class_mode="sparse", or '
    "np.argmax(labels, axis=-1)."
)
FLATTEN = (
    "Put Flatten() (or GlobalAveragePooling2D()) behind the last convolution or pooling, before "
    "the first Dense."
)


def judge_labels(
    target: Sides, output: Sides, network: Network | None = None, loss: str = ""
) -> Answer:
    """Say why labels do not go with what the network puts out.

    Args:
        target: the labels' shape, the batch first.
        output: the output's shape, the batch first.
        network: the network, where it is known.
        loss: the loss, where it is known.

    >>> judge_labels((None, 6), (None, 26, 26, 6)).kind
    'flatten'
    >>> judge_labels((None, 1), (None, 6)).kind
    'integer-labels'
    """
    place = find_place(Complaint("output", received=output), network)
    row = place.row.index if place else None
    who = label_of(place, "The network's end")
    said = f"{who} puts out {named(output)}, but the labels are {written(target)}."
    if not target:
        return Answer(
            "label-axes",
            f"{who} puts out {named(output)}, but the labels have no axis at all: single numbers, "
            "mostly a plain list, of which Keras takes each entry for separate labels.",
            "Make one array of them: labels = np.array(labels).",
            row,
        )
    if len(target) == 2 and target[1] == 0:
        return Answer(
            "no-data",
            f"{said} There are no labels, and most likely no pictures: the folder is empty, or "
            "has no sub-folder for each class.",
            "Look at the path and what it holds: flow_from_directory wants one folder for each "
            "class inside the folder that is named, and says how many images it found.",
            row,
        )
    if place is None and network is not None and output_mismatch(network, output):
        said += " The network given here has another output: it is not the message's."
    if len(output) > 2 and len(target) < len(output):
        answer = _flatten(said, target, output)
    elif len(target) > len(output):
        answer = _labels_deeper(said, target, output)
    elif len(target) < len(output) or (len(output) == 2 and target[-1] == 1 != output[-1]):
        answer = _numbers(said, target, output, loss)
    elif len(output) >= 3:
        answer = _maps(said, target, output)
    else:
        answer = _units(said, target, output, loss)
    return replace(answer, row=row)


def output_mismatch(network: Network, output: Sides) -> bool:
    """Say whether a network cannot put out such a shape."""
    made = output_shape(network)
    if isinstance(made, Volume):
        return not same((made.height, made.width, made.depth), output[1:])
    return isinstance(made, Vector) and not same((made.size,), output[1:])


def _flatten(said: str, target: Sides, output: Sides) -> Answer:
    cells = " by ".join(str(side) for side in output[1:-1])
    places = "place" if None in output[1:-1] else f"of {cells} places"
    text = f"{said} There is one answer for each {places}, not one for each picture: "
    text += "Flatten is missing before the last Dense."
    cure = FLATTEN
    classes = target[-1] if len(target) == 2 and output[-1] is not None else None
    if classes not in (None, 1, output[-1]):
        cure += f" Then the last layer also needs {counted(classes, 'unit')}: Dense({classes})."
    if len(output) == 3:
        cure += " After an LSTM or GRU: return_sequences=False."
    return Answer("flatten", text, cure, guess=len(output) == 3)


def _labels_deeper(said: str, target: Sides, output: Sides) -> Answer:
    inner = tuple(side for side in target[1:] if side != 1)
    if len(output) == 2 and (same(inner, output[1:]) or len(target) == 3):
        return Answer(
            "label-axes",
            f"{said} The labels have an axis too many.",
            "Print labels.shape; bring them to (pictures, classes) with np.squeeze or reshape, and "
            "make them one-hot once only.",
        )
    if len(output) == 1:
        return Answer(
            "label-axes",
            f"{said} The labels have an axis too many.",
            "Bring both to one shape with np.squeeze(labels).",
            guess=True,
        )
    return Answer(
        "label-maps",
        f"{said} The labels are pictures or maps, and the network ends in a row of values.",
        "Give each picture one label; or, where a value for each pixel is wanted, leave Flatten "
        "and Dense out and end the network with convolutions.",
    )


def _numbers(said: str, target: Sides, output: Sides, loss: str) -> Answer:
    units = output[-1]
    if units == 1:
        return Answer(
            "label-axes",
            f"{said} Both hold one value for each picture.",
            "Bring the labels to a column: labels.reshape(-1, 1).",
        )
    if loss.startswith("sparse"):
        return Answer(
            "unclear",
            f"{said} That is what a sparse loss takes; the error has another cause.",
            "Look at what stands above this message.",
            guess=True,
        )
    text = (
        f"{said} Each label is one number, a class number, where {counted(units, 'value')} are "
        "wanted, one for each class (one-hot)."
    )
    cure = TO_ONE_HOT.format(units=units)
    if units == 2:
        cure += (
            ' Or, for two classes, Dense(1, activation="sigmoid") with binary_crossentropy and '
            'class_mode="binary".'
        )
    elif loss.startswith("binary"):
        cure = f"binary_crossentropy is for two classes and one unit; here: {cure}"
    return Answer("integer-labels", text, cure)


def _maps(said: str, target: Sides, output: Sides) -> Answer:
    sizes = same(target[1:-1], output[1:-1])
    if sizes and target[-1] != output[-1]:
        text = f"{said} The size agrees, the last axis does not."
        cure = (
            f"End with a layer of {counted(target[-1], 'filter')}, or make the labels "
            f"{counted(output[-1], 'value')} deep."
        )
        if target[-1] == 1:
            cure = "With class numbers in each pixel take sparse_categorical_crossentropy; " + cure
    elif all(side == 1 for side in target[1:-1]):
        return _flatten(said, target, output)
    else:
        text = f"{said} Labels and output are maps of different sizes."
        cure = (
            'Let the network keep the size (padding="same", as much upsampling as pooling), or '
            "bring the label maps to the output's size."
        )
    return Answer("label-maps", text, cure)


def _units(said: str, target: Sides, output: Sides, loss: str) -> Answer:
    classes, units = target[-1], output[-1]
    if len(output) == 1 or classes == units:
        return _same_end(said, target, output)
    if units == 1 and classes == 2:
        return Answer(
            "binary",
            f"{said} The labels are one-hot for two classes, the network ends in one unit.",
            'Take class_mode="binary" (labels 0 and 1) with Dense(1, activation="sigmoid") and '
            'binary_crossentropy; or keep the labels and take Dense(2, activation="softmax") with '
            "categorical_crossentropy.",
        )
    cure = f'One unit for each class: Dense({classes}, activation="softmax").'
    if loss.startswith("binary"):
        cure += " And take categorical_crossentropy: binary_crossentropy is for two classes."
    return Answer(
        "units",
        f"{said} There are {counted(classes, 'class', 'classes')} in the labels, but the last "
        f"layer has {counted(units, 'unit')}.",
        cure,
    )


def _same_end(said: str, target: Sides, output: Sides) -> Answer:
    if same(target, output):
        return Answer(
            "unclear",
            f"{said} These two fit each other; the error has another cause.",
            "Look at what stands above this message; print(model.output_shape, labels.shape).",
            guess=True,
        )
    return Answer(
        "counts",
        f"{said} For one picture they agree; the number of pictures differs.",
        "Give as many labels as pictures: print(pictures.shape, labels.shape).",
    )


def judge_flat(logits: Sides, labels: Sides, network: Network | None) -> Answer | None:
    """Judge two shapes that TensorFlow has laid flat, all places of all pictures in one axis.

    Args:
        logits: (pictures × places, units).
        labels: (labels,) or (labels, classes).
        network: the network, where it is known.
    """
    if not logits or not labels or logits[0] is None or labels[0] is None:
        return judge_labels(labels, logits, network) if logits and labels else None
    pictures, given = logits[0], labels[0]
    units = logits[-1]
    said = f"The network puts out {written(logits)}, but the labels are {written(labels)}."
    place = find_place(Complaint("output", received=logits), network)
    row = place.row.index if place else None
    if pictures > given > 0 and pictures % given == 0:
        places = pictures // given
        side = math.isqrt(places)
        square = f" ({side} by {side})" if side * side == places and side > 1 else ""
        return Answer(
            "flatten",
            f"{said} That is {places} answers{square} for each label: Flatten is missing before "
            "the last Dense.",
            FLATTEN,
            row,
            guess=not square,
        )
    if given > pictures > 0 and given % pictures == 0 and len(labels) == 1:
        each = given // pictures
        if each == units:
            return Answer(
                "one-hot-labels",
                f"{said} That is {each} numbers for each picture, one for each class: the labels "
                "are one-hot, where the loss takes class numbers.",
                TO_NUMBERS,
                row,
            )
        return Answer(
            "one-hot-labels",
            f"{said} That is {each} numbers for each picture, where the loss takes one. Either "
            f"the labels are one-hot for {each} classes, or they are maps.",
            f"{TO_NUMBERS} The last layer needs one unit for each class (now {units}).",
            row,
            guess=True,
        )
    if pictures == given:
        return judge_labels(labels, logits, network)
    return Answer(
        "counts",
        f"{said} Neither number is a multiple of the other.",
        "Print pictures.shape, labels.shape and model.output_shape: each picture needs one label.",
        row,
        guess=True,
    )


def judge_either(first: Sides, second: Sides) -> Answer:
    """Judge labels and output in an unknown order: the second has one value for each picture."""
    many = first[1]
    one_hot_first = judge_labels(first, second)
    numbers_second = judge_labels(second, first)
    return Answer(
        one_hot_first.kind,
        f"One of {written(first)} and {written(second)} is the labels' shape, the other the "
        "network's output. A loss names the labels first, a metric (AUC, Precision) the output.",
        f"With labels of {counted(many, 'value')} and one unit: {one_hot_first.cure} With class "
        f"numbers and {counted(many, 'unit')}: {numbers_second.cure}",
        guess=True,
    )
