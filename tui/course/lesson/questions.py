"""The questions of a page: a number, a choice, settings, a number for each layer.

`line` is where a part begins in its file, so that a problem can name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.course.exercises import EXERCISES, WrittenExercise
from tui.geometry import Effect, Layer, Network, Quantity, Slip, Volume

ChainQuantity: TypeAlias = Quantity | Literal["receptive-field"]


@dataclass(frozen=True, slots=True)
class PredictBlock:
    """A number to predict. The right one is calculated, not stored in the lesson.

    Args:
        id: its name in the learner's progress; unique in its lesson.
        network: the input and the layers asked about; often a single layer.
        effects: of the layers, in order.
        asks: W2, H2 or D2 of the last output; "parameters" or "macs" of all layers together.
        prompt: the question.
        hints: up to four, each saying more than the one before.
        explain: a sentence that is added once the answer is right; may be empty.
        line: where it begins.
        skill: with drills, that it tests; empty for that of its quantity.
        weights: whether the window that plays after the answer shows weights and products.
    """

    id: str
    network: Network
    effects: tuple[Effect, ...]
    asks: Quantity
    prompt: str
    hints: tuple[str, ...] = ()
    explain: str = ""
    line: int = 0
    weights: bool = True
    skill: str = ""

    @property
    def effect(self) -> Effect:
        """The effect of the last layer."""
        return self.effects[-1]


@dataclass(frozen=True, slots=True)
class Curve:
    """A metric over the epochs, drawn in a chart of a choice.

    Args:
        metric: `loss`, `accuracy`, or one of these with `val_` before it.
        values: after each epoch, from the first.
    """

    metric: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ChoiceBlock:
    """A question with options.

    Args:
        id: its name in the learner's progress; unique in its lesson.
        prompt: the question.
        options: the answers to choose from.
        answer: the number of the right option, from 1.
        why: for each option, why it is right or wrong. The reason for a wrong one does not give
            the right one away: the learner may try again.
        hints: up to four, each saying more than the one before.
        line: where it begins.
        skill: with drills, that it tests; empty for none.
        charts: a chart for each option, drawn above them; empty for none.
    """

    id: str
    prompt: str
    options: tuple[str, ...]
    answer: int
    why: tuple[str, ...]
    hints: tuple[str, ...] = ()
    line: int = 0
    skill: str = ""
    charts: tuple[tuple[Curve, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SolveBlock:
    """Settings to find that lead from an input to a wanted output. All right ones count.

    Args:
        id: its name in the learner's progress; unique in its lesson.
        prompt: the question.
        input: of the layer.
        layer: with the settings that are given; the values of the free ones do not matter.
        goal: the wanted W2 and H2.
        free: the settings to find, of "K", "F", "S", "P", in the order they are typed.
        depth: the wanted D2; None for any.
        strict: whether S must divide exactly.
        hints: up to four, each saying more than the one before.
        explain: a sentence that is added once the answer is right; may be empty.
        line: where it begins.
        skill: with drills, that it tests; empty for that of its quantity.
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
    skill: str = ""


@dataclass(frozen=True, slots=True)
class ChainBlock:
    """A number to find for each of several layers of a network.

    Args:
        id: its name in the learner's progress; unique in its lesson.
        prompt: the question.
        network: the input and the layers.
        effects: of the layers, in order.
        asks: the quantity asked about.
        rows: the layers asked about, from 1, in order; the others show their numbers.
        hints: up to four, each saying more than the one before.
        explain: a sentence that is added once the answer is right; may be empty.
        line: where it begins.
        skill: with drills, that it tests; empty for that of its quantity.
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
    skill: str = ""


@dataclass(frozen=True, slots=True)
class WriteBlock:
    """A program to complete. Program, hints, solution and check are of the exercise it names.

    Args:
        id: the name of the exercise, under which progress is kept too.
        title: what stands above it; empty for the exercise's own title.
        line: where it begins.
    """

    id: str
    title: str = ""
    line: int = 0

    @property
    def exercise(self) -> WrittenExercise:
        """The exercise."""
        return EXERCISES[self.id]


@dataclass(frozen=True, slots=True)
class ExpectBlock:
    """What a learner expects of a training. It is kept, and shown beside what came of it.

    Args:
        id: its name in the learner's progress; unique in its lesson.
        prompt: the question.
        options: the predictions to choose from; none is right or wrong before the training.
        training: the id of the training, in the same lesson.
        hints: up to four, each saying more than the one before.
        line: where it begins.
    """

    id: str
    prompt: str
    options: tuple[str, ...]
    training: str
    hints: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class CountBlock:
    """A whole number to work out that is not a layer's. Drills make it; lesson files cannot.

    Args:
        id: its name.
        prompt: the question.
        answer: the right number.
        slips: wrong numbers that are typical, each with what went wrong.
        steps: to the answer, a sentence each.
        hints: up to four, each saying more than the one before.
        line: unused; a question of a lesson file has one.
    """

    id: str
    prompt: str
    answer: int
    slips: tuple[Slip, ...]
    steps: tuple[str, ...]
    hints: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class LineSlip:
    """A line that is typed by mistake.

    Args:
        name: of the slip.
        line: of Python.
        sentence: what is wrong with it.
    """

    name: str
    line: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FixBlock:
    """A line of a program to correct. It is compared with right ones, and never run.

    Drills make it; lesson files cannot.

    Args:
        id: its name.
        prompt: what goes wrong.
        before: the lines above it.
        wrong: the line to correct.
        after: the lines below it.
        accepted: right lines; one that differs only in spaces, quotes, the order of named
            arguments or the form of a number counts too.
        slips: wrong lines that are typical.
        why: what was wrong, in a sentence.
        hints: up to four, each saying more than the one before.
        line: unused; a question of a lesson file has one.
    """

    id: str
    prompt: str
    before: tuple[str, ...]
    wrong: str
    after: tuple[str, ...]
    accepted: tuple[str, ...]
    slips: tuple[LineSlip, ...]
    why: str
    hints: tuple[str, ...] = ()
    line: int = 0


Question: TypeAlias = (
    PredictBlock | ChoiceBlock | ExpectBlock | SolveBlock | ChainBlock | CountBlock | FixBlock
)
"""What is answered with a line and judged at once."""
QUESTIONS = (
    PredictBlock,
    ChoiceBlock,
    ExpectBlock,
    SolveBlock,
    ChainBlock,
    CountBlock,
    FixBlock,
)
Task: TypeAlias = Question | WriteBlock
"""What a learner is asked to do, and what counts for their progress."""
TASKS = (*QUESTIONS, WriteBlock)
