"""Explain why a layer cannot take an input with this number of axes, or with this last axis."""

from __future__ import annotations

import re
from dataclasses import replace

from tui.geometry import Flatten, Network, Vector, Volume, output_shape
from tui.keras_io.errors.explain_inputs import (
    ADD_BATCH_AXIS,
    CHECK_ARRAYS,
    MOVE_CHANNELS_LAST,
    ONE_AXIS,
    add_channel_axis,
    explain_depth,
    explain_flat_images,
)
from tui.keras_io.errors.keras_shapes import (
    IMAGE_DEPTHS,
    KerasShape,
    element_count,
    format_shape,
    looks_channels_first,
    pluralize,
)
from tui.keras_io.errors.locate_layer import LayerClues, LocatedLayer, locate_layer
from tui.keras_io.errors.message_patterns import Explanation, PatternMatch, layer_label

_MAX_SIDE = 4096  # of the image sizes that are tried
MODELS = ("model", "sequential", "functional")
"""Prefixes of the names of whole models."""


def is_about_input(match: PatternMatch) -> bool:
    """Return whether a message of Keras 1 or 2 is about the input, not the labels."""
    side = match.regex.groupdict().get("side")
    return side == "input" if side else "input" in match.text("layer").lower()


def explain_axis_count(observed: str, wanted: int, got: KerasShape) -> Explanation:
    """Explain an input with the wrong number of axes."""
    if len(got) == 1 or got[1:] == (1,):
        return Explanation(
            "ragged",
            f"{observed} {ONE_AXIS}" + (" This array is empty." if got and got[0] == 0 else ""),
            CHECK_ARRAYS,
            guess=True,
        )
    if wanted == 4 and len(got) == 3:
        if got[2] in IMAGE_DEPTHS and (got[0] is None or got[0] > 4):
            return Explanation(
                "batch-axis",
                f"{observed} One image came without its batch axis (or a plain list of images, of "
                "which TensorFlow 2.0 shows the first).",
                f"{ADD_BATCH_AXIS} Make one array of a list: np.stack(images).",
            )
        if got[0] in IMAGE_DEPTHS and got[1] == got[2] and got[0] != 1:
            return Explanation(
                "batch-axis",
                f"{observed} That is one image without its batch axis, and with the channels "
                "first.",
                f"{ADD_BATCH_AXIS} {MOVE_CHANNELS_LAST}",
                guess=True,
            )
        return Explanation(
            "depth-axis",
            f"{observed} The channel axis (the depth) is missing: the images are grayscale.",
            add_channel_axis(got),
        )
    if wanted == 4 and len(got) == 2:
        return explain_flat_images(observed, (None, None, None, None), got)
    if wanted == 2 and len(got) > 2:
        values = element_count(got[1:])
        return Explanation(
            "flatten",
            f"{observed} It receives a volume, but takes a vector: Flatten is missing.",
            "Put Flatten() first in the model, or feed "
            f"images.reshape(-1, {'…' if values is None else values}).",
        )
    if len(got) > wanted:
        return Explanation(
            "rank",
            f"{observed} There is an extra axis.",
            "Batch the data only once, and leave the number of images out of input_shape.",
        )
    return Explanation(
        "batch-axis",
        f"{observed} An axis is missing, perhaps the batch axis.",
        "Pass a single example as example[None].",
        guess=True,
    )


