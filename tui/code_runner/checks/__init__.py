"""The checks: each looks at what a program does, and says what is wrong with the learner's lines.

A check is a function of a :class:`FinishedRun` that returns one sentence when all is right, and
raises a :class:`Slip` otherwise. It has the name of its exercise.
"""

from collections.abc import Callable, Mapping

from tui.code_runner.checks import (
    callback_checks,
    curve_checks,
    dataset_checks,
    fitting_checks,
    folder_checks,
    looking_checks,
    network_checks,
    notebook_checks,
    predicting_checks,
    splitting_checks,
)
from tui.code_runner.checks.finished_run import FinishedRun

CHECKS: Mapping[str, Callable[[FinishedRun], str]] = {
    "generator": folder_checks.check_generator,
    "flow": folder_checks.check_flow,
    "dataset": dataset_checks.check_dataset,
    "split": splitting_checks.check_split,
    "augment": folder_checks.check_augment,
    "compile": fitting_checks.check_compile,
    "fit": fitting_checks.check_fit,
    "callback": callback_checks.check_callback,
    "early-stopping": callback_checks.check_early_stopping,
    "curves": curve_checks.check_curves,
    "formula": network_checks.check_formula,
    "same-layer": network_checks.check_same_layer,
    "stages": network_checks.check_stages,
    "maps-model": looking_checks.check_maps_model,
    "grey": looking_checks.check_grey,
    "grid": looking_checks.check_grid,
    "own-picture": predicting_checks.check_own_picture,
    "class-name": predicting_checks.check_class_name,
    "wrong-label": predicting_checks.check_wrong_label,
    **notebook_checks.CHECKS,
}
