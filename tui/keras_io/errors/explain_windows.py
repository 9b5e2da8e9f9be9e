"""Explain why a window does not fit the input of a layer."""

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
from tui.keras_io.errors.explain_inputs import ADD_BATCH_AXIS, MOVE_CHANNELS_LAST
from tui.keras_io.errors.keras_shapes import (
    IMAGE_DEPTHS,
    KerasShape,
    format_shape,
    looks_channels_first,
)
from tui.keras_io.errors.locate_layer import (
    LayerClues,
    LocatedLayer,
    locate_layer,
    plane_of,
    zero_padding,
)
from tui.keras_io.errors.message_patterns import Explanation, PatternMatch, layer_label

_MAX_STEPS = 8


def explain_window(clues: LayerClues, match: PatternMatch) -> Explanation:
    """Explain why a window does not fit: a setting, or an input that is not as intended."""
    located = locate_layer(clues, match.network)
    if located is None and match.network is not None and not plane_of(clues.received):
        located = _failing(match.network) if not clues.window_size else None
    row = located.row.index if located else None
    subject = layer_label(located, _unplaced(clues))
    other = _not_the_window(clues, match, located)
    if other is not None:
        return other
    layer, shape = _layer_and_shape(clues, located)
    elsewhere = ""
    if match.network is not None and located is None:
        elsewhere = (
            " No layer of the network given here has these numbers: the message is from another "
            "network."
        )
    try:
        if layer is not None and shape is not None:
            apply_layer(layer, shape)
        cure = _BARE_CURE
        if clues.input_size == 3 and not clues.received:
            cure += " A size of 3 may also be the channels of channels-first images."
        return Explanation("window", f"{subject}: {_without_numbers(clues)}.{elsewhere}", cure, row)
    except GeometryError as error:
        what, _, cure = error.message.partition(": take ")
    what = f"{subject}: {what}."
    if located and located.numbers_agree:
        what += _sizes_so_far(located, match.network)
    elif located:
        what += f" It receives {shape} here, which is not what the input of this network gives."
    first = located.row.index == 0 if located else clues.received[-1:] in ((1,), (3,))
    small = "input is" if first else "volume has become"
    what += f" The {small} too small for this window."
    if cure:
        less = "" if first else "fewer poolings or convolutions before it, "
        cure = f'Take {cure} The usual cures: {less}padding="same", or larger images.'
    cure = cure or _BARE_CURE
    changes: tuple[Change, ...] = nearest_fits(layer, shape) if layer and shape else ()
    return Explanation("window", what + elsewhere, cure, row, changes=changes)


def _not_the_window(
    clues: LayerClues, match: PatternMatch, located: LocatedLayer | None
) -> Explanation | None:
    """Explain what looks like a too large window, but comes from the layout of the images."""
    sides = clues.received
    if len(sides) != 4:
        return None
    batch, height, width, depth = sides
    known = match.network.input if match.network is not None else None
    inside = located is not None and located.numbers_agree
    column = width == 1 and depth == 1 and height != 1 and not inside
    # Keras adds an axis to an input with three: the operation's name or the batch shows it.
    widened = match.message.contains("ExpandDims") or (
        batch is not None and height is not None and (batch == height or batch <= 32)
    )
    if column and widened:
        return Explanation(
            "batch-axis",
            f"The layer receives {format_shape(sides)}: Keras treated the rows of one image as a "
            "batch and added an axis of 1. One image came without its batch axis.",
            f"{ADD_BATCH_AXIS} A tf.data pipeline needs .batch(32).",
            0 if match.network is not None else None,
        )
    turned = looks_channels_first((height, width, depth)) and width == depth
    if known is not None and inside:
        turned = known.height in IMAGE_DEPTHS and known.depth > 4 and known.width == known.depth
    if turned:
        return Explanation(
            "channels-first",
            f"The layer receives {format_shape(sides)}. Read as height, width, channels that is a "
            f"image {height} high with {depth} channels: the images or input_shape are "
            "channels-first.",
            MOVE_CHANNELS_LAST,
            located.row.index if located and located.numbers_agree else None,
        )
    flat = height in IMAGE_DEPTHS and (width or 0) >= 12 and not inside
    if flat:
        layer, shape = _layer_and_shape(clues, located)
        observed = "its window is larger than its input"
        try:
            if layer is not None and shape is not None:
                apply_layer(layer, shape)
        except GeometryError as error:
            observed = error.message.partition(": take ")[0]
        return Explanation(
            "window",
            f"{layer_label(located, _unplaced(clues))}: {observed}. An input {height} high and "
            f"{width} wide often comes from channels-first images.",
            f"If so: {MOVE_CHANNELS_LAST[0].lower()}{MOVE_CHANNELS_LAST[1:]} Else take a smaller "
            'F, or padding="same".',
            located.row.index if located else None,
            guess=True,
        )
    return None


