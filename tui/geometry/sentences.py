"""Does it fit? The answer in a sentence, with the numbers that decide it."""

from __future__ import annotations

from tui.geometry.axes import Axis
from tui.geometry.effects import Effect
from tui.geometry.formulas import plain_fraction, room_terms
from tui.geometry.layers import AveragePool2D, MaxPool2D

FITS = "fits exactly"


def fit_sentence(effect: Effect) -> str:
    """Say whether the window comes out even, and what Keras does when it does not.

    Args:
        effect: what :func:`tui.geometry.apply_layer` returned.

    Returns:
        "fits exactly", or a sentence for each axis that does not; one for both when the
        numbers are the same.

    >>> from tui.geometry.rules import apply_layer
    >>> from tui.geometry.layers import MaxPool2D
    >>> from tui.geometry.shapes import Pair, Volume
    >>> print(fit_sentence(apply_layer(MaxPool2D(Pair(2, 2)), Volume(37, 36, 32))))
    W: S = 2 does not divide 37 − 2 = 35: the formula gives 18.5, no integer. Keras rounds down \
to 18 and never reads the last column. H: fits exactly.
    """
    if effect.fits or effect.axes is None:
        return FITS
    across, down = effect.axes
    pooling = isinstance(effect.layer, (MaxPool2D, AveragePool2D))
    if across == down:
        return _misfit(across, "columns and rows", pooling)
    parts = [
        f"{sign}: {FITS + '.' if axis.fits else _misfit(axis, unit, pooling)}"
        for sign, axis, unit in (("W", across, "columns"), ("H", down, "rows"))
    ]
    return " ".join(parts)


def _misfit(axis: Axis, unit: str, pooling: bool) -> str:
    _, numbers = room_terms(axis, pooling=pooling)
    many = f"{axis.unread:,} " if axis.unread != 1 else ""
    last = f"the last {many}{_counted(unit, axis.unread)}"
    padded = axis.unread - axis.unread_real
    if padded and axis.unread_real:
        last += f" ({padded} of padding, {axis.unread_real} of the input)"
    elif padded:
        last += ", all padding"
    return (
        f"S = {axis.stride} does not divide {numbers} = {axis.room:,}: the formula gives "
        f"{plain_fraction(axis.quotient + 1)}, no integer. Keras rounds down to "
        f"{axis.output:,} and never reads {last}."
    )


def _counted(unit: str, count: int) -> str:
    """`columns and rows`, in the singular for one.

    >>> _counted("columns and rows", 1)
    'column and row'
    """
    if count != 1:
        return unit
    return " and ".join(word.removesuffix("s") for word in unit.split(" and "))
