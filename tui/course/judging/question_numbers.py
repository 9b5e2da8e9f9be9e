"""Numbers of the question that were given as its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tui.course.lesson.questions import ChainQuantity
from tui.geometry import (
    AveragePool2D,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Effect,
    MaxPool2D,
    Pair,
    SeparableConv2D,
    Slip,
    Volume,
    window_of,
)

_ASKED: dict[ChainQuantity, str] = {
    "W2": "how wide the output is",
    "H2": "how high the output is",
    "D2": "how deep the output is",
    "parameters": "how many parameters there are to learn",
    "macs": "how many multiplications it takes",
    "receptive-field": "how many input columns one value sees",
}
_WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


def question_number_slip(
    asks: ChainQuantity, effects: Sequence[Effect], prompt: str, given: int
) -> Slip | None:
    """Return the slip of giving a number of the question, or a neighbour of what is asked.

    Args:
        asks: what is asked.
        effects: what each layer does; the last one is the layer asked about.
        prompt: the question as it is read.
        given: a wrong answer.

    Returns:
        The slip; None when the number stands nowhere in the question.

    >>> from tui.geometry import apply_layer, parse_layer
    >>> effect = apply_layer(parse_layer("conv:k=10,f=5"), Volume(12, 12, 3))
    >>> slip = question_number_slip("D2", (effect,), "", 8)
    >>> slip.name, slip.sentence
    ('gave-w2', 'That is W2, the width of the output. The question is how deep the output is.')
    """
    asked = f"The question is {_ASKED[asks]}."
    for number in range(len(effects), 0, -1):
        effect = effects[number - 1]
        of_layer = f" of layer {number}" if len(effects) > 1 else ""
        for letter, value, what in _numbers(effect):
            if value == given and (letter != asks or number < len(effects)):
                return Slip(f"gave-{letter.lower()}", given, f"That is {what}{of_layer}. {asked}")
    if given in numbers_in(prompt):
        return Slip("gave-given-number", given, f"{given:,} stands in the question. {asked}")
    return None


def numbers_in(text: str) -> frozenset[int]:
    """Return the whole numbers in a text.

    >>> sorted(numbers_in("Input 150×150×3; 1,442 images"))
    [3, 150, 1442]
    """
    return frozenset(int(found.replace(",", "")) for found in _NUMBER.findall(text))


def _numbers(effect: Effect) -> Iterator[tuple[str, int, str]]:
    """Yield letter, value and meaning of each number of a layer, its settings first."""
    layer = effect.layer
    if isinstance(layer, (Conv2D, SeparableConv2D, Conv2DTranspose)):
        yield "K", layer.filters, "K, the number of filters"
    if isinstance(layer, Dense):
        yield "units", layer.units, "the number of units"
    if isinstance(layer, _WINDOWS):
        window = window_of(layer)
        yield from (("F", side, "F, the filter size") for side in window.kernel)
        # What is at its default is often not written in the question.
        yield from (("S", step, "S, the stride") for step in window.stride if step > 1)
        if isinstance(window.padding, Pair):
            yield from (("P", zeros, "P, the padding") for zeros in window.padding if zeros)
        yield from (("dilation", rate, "the dilation") for rate in window.dilation if rate > 1)
    for volume, end, name in ((effect.input, "1", "input"), (effect.output, "2", "output")):
        if isinstance(volume, Volume):
            yield f"W{end}", volume.width, f"W{end}, the width of the {name}"
            yield f"H{end}", volume.height, f"H{end}, the height of the {name}"
            yield f"D{end}", volume.depth, f"D{end}, the depth of the {name}"
