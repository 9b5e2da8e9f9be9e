"""What is wrong with the number of axes, or with the last one, that a layer receives."""

from __future__ import annotations

import re
from dataclasses import replace

from tui.geometry import Flatten, Network, Vector, Volume, output_shape
from tui.keras_io.errors.explain_inputs import (
    LAST,
    LOOK_AT_IT,
    ONE_PICTURE,
    SINGLE_THINGS,
    flat_pictures,
    grey_axis,
    wrong_depth,
)
from tui.keras_io.errors.keras_shapes import (
    DEPTHS,
    Sides,
    channels_first,
    counted,
    product,
    written,
)
from tui.keras_io.errors.locate_layer import Complaint, Place, find_place
from tui.keras_io.errors.message_patterns import Answer, Found, label_of

_LARGEST_SIDE = 4096  # of the pictures that are tried
MODELS = ("model", "sequential", "functional")
"""How the names of whole models begin."""


def is_input(found: Found) -> bool:
    """Say whether Keras 1 or 2 speaks of what comes in, not of the labels."""
    side = found.match.groupdict().get("side")
    return side == "input" if side else "input" in found.text("layer").lower()


def by_rank(said: str, wanted: int, got: Sides) -> Answer:
    """What is fed has another number of axes than is wanted."""
    if len(got) == 1 or got[1:] == (1,):
        return Answer(
            "ragged",
            f"{said} {SINGLE_THINGS}" + (" This one is empty." if got and got[0] == 0 else ""),
            LOOK_AT_IT,
            guess=True,
        )
    if wanted == 4 and len(got) == 3:
        if got[2] in DEPTHS and (got[0] is None or got[0] > 4):
            return Answer(
                "batch-axis",
                f"{said} One picture came without its batch (or a plain list of pictures, of which "
                "TensorFlow 2.0 shows the first).",
                f"{ONE_PICTURE} Of a list make one array: np.stack(pictures).",
            )
        if got[0] in DEPTHS and got[1] == got[2] and got[0] != 1:
            return Answer(
                "batch-axis",
                f"{said} That is one picture without its batch, and with its channels first.",
                f"{ONE_PICTURE} {LAST}",
                guess=True,
            )
        return Answer(
            "depth-axis",
            f"{said} The channel axis (the depth) is missing: grey pictures.",
            grey_axis(got),
        )
    if wanted == 4 and len(got) == 2:
        return flat_pictures(said, (None, None, None, None), got)
    if wanted == 2 and len(got) > 2:
        values = product(got[1:])
        return Answer(
            "flatten",
            f"{said} A volume comes where a row of values is wanted: Flatten is missing.",
            "Put Flatten() first in the model, or feed "
            f"pictures.reshape(-1, {'…' if values is None else values}).",
        )
    if len(got) > wanted:
        return Answer(
            "rank",
            f"{said} There is an axis too many.",
            "Batch the data once only, and leave the number of pictures out of input_shape.",
        )
    return Answer(
        "batch-axis",
        f"{said} An axis is missing, perhaps the batch.",
        "Feed one example as example[None].",
        guess=True,
    )


def judge_rank(complaint: Complaint, found: Found, *, known: bool) -> Answer:
    """Say why a layer does not take so many axes; `known` says whether their lengths are."""
    place = find_place(complaint, found.network)
    row = place.row.index if place else None
    wanted, got = complaint.expected[0] or 0, complaint.received
    name = complaint.name or complaint.class_name
    who = label_of(place, f"The layer {name}" if name else "A layer")
    shape = f", {written(got)}" if known else ""
    axes = counted(wanted, "axis", "axes")
    said = f"{who} takes {axes}, the batch among them, but receives {len(got)}{shape}."
    base = name.lower()
    if base.startswith(MODELS) and known:
        return by_rank(said, wanted, got)
    if "flatten" in base and len(got) == 2:
        answer = Answer(
            "already-flat",
            f"{said} What comes is a row of values already.",
            "Leave this Flatten out. Where a pretrained network comes before it, "
            "take include_top=False, which keeps the volume.",
        )
    elif wanted == 4 and len(got) == 2:
        answer = _vector_into_window(said, who, got, found.network, place)
    elif wanted == 2 and len(got) > 2:
        answer = Answer(
            "flatten",
            f"{said} A volume comes where a row of values is wanted: Flatten is missing.",
            f"Put Flatten() before {name or 'it'} (or GlobalAveragePooling2D()).",
        )
    elif wanted == 3:
        answer = Answer(
            "rank",
            f"{said} Such a layer takes (batch, steps, values): a sequence.",
            "Make a sequence of what comes with Reshape((steps, values)); one example "
            "alone is fed as example[None].",
            guess=True,
        )
    elif wanted == 4 and len(got) == 5:
        answer = Answer(
            "rank",
            f"{said} There is an axis too many: input_shape holds the number "
            "of pictures, or the data was batched twice.",
            "Keras adds the batch itself: input_shape=(height, width, depth).",
        )
    elif wanted == 4 and len(got) == 3 and not known:
        answer = Answer(
            "batch-axis",
            f"{said} Either one picture came without its batch, or the channel axis (the depth) of "
            "grey pictures is missing (in input_shape, when the model is being built).",
            f"{ONE_PICTURE} {grey_axis()}",
            guess=True,
        )
    elif known and not (wanted == 2 and len(got) == 1):
        answer = by_rank(said, wanted, got)
    else:
        answer = Answer(
            "batch-axis",
            f"{said} An axis is missing, perhaps the batch.",
            "Feed one example as example[None].",
            guess=True,
        )
    return replace(answer, row=row)


