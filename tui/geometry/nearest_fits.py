"""The nearest settings that fit, for a layer that does not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from tui.geometry.axes import Axis, window_axis
from tui.geometry.effects import window_of
from tui.geometry.errors import GeometryError
from tui.geometry.layers import (
    AveragePool2D,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    Layer,
    MaxPool2D,
    SeparableConv2D,
    WindowLayer,
)
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import LARGEST, Pair, Shape, Volume

_WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)
_FARTHEST = 512  # the most steps from a value that are searched


@dataclass(frozen=True, slots=True)
class Change:
    """One change that makes a layer fit.

    Args:
        setting: what changes: "F", "S", "P", "W", "H", "W×H", "dilation", "output padding",
            "groups" or "K".
        sentence: the change and the output it leads to.
        layer: the changed layer (unchanged when only the input changes).
        shape: the changed input (unchanged when only the layer changes).
        distance: how far the values moved, summed over both axes.
        fits: whether S divides afterwards; False only where the layer was not allowed before.
    """

    setting: str
    sentence: str
    layer: Layer
    shape: Shape
    distance: int
    fits: bool = True


Candidate: TypeAlias = tuple[str, Layer, Volume, int, str]
"""Setting, changed layer and input, distance, and the new and old value as text."""


def nearest_fits(layer: Layer, shape: Shape, limit: int = 6) -> tuple[Change, ...]:
    """Return the nearest changes of one setting that make a layer fit exactly.

    Args:
        layer: one whose stride does not divide, or that cannot be applied at all.
        shape: the shape it receives.
        limit: the most changes to return.

    Returns:
        Changes of F, S, P, the input's sides, dilation, groups or K: those that fit exactly
        before those that only make the layer possible, the nearest first. Empty when the layer
        fits already or no single change is enough.

    >>> for change in nearest_fits(MaxPool2D(Pair(2, 2)), Volume(37, 36, 32), limit=4):
    ...     print(change.sentence)
    S = 1×2 instead of 2 gives 36×18×32
    F = 1×2 instead of 2 gives 19×18×32
    F = 3×2 instead of 2 gives 18×18×32
    W = 36 instead of 37 gives 18×18×32
    """
    possible = True
    try:
        if apply_layer(layer, shape).fits:
            return ()
    except GeometryError:
        possible = False  # then a change that only makes it possible helps too
    if not isinstance(shape, Volume):
        return ()
    found: dict[tuple[Layer, Shape], Change] = {}
    for setting, changed, volume, distance, words in _candidates(layer, shape):
        try:
            effect = apply_layer(changed, volume)
        except GeometryError:
            continue
        if effect.fits or not possible:
            rounded = "" if effect.fits else ", rounded down"
            sentence = f"{setting} = {words} gives {effect.output}{rounded}"
            change = Change(setting, sentence, changed, volume, distance, effect.fits)
            found.setdefault((changed, volume), change)
    # The sort is stable: at equal distance S comes before F, F before P, P before W×H.
    order = sorted(found.values(), key=lambda change: (not change.fits, change.distance))
    return tuple(order[:limit])


def _candidates(layer: Layer, shape: Volume) -> Iterator[Candidate]:
    """Yield changes to try; some of them may not be possible."""
    if isinstance(layer, (Conv2D, Conv2DTranspose)):
        yield from _to_one(layer, shape)
    if isinstance(layer, Conv2DTranspose):
        yield from _output_paddings(layer, shape)
    if isinstance(layer, Conv2D):
        yield from _group_candidates(layer, shape)
    if not (isinstance(layer, _WINDOWS) and _is_sound(layer)):
        return
    if isinstance(layer, (DepthwiseConv2D, SeparableConv2D)) and layer.stride.w != layer.stride.h:
        for stride in map(Pair.square, sorted(layer.stride)):
            square = dataclasses.replace(layer, stride=stride)
            yield (
                "S",
                square,
                shape,
                _distance(layer.stride, stride),
                _change_text(stride, layer.stride),
            )
    for setting in ("S", "F", "P", "W×H"):
        yield from _window_candidates(setting, layer, shape)
    if layer.padding != "same":
        same = dataclasses.replace(layer, padding="same")
        # `same` comes last where a number was typed, since a number is what was meant.
        distance = _FARTHEST if isinstance(layer.padding, Pair) else 3
        yield "P", same, shape, distance, f"same instead of {_value_text(layer.padding)}"


def _to_one(layer: Conv2D | Conv2DTranspose, shape: Volume) -> Iterator[Candidate]:
    """Yield stride or dilation 1: Keras refuses to have both larger."""
    one = Pair(1, 1)
    for name, sign in (("stride", "S"), ("dilation", "dilation")):
        old = getattr(layer, name)
        if isinstance(old, Pair) and old != one and all(type(n) is int for n in old):
            changed = dataclasses.replace(layer, **cast("Any", {name: one}))
            yield sign, changed, shape, _distance(old, one), _change_text(one, old)


def _output_paddings(layer: Conv2DTranspose, shape: Volume) -> Iterator[Candidate]:
    """Yield the nearest output paddings that are allowed, and none."""
    old, most = layer.output_padding, layer.stride
    if not isinstance(old, Pair) or not all(type(n) is int for n in (*old, *most)):
        return
    for lowest in (0, 1):
        new = Pair(*(min(max(n, lowest), side - 1) for n, side in zip(old, most, strict=True)))
        if new != old and min(new) >= 0:
            changed = dataclasses.replace(layer, output_padding=new)
            yield "output padding", changed, shape, _distance(old, new), _change_text(new, old)
    changed = dataclasses.replace(layer, output_padding=None)
    yield "output padding", changed, shape, old.w + old.h + 1, f"auto instead of {_value_text(old)}"


def _is_sound(layer: WindowLayer) -> bool:
    """Return whether the window's numbers can be used in arithmetic, allowed or not."""
    window = window_of(layer)
    pairs: list[object] = [window.kernel, window.stride, window.dilation]
    if isinstance(window.padding, Pair):
        pairs.append(window.padding)
    lowest = (1, 1, 1, 0)
    return all(
        isinstance(pair, Pair) and all(type(n) is int and low <= n <= LARGEST for n in pair)
        for pair, low in zip(pairs, lowest, strict=False)
    )


