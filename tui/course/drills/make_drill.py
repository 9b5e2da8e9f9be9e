"""Make a drill of a skill and a level from a seed.

Deterministic: the same skill, level and seed make the same question, whose answer is
calculated by :mod:`tui.geometry`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tui.course.drills.choice_drills import fits, which_layer_breaks
from tui.course.drills.code_drills import callbacks, class_mode
from tui.course.drills.drill_questions import (
    DrillQuestion,
    Key,
    QuestionGenerator,
    UnsuitableNumbersError,
    nearly_same,
)
from tui.course.drills.layer_drills import (
    depth,
    flatten_dense,
    macs,
    parameters,
    pooling,
    receptive_field,
)
from tui.course.drills.size_drills import (
    backwards,
    dilation,
    output_height,
    output_width,
    same_padding,
    stride,
    valid_and_same,
)
from tui.course.drills.training_drills import labels, overfitting, rescale, split, steps
from tui.course.judging.chain_numbers import chain_answers
from tui.course.judging.judge_number import expected_number
from tui.course.judging.question_numbers import numbers_in
from tui.course.judging.settings_search import solutions
from tui.course.lesson.questions import (
    ChainBlock,
    ChoiceBlock,
    CountBlock,
    ExpectBlock,
    FixBlock,
    PredictBlock,
    Question,
    SolveBlock,
)
from tui.geometry.errors import did_you_mean
from tui.keras_io import keras_call

_GENERATORS: Mapping[str, QuestionGenerator] = {
    "depth": depth,
    "output-width": output_width,
    "output-height": output_height,
    "stride": stride,
    "same-padding": same_padding,
    "valid-and-same": valid_and_same,
    "fits": fits,
    "parameters": parameters,
    "macs": macs,
    "pooling": pooling,
    "flatten-dense": flatten_dense,
    "receptive-field": receptive_field,
    "which-layer-breaks": which_layer_breaks,
    "backwards": backwards,
    "dilation": dilation,
    "labels": labels,
    "steps": steps,
    "rescale": rescale,
    "split": split,
    "class-mode": class_mode,
    "callbacks": callbacks,
    "overfitting": overfitting,
}
SKILLS = tuple(_GENERATORS)
"""Every skill with drills, in the order of the course."""
LEVELS = 5
_TITLES = {
    "depth": "depth and filters",
    "fits": "does it fit?",
    "macs": "multiplications (MACs)",
    "flatten-dense": "Flatten and Dense",
    "labels": "labels from folders",
    "steps": "steps of an epoch",
    "rescale": "rescaling pixels",
    "split": "validation split",
    "class-mode": "class_mode and loss",
}
"""Titles of skills whose names say too little."""
_DRAWS = 500
_SEEDS = 1_000_003
"""The distance to the next seed that is tried, large so that neighbouring seeds stay different."""
_LARGEST_SEED = 2**62


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill: one exercise.

    Args:
        skill: one of :data:`SKILLS`.
        level: of difficulty, 1 to 5.
        seed: makes it again, together with skill and level.
        question: of the drill.
        key: to compare it with others of its skill.
    """

    skill: str
    level: int
    seed: int
    question: Question
    key: Key


def skill_title(skill: str) -> str:
    """Return the title of a skill, at most 22 letters.

    >>> skill_title("macs"), skill_title("receptive-field")
    ('multiplications (MACs)', 'receptive field')
    """
    return _TITLES.get(skill, skill.replace("-", " "))


def make_drill(skill: str, level: int, seed: int, avoid: Sequence[Key] = ()) -> Drill:
    """Make a drill.

    Args:
        skill: one of :data:`SKILLS`.
        level: 1 to 5; other numbers count as the nearest of these.
        seed: any whole number.
        avoid: keys of drills that it must not resemble, the latest last. Where a level has too
            few different drills, the earliest keys are ignored.

    Returns:
        The drill; its own `seed` makes it again without `avoid`.

    Raises:
        ValueError: no such skill.

    >>> drill = make_drill("output-width", 1, 7)
    >>> drill == make_drill("output-width", 1, 7)
    True
    """
    if skill not in _GENERATORS:
        raise ValueError(f"There are no drills for {skill!r}: {did_you_mean(skill, SKILLS)}.")
    level = min(max(level, 1), LEVELS)
    kept = list(avoid)
    start = seed % _LARGEST_SEED
    while True:
        for attempt in range(60):
            tried = (start + attempt * _SEEDS) % _LARGEST_SEED
            made = _question(skill, level, tried)
            if not any(nearly_same(made.key, key) for key in kept):
                return Drill(skill, level, tried, made.question, made.key)
        kept = kept[(len(kept) + 1) // 2 :]


def _question(skill: str, level: int, seed: int) -> DrillQuestion:
    """Return the first suitable question of a seed."""
    random = Random(f"{skill}/{level}/{seed}")
    for _ in range(_DRAWS):
        try:
            made = _GENERATORS[skill](random, level)
        except UnsuitableNumbersError:
            continue
        if level > 1 or not _prints_its_answer(made.question):
            return made
    raise AssertionError(f"{skill} at level {level} made no question from seed {seed}")


def _prints_its_answer(question: Question) -> bool:
    """Return whether the question already shows a number that it asks for."""
    match question:
        case PredictBlock():
            return expected_number(question) in numbers_in(question.prompt)
        case SolveBlock():
            values = {value for _, value in solutions(question)[0]}
            return not values.isdisjoint(numbers_in(question.prompt))
        case ChainBlock():
            layers = " ".join(map(keras_call, question.network.layers))
            printed = numbers_in(f"{question.prompt} {question.network.input} {layers}")
            return not printed.isdisjoint(chain_answers(question))
        case CountBlock():
            return question.answer in numbers_in(question.prompt)
        case ChoiceBlock() | ExpectBlock() | FixBlock():
            return False


__all__ = ["LEVELS", "SKILLS", "Drill", "Key", "make_drill", "nearly_same", "skill_title"]
