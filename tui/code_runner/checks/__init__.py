"""The checks: each looks at what a program does, and says what is wrong with the learner's lines.

A check is a function of a :class:`FinishedRun` that returns one sentence when all is right, and
raises a :class:`Slip` otherwise. It has the name of its exercise.
"""

from collections.abc import Callable, Mapping

from tui.code_runner.checks import (
    callbacks,
    curves,
    fitting,
    folders,
    looking,
    networks,
    notebook,
    predicting,
    splitting,
)
from tui.code_runner.checks.finished_run import FinishedRun

CHECKS: Mapping[str, Callable[[FinishedRun], str]] = {
    "generator": folders.check_generator,
    "flow": folders.check_flow,
    "split": splitting.check_split,
    "augment": folders.check_augment,
    "compile": fitting.check_compile,
    "fit": fitting.check_fit,
    "callback": callbacks.check_callback,
    "early-stopping": callbacks.check_early_stopping,
    "curves": curves.check_curves,
    "formula": networks.check_formula,
    "same-layer": networks.check_same_layer,
    "stages": networks.check_stages,
    "maps-model": looking.check_maps_model,
    "grey": looking.check_grey,
    "grid": looking.check_grid,
    "own-picture": predicting.check_own_picture,
    "class-name": predicting.check_class_name,
    "wrong-label": predicting.check_wrong_label,
    **notebook.CHECKS,
}
