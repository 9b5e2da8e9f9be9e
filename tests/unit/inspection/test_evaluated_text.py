"""What was predicted of all images, told in a shell: a matrix where it fits, else what matters."""

from __future__ import annotations

import csv
import io

import msgspec

from tui.inspection.answer_text import evaluation_lines, matrix_csv
from tui.inspection.answers import Evaluated, Prediction

MANY = 100


def evaluated(confusion: list[list[int]], names: list[str]) -> Evaluated:
    """Return an answer of the child."""
    return Evaluated(
        id=0,
        classes=tuple(names),
        confusion=tuple(map(tuple, confusion)),
        mistakes=(Prediction(picture="a/1.png", probabilities=(0.9, 0.1), truth=1),),
    )


def a_hundred() -> Evaluated:
    """Return classes 0 to 99; 7 is taken for 8, and 30 for what follows it."""
    confusion = [[10 * (row == column) for column in range(MANY)] for row in range(MANY)]
    confusion[7][7], confusion[7][8] = 1, 9
    for other in range(31, 61):
        confusion[30][other] = 1
    names = [f"a kind of bird that has a long name, number {number}" for number in range(MANY)]
    return evaluated(confusion, names)


def test_a_matrix_that_fits_stands_whole() -> None:
    lines = list(evaluation_lines(evaluated([[9, 1], [3, 7]], ["cats", "dogs"]), 80))
    assert lines[0] == "16 of 20 correct (80.0 %)"
    assert [line.split() for line in lines[2:4]] == [
        ["cats", "9", "1", "90.0", "%"],
        ["dogs", "3", "7", "70.0", "%"],
    ]
    assert len({len(line) for line in lines[1:4]}) == 1


def test_a_hundred_classes_are_reported_in_eighty_columns() -> None:
    lines = list(evaluation_lines(a_hundred(), 80))
    told = lines[: next(n for n, line in enumerate(lines) if "most confident" in line)]
    assert max(map(len, told)) <= 80 and len(told) < 40
    text = "\n".join(told)
    assert "100 classes: the matrix is wider than the terminal" in text and "--out" in text
    assert told[told.index("most confused:") + 1].split("→")[0].split()[:3] == ["9", "of", "10"]
    assert "11 more pairs, 11 images" in text
    worst = told[told.index("lowest accuracy:") + 1]
    assert worst.split()[:5] == ["1", "of", "10", "10.0", "%"]
    assert "100.0 %" not in text
    # In a file there is room.
    assert max(map(len, evaluation_lines(a_hundred()))) > 1000


def test_the_whole_matrix_is_written_as_csv() -> None:
    rows = list(csv.reader(io.StringIO(matrix_csv(a_hundred()))))
    assert len(rows) == 101 and {len(row) for row in rows} == {101}
    assert rows[0][1:] == [row[0] for row in rows[1:]] and rows[8][8:10] == ["1", "9"]
    odd = evaluated([[1, 0], [0, 1]], ['a,"b"', "c\x1b[2Jd"])
    assert next(iter(csv.reader(io.StringIO(matrix_csv(odd))))) == ["true", 'a,"b"', "c␛[2Jd"]


def test_it_says_how_many_could_not_be_read() -> None:
    many = msgspec.structs.replace(
        evaluated([[1, 0], [0, 1]], ["a", "b"]),
        unreadable=tuple(f"{number}.png" for number in range(12)),
    )
    last = list(evaluation_lines(many))[-1]
    assert last.startswith("not read: 0.png, ") and last.endswith("9.png … and 2 more")
