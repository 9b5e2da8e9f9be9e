"""What is wrong with what is fed to a model or a layer, judged by two shapes."""

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
    "Move the channels last, np.moveaxis(images, 1, -1), and write "
    "input_shape=(height, width, channels): Keras on TensorFlow has the channels last."
)
ONE_AXIS = (
    "An array with one axis is a row of single things: the labels instead of the images (x "
    "and y swapped), one example without its batch axis, a list of file names, or images of "
    "different sizes."
)
CHECK_ARRAYS = (
    "Print x.shape and x.dtype: fit takes the images first, then the labels; bring images to "
    "one size as they are loaded, then np.stack them; one example alone is fed as example[None]."
)
ADD_BATCH_AXIS = "Give it a batch: model.predict(image[None]), or np.expand_dims(image, 0)."


def add_channel_axis(got: KerasShape = ()) -> str:
    """Return how grayscale images get a depth of 1; `got` is what came without it."""
    size = "height, width"
    if len(got) == 3 and None not in got[1:]:
        size = f"{got[1]}, {got[2]}"
    return f"Give grayscale images a depth of 1: images[..., None], and input_shape=({size}, 1)."


def explain_input(
    subject: str, expected: KerasShape, got: KerasShape, network: Network | None = None
) -> Explanation:
    """Say why a model or its first layer does not take what it is fed.

    Args:
        who: what was fed, to begin the sentence with.
        expected: what it takes, the batch first; () where only `got` is known.
        got: what came, the batch first where there is one.
        network: the network that was fed, where it is known.

    >>> judge_input("The model", (None, 96, 96, 3), (None, 96, 96)).kind
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
            f"{observed} The images have a depth axis of 1 that the model has not.",
            "Take it away with images[..., 0], or let the model begin with keras.Input(shape="
            f"{format_shape(got[1:])}).",
        )
    if len(got) == len(expected) - 1:
        return Explanation(
            "batch-axis",
            f"{observed} An axis is missing, most likely the batch.",
            "Feed one example as example[None], or give the model an input_shape without the "
            "missing axis.",
            guess=True,
        )
    return Explanation(
        "rank" if len(got) != len(expected) else "axis",
        f"{observed} {_differing(expected, got)}",
        f"Feed arrays of {format_shape(('…', *expected[1:]))}, or build the model "
        "for "  # type: ignore[arg-type]
        f"keras.Input(shape={format_shape(got[1:])}).",
    )


def _differing(expected: KerasShape, got: KerasShape) -> str:
    if len(expected) != len(got):
        return f"The first has {len(expected)} axes, including the batch, the second {len(got)}."
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
            f"{observed} There is an axis too many: a batch of batches, or input_shape holds the "
            "batch.",
            "Feed (batch, height, width, depth): batch the data once only, and leave the number "
            "of images out of input_shape.",
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
        and looks_channels_first((rows, columns, columns)) and looks_channels_first((height, width, width))
    ):  # fmt: skip
        # Both are laid out channels-first: judged as if both had them last.
        answer = _pictures(observed, _turned(expected), _turned(got))
        cure = answer.cure.split(", or build")[0].rstrip(".")
        return Explanation(answer.kind, f"{answer.what} Both have the channels first.", f"{cure}.")
    if looks_channels_first((height, width, depth)) and channels in IMAGE_DEPTHS:
        return Explanation(
            "channels-first",
            f"{observed} The model was built for channels first, the images have them last.",
            f"Build the model with input_shape={format_shape((width, depth, height))}: height, "
            "width, channels.",
        )
    if (rows, columns) == (width, height) != (height, width) and channels == depth:
        return Explanation(
            "turned",
            f"{observed} Height and width are swapped.",
            f"Keras has the height first: target_size=({height}, {width}).",
        )
    size = None in (height, width) or (rows, columns) == (height, width)
    if channels == depth or None in (channels, depth):
        return _size(observed, expected, got)
    answer = explain_depth(observed, depth, channels)
    if size or None in (rows, columns):
        return answer
    both = _size(observed, expected, got)
    return Explanation(
        "picture-size", f"{observed} Size and depth both differ.", f"{both.cure} {answer.cure}"
    )


def _size(observed: str, expected: KerasShape, got: KerasShape) -> Explanation:
    height, width = expected[1:3]
    return Explanation(
        "picture-size",
        f"{observed} The images are of a different size than the model was built for.",
        f"Load them with target_size=({height}, {width}), height first, or build the model with "
        f"input_shape={format_shape(got[1:3] + expected[3:])}.",
    )


def _turned(sides: KerasShape) -> KerasShape:
    batch, depth, height, width = sides
    return batch, height, width, depth


def explain_depth(observed: str, depth: int | None, channels: int | None) -> Explanation:
    """Say that images have another number of channels."""
    if depth in IMAGE_DEPTHS and channels in IMAGE_DEPTHS:
        mode = COLOR_MODES[depth or 0]
        return Explanation(
            "color",
            f"{observed} The images are {color_name(channels)}, the model takes "
            f"{color_name(depth)}.",
            f'Load them with color_mode="{mode}", or build the model with a depth of {channels}.',
        )
    return Explanation(
        "axis",
        f"{observed} The size fits, but the depth is {channels} instead of {depth}.",
        f"Give it {depth} channels, or build the model with a depth of {channels}.",
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
            f"{observed} That is one image without its batch axis: Keras took its rows for a "
            "batch.",
            ADD_BATCH_AXIS,
        )
    if grey or got[1:3] == (None, None):
        missing = f"{observed} The channel axis (the depth) is missing: the images are grey."
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
        f"{observed} An axis is missing: the batch of a single image, or the channel axis "
        "of grey ones.",
        f"{ADD_BATCH_AXIS} {add_channel_axis(got)}",
        guess=True,
    )


def explain_flat_images(observed: str, expected: KerasShape, got: KerasShape) -> Explanation:
    """Say that a vector comes where images are expected."""
    height, width, depth = expected[1:]
    wanted = element_count(expected[1:])
    if got[1] == width and None not in (height, width, depth) and wanted != got[1]:
        return Explanation(
            "batch-axis",
            f"{observed} That is one grayscale image without its batch and its depth.",
            "Feed image[None, ..., None].",
            guess=True,
        )
    if wanted is not None and got[1] == wanted:
        return Explanation(
            "flat-pictures",
            f"{observed} The images are flattened: {got[1]:,} = {height}·{width}·{depth} values.",
            f"Give them their shape back: images.reshape(-1, {height}, {width}, {depth}).",
        )
    sides = _square(got[1]) if wanted is None else None
    if sides:
        return Explanation(
            "flat-pictures",
            f"{observed} The images are flattened: {got[1]:,} = {'·'.join(map(str, sides))}.",
            f"Give them their shape back: images.reshape(-1, {', '.join(map(str, sides))}).",
            guess=True,
        )
    return Explanation(
        "flat-pictures",
        f"{observed} Each example is a row of {pluralize(got[1], 'value')}, not an image"
        + (f" of {wanted:,} values." if wanted else "."),
        "Load images as (number, height, width, depth); a list of file names or a table is none.",
        guess=True,
    )


def _square(values: int | None) -> tuple[int, int, int] | None:
    """The square image that has so many values; None where there is none."""
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
            f"{observed} The images hold just as many values: {values:,}.",
            "Let the model begin with keras.Input(shape="
            f"{format_shape(got[1:])}) and Flatten(), or feed images.reshape(-1, {values}).",
        )
    return Explanation(
        "flatten",
        f"{observed} A volume comes where a vector is expected.",
        f"Put Flatten() before it; {format_shape(got[1:])} then makes "
        f"{pluralize(values, 'value')}, so that keras.Input has to say so too (now "
        f"{pluralize(expected[1], 'value')}).",
    )


def _values(observed: str, expected: int | None, got: int | None) -> Explanation:
    if got == 1 and (expected or 0) > 3:
        return Explanation(
            "batch-axis",
            f"{observed} Keras makes a column of an array with one axis: one example without its "
            "batch axis, or the labels instead of the examples (x and y swapped).",
            "Feed one example as example[None] (or example.reshape(1, -1)); print x.shape.",
            guess=True,
        )
    return Explanation(
        "axis",
        f"{observed} Each example has {pluralize(got, 'value')} instead of "
        f"{pluralize(expected, 'value')}.",
        f"Feed {pluralize(expected, 'value')} for each example, or build the model with "
        f"keras.Input(shape=({got},)).",
    )
