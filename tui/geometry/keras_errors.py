"""A shape error of Keras or TensorFlow, explained with the numbers of the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.geometry.errors import GeometryError
from tui.geometry.fits import Change, nearest_fits
from tui.geometry.keras_complaint import Complaint
from tui.geometry.keras_data_errors import axis, labels, rank, targets, whole_input
from tui.geometry.keras_messages import read_complaint
from tui.geometry.keras_places import Place, find_place, padded, plane_of
from tui.geometry.layers import AveragePool2D, Conv2D, Layer, MaxPool2D
from tui.geometry.network import Network, trace_network
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import LARGEST, Pair, Shape, Volume

CAN_EXPLAIN = (
    "a window larger than its input (“Computed output size would be zero or negative”, “Negative "
    "dimension size caused by subtracting”, “due to downsampling”), an input that does not fit "
    "the layer (“expected axis -1”, “expected min_ndim”, “expected shape”), groups, stride with "
    "dilation, and labels that do not fit the output"
)
"""The messages that are known, for whoever is told that one is not."""

_MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class ErrorExplanation:
    """What a message means.

    Args:
        sentence: which layer, why with the numbers, and what to do; one line.
        row: the layer's index in the network; None when it is not one layer, or no network
            was given, or the message came from another network.
        cause: "window", "axis", "rank", "input", "groups", "stride-and-dilation",
            "targets", "labels", or "unknown".
        changes: the nearest settings that work, where there are any.
    """

    sentence: str
    row: int | None
    cause: str
    changes: tuple[Change, ...] = ()


def explain_keras_error(text: str, network: Network | None = None) -> ErrorExplanation:
    """Explain a shape error that Keras or TensorFlow raised.

    Args:
        text: what was printed: the message, or the whole traceback.
        network: the network that was being built or fed; None when it is not known.

    Returns:
        The explanation; its cause is "unknown" when the message is none of those known.

    >>> from tui.geometry.oneline import parse_network
    >>> network = parse_network("6x6x1 conv:k=8,f=3 maxpool:f=2 conv:k=16,f=3")
    >>> found = explain_keras_error(
    ...     "ValueError: Computed output size would be zero or negative. Received `inputs "
    ...     "shape=(None, 2, 2, 8)`, `kernel shape=(3, 3, 8, 16)`, `dilation_rate=[1 1]`, "
    ...     "`strides=(1, 1)`, `padding=valid`.", network)
    >>> found.row, found.cause
    (2, 'window')
    >>> print(found.sentence)
    Layer 3, conv2d_1: the filter is 3 wide, but the input is only 2 wide: take F ≤ 2, P ≥ 1, or \
W1 ≥ 3. On the way there: 6×6 → 4×4 → 2×2.
    """
    complaint = read_complaint(text)
    if complaint is None:
        return ErrorExplanation(
            f"This is no message that is known here. Explained are: {CAN_EXPLAIN}.", None, "unknown"
        )
    place = find_place(complaint, network)
    if complaint.kind in _SETTINGS:
        sentence, changes = _explain_setting(complaint, place, network)
    else:
        sentence, changes = _DATA[complaint.kind](complaint, place, network), ()
    if network is not None and place is None and complaint.kind != "input":
        sentence += " No layer of the network here has these numbers: it is another network's."
    return ErrorExplanation(sentence, place.row.index if place else None, complaint.kind, changes)


_SETTINGS = frozenset({"window", "groups", "stride-and-dilation"})
_DATA: dict[str, Callable[[Complaint, Place | None, Network | None], str]] = {
    "axis": axis,
    "rank": rank,
    "input": whole_input,
    "targets": targets,
    "labels": labels,
}


def _explain_setting(
    complaint: Complaint, place: Place | None, network: Network | None
) -> tuple[str, tuple[Change, ...]]:
    """Where the layer's own settings are to blame: what the geometry says of them."""
    who = place.label if place else _unplaced(complaint)
    layer, shape = _layer_and_shape(complaint, place)
    if layer is None or shape is None:
        return f"{who}: {_bare(complaint)}.", ()
    try:
        apply_layer(layer, shape)
    except GeometryError as error:
        sentence = f"{who}: {error.message}"
    else:
        return f"{who}: {_bare(complaint)}.", ()
    if not sentence.endswith("."):
        sentence += "."
    if place and place.same and complaint.kind == "window":
        sentence += _way(place, network)
    elif place and complaint.kind == "window":
        sentence += f" It receives {shape} here, not what this network's input would lead to."
    return sentence, nearest_fits(layer, shape)


