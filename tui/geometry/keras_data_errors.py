"""Errors of what is fed to a network, or of what it is compared with, in a sentence each."""

from __future__ import annotations

from tui.geometry.keras_complaint import Complaint, Sides
from tui.geometry.keras_places import Place
from tui.geometry.layers import Flatten
from tui.geometry.network import Network, output_shape
from tui.geometry.shapes import Vector, Volume

_LARGEST_SIDE = 4096  # of the pictures that are tried
_COLOR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}


def axis(complaint: Complaint, place: Place | None, network: Network | None) -> str:
    """Explain a last axis that is longer or shorter than the layer was built for."""
    (expected,) = complaint.expected
    received = complaint.received
    last = received[-1] if received else None
    who = _who(place, complaint)
    got = "another number" if last is None else f"{last:,}"
    if expected is None:
        return f"{who} receives {_shape(received)}, which is not what it was built for."
    if len(received) == 2:
        sentence = f"{who} was built for {expected:,} values, but receives {got}"
        return f"{sentence}: {_why_values(place, network, last)}"
    if len(received) == 4 and _product(received[1:]) == expected:
        return (
            f"{who} was built for {expected:,} values, but receives a volume "
            f"{_shape(received)}, which holds just as many: put Flatten before it."
        )
    sentence = f"{who} reads D1 = {expected:,} channels, but receives {got}"
    pictures = expected in _COLOR_MODES and last in _COLOR_MODES
    if place.row.index > 0 if place else not pictures:
        return f"{sentence}: the layer before it puts out another depth than when it was built."
    wanted = _COLOR_MODES.get(expected)
    cure = f'load the pictures with color_mode="{wanted}"' if wanted else "change the pictures"
    return f"{sentence}: {cure}, or give keras.Input the depth {got}."


def _why_values(place: Place | None, network: Network | None, last: int | None) -> str:
    """Where another number of values comes from: pictures of another size."""
    general = (
        "the pictures are of another size than keras.Input says, and Flatten makes another "
        "number of values of them. Load them with the size the network was built for"
    )
    if network is None or place is None or last is None:
        return f"{general}."
    volume = network.input
    side = _side_for(network, place.row.index, last)
    said = f"{general}, {volume.width}×{volume.height}"
    if side is None:
        return f"{said}."
    return f"{said}; {last:,} values come of pictures of {side}×{side}."


def _side_for(network: Network, index: int, values: int) -> int | None:
    """The side of square pictures that give a dense layer so many values; None when none do."""
    before = network.layers[:index]
    if not any(isinstance(layer, Flatten) for layer in before):
        return None
    low, high = 1, _LARGEST_SIDE
    while low <= high:  # larger pictures never give fewer values
        middle = (low + high) // 2
        made = output_shape(Network(Volume(middle, middle, network.input.depth), before))
        size = made.size if made is not None else 0
        if size == values and isinstance(made, Vector):
            return middle
        low, high = (middle + 1, high) if size < values else (low, middle - 1)
    return None


def rank(complaint: Complaint, place: Place | None, network: Network | None) -> str:
    """Explain a number of axes that the layer cannot take."""
    (expected,) = complaint.expected
    received = complaint.received
    who = _who(place, complaint)
    shape = _shape(received)
    if expected == 4 and len(received) == 2:
        values = f"{received[-1]:,} values" if received[-1] is not None else "values"
        return (
            f"{who} slides over a volume W×H×D, but receives a vector of {values}: put it before "
            "Flatten and before any global pooling."
        )
    said = f"{who} takes {expected} axes, the batch among them, but receives {len(received)}"
    said += f", {shape}" if any(side is not None for side in received) else ""
    if expected == 4 and len(received) == 3:
        if received[0] is not None and received[-1] in _COLOR_MODES:
            return f"{said}: that is one picture without a batch. Feed it as picture[None]."
        return (
            f"{said}: the depth is missing. Give grey pictures one channel, keras.Input(shape="
            "(height, width, 1)), and feed pictures[..., None]."
        )
    if len(received) > (expected or 0):
        return f"{said}: there is an axis too many. Feed pictures of (height, width, depth) alone."
    return f"{said}: an axis is missing, perhaps the batch. Feed one example as example[None]."


def whole_input(complaint: Complaint, place: Place | None, network: Network | None) -> str:
    """Explain an input of another shape than the model's."""
    expected, received = complaint.expected[1:], complaint.received[1:]
    said = f"The model {complaint.name} takes {_shape(complaint.expected)}, but receives "
    said += _shape(complaint.received)
    if len(complaint.expected) == len(complaint.received) + 1:
        return f"{said}: an axis is missing, the batch or the depth. Feed picture[None]."
    if len(expected) != 3 or len(received) != 3:
        return f"{said}: feed what keras.Input says."
    if expected[:2] == received[1::-1] and expected[2] == received[2]:
        return f"{said}: height and width are turned round. Keras has the height first."
    if expected[:2] == received[:2]:
        wanted = _COLOR_MODES.get(expected[2] or 0)
        cure = f'color_mode="{wanted}"' if wanted else f"{expected[2]} channels"
        return f"{said}: the size is right, the depth is not. Load the pictures with {cure}."
    height, width = expected[:2]
    return f"{said}: load the pictures with target_size=({height}, {width}), height first."


def targets(complaint: Complaint, place: Place | None, network: Network | None) -> str:
    """Explain labels of another shape than the output."""
    wanted = complaint.expected[-1] if complaint.expected else None
    given = complaint.received[-1] if complaint.received else None
    who = f"{place.label}," if place else "The last layer"
    said = f"{who} puts out {given} value{'s' * (given != 1)}"
    said += f" for each picture, but the labels have {wanted}"
    if wanted == 1:
        return (
            f'{said}: take Dense(1, activation="sigmoid") for two classes with '
            'class_mode="binary", or the loss sparse_categorical_crossentropy for class numbers.'
        )
    if given == 1:
        return (
            f'{said}: take Dense({wanted}, activation="softmax"), or class_mode="binary" for two '
            "classes."
        )
    return f"{said}, one for each class: take Dense({wanted})."


def labels(complaint: Complaint, place: Place | None, network: Network | None) -> str:
    """Explain a class number that the output has no value for."""
    label, units = complaint.expected[-1] or 0, complaint.received[-1] or 0
    who = f"{place.label}, has" if place else "The last layer has"
    return (
        f"{who} {units} units, for the classes 0 to {units - 1}, but a label is {label}: take "
        f"Dense({label + 1}) or more, one unit for each class."
    )


def _who(place: Place | None, complaint: Complaint) -> str:
    """The layer, ready for a verb."""
    if place is not None:
        return f"{place.label},"
    return f"The layer {complaint.name}" if complaint.name else "A layer"


def _product(sides: Sides) -> int:
    total = 1
    for side in sides:
        total *= side or 0
    return total


def _shape(sides: Sides) -> str:
    """A shape as Keras says it, the batch first and unknown sizes as None."""
    return "(" + ", ".join("None" if side is None else str(side) for side in sides) + ")"
