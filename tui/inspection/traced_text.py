"""What one traced value is computed from, as numbers and as sentences.

Columns and rows count from 1 in every text, channels and units from 0, as in the code.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from tui.common.numbers import figure
from tui.common.text import clean
from tui.inspection.answers import LayerInfo, Opened, Traced
from tui.inspection.traced_terms import TracedTerm

IMAGE = -1
"""The source of a value that is read from the image."""
_COLOURS = ("red", "green", "blue")
_ROUNDING = 1e-4
"""Largest difference, relative to the value or to 1, that float32 explains."""


def number_text(value: float, digits: int = 4) -> str:
    """Return a number with its true minus sign.

    >>> number_text(-0.0312349), number_text(0.0), number_text(float("nan"))
    ('−0.03123', '0', 'nan')
    """
    return figure(value, digits, digits + 5).replace("-", "−")


def in_sum(value: float, digits: int = 4) -> str:
    """Return a number as it stands in a sum or a product.

    >>> in_sum(0.5), in_sum(-0.5)
    ('0.5', '(−0.5)')
    """
    text = number_text(value, digits)
    return f"({text})" if text.startswith("−") else text


@dataclass(frozen=True, slots=True)
class TracedWindow:
    """The values under a window, and the weights that they are multiplied with.

    Args:
        channels: of the input that are read.
        rows, columns: of the input under the window, from 0; outside of it for padding.
        values, weights: (channels, rows, columns) in one row; without weights all are 1.
    """

    channels: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    values: tuple[float, ...]
    weights: tuple[float, ...]

    def index(self, channel: int, row: int, column: int) -> int:
        """Return where a value is, from its position among the channels, rows and columns."""
        return (channel * len(self.rows) + row) * len(self.columns) + column

    def place(self, index: int) -> tuple[int, int, int]:
        """Return the position among the channels, rows and columns of a value."""
        rest, column = divmod(index, len(self.columns))
        channel, row = divmod(rest, len(self.rows))
        return channel, row, column

    def product(self, index: int) -> float:
        """Return a value times its weight."""
        return self.values[index] * self.weights[index]

    def sum_of(self, channel: int) -> float:
        """Return the sum of the products of one channel, by its position."""
        first = self.index(channel, 0, 0)
        return sum(map(self.product, range(first, first + len(self.rows) * len(self.columns))))


def traced_window(traced: Traced) -> TracedWindow | None:
    """Return the window of an answer; None if the value is computed without one.

    Raises:
        ValueError: if the number of values is wrong.
    """
    if not traced.values:
        return None
    count = len(traced.read) * len(traced.rows) * len(traced.columns)
    if len(traced.values) != 4 * count or len(traced.weights) not in (0, 4 * count):
        raise ValueError(f"{len(traced.values)} bytes do not make {count} values.")
    values = struct.unpack(f"<{count}f", traced.values)
    weights = struct.unpack(f"<{count}f", traced.weights) if traced.weights else (1.0,) * count
    return TracedWindow(traced.read, traced.rows, traced.columns, values, weights)


def first_choice(traced: Traced, window: TracedWindow | None, inside: range | None = None) -> int:
    """Return the index of the value to point at first: the winner, or the largest product.

    Args:
        traced: the answer.
        window: its window; None where the value is computed from terms, the largest first.
        inside: indices to choose among; all by default.
    """
    if window is None:
        return 0
    places = inside or range(len(window.values))
    if traced.rule == "window maximum":
        return next((at for at in places if window.values[at] == traced.output), places[0])
    sizes = {at: abs(window.product(at)) for at in places}
    return max(places, key=lambda at: sizes[at] if math.isfinite(sizes[at]) else math.inf)


def shape_of(opened: Opened, layer: int) -> tuple[int, int, int]:
    """Return width, height and depth of a layer's output, of the image for -1; width 0 if flat."""
    if layer == IMAGE:
        return opened.input_width, opened.input_height, opened.input_depth
    info = opened.layers[layer]
    return info.width, info.height, info.depth


def name_of(opened: Opened, layer: int) -> str:
    """Return the name of a layer, `the image` for -1."""
    return "the image" if layer == IMAGE else clean(opened.layers[layer].name, 30)


def channel_name(opened: Opened, layer: int, channel: int) -> str:
    """Return a channel by its index, in the image also by its colour."""
    if layer == IMAGE and opened.input_depth == len(_COLOURS) and opened.color_mode == "rgb":
        return f"{channel} ({_COLOURS[channel]})"
    return str(channel)


def place_text(opened: Opened, layer: int, x: int, y: int, channel: int) -> str:
    """Return where a value of a layer is."""
    if not shape_of(opened, layer)[0]:
        return f"unit {channel}"
    return f"column {x + 1}, row {y + 1}, channel {channel_name(opened, layer, channel)}"


def sources_of(layers: tuple[LayerInfo, ...], layer: int) -> tuple[int, ...]:
    """Return the positions of a layer's inputs."""
    return layers[layer].sources or (layer - 1,)


def term_place(opened: Opened, term: TracedTerm) -> str:
    """Return where a term is read; behind a Flatten layer also where it was before it."""
    text = place_text(opened, term.source, term.x, term.y, term.channel)
    before = _before_flatten(opened, term)
    if before is not None:
        text += f" (column {before[0] + 1}, row {before[1] + 1}, channel {before[2]})"
    return text


