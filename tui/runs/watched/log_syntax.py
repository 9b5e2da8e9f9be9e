"""Logs that are text: separators and columns of tables, and which JSON is a history."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from tui.runs.watched.series_names import WORD_BREAKS

BEGINNING = 64 * 1024
"""Bytes at the beginning of a file from which its format is known."""
SEPARATORS = (",", ";", "\t")
STEP_COUNTERS = ("step", "global_step", "iteration", "iter", "batch", "trainer/global_step")
COUNTERS = ("epoch", *STEP_COUNTERS)
"""Columns that count and measure nothing."""
MISSING = {"", "na", "n/a", "none", "null"}
"""Cells without a value; Keras writes NA where a metric was not measured."""
_METRICS = {"loss", "acc", "accuracy", "mae", "mse", "error", "auc", "f1", "lr", "rate"}


def first_line(start: bytes) -> str:
    r"""Return the first line of a file that has anything on it.

    Args:
        start: the beginning of the file.

    >>> first_line(b"\xef\xbb\xbf\n\nepoch,loss\r\n0,0.5\n")
    'epoch,loss'
    """
    return start.decode("utf-8-sig", "replace").lstrip().split("\n", 1)[0].rstrip("\r")


def separator_of(header: str) -> str:
    """Return the separator of a table by its first line.

    >>> separator_of("epoch;accuracy;loss"), separator_of("epoch")
    (';', ',')
    """
    return max(SEPARATORS, key=header.count)


def cells_of(line: str, separator: str) -> list[str]:
    """Return the cells of a line of a table, without blanks around them.

    >>> cells_of('1, "0,5" ,0.7', ",")
    ['1', '0,5', '0.7']
    """
    try:
        row = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:  # a cell that is longer than any number
        row = line.split(separator)
    return [cell.strip() for cell in row]


def number_of(text: str) -> float | None:
    """Return the number in a cell; None where there is none.

    NaN and infinity are numbers here: such a value was measured.

    >>> number_of("0.25"), number_of("nan"), number_of("NA"), number_of("adam")
    (0.25, nan, None, None)
    """
    try:
        return float(text)
    except ValueError:
        return None


def is_header(cells: list[str]) -> bool:
    """Return whether the cells of a line name columns: more words than numbers.

    >>> is_header(["epoch", "loss", "0"]), is_header(["0", "NA", "nan", "adam"])
    (True, False)
    """
    values = [cell for cell in cells if cell.lower() not in MISSING]
    words = sum(number_of(cell) is None for cell in values)
    return 2 * words > len(values)


def is_training_table(cells: list[str]) -> bool:
    """Return whether a first line is that of a training's log: a counter or a usual metric.

    >>> is_training_table(["epoch", "mae"]), is_training_table(["name", "price"])
    (True, False)
    """
    return len(cells) > 1 and is_header(cells) and has_usual_names(cells)


def has_usual_names(names: Iterable[str]) -> bool:
    """Return whether one of some names is that of a counter or a usual metric.

    >>> has_usual_names(["val/loss"]), has_usual_names(["epoch"]), has_usual_names(["size"])
    (True, True, False)
    """
    lower = [name.lower() for name in names]
    words = {word for name in lower for word in WORD_BREAKS.split(name)}
    return bool(words & _METRICS) or bool(set(lower) & set(COUNTERS))


def history_rows(data: Any) -> list[dict[str, Any]] | None:
    """Return a history as one dict for each epoch or entry; None where it is none.

    Understood are `history.history` of Keras (lists by name), a list of dicts, and either of them
    under `history` or `log_history`.

    >>> history_rows({"loss": [0.5, 0.25], "acc": [0.75]})
    [{'loss': 0.5, 'acc': 0.75}, {'loss': 0.25}]
    >>> history_rows([{"epoch": 1, "loss": 0.5}]), history_rows({"name": "ada"})
    ([{'epoch': 1, 'loss': 0.5}], None)
    """
    if isinstance(data, Mapping):
        for key in ("history", "log_history"):
            if isinstance(data.get(key), (Mapping, list)):
                return history_rows(data[key])
        columns = {str(name): row for name, row in data.items() if _is_column(row)}
        if not columns or len(columns) < len(data) / 2:
            return None
        length = max(map(len, columns.values()))
        return [
            # JSON has no NaN: null stands for a value that is not finite.
            {
                name: math.nan if row[at] is None else row[at]
                for name, row in columns.items()
                if at < len(row)
            }
            for at in range(length)
        ]
    if isinstance(data, list) and data and all(isinstance(row, Mapping) for row in data):
        rows = [{str(name): value for name, value in row.items()} for row in data]
        measured = any(json_number(value) is not None for row in rows for value in row.values())
        return rows if measured else None
    return None


def _is_column(row: Any) -> bool:
    return (
        isinstance(row, list)
        and bool(row)
        and all(value is None or json_number(value) is not None for value in row)
    )


def json_number(value: Any) -> float | None:
    """Return a number of a JSON file; one in quotes counts, as `json.dump(…, default=str)` writes.

    >>> json_number(1), json_number("0.5"), json_number(True), json_number([1])
    (1.0, 0.5, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return number_of(value) if isinstance(value, str) else None


def json_line(line: bytes | str) -> dict[str, Any] | None:
    """Return the entry on a line of a JSONL file; None where it is none.

    >>> json_line('{"loss": 0.5}'), json_line('{"history": {"loss": [0.5]}, "best": 1}')
    ({'loss': 0.5}, None)
    """
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or history_rows(found) is not None:
        return None
    inner = [one for value in found.values() if isinstance(value, dict) for one in value.values()]
    measured = any(json_number(value) is not None for value in (*found.values(), *inner))
    return found if measured else None