def _vector_into_window(
    said: str, who: str, got: Sides, network: Network | None, place: Place | None
) -> Answer:
    after = network is not None and place is not None and place.row.index > 0
    text = f"{who} slides over a volume W×H×D, but receives a row of {counted(got[-1], 'value')}."
    cure = "Put it before Flatten and before any global pooling."
    if after:
        return Answer("after-flatten", text, cure)
    return Answer(
        "after-flatten",
        f"{text} Either it stands after Flatten, or, where it is the first layer, the pictures "
        "are laid out flat.",
        f"{cure} Flat pictures: pictures.reshape(-1, height, width, depth).",
        guess=True,
    )


def judge_axis(who: str, name: str, expected: int, got: Sides, found: Found) -> Answer:
    """Say why a layer's last axis is of another length than it was built for.

    Args:
        who: how a sentence names the layer where it is none of the network's.
        name: its name, or its class in small letters.
        expected: the length that it was built for.
        got: the shape that it receives.
        found: the message.
    """
    place = find_place(Complaint("axis", name, expected=(expected,), received=got), found.network)
    answer = _axis(label_of(place, who), name, expected, got, found, place)
    if place is None:
        return answer
    return replace(answer, row=place.row.index)


def _axis(
    who: str, name: str, expected: int, got: Sides, found: Found, place: Place | None
) -> Answer:
    last = got[-1] if got else None
    axis = found.match.groupdict().get("axis")
    fed = found.message.argument
    if len(fed) == 5 or (len(got) == 4 and _fed_to_model(found) == 5):
        return Answer(
            "rank",
            f"{who} receives {written(got)}: the arrays that were fed have five axes.",
            "There is an axis too many: batch the data once only, and leave the number of "
            "pictures out of input_shape.",
        )
    dense = "dense" in name.lower() or (place is not None and place.row.layer.kind == "dense")
    if len(got) == 2:
        said = f"{who} was built for {expected:,} values, but receives {counted(last, 'value')}."
        cure, what = _why_values(place, found.network, last)
        return Answer("picture-size", f"{said} {what}", cure, guess=not dense)
    if product(got[1:]) == expected or (dense and len(got) > 2):
        just = ", which holds just as many" if product(got[1:]) == expected else ""
        return Answer(
            "flatten",
            f"{who} was built for {expected:,} values, but receives a volume {written(got)}{just}.",
            "Flatten is missing: put Flatten() before it.",
        )
    if len(got) == 3:
        return _sequence(who, expected, got)
    said = f"{who} reads D1 = {expected:,} channels, but receives {written(got)}."
    if axis in ("1", "-3") and len(got) == 4 and got[3] == expected:
        return Answer(
            "channels-first",
            f"{said} The layer is built channels_first, the pictures have their channels last.",
            'Build it with data_format="channels_last" (the default).',
        )
    if len(got) == 4 and got[1] == expected and last not in DEPTHS:
        return Answer("channels-first", f"{said} The pictures have their channels first.", LAST)
    if len(got) == 4 and channels_first(got[1:]) and expected in DEPTHS:
        return Answer(
            "channels-first", f"{said} The pictures have their channels first.", LAST, guess=True
        )
    first = place is None or place.row.index == 0
    if expected in DEPTHS and last in DEPTHS and first:
        return wrong_depth(said, expected, last)
    return Answer(
        "axis",
        f"{said} The depth is {last} instead of {expected}: the layer before it, or the pictures, "
        "have another depth than when it was built.",
        f"Let what comes before it have a depth of {expected}, or build the model anew.",
        guess=True,
    )


def _sequence(who: str, expected: int, got: Sides) -> Answer:
    """The last axis of something that is no volume."""
    what = f"{who} takes {counted(expected, 'value')} on the last axis, but receives {written(got)}"
    if got[1] == expected:
        return Answer(
            "turned",
            f"{what}: the axes are swapped.",
            f"Turn them: np.swapaxes(x, 1, 2), so that the last axis has the shape's {expected}.",
        )
    return Answer(
        "axis",
        f"{what}, with {got[2]} there.",
        f"Bring the data into a shape whose last axis is {expected} (print(x.shape); perhaps they "
        "have to be transposed), or build the model for what comes.",
        guess=True,
    )


def _fed_to_model(found: Found) -> int:
    """How many axes the whole model was fed with, where the message says so."""
    text = found.message.squeezed[found.match.end() :]
    at = re.search(
        r"argumentsreceivedby(?:sequential|functional|model).{0,60}?shape=[(\[]([^()\[\]]*)", text
    )
    return at[1].count(",") + 1 if at else 0


def _why_values(place: Place | None, network: Network | None, last: int | None) -> tuple[str, str]:
    """Where another number of values comes from: pictures of another size."""
    what = (
        "Mostly the pictures are of another size than input_shape says, and Flatten makes another "
        "number of values of them."
    )
    cure = "Load the pictures with the size that the network was built for"
    if network is None or place is None or last is None:
        return f"{cure}.", what
    volume = network.input
    cure += f", {volume.width}×{volume.height} (target_size=({volume.height}, {volume.width}))."
    side = _side_for(network, place.row.index, last)
    if side is not None:
        what = f"{last:,} values come of pictures of {side}×{side}."
    return cure, what


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
