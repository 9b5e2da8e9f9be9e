"""Drills: their own answers are right, slips differ, levels rise, and no two are nearly alike."""

from __future__ import annotations

import math
import re
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.course import (
    SKILLS,
    ChainBlock,
    ChoiceBlock,
    CountBlock,
    Drill,
    FixBlock,
    PredictBlock,
    SolveBlock,
    chain_answers,
    effect_of,
    expected_number,
    judge,
    make_drill,
    solution_steps,
    solution_text,
    solutions,
)
from tui.course.drills.drill_questions import Key, nearly_same
from tui.course.judging.chain_numbers import RECEPTIVE_FIELD, field_before
from tui.course.judging.judge_chain import field_slips
from tui.geometry import (
    Flatten,
    GeometryError,
    Network,
    Volume,
    apply_layer,
    output_shape,
    slips,
    trace_network,
)

skills = st.sampled_from(SKILLS)
levels = st.integers(1, 5)
seeds = st.integers(0, 2**40)


@settings(max_examples=250, deadline=None)
@given(skill=skills, level=levels, seed=seeds)
def test_its_own_answer_is_right_and_it_can_be_made_again(
    skill: str, level: int, seed: int
) -> None:
    drill = make_drill(skill, level, seed)
    question = drill.question
    assert drill == make_drill(skill, level, drill.seed)
    assert (drill.skill, drill.level, question.id) == (skill, level, f"drill-{skill}")
    assert judge(question, solution_text(question)).correct
    assert solution_steps(question) and question.prompt and len(question.hints) in (1, 2, 3)
    assert len(question.prompt) < 320


@settings(max_examples=250, deadline=None)
@given(skill=skills, level=levels, seed=seeds)
def test_every_slip_leads_to_another_answer(skill: str, level: int, seed: int) -> None:
    question = make_drill(skill, level, seed).question
    match question:
        case PredictBlock():
            right = expected_number(question)
            if len(question.effects) == 1:
                for slip in slips(question.asks, question.effect):
                    assert slip.value != right
                    verdict = judge(question, str(slip.value))
                    assert (verdict.correct, verdict.slip) == (False, slip.name)
            assert not judge(question, str(right + 1)).correct
        case ChainBlock():
            numbers = list(chain_answers(question))
            for index, row in enumerate(question.rows):
                effect = question.effects[row - 1]
                if question.asks == RECEPTIVE_FIELD:
                    found = list(field_slips(field_before(question, row), effect, row))
                else:
                    found = list(slips(question.asks, effect))
                for slip in found:
                    typed = [*numbers[:index], slip.value, *numbers[index + 1 :]]
                    verdict = judge(question, " ".join(map(str, typed)))
                    assert not verdict.correct and verdict.row_results[index] is False
                    assert verdict.row_results.count(False) == 1
                    assert verdict.slip is not None
        case CountBlock():
            for one in question.slips:
                assert one.value != question.answer
                verdict = judge(question, str(one.value))
                assert (verdict.correct, verdict.slip) == (False, one.name)
            assert not judge(question, str(question.answer + 7)).correct
        case FixBlock():
            verdict = judge(question, question.wrong)
            assert not verdict.correct and "as it stands" in verdict.sentence
            for line in question.accepted:
                assert judge(question, line).correct
                assert judge(question, f"  {line.replace(chr(34), chr(39))}  # fixed").correct
            for mistake in question.slips:
                assert not judge(question, mistake.line).correct
            assert not judge(question, "for every image:").understood
        case SolveBlock():
            wrong = tuple((letter, 40) for letter in question.free)
            assert not judge(question, " ".join("40" for _ in wrong)).correct
        case ChoiceBlock():
            assert len(set(question.options)) == len(question.options) == len(question.why)
            for number in range(1, len(question.options) + 1):
                assert judge(question, str(number)).correct == (number == question.answer)


