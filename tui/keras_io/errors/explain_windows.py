"""Why a window does not go into what a layer receives."""

from __future__ import annotations

from tui.geometry import (
    LARGEST,
    AveragePool2D,
    Change,
    Conv2D,
    GeometryError,
    Layer,
    MaxPool2D,
    Network,
    Pair,
    Shape,
    Volume,
    apply_layer,
    nearest_fits,
    trace_network,
)
from tui.keras_io.errors.explain_inputs import LAST, ONE_PICTURE
from tui.keras_io.errors.keras_shapes import DEPTHS, Sides, channels_first, written
from tui.keras_io.errors.locate_layer import Complaint, Place, find_place, padded, plane_of
from tui.keras_io.errors.message_patterns import Answer, Found, label_of

_MOST_STEPS = 8


def judge_window(complaint: Complaint, found: Found) -> Answer:
    """Say why a window does not go in: the setting, or an input that is not what it should be."""
    place = find_place(complaint, found.network)
    if place is None and found.network is not None and not plane_of(complaint.received):
        place = _failing(found.network) if not complaint.reach else None
    row = place.row.index if place else None
    who = label_of(place, _unplaced(complaint))
    other = _not_the_window(complaint, found, place)
    if other is not None:
        return other
    layer, shape = _layer_and_shape(complaint, place)
    elsewhere = ""
    if found.network is not None and place is None:
        elsewhere = " No layer of the network here has these numbers: it is another network's."
    try:
        if layer is not None and shape is not None:
            apply_layer(layer, shape)
        cure = _BARE_CURE
        if complaint.side == 3 and not complaint.received:
            cure += " A side of 3 may also be the channels of pictures laid out channels-first."
        return Answer("window", f"{who}: {_bare(complaint)}.{elsewhere}", cure, row)
    except GeometryError as error:
        what, _, cure = error.message.partition(": take ")
    what = f"{who}: {what}."
    if place and place.same:
        what += _way(place, found.network)
    elif place:
        what += f" It receives {shape} here, not what this network's input would lead to."
    first = place.row.index == 0 if place else complaint.received[-1:] in ((1,), (3,))
    small = "input is" if first else "volume has become"
    what += f" The {small} too small for this window."
    if cure:
        less = "" if first else "fewer poolings or convolutions before it, "
        cure = f'Take {cure} The usual cures: {less}padding="same", or larger pictures.'
    cure = cure or _BARE_CURE
    changes: tuple[Change, ...] = nearest_fits(layer, shape) if layer and shape else ()
    return Answer("window", what + elsewhere, cure, row, changes=changes)


def _not_the_window(complaint: Complaint, found: Found, place: Place | None) -> Answer | None:
    """What looks like a window that is too large, but comes of pictures laid out otherwise."""
    sides = complaint.received
    if len(sides) != 4:
        return None
    batch, height, width, depth = sides
    known = found.network.input if found.network is not None else None
    inside = place is not None and place.same
    column = width == 1 and depth == 1 and height != 1 and not inside
    # Keras puts an axis behind what has three: that is said by name, or by the rows as a batch.
    widened = found.message.holds("ExpandDims") or (
        batch is not None and height is not None and (batch == height or batch <= 32)
    )
    if column and widened:
        return Answer(
            "batch-axis",
            f"The layer receives {written(sides)}: Keras took the rows of one picture for a batch "
            "and put an axis of 1 behind. One picture came without its batch axis.",
            f"{ONE_PICTURE} A tf.data pipeline needs .batch(32).",
            0 if found.network is not None else None,
        )
    turned = channels_first((height, width, depth)) and width == depth
    if known is not None and inside:
        turned = known.height in DEPTHS and known.depth > 4 and known.width == known.depth
    if turned:
        return Answer(
            "channels-first",
            f"The layer receives {written(sides)}. Read as height, width, channels that is a "
            f"picture {height} high with {depth} channels: the pictures, or input_shape, are laid "
            "out channels-first.",
            LAST,
            place.row.index if place and place.same else None,
        )
    flat = height in DEPTHS and (width or 0) >= 12 and not inside
    if flat:
        layer, shape = _layer_and_shape(complaint, place)
        said = "its window is larger than its input"
        try:
            if layer is not None and shape is not None:
                apply_layer(layer, shape)
        except GeometryError as error:
            said = error.message.partition(": take ")[0]
        return Answer(
            "window",
            f"{label_of(place, _unplaced(complaint))}: {said}. An input {height} high and {width} "
            "wide often comes of pictures that are laid out channels-first.",
            f'If so: {LAST[0].lower()}{LAST[1:]} Else take a smaller F, or padding="same".',
            place.row.index if place else None,
            guess=True,
        )
    return None


def _failing(network: Network) -> Place | None:
    """The network's own row whose window does not go in."""
    shape: Shape | None = network.input
    for row in trace_network(network):
        if row.error is not None:
            return Place(row, shape, True) if row.error.field == "kernel" else None
        shape = row.effect.output if row.effect else None
    return None


def _unplaced(complaint: Complaint) -> str:
    if complaint.name:
        parts = complaint.name.split("/")
        return f"The layer {parts[-2] if len(parts) > 1 else parts[0]}"[:80]
    pools = {"maxpooling2d": "A max pooling", "averagepooling2d": "An average pooling"}
    return pools.get(complaint.class_name, "A convolution" if complaint.kernel else "A layer")


def _bare(complaint: Complaint) -> str:
    """What can be said when the message does not hold all the numbers."""
    plane = plane_of(complaint.received)
    size = f" of {plane}" if plane else ""
    if not size and complaint.side is not None:
        size = f", {complaint.side} long on the tighter axis,"
    reach = f" ({complaint.reach})" if complaint.reach else ""
    return f"its window{reach} is larger than the input{size} that the layers before it leave"


_BARE_CURE = 'Take a smaller F, padding="same", fewer poolings, or larger pictures.'


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
    kernel = _pair(complaint.kernel or (complaint.reach,))
    stride = _pair(complaint.stride)
    if kernel is None:
        return None
    if complaint.class_name == MaxPool2D.keras_name.lower():
        return MaxPool2D(kernel, stride or kernel)
    if complaint.class_name == AveragePool2D.keras_name.lower():
        return AveragePool2D(kernel, stride or kernel)
    dilation = _pair(complaint.dilation)
    return Conv2D(
        complaint.filters or 1, kernel, stride or Pair(1, 1), dilation=dilation or Pair(1, 1)
    )


def _pair(sides: Sides) -> Pair | None:
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
    said = [str(plane) for plane in planes]
    if len(planes) > _MOST_STEPS:
        said = [said[0], "…", *said[-_MOST_STEPS + 2 :]]
    return f" On the way there: {' → '.join(said)}." if len(planes) > 1 else ""
