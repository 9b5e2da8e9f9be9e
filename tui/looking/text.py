"""What the child answers, as lines for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.looking.messages import Evaluated, LayerInfo, Maps, Opened, Prediction
from tui.text import clean

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
        (clean(layer.name, 40), clean(layer.kind, 40), shape_text(layer), f"{layer.parameters:,}")
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
    share = f"{100 * prediction.probabilities[label]:.1f} %"
    return f"{share:>10}  {class_name(classes, label)}  {name}"


def unit_lines(maps: Maps, classes: Sequence[str]) -> Iterator[str]:
    """Yield the first outputs of a layer without height and width."""
    names = classes if len(classes) == maps.depth else ()
    for index, value in list(zip(maps.order, maps.units, strict=False))[:MOST_UNITS]:
        name = f"  {class_name(names, index)}" if names else ""
        yield f"{index:>6}  {value:>12.6g}{name}"
    if maps.depth > MOST_UNITS:
        yield f"     … and {maps.depth - MOST_UNITS:,} more"


def evaluation_lines(evaluated: Evaluated) -> Iterator[str]:
    """Yield the confusion matrix, each class's accuracy, and the worst mistakes."""
    names = [class_name(evaluated.classes, label) for label in range(len(evaluated.classes))]
    if evaluated.note:
        yield evaluated.note
    total = evaluated.images
    share = f"{100 * evaluated.right / total:.1f} %" if total else "–"
    yield f"{evaluated.right:,} of {total:,} right ({share})"
    wide = max(len(name) for name in names)
    cells = [f"{value:,}" for row in evaluated.confusion for value in row]
    across = [max(len(name), *map(len, cells)) for name in names]
    head = "  ".join(f"{name:>{width}}" for name, width in zip(names, across, strict=True))
    yield f"{'true ↓ predicted →':<{max(wide, 18)}}  {head}  right"
    for name, row, label in zip(names, evaluated.confusion, range(len(names)), strict=True):
        counts = "  ".join(f"{v:>{width},}" for v, width in zip(row, across, strict=True))
        right = f"{100 * row[label] / sum(row):.1f} %" if sum(row) else "–"
        yield f"{name:<{max(wide, 18)}}  {counts}  {right:>7}"
    if evaluated.mistakes:
        yield "the most confident mistakes:"
    for mistake in evaluated.mistakes:
        truth = class_name(evaluated.classes, mistake.truth)
        yield f"{prediction_line(mistake, evaluated.classes)} (is {truth})"
    if evaluated.unreadable:
        yield f"not read: {', '.join(clean(path) for path in evaluated.unreadable[:10])}"
