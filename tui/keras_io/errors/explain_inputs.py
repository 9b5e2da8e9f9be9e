"""Explain by two shapes why a model or a layer cannot take its input."""

from __future__ import annotations

import math

from tui.geometry import Network
from tui.keras_io.errors.keras_shapes import (
    COLOR_MODES,
    IMAGE_DEPTHS,
    KerasShape,
    color_name,
    element_count,
    format_shape,
    looks_channels_first,
    pluralize,
)
from tui.keras_io.errors.message_patterns import Explanation

MOVE_CHANNELS_LAST = (
    "Move the channels to the end, np.moveaxis(images, 1, -1), and write "
    "input_shape=(height, width, channels): Keras on TensorFlow expects the channels last."
)
ONE_AXIS = (
    "An array with one axis is a list of single values: labels instead of images (x and y "
    "swapped), one example without its batch axis, file names, or images of different sizes."
)
CHECK_ARRAYS = (
    "Print x.shape and x.dtype: fit takes the images first, then the labels. Resize images to one "
    "size as they are loaded, then np.stack them. Pass a single example as example[None]."
)
ADD_BATCH_AXIS = "Add the batch axis: model.predict(image[None]), or np.expand_dims(image, 0)."


def add_channel_axis(got: KerasShape = ()) -> str:
    """Return how to give grayscale images a depth of 1; `got` is their shape without it."""
    size = "height, width"
    if len(got) == 3 and None not in got[1:]:
        size = f"{got[1]}, {got[2]}"
    return f"Give grayscale images a channel axis: images[..., None], and input_shape=({size}, 1)."


def explain_input(
    subject: str, expected: KerasShape, got: KerasShape, network: Network | None = None
) -> Explanation:
    """Explain why a model or its first layer cannot take its input.

    Args:
        subject: the model or layer, to begin a sentence with.
        expected: the shape that it takes, the batch first; () where only `got` is known.
        got: the shape that it received, the batch first where there is one.
        network: the network, where it is known.

    >>> explain_input("The model", (None, 96, 96, 3), (None, 96, 96)).kind
    'color'
    """
    observed = f"{subject} takes {format_shape(expected)}, but receives {format_shape(got)}."
    if len(got) == 1 and len(expected) > 2:
        return _ragged(observed, got)
    if len(expected) == 4:
        return _pictures(observed, expected, got)
    if len(expected) == 2 and len(got) > 2:
        return _volume_into_vector(observed, expected, got)
    if len(expected) == 2 and len(got) == 2:
        return _values(observed, expected[1], got[1])
    if len(expected) == 3 and len(got) == 4 and got[3] == 1:
        return Explanation(
            "depth-axis",
            f"{observed} The images have a channel axis of 1, which the model does not have.",
            "Remove it with images[..., 0], or begin the model with keras.Input(shape="
            f"{format_shape(got[1:])}).",
        )
    if len(got) == len(expected) - 1:
        return Explanation(
            "batch-axis",
            f"{observed} An axis is missing, most likely the batch axis.",
            "Pass a single example as example[None], or give the model an input_shape without the "
            "missing axis.",
            guess=True,
        )
    feed = format_shape((None, *expected[1:])).replace("None", "…", 1)
    return Explanation(
        "rank" if len(got) != len(expected) else "axis",
        f"{observed} {_differing(expected, got)}",
        f"Feed arrays of {feed}, or build the model for "
        f"keras.Input(shape={format_shape(got[1:])}).",
    )


def _differing(expected: KerasShape, got: KerasShape) -> str:
    if len(expected) != len(got):
        return f"That is {len(got)} axes instead of {len(expected)}, including the batch."
    axes = [
        f"axis {i} ({got[i]} instead of {expected[i]})"
        for i in range(1, len(got))
        if None not in (got[i], expected[i]) and got[i] != expected[i]
    ]
    return f"They differ in {' and '.join(axes)}." if axes else "The sizes themselves agree."


def _ragged(observed: str, got: KerasShape) -> Explanation:
    return Explanation(
        "ragged",
        f"{observed} {ONE_AXIS}",
        CHECK_ARRAYS,
        guess=True,
    )