def explain_rank(clues: LayerClues, match: PatternMatch, *, shape_known: bool) -> Explanation:
    """Explain why a layer cannot take so many axes.

    Args:
        clues: what the message says about the layer.
        match: the message.
        shape_known: whether the message gives the whole shape.
    """
    located = locate_layer(clues, match.network)
    row = located.row.index if located else None
    wanted, got = clues.expected[0] or 0, clues.received
    name = clues.name or clues.class_name
    subject = layer_label(located, f"The layer {name}" if name else "A layer")
    shape = f", {format_shape(got)}" if shape_known else ""
    axes = pluralize(wanted, "axis", "axes")
    observed = f"{subject} takes {axes}, including the batch, but receives {len(got)}{shape}."
    base = name.lower()
    if base.startswith(MODELS) and shape_known:
        return explain_axis_count(observed, wanted, got)
    if "flatten" in base and len(got) == 2:
        answer = Explanation(
            "already-flat",
            f"{observed} Its input is already a vector.",
            "Leave this Flatten out. After a pretrained network, use include_top=False, which "
            "keeps the volume.",
        )
    elif wanted == 4 and len(got) == 2:
        answer = _vector_into_window(observed, subject, got, match.network, located)
    elif wanted == 2 and len(got) > 2:
        answer = Explanation(
            "flatten",
            f"{observed} It receives a volume, but takes a vector: Flatten is missing.",
            f"Put Flatten() before {name or 'it'} (or GlobalAveragePooling2D()).",
        )
    elif wanted == 3:
        answer = Explanation(
            "rank",
            f"{observed} Such a layer takes a sequence (batch, steps, values).",
            "Turn the input into a sequence with Reshape((steps, values)). Pass a single example "
            "as example[None].",
            guess=True,
        )
    elif wanted == 4 and len(got) == 5:
        answer = Explanation(
            "rank",
            f"{observed} There is an extra axis: input_shape contains the number of images, or the "
            "data was batched twice.",
            "Keras adds the batch itself: input_shape=(height, width, depth).",
        )
    elif wanted == 4 and len(got) == 3 and not shape_known:
        answer = Explanation(
            "batch-axis",
            f"{observed} Either one image came without its batch axis, or the channel axis (the "
            "depth) of grayscale images is missing (in input_shape, if the model is being built).",
            f"{ADD_BATCH_AXIS} {add_channel_axis()}",
            guess=True,
        )
    elif shape_known and not (wanted == 2 and len(got) == 1):
        answer = explain_axis_count(observed, wanted, got)
    else:
        answer = Explanation(
            "batch-axis",
            f"{observed} An axis is missing, perhaps the batch axis.",
            "Pass a single example as example[None].",
            guess=True,
        )
    return replace(answer, row=row)


def _vector_into_window(
    observed: str,
    subject: str,
    got: KerasShape,
    network: Network | None,
    located: LocatedLayer | None,
) -> Explanation:
    after = network is not None and located is not None and located.row.index > 0
    text = (
        f"{subject} slides over a volume W×H×D, but receives a vector of "
        f"{pluralize(got[-1], 'value')}."
    )
    cure = "Put it before Flatten and before any global pooling."
    if after:
        return Explanation("after-flatten", text, cure)
    return Explanation(
        "after-flatten",
        f"{text} Either it comes after Flatten, or it is the first layer and the images are "
        "flattened.",
        f"{cure} For flattened images: images.reshape(-1, height, width, depth).",
        guess=True,
    )


def explain_last_axis(
    subject: str, name: str, expected: int, got: KerasShape, match: PatternMatch
) -> Explanation:
    """Explain why the last axis of a layer's input has the wrong length.

    Args:
        subject: the layer, to begin a sentence with, where it is not in the network.
        name: its name, or its class in lower case.
        expected: the length that it was built for.
        got: the shape that it receives.
        match: the message.
    """
    located = locate_layer(
        LayerClues("axis", name, expected=(expected,), received=got), match.network
    )
    answer = _axis(layer_label(located, subject), name, expected, got, match, located)
    if located is None:
        return answer
    return replace(answer, row=located.row.index)


