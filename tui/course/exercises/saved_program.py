"""What is said when a program is written to a file: which of its lines are whose, and are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.common.python_syntax import NOT_PYTHON, parse_python
from tui.common.text import in_words
from tui.course.exercises.notebook_exercises import (
    LARGE_VALUES,
    SMALL_VALUES,
    STEPS,
    notebook_file,
)
from tui.course.exercises.written_program import (
    BLANK,
    WrittenExercise,
    is_empty,
    whole_program,
)

_NUMBERS = {step.name: number for number, step in enumerate(STEPS, start=1)}


@dataclass(frozen=True, slots=True)
class SavedProgram:
    """A program as it is written to a file.

    Args:
        text: the file.
        notes: a sentence each on what the learner should know about it.
    """

    text: str
    notes: tuple[str, ...]


def saved_notebook(lines: Mapping[str, str], right: Mapping[str, str]) -> SavedProgram:
    """Return the notebook; a step without lines has the solution.

    Args:
        lines: by the names of their exercises.
        right: those that a check has found right.
    """
    lines = {name: text for name, text in lines.items() if not is_empty(text)}
    text = notebook_file(lines)
    return SavedProgram(text, _notebook_notes(lines, right, text))


def saved_exercise(exercise: WrittenExercise, lines: str, right: Mapping[str, str]) -> SavedProgram:
    """Return the program of one exercise; without lines it has the solution.

    Args:
        exercise: the exercise.
        lines: the learner's.
        right: right answers by the names of their exercises.
    """
    lines = "" if is_empty(lines) else lines
    earlier = {step.name: right.get(step.name) or step.solution for step in STEPS}
    text = whole_program(exercise, lines or exercise.solution, earlier).text
    return SavedProgram(text, _program_notes(exercise, lines, right, text))


def stand_ins(exercise: WrittenExercise, answers: Mapping[str, str]) -> str:
    """Return which steps before an exercise show the solution; empty where none does.

    Args:
        exercise: one that builds on others, or not.
        answers: right answers by the names of their exercises.

    >>> stand_ins(STEPS[2], {"notebook-pictures": "train = validation = 1"})
    'Solution shown for step 2: you have no right lines for it yet.'
    """
    missing = [
        _NUMBERS[name]
        for line in exercise.program.splitlines()
        if (name := line.strip().removeprefix(BLANK).strip()) in _NUMBERS
        and line.strip().startswith(BLANK)
        and not answers.get(name)
    ]
    return _solutions(missing)


def _notebook_notes(
    answers: Mapping[str, str], right: Mapping[str, str], text: str
) -> tuple[str, ...]:
    """Return what has to be known about the notebook's file.

    Args:
        answers: the lines that stand in it, by the names of their exercises.
        right: those that a check has found right.
        text: the file.
    """
    missing = [number for name, number in _NUMBERS.items() if not answers.get(name)]
    doubtful = [
        number
        for name, number in _NUMBERS.items()
        if answers.get(name) and answers[name] != right.get(name)
    ]
    unjudged = f"Not found right yet: your lines for {_steps(doubtful)}." if doubtful else ""
    values = (
        f"In the file SIDE, BATCH, EPOCHS are {LARGE_VALUES}; the lesson takes {SMALL_VALUES}, to "
        "be quick."
    )
    return tuple(filter(None, (_solutions(missing), unjudged, _unreadable(text), values)))


def _program_notes(
    exercise: WrittenExercise, lines: str, right: Mapping[str, str], text: str
) -> tuple[str, ...]:
    """Return what has to be known about the file of one exercise.

    Args:
        exercise: the exercise.
        lines: the learner's; empty where the solution stands.
        right: right answers by the names of their exercises.
        text: the file.
    """
    if not lines.strip():
        own = "The solution stands in it: you have not written any lines yet."
    elif lines != right.get(exercise.name):
        own = "Your lines stand in it as you wrote them; they have not been found right yet."
    else:
        own = ""
    return tuple(filter(None, (own, stand_ins(exercise, right), _unreadable(text))))


def _solutions(numbers: list[int]) -> str:
    if not numbers:
        return ""
    many = len(numbers) > 1
    return (
        f"Solution{'s' * many} shown for {_steps(numbers)}: you have no right lines for "
        f"{'them' if many else 'it'} yet."
    )


def _steps(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"step {numbers[0]}"
    return f"steps {in_words(list(map(str, numbers)))}"


def _unreadable(text: str) -> str:
    try:
        parse_python(text)
    except SyntaxError as error:
        return f"Python cannot read line {error.lineno} of the file: {error.msg}."
    except NOT_PYTHON:
        return "Python cannot read the file."
    return ""
