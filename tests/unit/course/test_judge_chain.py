"""Judging the numbers of a chain."""

from __future__ import annotations

import pytest

from tui.course import (
    ChainBlock,
    ChainQuantity,
    chain_answers,
    judge,
    solution_steps,
    solution_text,
)
from tui.course.judging.chain_numbers import answerable_rows
from tui.geometry import parse_network, trace_network

COURSE = "150x150x3 conv:k=16,f=3 maxpool:f=2 conv:k=32,f=3 maxpool:f=2 conv:k=64,f=3 maxpool:f=2"


def ask(asks: ChainQuantity, line: str = COURSE, rows: tuple[int, ...] = ()) -> ChainBlock:
    network = parse_network(line)
    effects = tuple(row.effect for row in trace_network(network) if row.effect)
    rows = rows or answerable_rows(network, asks)
    return ChainBlock("c", "?", network, effects, asks, rows, explain="So.")


WIDTHS = ask("W2")
FIELDS = ask("receptive-field")
GAPS = "60x60x1 conv:k=1,f=3,d=2 conv:k=1,f=3,s=2 conv:k=1,f=3"
WHOLE = f"{COURSE} flatten dense:k=512 dense:k=1"


@pytest.mark.parametrize(
    ("block", "numbers"),
    [
        (WIDTHS, (148, 74, 72, 36, 34, 17)),
        (FIELDS, (3, 4, 8, 10, 18, 22)),
        (ask("parameters", WHOLE), (448, 0, 4640, 0, 18496, 0, 0, 9470464, 513)),
        (ask("D2", rows=(1, 3, 5)), (16, 32, 64)),
        (ask("receptive-field", GAPS), (5, 7, 11)),
    ],
)  # fmt: skip
def test_the_right_numbers_are_right(block: ChainBlock, numbers: tuple[int, ...]) -> None:
    assert chain_answers(block) == numbers
    verdict = judge(block, " ".join(map(str, numbers)))
    assert verdict.correct and verdict.row_results == (True,) * len(numbers)
    assert verdict.sentence == f"Right: {solution_text(block)}. So."
    assert judge(block, solution_text(block)).correct
    assert len(solution_steps(block)) == len(numbers)
    for number, step in zip(numbers, solution_steps(block), strict=True):
        assert f"{number:,}" in step


@pytest.mark.parametrize(
    "typed",
    [
        "148 74 72 36 34 17",
        "148, 74, 72, 36, 34, 17",
        " 148  74\t72 36 34 17 ",
        "148;74;72;36;34;17",
    ],
)
def test_numbers_stand_apart(typed: str) -> None:
    assert judge(WIDTHS, typed).correct


def test_thousands_are_grouped_by_commas_and_not_by_blanks() -> None:
    block = ask("parameters", WHOLE, (8, 9))
    assert judge(block, "9,470,464 513").correct
    verdict = judge(block, "9 470 464 513")
    assert not verdict.understood and "That is 4 numbers: type 2 numbers" in verdict.sentence


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type 6 numbers separated by blanks"),
        ("148", "That is 1 number"),
        ("148 74 72 36 34", "That is 5"),
        ("148,74,72,36,34,17", "digits"),
        ("148 74 72 36 34 x", "“x” is not a whole number"),
        ("148 74 72 36 34 1.5", "fraction"),
        ("1 " * 300, "longer than any answer"),
        ("\x1b 1", "␛"),
    ],
)
def test_what_cannot_be_read_does_not_count(typed: str, words: str) -> None:
    verdict = judge(WIDTHS, typed)
    assert (verdict.correct, verdict.understood, verdict.row_results) == (False, False, ())
    assert words in verdict.sentence and "\x1b" not in verdict.sentence


@pytest.mark.parametrize(
    ("typed", "slip", "parts", "words"),
    [
        ("148 74 72 36 34 20", None, "111110", "Layer 6, MaxPooling2D: 20 is not right here."),
        ("147 73 71 35 33 16", "forgot-plus-1", "000000", "only this one has to be fixed"),
        ("148 74 71 36 34 17", "forgot-plus-1", "110111", "Layer 3, Conv2D: You left out + 1"),
        ("148 74 74 37 35 17", "gave-input", "110001", "rows after it follow correctly"),
        ("148 74 99 49 47 23", "carried-on", "110000", "99 is not right here. The rows after it"),
        ("148 74 99 98 34 17", None, "110011", "Fix it first; then look at layer 4."),
        ("74 148 72 36 34 17", "other-row", "001111", "74 is the number of layer 2"),
    ],
)
def test_the_first_wrong_row_is_explained(
    typed: str, slip: str | None, parts: str, words: str
) -> None:
    verdict = judge(WIDTHS, typed)
    assert (verdict.correct, verdict.understood, verdict.slip) == (False, True, slip)
    assert verdict.row_results == tuple(sign == "1" for sign in parts)
    assert words in verdict.sentence


@pytest.mark.parametrize(
    ("line", "typed", "slip"),
    [
        (COURSE, "3 4 6 7 9 10", "forgot-jump"),
        (COURSE, "3 4 6 8 16 20", "forgot-jump"),
        (COURSE, "3 5 9 11 19 23", "added-f"),
        (COURSE, "3 4 10 12 20 24", "added-f"),
        (COURSE, "3 4 7 9 17 21", "added-f"),
        (COURSE, "3 6 18 36 108 216", "multiplied"),
        (COURSE, "3 4 8 10 18 3", None),
        (COURSE, "3 4 3 10 18 22", "gave-f"),
        (COURSE, "3 4 4 10 18 22", "stayed"),
        ("60x60x1 conv:k=1,f=3,s=2 conv:k=1,f=3", "5 9", "jump-too-early"),
        ("60x60x1 conv:k=1,f=3,d=3 conv:k=1,f=3", "3 9", "forgot-dilation"),
        ("60x60x1 conv:k=1,f=3 activation:a=relu conv:k=1,f=3", "3 4 6", "one-value-more"),
    ],
)
def test_slips_in_a_receptive_field(line: str, typed: str, slip: str | None) -> None:
    block = ask("receptive-field", line)
    verdict = judge(block, typed)
    assert (verdict.correct, verdict.understood, verdict.slip) == (False, True, slip), verdict


def test_what_was_carried_on_in_a_field_is_forgiven() -> None:
    verdict = judge(FIELDS, "3 5 9 11 19 23")
    assert "only this one has to be fixed" in verdict.sentence


def test_rows_between_show_their_numbers_so_nothing_is_carried_over_them() -> None:
    block = ask("W2", rows=(1, 3))
    verdict = judge(block, "150 73")
    assert "Fix it first; then look at layer 3." in verdict.sentence
