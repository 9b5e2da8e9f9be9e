"""A Keras program that repeats a run, including the settings changed while it trained."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from tui.common.stop_rule import SpecError, StopRule
from tui.common.text import clean
from tui.geometry import GeometryError
from tui.runs.events.event_types import ControlApplied, Finished
from tui.runs.export.model_file_lines import FileLines
from tui.runs.export.schedule_script import Change
from tui.runs.export.training_script import RateChange, spec_script
from tui.runs.process.trainer_environment import ONEDNN_VARIABLE
from tui.runs.reports.kept_reports import read_reports
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.initial_model import initial_model_path, initial_network
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder


@dataclass(frozen=True)
class EffectiveTraining:
    """The settings that a run trained with, including later changes.

    Args:
        epochs: the largest number of epochs.
        rule: the stop rule.
        rule_since: the first epoch that it was checked after.
        patience: 0 for none.
        rates: the changes of the learning rate.
        lengths: the changes of the number of epochs.
    """

    epochs: int
    rule: StopRule | None
    rule_since: int
    patience: int
    rates: tuple[RateChange, ...]
    lengths: tuple[Change, ...]


def run_script(run: LoadedRun, *, today: bool = False) -> str:
    """Return a Python program that repeats a run exactly.

    It has the same images in the same order, without those that could not be read, the same initial
    weights, and the same changes of stop rule, patience and learning rate. If the run was stopped
    by hand, the program ends after its whole epochs.

    Args:
        run: an opened one.
        today: whether it is written in today's form of Keras, which repeats a run nearly; see
            `training_script`.

    Raises:
        RunError: when the run's spec is damaged, or its network cannot be read, or the run was
            trained by a program of the user's own, or on several GPUs and it is today's form.
    """
    if run.external is not None:
        raise RunError(_own_script(run.external))
    spec = run.spec if run.spec is not None else run.folder.spec()
    training = effective_training(replace(run, spec=spec))
    data = run.progress.data
    left_out = data.left_out if data is not None else ()
    kept_test = read_reports(run.folder).test
    try:
        script = spec_script(
            spec,
            epochs=training.epochs,
            rule=training.rule,
            rule_since=training.rule_since,
            patience=training.patience,
            rates=training.rates,
            lengths=training.lengths,
            **_devices(run),
            left_out=[bad.path for bad in left_out if not bad.validation],
            left_out_validation=[bad.path for bad in left_out if bad.validation],
            left_out_test=kept_test.unreadable if kept_test is not None else (),
            validated=data is None or data.validation_images > 0,
            today=today,
            **_file(run.folder, spec),
        )
    except SpecError as error:
        raise RunError(str(error)) from error
    except GeometryError as error:
        raise RunError(
            f"The network of {run.folder.name} cannot be read, and there is no script without: "
            f"{error.message}"
        ) from error
    head = _head(run)
    if today and "import os\n" in head:
        script = script.replace("import os\n", "", 1)
    return f"{head}{script}"


def _file(run: RunFolder, spec: TrainingSpec) -> dict[str, Any]:
    """Return the file whose network is trained, where there is one."""
    if spec.model_file is None:
        return {}
    rows = initial_network(run, spec).graph.rows
    measured = any(row.class_name == "Normalization" for row in rows)
    path = initial_model_path(run, spec.model_file)
    return {"file": FileLines(spec.model_file, str(path), measured)}


def _own_script(external: ExternalSpec) -> str:
    """Return why there is no script of a training that cnn-tui did not start."""
    if external.source == "log":
        return f"{external.origin} is a log, which does not say what program was trained."
    if not external.path:
        return "This run was trained in a Python session: its script is what was typed there."
    started = f", started as {external.command}" if external.arguments else ""
    return (
        f"This run was trained by a script of your own: {clean(external.path, 300)}{started}. "
        "There is no other script to export."
    )


def last_rule(run: LoadedRun) -> StopRule | None:
    """Return the stop rule that a run had last, changed while it trained or not."""
    rule, metrics = run.stop_rule, None
    if run.external is not None:
        metrics = list(run.progress.history)
    for request in run.progress.applied_requests:
        if request.request == "stop rule":
            rule = _rule(request, metrics)
    return rule


def _devices(run: LoadedRun) -> dict[str, Any]:
    """Return the devices that a run computed on, where several shared its batches."""
    libraries = run.progress.libraries
    if libraries is None:
        return {}  # it has not begun: those that its spec asks for
    return {"gpus": len(libraries.replicas), "devices": libraries.replicas}


def _head(run: LoadedRun) -> str:
    """Return the comment that names the run, and the variable set before importing Keras."""
    lines = [f"{run.title}: the training of {run.folder.name} as a program."]
    libraries = run.progress.libraries
    if libraries is not None:
        lines.append(f"It ran with Keras {libraries.keras} on {libraries.backend}.")
    # Nothing in a name may end the comment.
    head = "".join(f"# {re.sub(r'[^ -~·×…]', '?', line)}\n" for line in lines)
    if libraries is not None and libraries.onednn in ("0", "1"):
        head += (
            f'import os\n\nos.environ["{ONEDNN_VARIABLE}"] = "{libraries.onednn}"  # it rounds so\n'
        )
    return head


def effective_training(run: LoadedRun) -> EffectiveTraining:
    """Return the settings that a run trained with: its spec, replaced by later changes."""
    spec = run.spec
    assert spec is not None
    rule, since, patience, epochs = spec.stop_rule, 1, spec.patience, spec.epochs
    rates, lengths = [], []
    changed = False
    for request in run.progress.applied_requests:
        match request.request:
            case "learning rate":
                rates += _rate(request)
            case "stop rule":
                rule, since, changed = _rule(request), max(request.epoch, 1), True
            case "patience" if request.value.strip().isdigit():
                patience, changed = int(request.value), True
            case "epochs" if request.value.strip().isdigit():
                epochs = int(request.value)
                lengths.append(Change(request.epoch, request.batch, epochs))
    ending = run.progress.ending
    done = run.progress.epochs_done
    by_hand = isinstance(ending, Finished) and (ending.reason == "stopped" or changed)
    if done and (by_hand or epochs < done):
        epochs = done
    if changed and patience:
        # The run began counting in the middle, the program would from its start: end it after the
        # same number of epochs instead.
        patience = 0
    return EffectiveTraining(epochs, rule, since, patience, tuple(rates), tuple(lengths))


def _rate(request: ControlApplied) -> list[RateChange]:
    try:
        return [RateChange(request.epoch, request.batch, float(request.value))]
    except ValueError:
        return []


def _rule(request: ControlApplied, metrics: Collection[str] | None = None) -> StopRule | None:
    try:
        return StopRule.parse(request.value, metrics)
    except SpecError:
        return None
