"""Problems of lesson files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class LessonProblem:
    """Something that the author of a lesson has to fix.

    Args:
        file: the file as the author knows it, such as "lessons/06-layer-formula.md".
        line: the line in that file, from 1.
        sentence: what is wrong, with the value received, and how to fix it.

    >>> print(LessonProblem("01-a.md", 3, "minutes is -5: take a number such as 10."))
    01-a.md:3: minutes is -5: take a number such as 10.
    """

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class LessonError(ValueError):
    """A lesson file that cannot be used.

    Args:
        problems: all that is wrong with it, in the order of the lines.
    """

    def __init__(self, problems: Sequence[LessonProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling replays `args`, which holds the joined text and not the problems.
        return (LessonError, (self.problems,))
