"""Open a run: build its network from its spec, and load weights from its folder."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from tui.common.safe_files import user_name
from tui.common.text import clean
from tui.inspection.requests import OpenFile, OpenRun
from tui.inspector.image_preparation import Preparation
from tui.inspector.maps.kernels import copy_kernels
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.opening.open_file import open_file
from tui.inspector.opening.run_weights import WeightsFile, find_weights, load_first_readable
from tui.inspector.refusal import Refusal
from tui.keras_io.model_json import load_json
from tui.keras_io.read_graph import graph_from_config
from tui.keras_worker.build_model import compiled_model
from tui.keras_worker.model_state import set_weights
from tui.keras_worker.snapshot_files import read_weights
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.model_files import snapshot_path
from tui.runs.store.run_access import RunError, owner_of
from tui.runs.store.run_folder import RunFolder


def open_run(request: OpenRun, opened: OpenedNetwork | None = None) -> OpenedNetwork:
    """Build the network of a run and load the requested weights.

    Args:
        request: the run and the weights.
        opened: the open network; if it is of the same run, only the weights are changed.

    Raises:
        Refusal: if there is no such run, no such weights, or their file is damaged.
    """
    run = RunFolder(Path(request.run))
    try:
        spec = run.any_spec()
    except RunError as error:
        raise Refusal(str(error), "Choose another run.") from error
    if isinstance(spec, ExternalSpec):
        return _open_external(run, spec, request.weights)
    candidates = find_weights(run, request.weights)
    if opened is not None and (opened.run, opened.spec) == (run, spec):
        return _with_other_weights(opened, request.weights, candidates)
    # As in the trainer, so that the initial weights and the names of the layers are the same.
    keras.utils.clear_session()
    keras.utils.set_random_seed(spec.seed)
    model = compiled_model(spec, run, pretrained=False)  # all weights come from the run
    opened = OpenedNetwork(
        model=model,
        preparation=Preparation.of_run(spec.data),
        classes=spec.data.classes,
        weights=request.weights,
        spec=spec,
        run=run,
        graph=graph_from_config(load_json(model.to_json())) if spec.layers_unlisted else None,
    )
    if spec.base is None:  # of a backbone they would be random
        opened.before = copy_kernels(opened.layers)
    kept = snapshot_path(run, 0)
    if kept.exists():
        with contextlib.suppress(Refusal, OSError, ValueError):
            set_weights(model, read_weights(kept))
            opened.before = copy_kernels(opened.layers)
    found = load_first_readable(model, candidates)
    opened.epoch, opened.note = found.epoch, _note(model, found)
    return opened


def _open_external(run: RunFolder, spec: ExternalSpec, weights: str) -> OpenedNetwork:
    """Open a model that a program of the user's own saved, as a file from elsewhere.

    Nothing is known of how its images are prepared, and no code of the program is run.

    Raises:
        Refusal: if there is no such model, or it is not opened here.
    """
    owner = owner_of(run.path)
    if owner != os.geteuid():
        raise Refusal(
            f"{clean(run.name)} belongs to {user_name(owner)}: a model of somebody else's program "
            "is not run just like that.",
            "Open its .keras file as a file from elsewhere, if you trust it.",
        )
    found = find_weights(run, weights)[0]
    opened = open_file(OpenFile(path=str(found.path)))
    units = opened.features.shapes[opened.end][-1]
    known = len(spec.classes) == (2 if units == 1 else units)
    opened.classes = tuple(clean(name, 80) for name in spec.classes) if known else ()
    opened.weights, opened.epoch, opened.run = weights, found.epoch, run
    opened.note = " ".join(note for note in (_note(opened.model, found), opened.note) if note)
    return opened


def _with_other_weights(
    opened: OpenedNetwork, name: str, candidates: list[WeightsFile]
) -> OpenedNetwork:
    """Load other weights into the open network, which stays as it was if that fails."""
    shown = opened.model.get_weights()
    try:
        found = load_first_readable(opened.model, candidates)
    except Refusal:
        opened.model.set_weights(shown)  # a damaged file may have been loaded in part
        raise
    note = _note(opened.model, found)
    return replace(opened, weights=name, epoch=found.epoch, note=note)


def _note(model: keras.Model, found: WeightsFile) -> str:
    if all(np.isfinite(array).all() for array in model.get_weights()):
        return found.note
    return "Some of these weights are not finite numbers: look at an earlier epoch."
