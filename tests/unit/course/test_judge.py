"""Judging answers: right ones, every slip, and what cannot be read."""

from __future__ import annotations

import re

import pytest

from tui.course import (
    ChoiceBlock,
    PredictBlock,
    expected_number,
    judge,
    load_course,
    solution_steps,
    solution_text,
)
from tui.geometry import Quantity, parse_network, slips, trace_network


def ask(line: str, asks: Quantity, explain: str = "") -> PredictBlock:
    network = parse_network(line)
    effects = tuple(row.effect for row in trace_network(network) if row.effect)
    assert len(effects) == len(network.layers)
    return PredictBlock("q", network, effects, asks, "?", explain=explain)


@pytest.mark.parametrize(
    ("line", "asks", "answer", "why"),
    [
        ("5x5x1 conv:k=1,f=3", "W2", "3", "5 − 3 + 1 = 3"),
        ("5x5x1 conv:k=1,f=3,p=1", "W2", "5", "5 − 3 + 2·1 + 1 = 5"),
        ("9x7x1 conv:k=1,f=3,s=2", "H2", "3", "(7 − 3)/2 + 1 = 3"),
        ("8x8x1 conv:k=1,f=3,s=2", "W2", "3", "⌊(8 − 3)/2⌋ + 1 = 3"),
        ("5x5x1 conv:k=1,f=3,p=same,s=2", "W2", "3", "⌈5/2⌉ = 3"),
        ("5x5x3 conv:k=8,f=3", "D2", "8", "D2 = K = 8"),
        ("150x150x3 conv:k=16,f=3", "parameters", "448", "(3·3·3 + 1)·16 = 448"),
        ("150x150x3 conv:k=16,f=3", "macs", "9,462,528", "148·148·16·27 = 9,462,528"),
        ("18x18x3 maxpool:f=2", "parameters", "0", "0"),
        ("4x4x2 flatten dense:k=3", "parameters", "99", "0 + 99 = 99"),
    ],
)
def test_a_right_answer_is_explained(line: str, asks: Quantity, answer: str, why: str) -> None:
    verdict = judge(ask(line, asks, "More."), answer)
    assert verdict.correct and verdict.understood and verdict.slip is None
    assert why in verdict.sentence and verdict.sentence.startswith("Right: ")
    assert verdict.sentence.endswith(" More.")
    assert f"{int(answer.replace(',', '')):,}" in verdict.steps[-1]


@pytest.mark.parametrize(
    ("line", "asks", "answer", "slip"),
    [
        ("5x5x1 conv:k=1,f=3", "W2", "2", "forgot-plus-1"),
        ("9x9x1 conv:k=1,f=5,p=2", "W2", "5", "forgot-2p"),
        ("9x9x1 conv:k=1,f=5,p=2", "W2", "7", "used-p"),
        ("8x8x1 conv:k=1,f=3,s=2", "W2", "4", "rounded-up"),
        ("9x9x1 conv:k=1,f=3,s=2", "W2", "7", "forgot-stride"),
        ("8x6x1 conv:k=1,f=3", "W2", "4", "swapped-w-h"),
        ("7x7x1 conv:k=1,f=3,d=2", "W2", "5", "forgot-dilation"),
        ("12x12x3 conv:k=10,f=5", "D2", "3", "gave-d1"),
        ("12x12x3 conv:k=10,f=5", "D2", "30", "multiplied-d1"),
        ("12x12x3 conv:k=10,f=5", "parameters", "750", "forgot-bias"),
        ("12x12x3 conv:k=10,f=5", "parameters", "260", "forgot-d1"),
        ("12x12x3 conv:k=10,f=5", "parameters", "76", "forgot-k"),
        ("12x12x3 conv:k=10,f=5", "parameters", "160", "forgot-f-squared"),
        ("12x12x3 conv:k=10,f=5", "macs", "760", "gave-parameters"),
    ],
)
def test_a_slip_is_recognised(line: str, asks: Quantity, answer: str, slip: str) -> None:
    verdict = judge(ask(line, asks), answer)
    assert (verdict.correct, verdict.understood, verdict.slip) == (False, True, slip)
    assert verdict.sentence and verdict.steps