def short_place(opened: Opened, term: TracedTerm) -> str:
    """Return where a term is read, as channel and (column, row)."""
    if shape_of(opened, term.source)[0]:
        return f"{term.channel} ({term.x + 1}, {term.y + 1})"
    before = _before_flatten(opened, term)
    text = f"unit {term.channel}"
    return text if before is None else f"{text}: {before[2]} ({before[0] + 1}, {before[1] + 1})"


def _before_flatten(opened: Opened, term: TracedTerm) -> tuple[int, int, int] | None:
    """Return column, row and channel, from 0, of a term that a Flatten layer laid out."""
    if term.source == IMAGE or opened.layers[term.source].kind != "Flatten":
        return None
    width, height, depth = shape_of(opened, sources_of(opened.layers, term.source)[0])
    if not width or width * height * depth != opened.layers[term.source].depth:
        return None
    rest, channel = divmod(term.channel, depth)
    return rest % width, rest // width, channel


def product_text(value: float, weight: float) -> str:
    """Return a product with its result.

    >>> product_text(0.5, -2.0)
    '0.5 · (−2) = −1'
    """
    return f"{in_sum(value)} · {in_sum(weight)} = {number_text(value * weight)}"


def calculation_lines(traced: Traced, opened: Opened) -> Iterator[str]:
    """Yield how the value comes about, and whether Keras computed the same."""
    yield _calculation(traced, opened)
    if traced.rule == "separable":
        yield "Each weight is a weight of the depthwise kernel times one of the pointwise kernel."
    if traced.rule != "unknown":
        yield comparison_text(traced)


def _calculation(traced: Traced, opened: Opened) -> str:
    rule, result = traced.rule, number_text(traced.computed)
    given = [in_sum(term.value) for term in traced.terms]
    match rule:
        case "window sum" | "separable" | "sum":
            text = f"sum of {traced.count:,} products {number_text(traced.total - traced.bias)}"
            text += f" + bias {in_sum(traced.bias)} = {number_text(traced.total)}"
            return text + _activation_text(traced, opened)
        case "window maximum" | "maximum":
            return f"largest of {traced.count:,} values: {result}"
        case "minimum":
            return f"smallest of {traced.count:,} values: {result}"
        case "window mean" | "mean":
            text = f"mean of {traced.count:,} values: {number_text(traced.total * traced.count)}"
            return f"{text} / {traced.count:,} = {result}"
        case "addition":
            return f"{' + '.join(given)} = {result}"
        case "product":
            return f"{' · '.join(given)} = {result}"
        case "difference":
            return f"{' − '.join(given)} = {result}"
        case "batch normalization":
            return _batch_normalization(traced, given[0])
        case "rescaling":
            scale, offset = (in_sum(value) for _, value in traced.numbers)
            return f"value · scale + offset = {given[0]} · {scale} + {offset} = {result}"
        case "function":
            return f"{number_text(traced.total)}{_activation_text(traced, opened)}"
        case "flatten":
            return _flatten(traced, opened)
        case "copy":
            source = name_of(opened, traced.terms[0].source)
            return f"the value of {source}, unchanged: {result}"
        case "padding":
            return "0: this cell lies in the padding that the layer adds"
    kind = clean(opened.layers[traced.layer].kind, 30)
    return f"{number_text(traced.output)}. How {kind} computes its values is not known here."


def _activation_text(traced: Traced, opened: Opened) -> str:
    if not traced.activation:
        return ""
    name = clean(traced.activation, 20)
    if "softmax" in name.lower():
        depth = opened.layers[traced.layer].depth
        what = "channels" if opened.layers[traced.layer].spatial else "units"
        name += f" over the {depth:,} {what}"
    return f" → {name} → {number_text(traced.computed)}"


def _batch_normalization(traced: Traced, value: str) -> str:
    mean, variance, epsilon, gamma, beta = (number for _, number in traced.numbers)
    return (
        f"gamma · (value − mean) / √(variance + epsilon) + beta = "
        f"{in_sum(gamma)} · ({value} − {in_sum(mean)}) / "
        f"√({in_sum(variance)} + {in_sum(epsilon)}) + {in_sum(beta)} = "
        f"{number_text(traced.computed)}"
    )


def _flatten(traced: Traced, opened: Opened) -> str:
    term = traced.terms[0]
    width, _, depth = shape_of(opened, term.source)
    if not width or opened.layers[traced.layer].spatial:
        return f"the same values in the same order: {number_text(traced.computed)}"
    return (
        f"index {traced.channel} = ((row {term.y + 1} − 1) · width {width} + column {term.x + 1} "
        f"− 1) · depth {depth} + channel {term.channel}"
    )


def difference(traced: Traced) -> float:
    """Return by how much the value differs from the one that Keras computed; 0 if both are NaN."""
    if math.isnan(traced.output) and math.isnan(traced.computed):
        return 0.0
    if traced.output == traced.computed:
        return 0.0  # also if both are infinite
    return abs(traced.output - traced.computed)


def agrees(traced: Traced) -> bool:
    """Return whether rounding explains the difference from Keras's value."""
    apart = difference(traced)
    return apart <= _ROUNDING * max(1.0, abs(traced.output))


def comparison_text(traced: Traced) -> str:
    """Return Keras's own value, and by how much the value computed here differs."""
    text = f"Keras computed {number_text(traced.output)}"
    apart = difference(traced)
    if not apart:
        return f"{text}: the same."
    by = number_text(apart, 2)
    if agrees(traced):
        return f"{text}: the same but for rounding ({by})."
    return f"{text}, which differs by {by}: the calculation shown is not the whole of it."
