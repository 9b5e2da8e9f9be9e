"""Slips in the width and the height of an output."""

from __future__ import annotations

from dataclasses import replace

from tui.geometry.axes import Axis
from tui.geometry.effects import Effect
from tui.geometry.layers import AveragePool2D, MaxPool2D, ZeroPadding2D
from tui.geometry.mistakes.counting_slips import Found
from tui.geometry.shapes import Volume


def side_slips(quantity: str, effect: Effect) -> Found:
    """Yield the slips in W2 or H2."""
    index = 0 if quantity == "W2" else 1
    sign, other = ("W", "H") if index == 0 else ("H", "W")
    shape, output = effect.input, effect.output
    assert isinstance(shape, Volume) and isinstance(output, Volume)
    if effect.axes:
        pooling = isinstance(effect.layer, (MaxPool2D, AveragePool2D))
        axis = effect.axes[index]
        if axis.same:
            yield from _same_slips(axis, sign)
        else:
            yield from _window_slips(axis, pooling=pooling)
    elif effect.transposed:
        stamp = effect.transposed[index]
        shrunk = max((stamp.size - stamp.reach) // stride + 1, 0) if (stride := stamp.stride) else 0
        yield (
            "ran-it-forwards",
            shrunk,
            "That is an ordinary convolution. A transposed one goes the other way: the output "
            "is larger than the input.",
        )
        yield (
            "forgot-stride",
            stamp.size - 1 + stamp.reach,
            f"You stepped by 1, but two stamps lie S = {stamp.stride} apart.",
        )
        if stamp.output_padding is not None:
            yield (
                "forgot-output-padding",
                replace(stamp, output_padding=None).output,
                "That is without output_padding. Where it is given, it replaces what Keras would "
                "choose.",
            )
        yield (
            "wrong-padding",
            replace(stamp, same=not stamp.same).output,
            "`same` cuts the output to W1·S, `valid` keeps every stamp whole. You confused "
            "the two.",
        )
    elif isinstance(effect.layer, ZeroPadding2D):
        p = effect.layer.padding[index]
        yield (
            "used-p",
            shape.plane[index] + p,
            f"You added P once. The zeros lie at both ends, so it is 2P = {2 * p}.",
        )
    if output.width != output.height:
        yield (
            "swapped-w-h",
            output.plane[1 - index],
            f"That is {other}2. The question asks for {sign}2: width is across, height is down.",
        )
    yield (
        "gave-input",
        shape.plane[index],
        f"That is {sign}1, the input's side. The layer changes it.",
    )


def _window_slips(axis: Axis, *, pooling: bool) -> Found:
    w, fd, p, s = axis.size, axis.reach, axis.before, axis.stride
    f = "Fd" if axis.dilation > 1 else "F"
    if p:
        yield (
            "forgot-2p",
            (w - fd) // s + 1,
            f"You left out 2P. With P = {p} zeros at each end the side is {w} + 2·{p} = "
            f"{w + 2 * p} before the window slides.",
        )
    yield (
        "forgot-plus-1",
        axis.room // s,
        f"You left out + 1. The window takes {axis.room // s} steps, but it also stands at the "
        "place where it begins.",
    )
    if p:
        yield (
            "used-p",
            (w - fd + p) // s + 1,
            f"You added P once. The zeros lie at both ends, so it is 2P = {2 * p}.",
        )
    if axis.dilation > 1:
        yield (
            "forgot-dilation",
            (w - axis.kernel + 2 * p) // s + 1,
            f"You took F = {axis.kernel}. With dilation {axis.dilation} the filter reaches over "
            f"Fd = {axis.dilation}·({axis.kernel} − 1) + 1 = {fd}.",
        )
    if not axis.fits:
        yield (
            "rounded-up",
            -(-axis.room // s) + 1,
            f"You rounded up. A window that hangs over the edge is not taken: "
            f"{axis.room}/{s} is rounded down to {axis.room // s}.",
        )
    if s > 1:
        yield (
            "forgot-stride",
            axis.room + 1,
            f"You left out S. The window moves {s} at a time, so divide by {s} before adding 1.",
        )
        yield (
            "divided-last",
            (axis.room + 1) // s,
            f"You added 1 before dividing. First ({axis.room})/{s}, then + 1.",
        )
    if pooling:
        yield (
            "divided-by-f",
            w // axis.kernel,
            f"You divided by F = {axis.kernel}. That is right only when S = F; here S = {s}.",
        )
    yield (
        "forgot-f",
        (w + 2 * p) // s + 1,
        f"You left out {f}. A window of {fd} cannot start in the last {fd - 1}: subtract {f}.",
    )
    yield (
        "added-f",
        (w + fd + 2 * p) // s + 1,
        f"You added {f} instead of subtracting it: a larger window has fewer places to stand.",
    )


def _same_slips(axis: Axis, sign: str) -> Found:
    w, s = axis.size, axis.stride
    if s > 1:
        yield (
            "forgot-stride",
            w,
            f"`same` keeps the side only when S = 1. With S = {s} it is ⌈{sign}1/S⌉ = ⌈{w}/{s}⌉.",
        )
        yield (
            "rounded-down",
            w // s,
            f"You rounded down. `same` pads so that the last columns get a window too: "
            f"⌈{w}/{s}⌉ rounds up.",
        )
    if w >= axis.reach:
        yield (
            "used-valid",
            (w - axis.reach) // s + 1,
            f"That is without padding. `same` adds {axis.before} + {axis.after} zeros, so that "
            f"⌈{sign}1/S⌉ windows go in.",
        )
