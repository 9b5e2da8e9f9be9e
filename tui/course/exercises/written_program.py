"""A short program with lines to fill in, and how it is put together with what was typed.

A program is a text in which one line holds nothing but its indentation and :data:`BLANK`: there
the learner's lines go. A line with `BLANK` and a name stands for the answer to an earlier exercise,
so that several exercises can build one program.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tui.common.python_syntax import NOT_PYTHON, parse_python

BLANK = "___"
Pictures = Literal["folder", "none"]
OPENING = "# --- your lines: write between these two comments, and save ---"
CLOSING = "# --- end of your lines ---"


@dataclass(frozen=True, slots=True)
class WrittenExercise:
    """A program with lines to fill in. It is judged by the check of the same name.

    Args:
        name: its name in lessons and in the learner's progress; one of a kind.
        title: what is written, in a few words.
        prompt: what the missing lines are to do; says all that the check asks for.
        program: the program, with a line of :data:`BLANK`.
        solution: lines that are right, without the blank's indentation.
        hints: each says more than the one before.
        lines: rows of the field; 1 where a single line is asked for.
        pictures: what lies in the program's folder: "folder" for `pictures/train` and
            `pictures/validation` with the classes `checked` and `striped`, and `own.png`.
    """

    name: str
    title: str
    prompt: str
    program: str
    solution: str
    hints: tuple[str, ...]
    lines: int = 1
    pictures: Pictures = "folder"


@dataclass(frozen=True, slots=True)
class WholeProgram:
    """A program with its blanks filled in.

    Args:
        text: the program.
        first: the number of the first line that the learner wrote, from 1.
        count: how many lines they wrote.
    """

    text: str
    first: int
    count: int

    @property
    def before(self) -> str:
        """The lines above the learner's."""
        return "".join(self.text.splitlines(keepends=True)[: self.first - 1])

    @property
    def answer(self) -> str:
        """The learner's lines, with the indentation they have in the program."""
        lines = self.text.splitlines(keepends=True)
        return "".join(lines[self.first - 1 : self.first - 1 + self.count])

    @property
    def after(self) -> str:
        """The lines below the learner's."""
        return "".join(self.text.splitlines(keepends=True)[self.first - 1 + self.count :])


def whole_program(
    exercise: WrittenExercise, answer: str, earlier: Mapping[str, str] | None = None
) -> WholeProgram:
    """Put an answer into its program.

    Args:
        exercise: the exercise.
        answer: the learner's lines, indented in any way.
        earlier: what goes into the blanks of other exercises, by their names.

    Raises:
        KeyError: a blank of another exercise has no answer.

    >>> exercise = WrittenExercise("sum", "", "", "def add(a, b):\\n    ___\\n", "return a + b", ())
    >>> whole_program(exercise, "c = a + b\\nreturn c").text
    'def add(a, b):\\n    c = a + b\\n    return c\\n'
    """
    text = ""
    first = count = 0
    for line in exercise.program.splitlines():
        bare = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if bare == BLANK:
            first = text.count("\n") + 1
            filled = textwrap.indent(straightened(answer), indent)
            count = filled.count("\n") + 1
            text += f"{filled}\n"
        elif bare.startswith(f"{BLANK} "):
            lines = straightened((earlier or {})[bare.removeprefix(BLANK).strip()])
            text += f"{textwrap.indent(lines, indent)}\n"
        else:
            text += f"{line}\n"
    return WholeProgram(text, first, count)


def straightened(answer: str) -> str:
    """Return lines without the indentation that all of them share, and without blank ends.

    What was copied from a file often has its first line at the margin and the others as deep as
    they were there; where only that keeps Python from reading it, the others are moved too.

    >>> straightened("  a = 1\\n  b = 2\\n")
    'a = 1\\nb = 2'
    >>> straightened("a = 1\\n    b = 2")
    'a = 1\\nb = 2'
    """
    lines = [line.rstrip() for line in answer.expandtabs(4).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    text = textwrap.dedent("\n".join(lines))
    first, newline, rest = text.partition("\n")
    moved = f"{first.lstrip()}{newline}{textwrap.dedent(rest)}"
    return moved if not _reads(text) and _reads(moved) else text


def _reads(text: str) -> bool:
    """Whether Python can read the lines inside a function of a class."""
    try:
        parse_python(f"def _():\n{textwrap.indent(text, '    ')}\n    pass\n")
    except NOT_PYTHON:
        return False
    return True


def is_empty(answer: str) -> bool:
    """Whether nothing but blanks and comments was written.

    >>> is_empty("# the loss goes here"), is_empty("pass")
    (True, False)
    """
    lines = (line.strip() for line in answer.splitlines())
    return all(not line or line.startswith("#") for line in lines)


def to_edit(program: WholeProgram) -> str:
    """Return the program as it is opened in an editor, the learner's lines between two comments."""
    indent = program.answer[: len(program.answer) - len(program.answer.lstrip(" "))]
    return f"{program.before}{indent}{OPENING}\n{program.answer}{indent}{CLOSING}\n{program.after}"


def edited(text: str) -> str | None:
    """Return the learner's lines of a program that was edited; None where the comments are gone.

    >>> program = WholeProgram("def one():\\n    return 1\\n", 2, 1)
    >>> edited(to_edit(program))
    'return 1'
    """
    lines = text.splitlines()
    stripped = [line.strip() for line in lines]
    if OPENING not in stripped or CLOSING not in stripped:
        return None
    start, end = stripped.index(OPENING), stripped.index(CLOSING)
    return straightened("\n".join(lines[start + 1 : end])) if start < end else None
