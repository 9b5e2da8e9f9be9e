"""The exercises in which a program is written: their programs, hints and solutions.

A lesson only names one of them. The check of each is `tui.code_runner.checks`, in the process in
which the program runs.
"""

from collections.abc import Mapping

from tui.course.exercises import (
    fitting_exercises,
    folders_exercises,
    looking_exercises,
    networks_exercises,
    notebook_exercises,
    predicting_exercises,
)
from tui.course.exercises.notebook_exercises import notebook_file
from tui.course.exercises.saved_program import (
    SavedProgram,
    saved_exercise,
    saved_notebook,
    stand_ins,
)
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
    "SavedProgram",
    "WholeProgram",
    "WrittenExercise",
    "edited",
    "fill_in",
    "is_empty",
    "notebook_file",
    "saved_exercise",
    "saved_notebook",
    "stand_ins",
    "to_edit",
    "whole_program",
]

EXERCISES: Mapping[str, WrittenExercise] = {
    exercise.name: exercise
    for exercise in (
        folders_exercises.GENERATOR,
        folders_exercises.FLOW,
        folders_exercises.DATASET,
        folders_exercises.SPLIT,
        fitting_exercises.COMPILE,
        fitting_exercises.FIT,
        fitting_exercises.CALLBACK,
        fitting_exercises.EARLY_STOPPING,
        fitting_exercises.CURVES,
        folders_exercises.AUGMENT,
        networks_exercises.FORMULA,
        networks_exercises.SAME_LAYER,
        networks_exercises.STAGES,
        looking_exercises.MAPS_MODEL,
        looking_exercises.GREY,
        looking_exercises.GRID,
        predicting_exercises.OWN_PICTURE,
        predicting_exercises.CLASS_NAME,
        predicting_exercises.WRONG_LABEL,
        *notebook_exercises.STEPS,
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