def _pictures(observed: str, expected: KerasShape, got: KerasShape) -> Explanation:
    height, width, depth = expected[1:]
    if len(got) == 5:
        return Explanation(
            "rank",
            f"{observed} There is an extra axis: the data was batched twice, or input_shape "
            "contains the batch size.",
            "Feed (batch, height, width, depth): batch the data only once, and leave the number of "
            "images out of input_shape.",
        )
    if len(got) == 3:
        return _three_axes(observed, expected, got)
    if len(got) == 2:
        return explain_flat_images(observed, expected, got)
    if len(got) != 4:
        return Explanation("rank", observed, "Feed (batch, height, width, depth).")
    rows, columns, channels = got[1:]
    if (rows == depth and (columns, channels) == (height, width) and depth != width) or (
        looks_channels_first((rows, columns, channels)) and depth in IMAGE_DEPTHS and rows == depth
    ):
        return Explanation(
            "channels-first",
            f"{observed} The images have the channels first.",
            MOVE_CHANNELS_LAST,
        )
    if (
        height in IMAGE_DEPTHS and rows in IMAGE_DEPTHS and (depth or 0) > 4 < (channels or 0)
        and looks_channels_first((rows, columns, columns))
        and looks_channels_first((height, width, width))
    ):  # fmt: skip
        # Both are channels-first: explained as if both were channels-last.
        answer = _pictures(observed, _channels_last(expected), _channels_last(got))
        cure = answer.cure.split(", or build")[0].rstrip(".")
        return Explanation(answer.kind, f"{answer.what} Both have the channels first.", f"{cure}.")
    if looks_channels_first((height, width, depth)) and channels in IMAGE_DEPTHS:
        return Explanation(
            "channels-first",
            f"{observed} The model was built for channels first, but the images have them last.",
            f"Build the model with input_shape={format_shape((width, depth, height))}: height, "
            "width, channels.",
        )
    if (rows, columns) == (width, height) != (height, width) and channels == depth:
        return Explanation(
            "turned",
            f"{observed} Height and width are swapped.",
            f"Keras puts the height first: target_size=({height}, {width}).",
        )
    size = None in (height, width) or (rows, columns) == (height, width)
    if channels == depth or None in (channels, depth):
        return _size(observed, expected, got)
    answer = explain_depth(observed, depth, channels)
    if size or None in (rows, columns):
        return answer
    both = _size(observed, expected, got)
    return Explanation(
        "picture-size", f"{observed} Both size and depth differ.", f"{both.cure} {answer.cure}"
    )


def _size(observed: str, expected: KerasShape, got: KerasShape) -> Explanation:
    height, width = expected[1:3]
    return Explanation(
        "picture-size",
        f"{observed} The images have a different size from the one that the model was built for.",
        f"Load them with target_size=({height}, {width}), height first, or build the model with "
        f"input_shape={format_shape(got[1:3] + expected[3:])}.",
    )


def _channels_last(sides: KerasShape) -> KerasShape:
    batch, depth, height, width = sides
    return batch, height, width, depth


def explain_depth(observed: str, depth: int | None, channels: int | None) -> Explanation:
    """Explain that images have the wrong number of channels."""
    if depth in IMAGE_DEPTHS and channels in IMAGE_DEPTHS:
        mode = COLOR_MODES[depth or 0]
        return Explanation(
            "color",
            f"{observed} The images are {color_name(channels)}, but the model takes "
            f"{color_name(depth)}.",
            f'Load them with color_mode="{mode}", or build the model with a depth of {channels}.',
        )
    return Explanation(
        "axis",
        f"{observed} The size fits, but there are {channels} channels instead of {depth}.",
        f"Give the images {depth} channels, or build the model with a depth of {channels}.",
    )


