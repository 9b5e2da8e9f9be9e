"""The course, its lessons and their pages, as plain values.

Every text here is safe to draw: control characters were made visible when it was read.
`line` is where a part begins in its file, so that a problem can name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tui.course.lesson.page_blocks import CalculatorBlock, CodeBlock, LookBlock, Prose, TrainBlock
from tui.course.lesson.questions import QUESTIONS, TASKS, Question, Task, WriteBlock
from tui.course.reading.problems import LessonProblem

Part: TypeAlias = (
    Prose | CalculatorBlock | CodeBlock | TrainBlock | LookBlock | WriteBlock | Question
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a lesson.

    Args:
        heading: its title.
        parts: prose and blocks, from top to bottom.
        line: where it begins.
    """

    heading: str
    parts: tuple[Part, ...]
    line: int = 0

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions of the page that are answered with a line."""
        return tuple(part for part in self.parts if isinstance(part, QUESTIONS))

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The parts that count for progress: questions and programs to complete."""
        return tuple(part for part in self.parts if isinstance(part, TASKS))


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson.

    Args:
        id: its name in the learner's progress; unique in the course.
        number: its position in the course, from the name of its file.
        title: of the lesson.
        summary: what a learner can do afterwards, in a sentence.
        minutes: that it takes, about.
        pages: at least one.
        skills: what it practises, in short names such as "output-width".
        file: that it was read from, as the author knows it.
        line: of its id.
        remember: what to keep in mind, in a sentence, shown at its end; empty for the summary.
    """

    id: str
    number: int
    title: str
    summary: str
    minutes: int
    pages: tuple[Page, ...]
    skills: tuple[str, ...] = ()
    file: str = ""
    line: int = 1
    remember: str = ""

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions of the lesson, in order."""
        return tuple(question for page in self.pages for question in page.questions)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All that counts for the lesson's progress, in order."""
        return tuple(task for page in self.pages for task in page.tasks)


@dataclass(frozen=True, slots=True)
class Course:
    """All lessons that could be read, and the problems of the others.

    Args:
        lessons: by number.
        problems: by file and line.
    """

    lessons: tuple[Lesson, ...] = ()
    problems: tuple[LessonProblem, ...] = ()

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Return a lesson by its id; None when there is none."""
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The parts of a page in the order of its file, divided by their purpose.

    Args:
        reading: the text and code that is read first.
        activity: what is done next, up to and including the question.
        follow_up: what follows the question, meant for those who have answered it.
    """

    reading: tuple[Part, ...]
    activity: tuple[Part, ...]
    follow_up: tuple[Part, ...]


def page_layout(page: Page) -> PageLayout:
    """Divide a page into its reading, its activity and its follow-up.

    >>> layout = page_layout(Page("A page", (Prose("before"), CodeBlock("x = 1"), Prose("after"))))
    >>> len(layout.reading), layout.activity
    (3, ())
    """
    parts = page.parts
    first_activity = next(
        (at for at, part in enumerate(parts) if not isinstance(part, (Prose, CodeBlock))),
        len(parts),
    )
    after_question = next(
        (at for at, part in enumerate(parts, start=1) if isinstance(part, TASKS)), len(parts)
    )
    return PageLayout(
        parts[:first_activity], parts[first_activity:after_question], parts[after_question:]
    )
