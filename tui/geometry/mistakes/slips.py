"""Well-known slips in a learner's answer, each with the value that it leads to.

An answer that equals the value of a slip is explained, and not only called wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from tui.geometry.effects import Effect
from tui.geometry.errors import GeometryError, shown
from tui.geometry.mistakes.counting_slips import depth_slips, macs_slips, parameter_slips
from tui.geometry.mistakes.side_slips import side_slips
from tui.geometry.shapes import Volume

Quantity: TypeAlias = Literal["W2", "H2", "D2", "parameters", "macs"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
"""The quantities that a question can ask for."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A well-known mistake, worked out for one layer.

    Args:
        name: such as "forgot-2p". It is stored with the learner's progress and never changes.
        value: the answer that it leads to.
        sentence: what was done and what should have been done, with the numbers.
    """

    name: str
    value: int
    sentence: str


def right_answer(quantity: Quantity, effect: Effect) -> int:
    """Return the right answer to a question about a layer.

    Args:
        quantity: one of :data:`QUANTITIES`.
        effect: what the layer does.

    Returns:
        The number.

    Raises:
        GeometryError: no such quantity, or a width, height or depth of a vector.
    """
    if quantity == "parameters":
        return effect.parameters
    if quantity == "macs":
        return effect.macs
    if quantity not in QUANTITIES:
        raise GeometryError(f"{shown(quantity)} is no quantity: take {', '.join(QUANTITIES)}.")
    if not isinstance(effect.output, Volume):
        raise GeometryError(
            f"{effect.layer.keras_name} puts out a vector of {effect.output.size:,} values, "
            f"which has no {quantity}: ask for parameters or macs."
        )
    return {
        "W2": effect.output.width,
        "H2": effect.output.height,
        "D2": effect.output.depth,
    }[quantity]


def slips(quantity: Quantity, effect: Effect) -> tuple[Slip, ...]:
    """Return the well-known slips for a question, the likeliest first.

    Args:
        quantity: one of :data:`QUANTITIES`.
        effect: what the layer does.

    Returns:
        The slips whose value differs from the right answer. Slips with the same value are one,
        with the name of the likeliest and the sentences of the two likeliest.

    Raises:
        GeometryError: as :func:`right_answer`.

    >>> from tui.geometry.rules import apply_layer
    >>> from tui.geometry.layers import Conv2D
    >>> from tui.geometry.shapes import Pair
    >>> effect = apply_layer(Conv2D(1, Pair(3, 3), padding=Pair(1, 1)), Volume(5, 5, 1))
    >>> [(slip.name, slip.value) for slip in slips("W2", effect)]
    [('forgot-2p', 3), ('forgot-plus-1', 4), ('forgot-f', 8), ('added-f', 11)]
    """
    right = right_answer(quantity, effect)
    source = {"D2": depth_slips, "parameters": parameter_slips, "macs": macs_slips}
    make = source.get(quantity)
    found = side_slips(quantity, effect) if make is None else make(effect)
    kept: dict[int, Slip] = {}
    for name, value, sentence in found:
        if value < 0 or value == right:
            continue
        first = kept.setdefault(value, Slip(name, value, sentence))
        if first.name != name and " Or: " not in first.sentence:
            # Two slips with one value: nobody knows which one it was.
            kept[value] = Slip(first.name, value, f"{first.sentence} Or: {sentence}")
    return tuple(kept.values())


def diagnose(quantity: Quantity, effect: Effect, answer: int) -> Slip | None:
    """Return the slip that explains an answer.

    Args:
        quantity: one of :data:`QUANTITIES`.
        effect: what the layer does.
        answer: the learner's number.

    Returns:
        The likeliest slip that leads to it; None if the answer is right or no slip explains it.

    Raises:
        GeometryError: as :func:`right_answer`.
    """
    return next((slip for slip in slips(quantity, effect) if slip.value == answer), None)