def _three_axes(observed: str, expected: KerasShape, got: KerasShape) -> Explanation:
    height, width, depth = expected[1:]
    whole = got == expected[1:] and None not in got
    grey = got[1:] == (height, width) and not (whole and got[2] == depth)
    one = whole or (got[1:] == (width, depth) and not grey)
    if not one and not grey and got[2] in IMAGE_DEPTHS and (got[1] or 99) > 4:
        one = got[2] == depth
    if one:
        return Explanation(
            "batch-axis",
            f"{observed} That is one image without its batch axis: Keras treated its rows as a "
            "batch.",
            ADD_BATCH_AXIS,
        )
    if grey or got[1:3] == (None, None):
        missing = f"{observed} The channel axis (the depth) is missing: the images are grayscale."
        if depth == 1 or depth is None:
            return Explanation("depth-axis", missing, add_channel_axis(got))
        return Explanation(
            "color",
            f"{missing[:-1]}, and the model takes {color_name(depth)}.",
            f'Load them with color_mode="{COLOR_MODES.get(depth, "rgb")}", or build the model '
            "with a depth of 1 and feed images[..., None].",
        )
    return Explanation(
        "batch-axis",
        f"{observed} An axis is missing: the batch axis of a single image, or the channel axis of "
        "grayscale images.",
        f"{ADD_BATCH_AXIS} {add_channel_axis(got)}",
        guess=True,
    )


def explain_flat_images(observed: str, expected: KerasShape, got: KerasShape) -> Explanation:
    """Explain that a model for images receives vectors."""
    height, width, depth = expected[1:]
    wanted = element_count(expected[1:])
    if got[1] == width and None not in (height, width, depth) and wanted != got[1]:
        return Explanation(
            "batch-axis",
            f"{observed} That is one grayscale image without its batch axis and channel axis.",
            "Feed image[None, ..., None].",
            guess=True,
        )
    if wanted is not None and got[1] == wanted:
        return Explanation(
            "flat-pictures",
            f"{observed} The images are flattened: {got[1]:,} = {height}·{width}·{depth} values.",
            f"Restore their shape: images.reshape(-1, {height}, {width}, {depth}).",
        )
    sides = _square(got[1]) if wanted is None else None
    if sides:
        return Explanation(
            "flat-pictures",
            f"{observed} The images are flattened: {got[1]:,} = {'·'.join(map(str, sides))}.",
            f"Restore their shape: images.reshape(-1, {', '.join(map(str, sides))}).",
            guess=True,
        )
    return Explanation(
        "flat-pictures",
        f"{observed} Each example is a vector of {pluralize(got[1], 'value')}, not an image"
        + (f" of {wanted:,} values." if wanted else "."),
        "Load the images as an array (number, height, width, depth): file names or the rows of a "
        "table are not images. Pass one grayscale image as image[None, ..., None].",
        guess=True,
    )


def _square(values: int | None) -> tuple[int, int, int] | None:
    """Return the shape of a square image with so many values; None where there is none."""
    for depth in (1, 3):
        side = math.isqrt((values or 0) // depth)
        if side > 4 and side * side * depth == values:
            return side, side, depth
    return None


def _volume_into_vector(observed: str, expected: KerasShape, got: KerasShape) -> Explanation:
    values = element_count(got[1:])
    if values is not None and values == expected[1]:
        return Explanation(
            "flatten",
            f"{observed} The images have the same number of values, {values:,}.",
            "Begin the model with keras.Input(shape="
            f"{format_shape(got[1:])}) and Flatten(), or feed images.reshape(-1, {values}).",
        )
    return Explanation(
        "flatten",
        f"{observed} It receives a volume, but takes a vector.",
        f"Put Flatten() before it. {format_shape(got[1:])} then becomes "
        f"{pluralize(values, 'value')}, which keras.Input has to match (now "
        f"{pluralize(expected[1], 'value')}).",
    )


def _values(observed: str, expected: int | None, got: int | None) -> Explanation:
    if got == 1 and (expected or 0) > 3:
        return Explanation(
            "batch-axis",
            f"{observed} Keras turns an array with one axis into a column: one example without its "
            "batch axis, or the labels instead of the examples (x and y swapped).",
            "Pass a single example as example[None] (or example.reshape(1, -1)). Print x.shape.",
            guess=True,
        )
    return Explanation(
        "axis",
        f"{observed} Each example has {pluralize(got, 'value')} instead of "
        f"{pluralize(expected, 'value')}.",
        f"Feed {pluralize(expected, 'value')} for each example, or build the model with "
        f"keras.Input(shape=({got},)).",
    )
