"""What is wrong with what is fed to a model or a layer, judged by two shapes."""

from __future__ import annotations

import math

from tui.geometry import Network
from tui.keras_io.errors.keras_shapes import (
    COLOR_MODES,
    DEPTHS,
    Sides,
    channels_first,
    color,
    counted,
    product,
    written,
)
from tui.keras_io.errors.message_patterns import Answer

LAST = (
    "Move the channels last, np.moveaxis(pictures, 1, -1), and write "
    "input_shape=(height, width, channels): Keras on TensorFlow has the channels last."
)
SINGLE_THINGS = (
    "An array with one axis is a row of single things: the labels in the place of the pictures (x "
    "and y swapped), one example without its batch axis, a list of file names, or pictures of "
    "different sizes."
)
LOOK_AT_IT = (
    "Print x.shape and x.dtype: fit takes the pictures first, then the labels; bring pictures to "
    "one size as they are loaded, then np.stack them; one example alone is fed as example[None]."
)
ONE_PICTURE = "Give it a batch: model.predict(picture[None]), or np.expand_dims(picture, 0)."


def grey_axis(got: Sides = ()) -> str:
    """Return how grey pictures get a depth of 1; `got` is what came without it."""
    size = "height, width"
    if len(got) == 3 and None not in got[1:]:
        size = f"{got[1]}, {got[2]}"
    return f"Give grey pictures a depth of 1: pictures[..., None], and input_shape=({size}, 1)."


def judge_input(who: str, expected: Sides, got: Sides, network: Network | None = None) -> Answer:
    """Say why a model or its first layer does not take what it is fed.

    Args:
        who: what was fed, to begin the sentence with.
        expected: what it takes, the batch first; () where only `got` is known.
        got: what came, the batch first where there is one.
        network: the network that was fed, where it is known.

    >>> judge_input("The model", (None, 96, 96, 3), (None, 96, 96)).kind
    'color'
    """
    said = f"{who} takes {written(expected)}, but receives {written(got)}."
    if len(got) == 1 and len(expected) > 2:
        return _ragged(said, got)
    if len(expected) == 4:
        return _pictures(said, expected, got)
    if len(expected) == 2 and len(got) > 2:
        return _volume_into_vector(said, expected, got)
    if len(expected) == 2 and len(got) == 2:
        return _values(said, expected[1], got[1])
    if len(expected) == 3 and len(got) == 4 and got[3] == 1:
        return Answer(
            "depth-axis",
            f"{said} The pictures have a depth axis of 1 that the model has not.",
            "Take it away with pictures[..., 0], or let the model begin with keras.Input(shape="
            f"{written(got[1:])}).",
        )
    if len(got) == len(expected) - 1:
        return Answer(
            "batch-axis",
            f"{said} An axis is missing, most likely the batch.",
            "Feed one example as example[None], or give the model an input_shape without the "
            "missing axis.",
            guess=True,
        )
    return Answer(
        "rank" if len(got) != len(expected) else "axis",
        f"{said} {_differing(expected, got)}",
        f"Feed arrays of {written(('…', *expected[1:]))}, or build the model for "  # type: ignore[arg-type]
        f"keras.Input(shape={written(got[1:])}).",
    )


def _differing(expected: Sides, got: Sides) -> str:
    if len(expected) != len(got):
        return f"The first has {len(expected)} axes, the batch among them, the second {len(got)}."
    axes = [
        f"axis {i} ({got[i]} instead of {expected[i]})"
        for i in range(1, len(got))
        if None not in (got[i], expected[i]) and got[i] != expected[i]
    ]
    return f"They differ in {' and '.join(axes)}." if axes else "The sizes themselves agree."


def _ragged(said: str, got: Sides) -> Answer:
    return Answer(
        "ragged",
        f"{said} {SINGLE_THINGS}",
        LOOK_AT_IT,
        guess=True,
    )


def _pictures(said: str, expected: Sides, got: Sides) -> Answer:
    height, width, depth = expected[1:]
    if len(got) == 5:
        return Answer(
            "rank",
            f"{said} There is an axis too many: a batch of batches, or input_shape holds the "
            "batch.",
            "Feed (batch, height, width, depth): batch the data once only, and leave the number "
            "of pictures out of input_shape.",
        )
    if len(got) == 3:
        return _three_axes(said, expected, got)
    if len(got) == 2:
        return flat_pictures(said, expected, got)
    if len(got) != 4:
        return Answer("rank", said, "Feed (batch, height, width, depth).")
    rows, columns, channels = got[1:]
    if (rows == depth and (columns, channels) == (height, width) and depth != width) or (
        channels_first((rows, columns, channels)) and depth in DEPTHS and rows == depth
    ):
        return Answer("channels-first", f"{said} The pictures have their channels first.", LAST)
    if (
        height in DEPTHS and rows in DEPTHS and (depth or 0) > 4 < (channels or 0)
        and channels_first((rows, columns, columns)) and channels_first((height, width, width))
    ):  # fmt: skip
        # Both are laid out channels-first: judged as if both had them last.
        answer = _pictures(said, _turned(expected), _turned(got))
        cure = answer.cure.split(", or build")[0].rstrip(".")
        return Answer(answer.kind, f"{answer.what} Both have their channels first.", f"{cure}.")
    if channels_first((height, width, depth)) and channels in DEPTHS:
        return Answer(
            "channels-first",
            f"{said} The model was built for channels first, the pictures have them last.",
            f"Build the model with input_shape={written((width, depth, height))}: height, width, "
            "channels.",
        )
    if (rows, columns) == (width, height) != (height, width) and channels == depth:
        return Answer(
            "turned",
            f"{said} Height and width are swapped.",
            f"Keras has the height first: target_size=({height}, {width}).",
        )
    size = None in (height, width) or (rows, columns) == (height, width)
    if channels == depth or None in (channels, depth):
        return _size(said, expected, got)
    answer = wrong_depth(said, depth, channels)
    if size or None in (rows, columns):
        return answer
    both = _size(said, expected, got)
    return Answer(
        "picture-size", f"{said} Size and depth both differ.", f"{both.cure} {answer.cure}"
    )


