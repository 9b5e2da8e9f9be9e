"""CSV for other programs: numbers are numbers, and no text is carried out as a formula."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tui
from tui.common.csv_text import csv_text
from tui.common.text import clean
from tui.inspection.answer_text import matrix_csv
from tui.inspection.answers import Evaluated
from tui.runs.export.run_formatting import history_csv

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "-2+3+cmd|' /C calc'!A0")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("name", FORMULAS)
def test_no_name_is_a_formula(name: str) -> None:
    ((head, _), (cell, number)) = read(csv_text([name, "n"], [[name, -0.5]]))
    assert head == cell == f"'{clean(name)}" and number == "-0.5"
    told = Evaluated(id=1, classes=(name, "b"), confusion=((1, 0), (0, 1)), mistakes=())
    for row in read(matrix_csv(told)):
        assert not any(one.lstrip(" ")[:1] in "=+-@" for one in row if one), row


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))))
def test_every_number_is_read_back_the_same(values: list[float | None]) -> None:
    rows = read(history_csv(list(range(1, len(values) + 1)), {"loss": values}))[1:]
    assert [float(cell) if cell else None for _, cell in rows] == values
    assert not any(math.isnan(float(cell)) for _, cell in rows if cell)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_texts_stay_whole(texts: list[str]) -> None:
    ((*cells, _),) = read(csv_text([*texts, "end"], []))
    kept = [clean(one) for one in texts]
    assert [cell.removeprefix("'") for cell in cells] == [one.removeprefix("'") for one in kept]


def test_there_is_one_writer() -> None:
    found = [
        path.name
        for path in Path(tui.__file__).parent.rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)", path.read_text(encoding="utf-8"))
    ]
    assert found == ["csv_text.py"]
