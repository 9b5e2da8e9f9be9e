"""What became of each page of a lesson: for its last page, and for the list of lessons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.course.lesson.lesson import Lesson
from tui.course.lesson.questions import ExpectBlock
from tui.course.progress.learner_progress import LearnerProgress

Outcome: TypeAlias = Literal[
    "at once", "with help", "shown", "kept", "drilled", "wrong", "only shown", "open"
]
"""`shown`: the right answer was given after it was shown. `kept`: a prediction. `drilled`: missed
here, right in a drill later. The last three are open."""
OPEN: tuple[Outcome, ...] = ("wrong", "only shown", "open")


@dataclass(frozen=True, slots=True)
class PageResult:
    """What became of a page with a question or a program.

    Args:
        page: of the lesson, from 0.
        heading: of the page.
        outcome: of its question.
    """

    page: int
    heading: str
    outcome: Outcome

    @property
    def open(self) -> bool:
        """Whether the question is still to be answered."""
        return self.outcome in OPEN


def page_results(lesson: Lesson, progress: LearnerProgress) -> tuple[PageResult, ...]:
    """Return what became of each page of a lesson that asks something, in order."""
    return tuple(
        PageResult(
            number,
            page.heading,
            _outcome(lesson.id, task.id, progress, kept=isinstance(task, ExpectBlock)),
        )
        for number, page in enumerate(lesson.pages)
        for task in page.tasks
    )


def _outcome(lesson: str, task: str, progress: LearnerProgress, *, kept: bool) -> Outcome:
    known = progress.answered.get((lesson, task))
    if known is not None and known.correct:
        return "kept" if kept else known.way or "at once"
    if (lesson, task) in progress.relearned:
        return "drilled"
    if known is None:
        return "open"
    return "only shown" if known.way == "shown" else "wrong"
