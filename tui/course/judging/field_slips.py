"""Slips in the receptive field of a layer."""

from __future__ import annotations

from collections.abc import Iterator

from tui.geometry import Effect, Receptive, Slip


def field_slip(before: Receptive, effect: Effect, number: int, row: int) -> Slip | None:
    """Return the slip that leads to a wrong receptive field.

    Args:
        before: the field of what enters the layer.
        effect: what the layer does.
        number: the learner's.
        row: the layer, from 1.

    Returns:
        The likeliest slip; None when none leads to it.
    """
    return next((slip for slip in field_slips(before, effect, row) if slip.value == number), None)


def field_slips(before: Receptive, effect: Effect, row: int) -> Iterator[Slip]:
    """Yield the slips whose value differs from the right one, the likelier first.

    Args:
        before: the field of what enters the layer.
        effect: what the layer does.
        row: the layer, from 1.
    """
    right = _right(before, effect)
    for name, value, sentence in _found(before, effect, row):
        if value != right and value > 0:
            yield Slip(name, value, sentence)


def field_arithmetic(before: Receptive, effect: Effect) -> str:
    """Write the arithmetic of a receptive field, in numbers.

    Args:
        before: the field of what enters the layer.
        effect: what the layer does.

    >>> from tui.geometry import Pair, Volume, apply_layer, parse_layer
    >>> before = Receptive(Pair(4, 4), Pair(2, 2))
    >>> field_arithmetic(before, apply_layer(parse_layer("conv:k=1,f=3"), Volume(9, 9, 1)))
    'r = 4 + (3 − 1)·2 = 8'
    """
    r, j = before.size.w, before.jump.w
    if effect.axes is None:
        return f"this layer has no window, so r stays {r:,}"
    return f"r = {r:,} + ({effect.axes[0].reach:,} − 1)·{j:,} = {_right(before, effect):,}"


def _right(before: Receptive, effect: Effect) -> int:
    reach = effect.axes[0].reach if effect.axes else 1
    return before.size.w + (reach - 1) * before.jump.w


def _found(before: Receptive, effect: Effect, row: int) -> Iterator[tuple[str, int, str]]:
    r, j = before.size.w, before.jump.w
    if effect.axes is None:
        yield (
            "one-value-more",
            r + 1,
            f"This layer has no window: each value sees what it saw before, r = {r:,}.",
        )
        return
    axis = effect.axes[0]
    f, fd, s = axis.kernel, axis.reach, axis.stride
    name = "Fd" if axis.dilation > 1 else "F"
    if j > 1:
        yield (
            "forgot-jump",
            r + (fd - 1),
            f"You left out the jump. Two neighbours that enter this layer lie j = {j} input "
            f"columns apart, so the window adds ({fd} − 1)·{j}.",
        )
    if axis.dilation > 1:
        yield (
            "forgot-dilation",
            r + (f - 1) * j,
            f"You took F = {f}. With dilation {axis.dilation} the window reaches over Fd = "
            f"{axis.dilation}·({f} − 1) + 1 = {fd}.",
        )
    yield (
        "added-f",
        r + fd * j,
        f"You added {name} = {fd}. One of the {fd} was seen already: add {name} − 1 = {fd - 1}, "
        f"times the jump.",
    )
    if s > 1:
        yield (
            "jump-too-early",
            r + (fd - 1) * j * s,
            f"You took the jump behind this layer. Its stride S = {s} spreads only what comes "
            f"after it: here j = {j}.",
        )
    yield (
        "multiplied",
        r * fd,
        f"You multiplied. Neighbouring windows overlap, so r grows by a sum: {r:,} + "
        f"({fd} − 1)·{j}.",
    )
    if j > 1:
        yield (
            "added-f",
            r + fd,
            f"You added {name} = {fd}. One of the {fd} was seen already, and each further one "
            f"lies j = {j} columns on: add ({fd} − 1)·{j}.",
        )
    yield (
        "gave-f",
        fd,
        f"That is this layer's own window. It looks through the {row - 1} layers before it: add "
        f"up what each of them sees.",
    )
    yield (
        "stayed",
        r,
        f"That is r before this layer. Its window of {fd} adds ({fd} − 1)·{j}.",
    )