def _axis(
    subject: str,
    name: str,
    expected: int,
    got: KerasShape,
    match: PatternMatch,
    located: LocatedLayer | None,
) -> Explanation:
    last = got[-1] if got else None
    axis = match.regex.groupdict().get("axis")
    fed = match.message.argument_shape
    if len(fed) == 5 or (len(got) == 4 and _fed_to_model(match) == 5):
        return Explanation(
            "rank",
            f"{subject} receives {format_shape(got)}: the input arrays have five axes.",
            "There is an extra axis: batch the data only once, and leave the number of images out "
            "of input_shape.",
        )
    dense = "dense" in name.lower() or (located is not None and located.row.layer.kind == "dense")
    if len(got) == 2:
        observed = (
            f"{subject} was built for {expected:,} values, but receives {pluralize(last, 'value')}."
        )
        cure, what = _why_values(located, match.network, last)
        return Explanation("picture-size", f"{observed} {what}", cure, guess=not dense)
    if element_count(got[1:]) == expected or (dense and len(got) > 2):
        just = ", which has the same number of values" if element_count(got[1:]) == expected else ""
        return Explanation(
            "flatten",
            f"{subject} was built for {expected:,} values, but receives a volume "
            f"{format_shape(got)}{just}.",
            "Flatten is missing: put Flatten() before it.",
        )
    if len(got) == 3:
        return _sequence(subject, expected, got)
    observed = f"{subject} reads D1 = {expected:,} channels, but receives {format_shape(got)}."
    if axis in ("1", "-3") and len(got) == 4 and got[3] == expected:
        return Explanation(
            "channels-first",
            f"{observed} The layer is channels_first, but the images have their channels last.",
            'Build it with data_format="channels_last" (the default).',
        )
    if len(got) == 4 and got[1] == expected and last not in IMAGE_DEPTHS:
        return Explanation(
            "channels-first",
            f"{observed} The images have the channels first.",
            MOVE_CHANNELS_LAST,
        )
    if len(got) == 4 and looks_channels_first(got[1:]) and expected in IMAGE_DEPTHS:
        return Explanation(
            "channels-first",
            f"{observed} The images have the channels first.",
            MOVE_CHANNELS_LAST,
            guess=True,
        )
    first = located is None or located.row.index == 0
    if expected in IMAGE_DEPTHS and last in IMAGE_DEPTHS and first:
        return explain_depth(observed, expected, last)
    return Explanation(
        "axis",
        f"{observed} The depth is {last} instead of {expected}: the layer before it or the images "
        "have a different depth from when it was built.",
        f"Give its input a depth of {expected}, or rebuild the model.",
        guess=True,
    )


def _sequence(subject: str, expected: int, got: KerasShape) -> Explanation:
    """Explain the wrong last axis of a sequence."""
    values = pluralize(expected, "value")
    what = f"{subject} takes {values} on the last axis, but receives {format_shape(got)}"
    if got[1] == expected:
        return Explanation(
            "turned",
            f"{what}: the axes are swapped.",
            f"Swap them back: np.swapaxes(x, 1, 2), so that the last axis is {expected}.",
        )
    return Explanation(
        "axis",
        f"{what}, whose last axis is {got[2]}.",
        f"Give the data a shape whose last axis is {expected} (print(x.shape): it may have to be "
        "transposed), or build the model for this shape.",
        guess=True,
    )


def _fed_to_model(match: PatternMatch) -> int:
    """Return how many axes the input of the whole model had; 0 where the message does not say."""
    text = match.message.squeezed[match.regex.end() :]
    at = re.search(
        r"argumentsreceivedby(?:sequential|functional|model).{0,60}?shape=[(\[]([^()\[\]]*)", text
    )
    return at[1].count(",") + 1 if at else 0


def _why_values(
    located: LocatedLayer | None, network: Network | None, last: int | None
) -> tuple[str, str]:
    """Return a cure and a cause where images of another size give another number of values."""
    what = (
        "Usually the images have a different size from input_shape, so that Flatten gives another "
        "number of values."
    )
    cure = "Load the images with the size that the network was built for"
    if network is None or located is None or last is None:
        return f"{cure}.", what
    volume = network.input
    cure += f", {volume.width}×{volume.height} (target_size=({volume.height}, {volume.width}))."
    side = _side_for(network, located.row.index, last)
    if side is not None:
        what = f"{last:,} values come from images of {side}×{side}."
    return cure, what


def _side_for(network: Network, index: int, values: int) -> int | None:
    """Return the size of square images that give a dense layer so many values, or None."""
    before = network.layers[:index]
    if not any(isinstance(layer, Flatten) for layer in before):
        return None
    low, high = 1, _MAX_SIDE
    while low <= high:  # larger images never give fewer values
        middle = (low + high) // 2
        made = output_shape(Network(Volume(middle, middle, network.input.depth), before))
        size = made.size if made is not None else 0
        if size == values and isinstance(made, Vector):
            return middle
        low, high = (middle + 1, high) if size < values else (low, middle - 1)
    return None
