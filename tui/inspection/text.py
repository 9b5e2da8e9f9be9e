"""What the child answers, as lines for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.common.numbers import count, figure, percent
from tui.common.text import clean
from tui.inspection.messages import LayerInfo, Maps, Opened, Prediction

MOST_UNITS = 20


def shape_text(layer: LayerInfo) -> str:
    """Return a layer's output as `W×H×D`, or how many values it has."""
    return f"{layer.width}×{layer.height}×{layer.depth}" if layer.spatial else f"{layer.depth:,}"


def class_name(classes: Sequence[str], label: int) -> str:
    """Return a class's name, or its number where the names are not known."""
    return clean(classes[label], 40) if 0 <= label < len(classes) else f"class {label}"


def layer_lines(opened: Opened) -> Iterator[str]:
    """Yield the chain of layers, aligned."""
    picture = f"{opened.input_width}×{opened.input_height}×{opened.input_depth}"
    rows = [("input", "", picture, "")]
    rows += [
        (clean(layer.name, 40), clean(layer.kind, 40), shape_text(layer), count(layer.parameters))
        for layer in opened.layers
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, kind, shape, parameters in rows:
        line = f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {shape:>{widths[2]}}"
        yield f"{line}  {parameters:>{widths[3]}}".rstrip()


def prediction_line(prediction: Prediction, classes: Sequence[str]) -> str:
    """Return what the network says of one picture."""
    name = clean(prediction.picture)
    if prediction.problem:
        return f"{'unreadable':>10}  {name}: {prediction.problem}"
    label = prediction.predicted
    share = percent(prediction.probabilities[label], 1, " %")
    return f"{share:>10}  {class_name(classes, label)}  {name}"


def unit_lines(maps: Maps, classes: Sequence[str]) -> Iterator[str]:
    """Yield the first outputs of a layer without height and width."""
    names = classes if len(classes) == maps.depth else ()
    for index, value in list(zip(maps.order, maps.units, strict=False))[:MOST_UNITS]:
        name = f"  {class_name(names, index)}" if names else ""
        yield f"{index:>6}  {figure(value, 6, 12):>12}{name}"
    if maps.depth > MOST_UNITS:
        yield f"     … and {maps.depth - MOST_UNITS:,} more"
