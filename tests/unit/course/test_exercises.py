"""The programs of the exercises, and how they are put together with what was typed."""

from __future__ import annotations

import ast

import pytest

from tui.course.exercises import (
    EXERCISES,
    WrittenExercise,
    edited,
    fill_in,
    is_empty,
    notebook_file,
    to_edit,
)
from tui.course.exercises.notebook_exercises import STEPS

_METHOD = WrittenExercise(
    "method", "", "", "class A:\n    def b(self):\n        ___\n\n\nA().b()\n", "return 1", ()
)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_an_exercise_is_whole(exercise: WrittenExercise) -> None:
    program = fill_in(exercise, exercise.solution)
    ast.parse(program.text)
    assert exercise.program.count("___\n") >= 1
    assert program.count == exercise.solution.count("\n") + 1 <= max(exercise.lines, 12) + 1
    assert 2 <= len(exercise.hints) <= 4
    assert program.before + program.answer + program.after == program.text
    # None but the last hint nearly gives the answer.
    assert all(exercise.solution not in hint for hint in exercise.hints[:-1])
    # It fits into 80 columns beside the numbers of its lines.
    assert max(map(len, exercise.program.splitlines())) <= 96


@pytest.mark.parametrize(
    "typed",
    [
        "x = 1\nreturn x",
        "    x = 1\n    return x",
        "\tx = 1\n\treturn x\n\n",
        "x = 1\n        return x",
        "\n\n  x = 1  \n  return x",
    ],
)
def test_lines_are_indented_as_the_program_needs_them(typed: str) -> None:
    program = fill_in(_METHOD, typed)
    assert program.answer == "        x = 1\n        return x\n"
    assert (program.first, program.count) == (3, 2)


def test_lines_that_python_cannot_read_stay_as_they_were_typed() -> None:
    assert fill_in(_METHOD, "if x\n  return (").answer == "        if x\n          return (\n"


def test_an_edited_program_gives_the_lines_back() -> None:
    program = fill_in(_METHOD, "x = 1\nreturn x")
    text = to_edit(program)
    ast.parse(text)
    assert edited(text) == "x = 1\nreturn x"
    assert edited(text.replace("return x", "y = 2\n        return y")) == "x = 1\ny = 2\nreturn y"
    assert edited(text.replace("end of your", "")) is None
    assert edited("") is None


def test_nothing_but_comments_is_empty() -> None:
    assert is_empty("\n  # the loss\n")
    assert not is_empty("x = 1  # the loss")


def test_the_notebook_is_built_of_the_answers() -> None:
    answers = {"notebook-maps": "maps_of = mine(model)", "notebook-own-picture": "x = own_x()"}
    text = notebook_file(answers)
    ast.parse(text)
    assert "maps_of = mine(model)" in text and "x = own_x()" in text
    assert "___" not in text and "SIDE, BATCH, EPOCHS = 64, 20, 15" in text
    for step in STEPS[:4]:  # the others are solutions
        assert step.solution.splitlines()[0] in text


def test_a_step_of_the_notebook_stands_on_the_answers_before_it() -> None:
    step = EXERCISES["notebook-network"]
    program = fill_in(step, step.solution, {"notebook-pictures": "train = validation = mine()"})
    assert "train = validation = mine()" in program.before