def _group_candidates(layer: Conv2D, shape: Volume) -> Iterator[Candidate]:
    groups, filters = layer.groups, layer.filters
    if not all(type(n) is int and 1 <= n <= LARGEST for n in (groups, filters)):
        return
    common = (n for n in range(1, min(shape.depth, 4096) + 1) if shape.depth % n == 0)
    near = min((n for n in common if filters % n == 0), key=lambda n: abs(n - groups))
    changed = dataclasses.replace(layer, groups=near)
    yield "groups", changed, shape, abs(near - groups), f"{near} instead of {groups}"
    for near in (filters // groups * groups, -(-filters // groups) * groups):
        if near:
            changed = dataclasses.replace(layer, filters=near)
            yield "K", changed, shape, abs(near - filters), f"{near} instead of {filters}"


def _window_candidates(setting: str, layer: WindowLayer, shape: Volume) -> Iterator[Candidate]:
    """Yield the nearest smaller and the nearest larger value, on the axes that do not fit."""
    window = window_of(layer)
    if setting == "P" and window.padding == "same":
        return
    across, down = window.axes(shape.plane)
    old = Pair(_value(setting, across), _value(setting, down))
    for step in (-1, 1):
        w, h = _nearest(setting, across, step), _nearest(setting, down, step)
        if w is None or h is None or (w, h) == old:
            continue
        new = Pair(w, h)
        sign, words = setting, _change_text(new, old)
        if setting == "W×H":
            sign, words = _side_words(new, old)
        yield sign, *_changed(setting, layer, shape, new), _distance(old, new), words


def _nearest(setting: str, axis: Axis, step: int) -> int | None:
    """Return the nearest value in one direction with which an axis fits; None if none is near."""
    value = _value(setting, axis)
    if axis.room >= 0 and axis.fits:
        return value
    if axis.room < 0 and step > 0 and setting in ("P", "W×H"):
        # Jump to where the window just fits in: S divides there or soon after.
        value += -(axis.room // (2 if setting == "P" else 1)) - 1
    if axis.room < 0 and step < 0 and setting == "F":
        value = min(value, (axis.span - 1) // axis.dilation + 2)
    for _ in range(_FARTHEST):
        value += step
        if not (0 if setting == "P" else 1) <= value <= LARGEST:
            return None
        tried = _with(setting, axis, value)
        if tried.room >= 0 and tried.fits:
            return value
    return None


def _value(setting: str, axis: Axis) -> int:
    return {"F": axis.kernel, "S": axis.stride, "P": axis.before, "W×H": axis.size}[setting]


def _with(setting: str, axis: Axis, value: int) -> Axis:
    """Return the axis with one value changed and its padding recomputed."""
    return window_axis(
        value if setting == "W×H" else axis.size,
        value if setting == "F" else axis.kernel,
        stride=value if setting == "S" else axis.stride,
        padding="same" if axis.same else value if setting == "P" else axis.before,
        dilation=axis.dilation,
    )


def _changed(
    setting: str, layer: WindowLayer, shape: Volume, new: Pair
) -> tuple[WindowLayer, Volume]:
    if setting == "W×H":
        return layer, dataclasses.replace(shape, width=new.w, height=new.h)
    pooling = isinstance(layer, (MaxPool2D, AveragePool2D))
    name = {"F": "pool" if pooling else "kernel", "S": "stride", "P": "padding"}[setting]
    return dataclasses.replace(layer, **cast("Any", {name: new})), shape


def _change_text(new: Pair, old: Pair) -> str:
    return f"{_value_text(new)} instead of {_value_text(old)}"


def _side_words(new: Pair, old: Pair) -> tuple[str, str]:
    """Return which sides change and how; both are named only where both change."""
    if new.h == old.h:
        return "W", f"{new.w} instead of {old.w}"
    if new.w == old.w:
        return "H", f"{new.h} instead of {old.h}"
    return "W×H", f"{new} instead of {old}"


def _value_text(value: object) -> str:
    return value.short if isinstance(value, Pair) else str(value)


def _distance(old: Pair, new: Pair) -> int:
    return abs(old.w - new.w) + abs(old.h - new.h)