def _failing(network: Network) -> LocatedLayer | None:
    """Return the first layer of the network whose window does not fit."""
    shape: Shape | None = network.input
    for row in trace_network(network):
        if row.error is not None:
            return LocatedLayer(row, shape, True) if row.error.field == "kernel" else None
        shape = row.effect.output if row.effect else None
    return None


def _unplaced(clues: LayerClues) -> str:
    if clues.name:
        parts = clues.name.split("/")
        return f"The layer {parts[-2] if len(parts) > 1 else parts[0]}"[:80]
    pools = {"maxpooling2d": "A max pooling", "averagepooling2d": "An average pooling"}
    return pools.get(clues.class_name, "A convolution" if clues.kernel else "A layer")


def _without_numbers(clues: LayerClues) -> str:
    """Describe the problem when the message does not have all the numbers."""
    plane = plane_of(clues.received)
    size = f" of {plane}" if plane else ""
    if not size and clues.input_size is not None:
        size = f" of {clues.input_size} on the smaller axis"
    reach = f" ({clues.window_size})" if clues.window_size else ""
    return f"its window{reach} is larger than its input{size}, the output of the layers before it"


_BARE_CURE = 'Take a smaller F, padding="same", fewer poolings, or larger images.'


def _layer_and_shape(
    clues: LayerClues, located: LocatedLayer | None
) -> tuple[Layer | None, Shape | None]:
    """Return the layer and its input: from the network if possible, else from the numbers."""
    if located is not None and located.numbers_agree:
        return located.row.layer, located.shape
    plane = plane_of(clues.received)
    depth = clues.received[-1] if clues.received else None
    if located is not None:
        if plane is None:
            return located.row.layer, located.shape
        p = zero_padding(located.row)
        plane = Pair(plane.w - 2 * p.w, plane.h - 2 * p.h)
    if plane is None or not all(0 < n <= LARGEST for n in (*plane, depth or 1)):
        return None, None
    shape = Volume(plane.w, plane.h, depth or 1)
    return (located.row.layer if located else _layer_from(clues)), shape


def _layer_from(clues: LayerClues) -> Layer | None:
    """Return a layer with the settings that the message names."""
    kernel = _pair(clues.kernel or (clues.window_size,))
    stride = _pair(clues.stride)
    if kernel is None:
        return None
    if clues.class_name == MaxPool2D.keras_name.lower():
        return MaxPool2D(kernel, stride or kernel)
    if clues.class_name == AveragePool2D.keras_name.lower():
        return AveragePool2D(kernel, stride or kernel)
    dilation = _pair(clues.dilation)
    return Conv2D(clues.filters or 1, kernel, stride or Pair(1, 1), dilation=dilation or Pair(1, 1))


def _pair(sides: KerasShape) -> Pair | None:
    """Return (rows, columns) as width and height."""
    if len(sides) == 1:
        sides = (sides[0], sides[0])
    if len(sides) != 2 or sides[0] is None or sides[1] is None:
        return None
    return Pair(sides[1], sides[0])


def _sizes_so_far(located: LocatedLayer, network: Network | None) -> str:
    """Return a sentence with the sizes up to the layer."""
    if network is None or located.row.index == 0:
        return ""
    planes = [network.input.plane]
    for row in trace_network(network)[: located.row.index]:
        output = row.effect.output if row.effect else None
        if isinstance(output, Volume) and output.plane != planes[-1]:
            planes.append(output.plane)
    observed = [str(plane) for plane in planes]
    if len(planes) > _MAX_STEPS:
        observed = [observed[0], "…", *observed[-_MAX_STEPS + 2 :]]
    return f" The sizes up to this layer: {' → '.join(observed)}." if len(planes) > 1 else ""