def test_every_slip_of_every_question_of_our_course_is_recognised() -> None:
    for lesson in load_course().lessons:
        for question in lesson.questions:
            if not isinstance(question, PredictBlock):
                continue
            assert judge(question, str(expected_number(question))).correct
            found = slips(question.asks, question.effect)
            assert found, f"{question.id} has no slip to explain"
            for slip in found:
                verdict = judge(question, f"{slip.value:,}")
                assert (verdict.correct, verdict.slip) == (False, slip.name)


def test_what_no_slip_explains_is_worked_out_in_steps() -> None:
    verdict = judge(ask("9x9x1 conv:k=1,f=3,s=2,p=1", "W2"), "1000")
    assert (verdict.correct, verdict.understood, verdict.slip) == (False, True, None)
    assert "1,000 is not right, and none of the usual mistakes" in verdict.sentence
    assert verdict.steps == (
        "With padding the input has 9 + 2·1 = 11 columns.",
        "From its first place the window can move by 11 − 3 = 8 columns.",
        "It moves S = 2 at a time: 8/2 gives 4 moves.",
        "The first place counts too: W2 = 4 + 1 = 5.",
    )


def test_a_chain_of_layers_asks_for_the_last_output_and_for_all_parameters() -> None:
    line = "150x150x3 conv:k=16,f=3 maxpool:f=2 conv:k=32,f=3"
    width = ask(line, "W2")
    assert judge(width, "72").correct
    half_way = judge(width, "148")
    assert half_way.slip == "one-layer-only" and "layer 1 alone" in half_way.sentence
    assert width.effects[1].output == width.effect.input
    assert "Layer 2, MaxPooling2D: 148×148×16 becomes 74×74×16." in judge(width, "72").steps
    total = ask(line, "parameters")
    assert expected_number(total) == 448 + 4640
    assert judge(total, "5 088").correct
    alone = judge(total, "4640")
    assert alone.slip == "one-layer-only" and "Add up" in alone.sentence


@pytest.mark.parametrize(
    ("line", "answer", "slip", "words"),
    [
        ("4x4x2 flatten dense:k=3", "96", "forgot-bias", "Layer 2, Dense: You left out the bias"),
        (
            "9x9x3 conv:k=4,f=3 conv:k=8,f=3",
            "396",
            "forgot-bias",
            "The same mistake in every layer.",
        ),
        ("9x9x3 conv:k=4,f=3 conv:k=8,f=3", "400", "forgot-bias", "Layer 2, Conv2D: You left out"),
        ("9x9x3 conv:k=4,f=3 conv:k=8,f=3", "112", "one-layer-only", "Add up all the layers."),
        ("9x9x3 conv:k=4,f=3 conv:k=8,f=3", "1", None, "none of the usual mistakes"),
    ],
)
def test_a_slip_within_a_sum_is_recognised(
    line: str, answer: str, slip: str | None, words: str
) -> None:
    verdict = judge(ask(line, "parameters"), answer)
    assert (verdict.correct, verdict.slip) == (False, slip)
    assert words in verdict.sentence


def test_a_right_answer_as_text_is_right_for_a_choice_too() -> None:
    assert solution_text(CHOICE) == "b) Down"
    assert judge(CHOICE, "b) Down").correct and judge(CHOICE, "b. down").correct
    assert not judge(CHOICE, "a) Down").understood
    assert solution_steps(CHOICE) == ("b) Down: it falls.",)