def _unplaced(complaint: Complaint) -> str:
    if complaint.name:
        parts = complaint.name.split("/")
        return f"The layer {parts[-2] if len(parts) > 1 else parts[0]}"[:80]
    return {"MaxPooling2D": "A max pooling", "AveragePooling2D": "An average pooling"}.get(
        complaint.class_name, "A convolution"
    )


def _bare(complaint: Complaint) -> str:
    """What can be said when the message does not hold all the numbers."""
    if complaint.kind == "stride-and-dilation":
        return "Keras refuses S > 1 together with dilation > 1: take S = 1, or dilation = 1"
    if complaint.kind == "groups":
        return (
            f"groups = {complaint.groups} has to divide the depth D1 of the input and the number "
            "of filters K: take 1"
        )
    plane = plane_of(complaint.received)
    size = f" of {plane}" if plane else ""
    return (
        f"its window is larger than the input{size} that the layers before it leave: take a "
        'smaller F, padding="same", fewer poolings, or a larger picture'
    )


def _layer_and_shape(
    complaint: Complaint, place: Place | None
) -> tuple[Layer | None, Shape | None]:
    """The layer and its input: the network's where it is there, else made from the numbers."""
    if place is not None and place.same:
        return place.row.layer, place.shape
    plane = plane_of(complaint.received)
    depth = complaint.received[-1] if complaint.received else None
    if place is not None:
        if plane is None:
            return place.row.layer, place.shape
        p = padded(place.row)
        plane = Pair(plane.w - 2 * p.w, plane.h - 2 * p.h)
    if plane is None or not all(0 < n <= LARGEST for n in (*plane, depth or 1)):
        return None, None
    shape = Volume(plane.w, plane.h, depth or 1)
    return (place.row.layer if place else _made(complaint)), shape


def _made(complaint: Complaint) -> Layer | None:
    """A layer with the settings that the message names."""
    kernel, stride = _pair(complaint.kernel or (complaint.reach,)), _pair(complaint.stride)
    if complaint.kind != "window" or kernel is None:
        return None
    if complaint.class_name == MaxPool2D.keras_name:
        return MaxPool2D(kernel, stride or kernel)
    if complaint.class_name == AveragePool2D.keras_name:
        return AveragePool2D(kernel, stride or kernel)
    dilation = _pair(complaint.dilation)
    return Conv2D(
        complaint.filters or 1, kernel, stride or Pair(1, 1), dilation=dilation or Pair(1, 1)
    )


def _pair(sides: tuple[int | None, ...]) -> Pair | None:
    """Rows and columns, turned round into width and height."""
    if len(sides) == 1:
        sides = (sides[0], sides[0])
    if len(sides) != 2 or sides[0] is None or sides[1] is None:
        return None
    return Pair(sides[1], sides[0])


def _way(place: Place, network: Network | None) -> str:
    """The sizes on the way to the layer."""
    if network is None or place.row.index == 0:
        return ""
    planes = [network.input.plane]
    for row in trace_network(network)[: place.row.index]:
        output = row.effect.output if row.effect else None
        if isinstance(output, Volume) and output.plane != planes[-1]:
            planes.append(output.plane)
    if len(planes) > _MOST_STEPS:
        said = [str(planes[0]), "…", *map(str, planes[-_MOST_STEPS + 2 :])]
    else:
        said = [str(plane) for plane in planes]
    return f" On the way there: {' → '.join(said)}." if len(planes) > 1 else ""
