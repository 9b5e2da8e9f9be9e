"""Judging settings that were to be found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.course import (
    SolveBlock,
    effect_of,
    given_settings,
    judge,
    read_settings,
    settings_text,
    solution_steps,
    solution_text,
    solutions,
)
from tui.geometry import GeometryError, Volume, parse_layer


def ask(
    volume: str,
    layer: str,
    goal: tuple[int, int],
    *free: str,
    depth: int | None = None,
    strict: bool = True,
    explain: str = "",
) -> SolveBlock:
    return SolveBlock(
        "s", "?", Volume.parse(volume), parse_layer(layer), goal, free, depth, strict,
        explain=explain,
    )  # fmt: skip


ALEXNET = ask("227x227x3", "conv:k=96,f=11", (55, 55), "S", "P", explain="AlexNet.")


@pytest.mark.parametrize(
    "typed",
    ["S=4 P=0", "4 0", "s 4 p 0", "P=0, S=4", "4,0", "S:4;P:0", "s4 p0", "stride 4 padding 0"],
)
def test_right_settings_however_they_are_typed(typed: str) -> None:
    verdict = judge(ALEXNET, typed)
    assert verdict.correct and verdict.slip is None and verdict.row_results == ()
    assert verdict.sentence == (
        "Right: F = 11, S = 4, P = 0 gives W2 = (227 − 11)/4 + 1 = 55. AlexNet."
    )
    assert read_settings(ALEXNET, typed) == (("S", 4), ("P", 0))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type S and P as numbers, such as S="),
        ("4", "has 1 number: type S and P"),
        ("4 0 1", "has 3 numbers"),
        ("S=4", "P is missing"),
        ("S=4 S=2", "S is given twice"),
        ("S=4 0", "with and without a letter"),
        ("F=11 S=4 P=0", "“f” is not asked for"),
        ("S= P=0", "S has no number"),
        ("S=4 P=", "P has no number"),
        ("S=4 P=same", "P has no number"),
        ("-4 0", "not a whole number"),
        ("4.5 0", "not a whole number"),
        ("0 0", "S = 0 cannot be: take 1 to 1,000,000"),
        ("٤ ٠", "not a whole number"),
        ("9999999 0", "cannot be: take"),
        ("1" * 100, "longer than any answer"),
        ("\x1b[2J", "␛"),
    ],
)
def test_what_cannot_be_read_does_not_count(typed: str, words: str) -> None:
    verdict = judge(ALEXNET, typed)
    assert (verdict.correct, verdict.understood, verdict.slip) == (False, False, None)
    assert words in verdict.sentence and "\x1b" not in verdict.sentence
    assert "S=4 P=0" not in verdict.sentence


@pytest.mark.parametrize(
    ("typed", "slip", "words"),
    [
        (
            "4 2",
            "forgot-2p",
            "F = 11, S = 4, P = 2 gives W2 = (227 − 11 + 2·2)/4 + 1 = 56, one too many.",
        ),
        ("5 0", None, "⌊(227 − 11)/5⌋ + 1 = 44, 11 too few. Try a smaller S or a larger P."),
        ("1 0", "divided-last", "162 too many"),
        ("300 0", None, "= 1, 54 too few"),
    ],
)
def test_a_wrong_answer_says_what_it_makes_and_where_to_go(
    typed: str, slip: str | None, words: str
) -> None:
    verdict = judge(ALEXNET, typed)
    assert (verdict.correct, verdict.understood) == (False, True)
    assert words in verdict.sentence
    if slip != "divided-last":
        assert verdict.slip == slip
    assert "S = 4, P = 0 is right" in verdict.steps[-1]


def test_what_is_at_its_end_is_not_to_be_moved_on() -> None:
    block = ask("9x9x1", "conv:k=1,f=3,p=0", (7, 7), "S", "F")
    verdict = judge(block, "1 1")
    assert "Try a larger S or a larger F." in verdict.sentence
    block = ask("9x9x1", "conv:k=1,f=5", (9, 9), "P")
    assert judge(block, "0").sentence.endswith("Try a larger P.")
    assert "Try a smaller P." in judge(block, "4").sentence


def test_rounding_counts_only_where_it_is_allowed() -> None:
    strict = ask("8x8x1", "conv:k=1,f=1", (3, 3), "F", "S")
    loose = ask("8x8x1", "conv:k=1,f=1", (3, 3), "F", "S", strict=False)
    verdict = judge(strict, "3 2")
    assert (verdict.correct, verdict.slip) == (False, "does-not-divide")
    assert "S = 2 does not divide 8 − 3 + 2·0 = 5" in verdict.sentence
    assert "Here S has to divide exactly." in verdict.sentence
    assert judge(loose, "3 2").correct
    assert "up to S − 1 more" in solution_steps(loose)[0]


def test_a_window_that_does_not_go_in_is_wrong_and_says_so() -> None:
    verdict = judge(ask("5x5x1", "conv:k=1,f=1", (3, 3), "F"), "9")
    assert (verdict.correct, verdict.understood) == (False, True)
    assert verdict.sentence.startswith("F = 9 cannot be: ")


def test_depth_and_height_are_judged_too() -> None:
    block = ask("17x10x3", "conv:k=1,f=1", (15, 8), "K", "F", depth=7)
    assert judge(block, "7 3").correct
    shallow = judge(block, "3 3")
    assert "D2 = 3, but D2 has to be 7" in shallow.sentence
    assert "for W2" in judge(block, "7 5").sentence
    tall = ask("9x12x1", "conv:k=1,f=1x4", (9, 9), "P", strict=False)
    assert not judge(tall, "1").correct


def test_every_combination_counts_and_the_steps_name_others() -> None:
    block = ask("64x64x16", "conv:k=32,f=1", (32, 32), "F", "S", "P")
    found = solutions(block)
    assert len(found) > 3
    for one in found:
        assert judge(block, settings_text(one)).correct
    assert solution_steps(block)[-1].startswith("Also right: ")
    # Filters that are in use come first.
    assert dict(found[0])["F"] <= 11


def test_a_pooling_keeps_its_stride_with_its_window() -> None:
    block = ask("16x16x3", "maxpool:f=1", (8, 8), "F")
    assert solution_text(block) == "F=2"
    assert judge(block, "2").sentence.startswith("Right: F = 2, S = 2 gives")
    assert given_settings(block) == "S = F"


def test_what_is_given_is_said() -> None:
    assert given_settings(ALEXNET) == "F = 11"
    assert given_settings(ask("9x9x1", "conv:k=1,f=3x5,d=2,p=same", (9, 9), "S")) == (
        "F = 3×5, P = same, dilation = 2"
    )


@settings(max_examples=60, deadline=None)
@given(
    side=st.integers(5, 60),
    f=st.integers(1, 7),
    s=st.integers(1, 4),
    p=st.integers(0, 3),
    tried=st.tuples(st.integers(1, 9), st.integers(0, 9)),
    strict=st.booleans(),
)
def test_an_answer_is_right_exactly_when_the_layer_makes_the_goal(
    side: int, f: int, s: int, p: int, tried: tuple[int, int], strict: bool
) -> None:
    out = (side - f + 2 * p) // s + 1
    if side + 2 * p < f or ((side - f + 2 * p) % s and strict):
        return
    block = ask(f"{side}x{side}x3", f"conv:k=2,f={f}", (out, out), "S", "P", strict=strict)
    assert judge(block, f"{s} {p}").correct
    assert judge(block, solution_text(block)).correct
    verdict = judge(block, "S={} P={}".format(*tried))
    try:
        effect = effect_of(block, (("S", tried[0]), ("P", tried[1])))
        right = effect.output == Volume(out, out, 2) and (effect.fits or not strict)
    except GeometryError:
        right = False
    assert (verdict.correct, verdict.understood) == (right, True)