@settings(max_examples=120, deadline=None)
@given(level=levels, seed=seeds)
def test_every_solution_of_a_backwards_drill_leads_there(level: int, seed: int) -> None:
    for skill in ("backwards", "same-padding"):
        question = make_drill(skill, level, seed).question
        assert isinstance(question, SolveBlock)
        for found in solutions(question):
            output = effect_of(question, found).output
            assert isinstance(output, Volume) and tuple(output.plane) == question.goal
        if skill == "same-padding":
            assert question.goal[0] in (question.input.width, question.input.width // 2)


@settings(max_examples=150, deadline=None)
@given(level=levels, seed=seeds)
def test_the_layer_that_breaks_is_the_one_that_does_not_fit(level: int, seed: int) -> None:
    question = make_drill("which-layer-breaks", level, seed).question
    assert isinstance(question, ChoiceBlock)
    chosen = question.options[question.answer - 1]
    why = question.why[question.answer - 1]
    if chosen.startswith("none"):
        assert "every layer fits" in why
        assert all("turns" in text for text in question.why[:-1])
    else:
        before, after = question.why[: question.answer - 1], question.why[question.answer : -1]
        assert all("turns" in text for text in before)
        assert all("look further up" in text for text in after)
        assert "does not fit" in question.why[-1]
        # What is said of a wrong layer does not name the one that breaks.
        number = chosen.split(":")[0]
        others = (text for text in question.why if text != why)
        assert not any(number in text for text in others)


@settings(max_examples=150, deadline=None)
@given(level=levels, seed=seeds)
def test_does_it_fit_says_what_keras_makes(level: int, seed: int) -> None:
    question = make_drill("fits", level, seed).question
    assert isinstance(question, ChoiceBlock)
    option = question.options[question.answer - 1]
    errors = [text for text in question.options if "error" in text]
    assert len(errors) == 1
    if option in errors:
        assert "does not fit" in question.why[question.answer - 1]
    else:
        number = int(option.split("W2 = ")[1].split(",")[0])
        assert number >= 1
        assert ("never read" in option) == any("hangs over" in text for text in question.options)


def effort(drill: Drill) -> float:
    """Measure how much there is to do: how many numbers there are, and how large."""
    numbers = [number for number in drill.key if isinstance(number, int)]
    size = statistics.mean(math.log2(number + 2) for number in numbers)
    question = drill.question
    rows = len(question.rows) if isinstance(question, ChainBlock) else 0
    layers = len(question.options) if isinstance(question, ChoiceBlock) else 0
    work = len(solution_steps(question)) if isinstance(question, PredictBlock) else 0
    free = 2 * len(question.free) if isinstance(question, SolveBlock) else 0
    lines = 0
    if isinstance(question, FixBlock):
        lines = len(question.before) + len(question.after) + 3
    return lines + size + len(numbers) * 0.5 + 1.5 * rows + layers + work * 0.5 + free


@pytest.mark.parametrize("skill", SKILLS)
def test_levels_get_harder(skill: str) -> None:
    mean = [
        statistics.mean(effort(make_drill(skill, level, seed)) for seed in range(0, 4000, 100))
        for level in (1, 3, 5)
    ]
    assert mean[0] < mean[2], mean
    assert mean[0] < mean[1] + 0.5 and mean[1] < mean[2] + 0.5, mean


@pytest.mark.parametrize("skill", SKILLS)
@pytest.mark.parametrize("level", [1, 3, 5])
def test_no_two_of_a_run_are_nearly_alike(skill: str, level: int) -> None:
    keys: list[Key] = []
    for number in range(50):
        drill = make_drill(skill, level, number, keys[-5:])
        assert not any(nearly_same(drill.key, key) for key in keys[-5:])
        keys.append(drill.key)
    assert len(set(keys)) > 10


def test_a_long_list_to_avoid_lets_the_oldest_go() -> None:
    keys: list[Key] = []
    for number in range(120):
        drill = make_drill("same-padding", 1, number, keys)
        assert not keys or not nearly_same(drill.key, keys[-1])
        keys.append(drill.key)


def test_nearly_alike() -> None:
    assert nearly_same(("W2", 28, 3), ("W2", 28, 3))
    assert nearly_same(("W2", 28, 3), ("W2", 28, 4))
    assert not nearly_same(("W2", 28, 3), ("W2", 30, 4))
    assert not nearly_same(("W2", 28, 3), ("W2", 28, 5))
    assert not nearly_same(("W2", 28, 3), ("H2", 28, 3))
    assert not nearly_same(("W2", 28, 3), ("W2", 28, 3, 1))


def test_a_skill_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="did you mean stride"):
        make_drill("strides", 1, 0)
    assert make_drill("stride", 99, 5).level == 5
    assert make_drill("stride", -3, -5).level == 1


def test_every_skill_teaches_what_it_says() -> None:
    for seed in range(20):
        shapes = make_drill("output-height", 4, seed).question
        assert isinstance(shapes, PredictBlock) and shapes.asks == "H2"
        assert shapes.network.input.width != shapes.network.input.height
        dense = make_drill("flatten-dense", 2, seed).question
        assert isinstance(dense, PredictBlock) and isinstance(dense.network.layers[0], Flatten)
        field = make_drill("receptive-field", 3, seed).question
        assert isinstance(field, ChainBlock) and output_shape(field.network) is not None


def test_the_generators_use_layers_that_keras_builds() -> None:
    for skill in SKILLS:
        for seed in range(20):
            question = make_drill(skill, 5, seed).question
            if isinstance(question, (PredictBlock, ChainBlock)):
                assert all(row.error is None for row in trace_network(question.network))
            elif isinstance(question, SolveBlock):
                try:
                    apply_layer(question.layer, question.input)
                except GeometryError:
                    pytest.fail(f"{question.layer} on {Network(question.input)}")


@pytest.mark.parametrize("skill", SKILLS)
def test_the_first_level_does_not_print_its_answer(skill: str) -> None:
    for seed in range(60):
        question = make_drill(skill, 1, seed).question
        numbers = {int(found) for found in re.findall(r"\d+", question.prompt)}
        match question:
            case PredictBlock():
                assert expected_number(question) not in numbers, question.prompt
            case SolveBlock():
                values = {value for _, value in solutions(question)[0]}
                assert values.isdisjoint(numbers), question.prompt
            case ChainBlock():
                shown = {int(n) for n in re.findall(r"\d+", str(question.network.layers))}
                assert shown.isdisjoint(chain_answers(question)), question
            case CountBlock():
                assert question.answer not in numbers, question.prompt
            case ChoiceBlock() | FixBlock():
                pass  # the answer is one of the options


def test_the_depth_of_the_first_levels_is_added_up() -> None:
    for level in (1, 2):
        for seed in range(20):
            question = make_drill("depth", level, seed).question
            assert isinstance(question, PredictBlock)
            groups = re.findall(r"(\d+) for ", question.prompt)
            assert len(groups) == level + 1
            assert sum(map(int, groups)) == expected_number(question)
