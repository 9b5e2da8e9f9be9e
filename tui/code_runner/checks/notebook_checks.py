"""Checks on the steps of the notebook; each looks at its own step."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import keras

from tui.code_runner.checks import (
    callback_checks,
    curve_checks,
    fitting_checks,
    folder_checks,
    looking_checks,
    network_checks,
    predicting_checks,
)
from tui.code_runner.checks.finished_run import FinishedRun, Slip

_SIDE, _BATCH, _EPOCHS = 32, 10, 2


def _pictures(run: FinishedRun) -> str:
    run.must_end_well(folder_checks.FLOW_ERRORS)
    for name in ("train", "validation"):
        folder_checks.must_flow(run.get(name, "the iterator"), name, name, (_SIDE, _SIDE), _BATCH)
    return "The notebook has its pictures: 40 to learn from and 16 to measure on."


def _network(run: FinishedRun) -> str:
    run.must_end_well((*network_checks.STAGE_ERRORS, *fitting_checks.COMPILE_ERRORS))
    model = run.get("model", "the network")
    network_checks.must_have_stages(model, _SIDE, 64)
    fitting_checks.must_be_compiled(model, any_optimizer=True)
    return "The network is right: three stages, one output, and a loss that suits it."


def _training(run: FinishedRun) -> str:
    run.must_end_well((*fitting_checks.FIT_ERRORS, *callback_checks.CALLBACK_ERRORS))
    history = run.get("history", "what fit gives back")
    fitting_checks.must_be_history(history, run, _EPOCHS, fewer=True)
    callback_checks.must_stop_when_good(run)
    if not run.keyword("fit", "callbacks") and not run.keyword("fit", None):
        raise Slip(
            "callback-not-used",
            "The callback is right, but fit does not get it: callbacks=[StopWhenGood()].",
        )
    return "It trains, measures, and stops when there is nothing left to learn."


def _curves(run: FinishedRun) -> str:
    run.must_end_well(curve_checks.CURVE_ERRORS)
    curve_checks.must_draw(run, run.namespace["history"], ("accuracy", "val_accuracy"))
    return "Both curves are in the chart, each with its name."


def _own_picture(run: FinishedRun) -> str:
    if "own" not in run.namespace:
        run.must_end_well()
    own = os.fspath(run.namespace["own"])
    image = keras.utils.load_img(own, target_size=(_SIDE, _SIDE))
    predicting_checks.must_prepare(run, keras.utils.img_to_array(image))
    return "The network is asked about a picture as it learned to see them."


def _maps(run: FinishedRun) -> str:
    run.must_end_well(looking_checks.MAPS_ERRORS)
    looking_checks.must_give_maps(run)
    if not Path("maps.png").is_file():
        raise Slip("no-file", "The file maps.png was not written.")
    return (
        "The notebook is whole: it reads a folder, trains, draws, predicts and looks inside. "
        "Take it with you."
    )


CHECKS: Mapping[str, Callable[[FinishedRun], str]] = {
    "notebook-pictures": _pictures,
    "notebook-network": _network,
    "notebook-training": _training,
    "notebook-curves": _curves,
    "notebook-own-picture": _own_picture,
    "notebook-maps": _maps,
}
