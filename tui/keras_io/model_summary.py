"""The table that `model.summary()` prints, read as a network as far as possible.

It has names, classes, output shapes and numbers of parameters. Filter sizes follow from the
parameters, and strides, paddings and pools mostly from the shapes. Activations and rates are not
in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.geometry.errors import GeometryError, shown
from tui.geometry.layers import Layer
from tui.geometry.network import Network
from tui.geometry.shapes import Shape, Vector, Volume
from tui.keras_io.layer_classes import READABLE
from tui.keras_io.model_summary_layers import SummaryRow, layer_from_row
from tui.keras_io.read_chain import Imported

_RULE = re.compile(r"^[\s─━═┄╌\-=_+┏┓┗┛┡┩┢┪┣┫├┤┳┻┬┴┼╇╈╋┿└┘┌┐╞╡╪╭╮╰╯]*$")
_BARS = re.compile(r"[│┃║|]")
_HEAD = re.compile(r"Layer\s*\(type[^)\n]*\)[^\n]*Output\b", re.I)
_ROW = re.compile(
    r"^\s*(?P<name>.*?)\s{1,40}\[?\(\s?(?P<shape>None[^()\[\]]{0,80}|\d[^()\[\]]{0,80})\)\]?\s+"
    r"(?P<count>[\d,]+)\b"
)
_NAME = re.compile(r"(?P<name>[\w.\-/>…]+)\((?P<class>[\w>.]+…?)")
_MOST_ROWS = 1000
_COMMON_SIDES = (28, 32, 48, 50, 64, 96, 100, 112, 120, 128, 150, 160, 180, 192, 200, 224, 227,
                 256, 299, 300, 320, 384, 400, 416, 448, 500, 512, 600, 640)  # fmt: skip


def is_summary(text: str) -> bool:
    """Return whether a text holds the table of `model.summary()`.

    >>> is_summary("Layer (type)     Output Shape     Param #\\n=====")
    True
    """
    return _HEAD.search(text[:200_000]) is not None


def network_from_summary(text: str) -> Imported:
    """Read the network of a summary.

    Args:
        text: what `model.summary()` printed, in any version of Keras.

    Returns:
        The network, and notes on what was assumed.

    Raises:
        GeometryError: it has branches, a layer that the calculator does not have, or no input
            that could be found out.

    >>> text = '''Layer (type)            Output Shape          Param #
    ... =====================================================
    ... input_1 (InputLayer)    [(None, 28, 28, 1)]   0
    ... conv2d (Conv2D)         (None, 26, 26, 8)     80
    ... flatten (Flatten)       (None, 5408)          0
    ... dense (Dense)           (None, 10)            54090
    ... '''
    >>> from tui.geometry.one_line import format_network
    >>> format_network(network_from_summary(text).network)
    '28x28x1 conv:k=8,f=3 flatten dense:k=10'
    """
    rows = _rows(text)
    if not rows:
        raise GeometryError(
            "this is the head of a model.summary(), but no layer with its number of parameters can "
            "be read below it: paste the whole table, with all columns."
        )
    if len(rows) > _MOST_ROWS:
        raise GeometryError(f"the summary has {len(rows):,} layers: at most {_MOST_ROWS} are read.")
    notes: list[str] = []
    volume, rows = _input(rows, notes)
    layers: list[Layer] = []
    first = volume
    shape: Shape = volume
    for number, row in enumerate(rows, start=1):
        layer, more = layer_from_row(row, shape, number)
        notes += more
        if layer is not None:
            layers.append(layer)
        shape = row.output
    notes += _activation_note(rows)
    return Imported(Network(first, tuple(layers)), tuple(dict.fromkeys(notes)))


def _activation_note(rows: Sequence[SummaryRow]) -> list[str]:
    weighted = any(row.class_name in ("Conv2D", "Dense") for row in rows)
    return ["A summary does not show activations: linear is assumed."] * weighted


def _input(rows: list[SummaryRow], notes: list[str]) -> tuple[Volume, list[SummaryRow]]:
    """Return the input volume, and the rows after it."""
    first = rows[0]
    if first.class_name == "InputLayer":
        if not isinstance(first.output, Volume):
            raise GeometryError(
                f"this is a model.summary() of a network that takes {first.output}: a network "
                "here begins with pictures of a fixed height, width and depth."
            )
        return first.output, rows[1:]
    sides = first.output
    if first.class_name != "Conv2D" or not isinstance(sides, Volume):
        if isinstance(sides, Volume) and first.class_name in (
            "Dropout", "BatchNormalization", "Activation", "Rescaling", "LeakyReLU", "ReLU",
        ):  # fmt: skip
            return sides, rows
        raise GeometryError(
            f"this is a model.summary(), but it begins with {first.class_name} and does not show "
            "the input: print it of a model with keras.Input(shape=…), or give model.to_json()."
        )
    found = [
        (depth, size)
        for bias in (1, 0)
        for depth in (3, 1, 4)
        for size in (3, 5, 7, 1, 9, 11, 2, 4, 6)
        if (depth * size * size + bias) * sides.depth == first.count
    ]
    if not found:
        raise GeometryError(
            "this is a model.summary(), but it does not show the input, which does not follow "
            f"from the {first.count:,} parameters of {first.name}: give model.to_json()."
        )
    depth, size = found[0]
    valid = Volume(sides.width + size - 1, sides.height + size - 1, depth)
    same = Volume(sides.width, sides.height, depth)
    chosen, other = (valid, same)
    if valid.height not in _COMMON_SIDES and same.height in _COMMON_SIDES:
        chosen, other = (same, valid)
    if size > 1:
        notes.append(
            f"The summary does not show the input: {chosen} with "
            f"{'valid' if chosen is valid else 'same'} padding and S = 1 is assumed; "
            f"{other} with {'same' if chosen is valid else 'valid'} padding gives the same table."
        )
    if len(found) > 1:
        notes.append(
            f"Its first layer may have {' or '.join(f'F = {f} on depth {d}' for d, f in found)}."
        )
    return chosen, rows


def _rows(text: str) -> list[SummaryRow]:
    """Return the lines of the layers, joined where they were broken."""
    text = text[:400_000]
    head = _HEAD.search(text)
    body = text[head.start() :] if head else text
    lines = body.splitlines()[1:]
    boxed = sum(bool(_BARS.search(line)) for line in lines[:40]) > 1
    parts = _rows_of_keras_3(lines) if boxed else _rows_of_keras_2(lines)
    rows = []
    for name, shape, count in parts:
        found = _NAME.match(re.sub(r"\s+", "", name))
        sides = [
            None if side.strip() in ("None", "?", "") else int(side)
            for side in re.sub(r"[\[\]()\s]", "", shape).split(",")
            if re.fullmatch(r"None|\?|\d{1,9}|", side)
        ]
        if found is None or len(count) > 15:
            raise GeometryError(
                f"this is a model.summary(), but {shown(name.strip())} in it is not a layer with "
                "its class in brackets: give model.to_json() instead."
            )
        known = [side for side in sides[1:] if side is not None]
        if len(known) != len(sides) - 1 or len(known) not in (1, 3):
            raise GeometryError(
                f"this is a model.summary(), but {found['name']} puts out ({shape.strip()}): only "
                "volumes and vectors of fixed sizes can be read."
            )
        made: Shape = Vector(known[0])
        if len(known) == 3:
            made = Volume(known[1], known[0], known[2])
        rows.append(SummaryRow(found["name"], _class(found["class"]), made, _whole_number(count)))
    return rows


def _class(name: str) -> str:
    """Return the class, also where the table cut off its end and only one class begins so."""
    if not name.endswith("…"):
        return name
    begun = [known for known in READABLE if known.startswith(name[:-1])]
    return begun[0] if len(begun) == 1 else name


def _whole_number(text: str) -> int:
    return int(text.replace(",", ""))


def _rows_of_keras_2(lines: list[str]) -> list[tuple[str, str, str]]:
    """Split the table of Keras 1 and 2: spaces between columns, a long class on a second line."""
    rows: list[list[str]] = []
    for line in lines:
        if re.match(r"\s*Total params", line):
            break
        found = _ROW.match(line)
        if found:
            rows.append([found["name"], found["shape"], found["count"]])
        elif rows and not _RULE.match(line) and ")" not in rows[-1][0]:
            rows[-1][0] += re.split(r"\s{3,}", line.strip())[0]
    return [(one[0], one[1], one[2]) for one in rows]


def _rows_of_keras_3(lines: list[str]) -> list[tuple[str, str, str]]:
    """Split the table of Keras 3: in a box, each cell perhaps over several lines."""
    rows: list[list[str]] = [[]]
    for line in lines:
        if re.search(r"Total params", line):
            break
        if _RULE.match(line):
            rows.append([])
            continue
        cells = [cell.strip() for cell in _BARS.split(line)[1:]]
        if len(cells) < 3:
            continue
        if rows[-1] and cells[2] and rows[-1][2] and not line.strip().startswith(("│  ", "|  ")):
            rows.append([])
        rows[-1] = [a + b for a, b in zip(rows[-1] or [""] * 3, cells, strict=False)]
    return [
        (one[0], one[1].strip("()"), one[2])
        for one in rows
        if len(one) >= 3 and re.fullmatch(r"[\d,]+", one[2]) and one[1]
    ]
