"""The exercises in which a program is written: their programs, hints and solutions.

A lesson only names one of them. The check of each is `tui.code_runner.checks`, in the process in
which the program runs.
"""

from collections.abc import Mapping

from tui.course.exercises import fitting, folders, looking, networks, notebook, predicting
from tui.course.exercises.notebook import notebook_file
from tui.course.exercises.written_program import (
    WholeProgram,
    WrittenExercise,
    edited,
    is_empty,
    to_edit,
    whole_program,
)

__all__ = [
    "EXERCISES",
    "WholeProgram",
    "WrittenExercise",
    "edited",
    "fill_in",
    "is_empty",
    "notebook_file",
    "to_edit",
    "whole_program",
]

EXERCISES: Mapping[str, WrittenExercise] = {
    exercise.name: exercise
    for exercise in (
        folders.GENERATOR,
        folders.FLOW,
        folders.SPLIT,
        fitting.COMPILE,
        fitting.FIT,
        fitting.CALLBACK,
        fitting.EARLY_STOPPING,
        fitting.CURVES,
        folders.AUGMENT,
        networks.FORMULA,
        networks.SAME_LAYER,
        networks.STAGES,
        looking.MAPS_MODEL,
        looking.GREY,
        looking.GRID,
        predicting.OWN_PICTURE,
        predicting.CLASS_NAME,
        predicting.WRONG_LABEL,
        *notebook.STEPS,
    )
}
"""All exercises by name, in the order of the course."""


def fill_in(
    exercise: WrittenExercise, answer: str, answers: Mapping[str, str] | None = None
) -> WholeProgram:
    """Put an answer into its program, with right answers to the exercises before it.

    Args:
        exercise: the exercise.
        answer: the learner's lines.
        answers: right answers by the names of their exercises; solutions stand in for others.
    """
    known = answers or {}
    earlier = {name: known.get(name) or other.solution for name, other in EXERCISES.items()}
    return whole_program(exercise, answer, earlier)
