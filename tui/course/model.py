"""A lesson as plain values: pages of prose and of blocks that become widgets.

Every text here is safe to draw: control characters were made visible when it was read.
`line` is where a part begins in its file, so that a problem can name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
        hints: up to four, each saying more than the one before.
        line: where it begins.
    """

    id: str
    prompt: str
    options: tuple[str, ...]
    answer: int
    why: tuple[str, ...]
    hints: tuple[str, ...] = ()
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
class SolveBlock:
    """Settings to find that lead from an input to a wanted output. Every right one counts.

    Args:
        id: its name in the learner's progress; one of a kind in its lesson.
        prompt: the question.
        input: the volume that goes in.
        layer: the layer with what is given; what is free has some value here that does not count.
        goal: W2 and H2 that are wanted.
        free: the settings to find, of "K", "F", "S", "P", in the order they are typed.
        depth: D2 that is wanted; None when any will do.
        strict: whether S must divide the way exactly.
        hints: up to four, each saying more than the one before.
        explain: a sentence to add once the answer is right; may be empty.
        line: where it begins.
    """

    id: str
    prompt: str
    input: Volume
    layer: Layer
    goal: tuple[int, int]
    free: tuple[str, ...]
    depth: int | None = None
    strict: bool = True
    hints: tuple[str, ...] = ()
    explain: str = ""
    line: int = 0


ChainQuantity: TypeAlias = Quantity | Literal["receptive-field"]


@dataclass(frozen=True, slots=True)
class ChainBlock:
    """A number to find for several layers of a network, one after the other.

    Args:
        id: its name in the learner's progress; one of a kind in its lesson.
        prompt: the question.
        network: the input and the layers.
        effects: what each layer does, in order.
        asks: what is asked of each row.
        rows: the layers asked about, from 1, in order; the others show their numbers.
        hints: up to four, each saying more than the one before.
        explain: a sentence to add once the answer is right; may be empty.
        line: where it begins.
    """

    id: str
    prompt: str
    network: Network
    effects: tuple[Effect, ...]
    asks: ChainQuantity
    rows: tuple[int, ...]
    hints: tuple[str, ...] = ()
    explain: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class TrainBlock:
    """A real training, run from the page.

    Args:
        id: its name in the learner's progress; one of a kind in its lesson.
        prompt: what to watch for.
        data: "digits", or "own" for the folder that the learner opened last (digits when none).
        network: a network in the one-line form; empty for the one that suits the data.
        epochs: at most this many.
        stop: the stop rule, such as "accuracy > 0.997"; "never" for none.
        shares: a training for each share of the training images, above 0 to 1; the curves of
            all stand in one chart.
        seed: seeds weights, shuffling and the choice of a share.
        explain: what was to be seen, told when all are over; may be empty.
        line: where it begins.
    """

    id: str
    prompt: str
    data: Literal["digits", "own"] = "digits"
    network: str = ""
    epochs: int = 5
    stop: str = "never"
    shares: tuple[float, ...] = (1.0,)
    seed: int = 42
    explain: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LookBlock:
    """A picture, and what ready-made filters and layers make of it.

    Args:
        id: its name in the learner's progress; may be empty.
        prompt: what to look for.
        picture: one of :data:`PICTURES`.
        filters: names of ready-made filters, one map each.
        then: layers that every map goes through afterwards, such as `activation:a=relu` and
            `maxpool:f=2`.
        line: where it begins.
    """

    id: str
    prompt: str
    picture: str
    filters: tuple[str, ...]
    then: tuple[Layer, ...] = ()
    line: int = 0


PICTURES = ("flower", "temple", "digit")
"""The pictures that come with the packages this program needs anyway."""

Question: TypeAlias = PredictBlock | ChoiceBlock | SolveBlock | ChainBlock
Part: TypeAlias = (
    Prose
    | CalculatorBlock
    | PredictBlock
    | ChoiceBlock
    | SolveBlock
    | ChainBlock
    | CodeBlock
    | TrainBlock
    | LookBlock
)
QUESTIONS = (PredictBlock, ChoiceBlock, SolveBlock, ChainBlock)


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
        return tuple(part for part in self.parts if isinstance(part, QUESTIONS))


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
        line: where its id stands.
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
