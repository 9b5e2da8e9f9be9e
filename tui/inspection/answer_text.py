"""Answers of the inspector as lines of text; a confusion matrix also as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.common.csv_text import csv_text
from tui.common.numbers import count, figure, percent
from tui.common.text import clean
from tui.inspection.answers import Evaluated, LayerInfo, Maps, Opened, Prediction
from tui.inspection.confusion_matrix import confused_pairs, share_right, worst_first

MAX_PAIRS = 20
MAX_CLASSES = 10
MAX_UNREADABLE = 10
_MIN_NAME_WIDTH = 12
MAX_UNITS = 20


def shape_text(layer: LayerInfo) -> str:
    """Return the shape of a layer's output as `W×H×D`, or its number of values."""
    return f"{layer.width}×{layer.height}×{layer.depth}" if layer.spatial else f"{layer.depth:,}"


def class_name(classes: Sequence[str], label: int) -> str:
    """Return the name of a class; its number if the names are unknown."""
    return clean(classes[label], 40) if 0 <= label < len(classes) else f"class {label}"


def layer_lines(opened: Opened) -> Iterator[str]:
    """Yield a table of the layers."""
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
    """Return the prediction for one image."""
    name = clean(prediction.picture)
    if prediction.problem:
        return f"{'unreadable':>10}  {name}: {prediction.problem}"
    label = prediction.predicted
    share = percent(prediction.probabilities[label], 1, " %")
    return f"{share:>10}  {class_name(classes, label)}  {name}"


def unit_lines(maps: Maps, classes: Sequence[str]) -> Iterator[str]:
    """Yield the first outputs of a layer without height and width."""
    names = classes if len(classes) == maps.depth else ()
    for index, value in list(zip(maps.order, maps.units, strict=False))[:MAX_UNITS]:
        name = f"  {class_name(names, index)}" if names else ""
        yield f"{index:>6}  {figure(value, 6, 12):>12}{name}"
    if maps.depth > MAX_UNITS:
        yield f"     … and {maps.depth - MAX_UNITS:,} more"


def evaluation_lines(evaluated: Evaluated, width: int | None = None) -> Iterator[str]:
    """Yield the confusion matrix, the accuracy of each class, and the most confident mistakes.

    Args:
        evaluated: the predictions.
        width: available columns. If the matrix is wider, the most confused pairs and the classes
            with the lowest accuracy are shown instead. None: no limit.
    """
    if evaluated.note:
        yield evaluated.note
    total = evaluated.images
    share = percent(evaluated.right / total, 1, " %") if total else "–"
    yield f"{evaluated.right:,} of {total:,} correct ({share})"
    matrix = list(_matrix_lines(evaluated))
    if width is None or max(map(len, matrix)) <= width:
        yield from matrix
    else:
        yield from _cut_lines(evaluated, width)
    if evaluated.mistakes:
        yield "most confident mistakes:"
    for mistake in evaluated.mistakes:
        truth = class_name(evaluated.classes, mistake.truth)
        yield f"{prediction_line(mistake, evaluated.classes)} (is {truth})"
    yield from unreadable_lines(evaluated)


def unreadable_lines(evaluated: Evaluated) -> Iterator[str]:
    """Yield a line that names the images that could not be read; none where all could."""
    if evaluated.unreadable:
        count = len(evaluated.unreadable)
        names = ", ".join(clean(path) for path in evaluated.unreadable[:MAX_UNREADABLE])
        more = f" … and {count - MAX_UNREADABLE:,} more" if count > MAX_UNREADABLE else ""
        yield f"not read: {names}{more}"


def matrix_csv(evaluated: Evaluated) -> str:
    """Return the whole matrix: a row for each true class, a column for each predicted class."""
    names = [clean(name) for name in evaluated.classes]
    rows = zip(names, evaluated.confusion, strict=True)
    return csv_text(["true", *names], ([name, *row] for name, row in rows))


def _matrix_lines(evaluated: Evaluated) -> Iterator[str]:
    names = [class_name(evaluated.classes, label) for label in range(len(evaluated.classes))]
    wide = max(len(name) for name in names)
    cells = [f"{value:,}" for row in evaluated.confusion for value in row]
    across = [max(len(name), *map(len, cells)) for name in names]
    head = "  ".join(f"{name:>{width}}" for name, width in zip(names, across, strict=True))
    yield f"{'true ↓ predicted →':<{max(wide, 18)}}  {head}  correct"
    for name, row, label in zip(names, evaluated.confusion, range(len(names)), strict=True):
        counts = "  ".join(f"{v:>{width},}" for v, width in zip(row, across, strict=True))
        yield f"{name:<{max(wide, 18)}}  {counts}  {_accuracy(evaluated, label):>7}"


def _cut_lines(evaluated: Evaluated, width: int) -> Iterator[str]:
    confusion = evaluated.confusion
    yield (
        f"{len(evaluated.classes)} classes: the matrix is wider than the terminal. "
        "--out FILE.csv writes it."
    )
    most = max((width - 24) // 2, _MIN_NAME_WIDTH)
    names = [clean(class_name(evaluated.classes, n), most) for n in range(len(confusion))]
    pairs = confused_pairs(confusion)
    if pairs:
        yield "most confused:"
    for pair in pairs[:MAX_PAIRS]:
        of = f"{pair.count:,} of {sum(confusion[pair.truth]):,}"
        yield f"{of:>12}  {names[pair.truth]} → {names[pair.predicted]}"
    if len(pairs) > MAX_PAIRS:
        rest = sum(pair.count for pair in pairs[MAX_PAIRS:])
        images = f"{rest:,} image{'' if rest == 1 else 's'}"
        yield f"{'…':>12}  {len(pairs) - MAX_PAIRS:,} more pairs, {images}"
    worst = [
        label
        for label in worst_first(confusion)
        if confusion[label][label] < sum(confusion[label])  # not those without images
    ]
    if pairs:
        yield "lowest accuracy:"
    for label in worst[:MAX_CLASSES]:
        of = f"{confusion[label][label]:,} of {sum(confusion[label]):,}"
        name = clean(class_name(evaluated.classes, label), width - 24)
        yield f"{of:>12}  {_accuracy(evaluated, label):>7}  {name}"


def _accuracy(evaluated: Evaluated, label: int) -> str:
    share = share_right(evaluated.confusion, label)
    return "–" if share is None else percent(share, 1, " %")