@pytest.mark.parametrize(
    "typed", ["9,470,464", "9 470 464", "9\u202f470\u202f464", "9'470'464", " +9470464 "]
)
def test_thousands_may_be_separated(typed: str) -> None:
    block = ask("17x17x64 flatten dense:k=512", "parameters")
    assert expected_number(block) == 9_470_464
    assert judge(block, typed).correct


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type a whole number"),
        ("   ", "Type a whole number"),
        ("9.46M", "all digits"),
        ("2.5", "fraction"),
        ("1,00", "fraction"),
        ("1,0000", "fraction"),
        ("-3", "negative"),
        ("−3", "negative"),
        ("3x3", "more than one number"),
        ("three", "not a whole number"),
        ("3²", "not a whole number"),
        ("٣", "not a whole number"),
        ("1e3", "not a whole number"),
        ("\x1b[2J", "␛[2J"),
        ("9" * 5000, "longer than any answer"),
    ],
)
def test_what_is_no_number_does_not_count_as_wrong(typed: str, words: str) -> None:
    verdict = judge(ask("5x5x1 conv:k=1,f=3", "W2"), typed)
    assert (verdict.correct, verdict.understood, verdict.slip) == (False, False, None)
    assert words in verdict.sentence and "\x1b" not in verdict.sentence
    assert verdict.steps == ()


CHOICE = ChoiceBlock("c", "?", ("Up", "Down", "2"), 2, ("it falls.", "it falls.", "no number."))


@pytest.mark.parametrize("typed", ["2", "b", "B)", "down", " Down "])
def test_a_choice_is_made_by_number_letter_or_text(typed: str) -> None:
    verdict = judge(CHOICE, typed)
    assert verdict.correct and verdict.sentence == "Right: it falls."


def test_a_wrong_choice_says_why_and_an_unknown_one_does_not_count() -> None:
    assert judge(CHOICE, "3").sentence == "No: no number."
    assert judge(CHOICE, "1").understood
    for typed in ("", "4", "0", "x", "\x1b"):
        verdict = judge(CHOICE, typed)
        assert not verdict.understood and "1 to 3" in verdict.sentence
        assert "\x1b" not in verdict.sentence


@pytest.mark.parametrize(
    ("line", "asks", "answer", "slip", "what"),
    [
        ("12x9x3 conv:k=10,f=5", "D2", "8", "gave-w2", "W2, the width of the output"),
        ("12x9x3 conv:k=10,f=4", "D2", "6", "gave-h2", "H2, the height of the output"),
        ("12x9x3 conv:k=10,f=5", "D2", "12", "gave-w1", "W1, the width of the input"),
        ("12x9x3 conv:k=11,f=5", "W2", "11", "gave-k", "K, the number of filters"),
        ("30x30x3 conv:k=10,f=5,s=5", "W2", "3", "gave-d1", "D1, the depth of the input"),
        ("12x12x3 conv:k=10,f=5,p=2", "parameters", "5", "gave-f", "F, the filter size"),
        ("12x12x3 conv:k=10,f=5,p=2", "parameters", "2", "gave-p", "P, the padding"),
        ("12x12x3 conv:k=10,f=3,d=4", "parameters", "4", "gave-dilation", "the dilation"),
        ("4x4x2 flatten dense:k=7", "parameters", "7", "gave-units", "units of layer 2"),
        ("12x12x3 conv:k=10,f=5 conv:k=6,f=3", "parameters", "5", "gave-f", "size of layer 1"),
    ],
)
def test_a_number_of_the_question_is_recognised(
    line: str, asks: Quantity, answer: str, slip: str, what: str
) -> None:
    verdict = judge(ask(line, asks), answer)
    assert (verdict.correct, verdict.slip) == (False, slip), verdict
    assert what in verdict.sentence


def test_every_number_of_every_question_of_the_course_is_a_slip() -> None:
    for lesson in load_course().lessons:
        for question in lesson.questions:
            if not isinstance(question, PredictBlock):
                continue
            for number in re.findall(r"\d+", question.prompt.replace(",", "")):
                verdict = judge(question, number)
                assert verdict.correct or verdict.slip, f"{question.prompt} {number}"
