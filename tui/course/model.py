"""A lesson as plain values: pages of prose and of blocks that become widgets.

Every text here is safe to draw: control characters were made visible when it was read.
`line` is where a part begins in its file, so that a problem can name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tui.course.problems import LessonProblem
from tui.geometry import Effect, Layer, Network, Quantity, Volume


@dataclass(frozen=True, slots=True)
class Prose:
    """Words between two blocks.

    Args:
        markdown: Markdown of one or more lines, without the page's heading.
        line: where it begins.
    """

    markdown: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class CalculatorBlock:
    """A layer to play with.

    Args:
        input: the volume it starts with.
        layer: the layer it starts with; it fits the input.
        fixed: the fields that cannot be edited, of :data:`CALCULATOR_FIELDS`.
        line: where it begins.
    """

    input: Volume
    layer: Layer
    fixed: tuple[str, ...] = ()
    line: int = 0


CALCULATOR_FIELDS = ("W1", "H1", "D1", "K", "F", "S", "P", "dilation")
"""The fields of a calculator, by the names the course gives them."""


@dataclass(frozen=True, slots=True)
class PredictBlock:
    """A number to predict. The right one is calculated, never kept in the lesson.

    Args:
        id: its name in the learner's progress; one of a kind in its lesson.
        network: the input and the layers asked about; often a single layer.
        effects: what each layer does, in order.
        asks: W2, H2 or D2 of what the last layer puts out; "parameters" or "macs" of all
            layers together.
        prompt: the question.
        hints: up to four, each saying more than the one before.
        explain: a sentence to add once the answer is right; may be empty.
        line: where it begins.
    """

    id: str
    network: Network
    effects: tuple[Effect, ...]
    asks: Quantity
    prompt: str
    hints: tuple[str, ...] = ()
    explain: str = ""
    line: int = 0

    @property
    def effect(self) -> Effect:
        """What the last layer does."""
        return self.effects[-1]


@dataclass(frozen=True, slots=True)
class ChoiceBlock:
    """A question about an idea, with options. A question for a number is a prediction.

    Args:
        id: its name in the learner's progress; one of a kind in its lesson.
        prompt: the question.
        options: the answers to choose from.
        answer: which of them is right, from 1, as they are numbered on screen.
        why: for each option, why it is right or wrong.
        line: where it begins.
    """

    id: str
    prompt: str
    options: tuple[str, ...]
    answer: int
    why: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Python to read and copy; it is never run.

    Args:
        source: the program text.
        line: where it begins.
    """

    source: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class LaterBlock:
    """A block of a kind that this version shows as a sentence.

    Args:
        kind: "solve", "chain", "train" or "look".
        text: what it will be.
        id: its name, when it has one.
        line: where it begins.
    """

    kind: str
    text: str
    id: str = ""
    line: int = 0


Question: TypeAlias = PredictBlock | ChoiceBlock
Part: TypeAlias = Prose | CalculatorBlock | PredictBlock | ChoiceBlock | CodeBlock | LaterBlock


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a lesson.

    Args:
        heading: its title.
        parts: what stands on it, from top to bottom.
        line: where it begins.
    """

    heading: str
    parts: tuple[Part, ...]
    line: int = 0

    @property
    def questions(self) -> tuple[Question, ...]:
        """The parts that are answered."""
        return tuple(part for part in self.parts if isinstance(part, (PredictBlock, ChoiceBlock)))


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson.

    Args:
        id: its name in the learner's progress; one of a kind in the course.
        number: its place in the course, from the name of its file.
        title: what it is called.
        summary: what one can do afterwards, in a sentence.
        minutes: how long it takes, about.
        pages: at least one.
        skills: what it practises, in short names such as "output-width".
        file: the file it came from, as the author knows it.
    """

    id: str
    number: int
    title: str
    summary: str
    minutes: int
    pages: tuple[Page, ...]
    skills: tuple[str, ...] = ()
    file: str = ""

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions of the lesson, in order."""
        return tuple(question for page in self.pages for question in page.questions)


@dataclass(frozen=True, slots=True)
class Course:
    """All lessons that could be read, and what is wrong with the others.

    Args:
        lessons: by number.
        problems: by file and line.
    """

    lessons: tuple[Lesson, ...] = ()
    problems: tuple[LessonProblem, ...] = ()

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Return a lesson by its id; None when there is none."""
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)