def _size(said: str, expected: Sides, got: Sides) -> Answer:
    height, width = expected[1:3]
    return Answer(
        "picture-size",
        f"{said} The pictures are of another size than the model was built for.",
        f"Load them with target_size=({height}, {width}), height first, or build the model with "
        f"input_shape={written(got[1:3] + expected[3:])}.",
    )


def _turned(sides: Sides) -> Sides:
    batch, depth, height, width = sides
    return batch, height, width, depth


def wrong_depth(said: str, depth: int | None, channels: int | None) -> Answer:
    """Say that pictures have another number of channels."""
    if depth in DEPTHS and channels in DEPTHS:
        mode = COLOR_MODES[depth or 0]
        return Answer(
            "color",
            f"{said} The pictures are {color(channels)}, the model takes {color(depth)}.",
            f'Load them with color_mode="{mode}", or build the model with a depth of {channels}.',
        )
    return Answer(
        "axis",
        f"{said} The size fits, but the depth is {channels} instead of {depth}.",
        f"Give it {depth} channels, or build the model with a depth of {channels}.",
    )


def _three_axes(said: str, expected: Sides, got: Sides) -> Answer:
    height, width, depth = expected[1:]
    whole = got == expected[1:] and None not in got
    grey = got[1:] == (height, width) and not (whole and got[2] == depth)
    one = whole or (got[1:] == (width, depth) and not grey)
    if not one and not grey and got[2] in DEPTHS and (got[1] or 99) > 4:
        one = got[2] == depth
    if one:
        return Answer(
            "batch-axis",
            f"{said} That is one picture without its batch axis: Keras took its rows for a batch.",
            ONE_PICTURE,
        )
    if grey or got[1:3] == (None, None):
        missing = f"{said} The channel axis (the depth) is missing: the pictures are grey."
        if depth == 1 or depth is None:
            return Answer("depth-axis", missing, grey_axis(got))
        return Answer(
            "color",
            f"{missing[:-1]}, and the model takes {color(depth)}.",
            f'Load them with color_mode="{COLOR_MODES.get(depth, "rgb")}", or build the model '
            "with a depth of 1 and feed pictures[..., None].",
        )
    return Answer(
        "batch-axis",
        f"{said} An axis is missing: the batch of a single picture, or the channel axis "
        "of grey ones.",
        f"{ONE_PICTURE} {grey_axis(got)}",
        guess=True,
    )


def flat_pictures(said: str, expected: Sides, got: Sides) -> Answer:
    """Say that a vector comes where pictures are wanted."""
    height, width, depth = expected[1:]
    wanted = product(expected[1:])
    if got[1] == width and None not in (height, width, depth) and wanted != got[1]:
        return Answer(
            "batch-axis",
            f"{said} That is one grey picture without its batch and its depth.",
            "Feed picture[None, ..., None].",
            guess=True,
        )
    if wanted is not None and got[1] == wanted:
        return Answer(
            "flat-pictures",
            f"{said} The pictures are laid out flat: {got[1]:,} = {height}·{width}·{depth} values.",
            f"Give them their shape back: pictures.reshape(-1, {height}, {width}, {depth}).",
        )
    sides = _square(got[1]) if wanted is None else None
    if sides:
        return Answer(
            "flat-pictures",
            f"{said} The pictures are laid out flat: {got[1]:,} = {'·'.join(map(str, sides))}.",
            f"Give them their shape back: pictures.reshape(-1, {', '.join(map(str, sides))}).",
            guess=True,
        )
    return Answer(
        "flat-pictures",
        f"{said} Each example is a row of {counted(got[1], 'value')}, not a picture"
        + (f" of {wanted:,} values." if wanted else "."),
        "Load pictures as (number, height, width, depth); a list of file names or a table is none.",
        guess=True,
    )


def _square(values: int | None) -> tuple[int, int, int] | None:
    """The square picture that has so many values; None where there is none."""
    for depth in (1, 3):
        side = math.isqrt((values or 0) // depth)
        if side > 4 and side * side * depth == values:
            return side, side, depth
    return None


def _volume_into_vector(said: str, expected: Sides, got: Sides) -> Answer:
    values = product(got[1:])
    if values is not None and values == expected[1]:
        return Answer(
            "flatten",
            f"{said} The pictures hold just as many values: {values:,}.",
            "Let the model begin with keras.Input(shape="
            f"{written(got[1:])}) and Flatten(), or feed pictures.reshape(-1, {values}).",
        )
    return Answer(
        "flatten",
        f"{said} A volume comes where a row of values is wanted.",
        f"Put Flatten() before it; {written(got[1:])} then makes {counted(values, 'value')}, so "
        f"that keras.Input has to say so too (now {counted(expected[1], 'value')}).",
    )


def _values(said: str, expected: int | None, got: int | None) -> Answer:
    if got == 1 and (expected or 0) > 3:
        return Answer(
            "batch-axis",
            f"{said} Keras makes a column of an array with one axis: one example without its batch "
            "axis, or the labels in the place of the examples (x and y swapped).",
            "Feed one example as example[None] (or example.reshape(1, -1)); print x.shape.",
            guess=True,
        )
    return Answer(
        "axis",
        f"{said} Each example has {counted(got, 'value')} instead of {counted(expected, 'value')}.",
        f"Feed {counted(expected, 'value')} for each example, or build the model with "
        f"keras.Input(shape=({got},)).",
    )
