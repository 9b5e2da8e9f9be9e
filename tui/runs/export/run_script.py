"""The program that trains once more what a run has trained, with all that happened on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tui.common.stop_rule import SpecError, StopRule
from tui.geometry import GeometryError
from tui.runs.control.history import in_force
from tui.runs.events.event_types import ControlApplied, Finished
from tui.runs.export.script import script_of
from tui.runs.export.script_parts import RateChange
from tui.runs.process.onednn import VARIABLE as ONEDNN
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.run_access import RunError


@dataclass(frozen=True)
class Course:
    """What held during a run in the end.

    Args:
        epochs: how many to train at most.
        rule: the stop rule.
        rule_since: the first epoch that it was looked at.
        patience: 0 for none.
        rates: how the learning rate was changed.
    """

    epochs: int
    rule: StopRule | None
    rule_since: int
    patience: int
    rates: tuple[RateChange, ...]


def run_script(one: LoadedRun) -> str:
    """Return a Python program that trains exactly what a run has trained.

    The same images in the same order, without those that could not be read; the same weights to
    begin with; the stop rule, the patience and the learning rate as they were changed on the
    way. A run that was stopped by hand ends after its whole epochs.

    Raises:
        RunError: when the run's spec is damaged, or its network cannot be read.
    """
    spec = one.spec if one.spec is not None else one.run.spec()
    course = course_of(replace(one, spec=spec))
    data = one.progress.data
    left_out = data.left_out if data is not None else ()
    try:
        script = script_of(
            spec,
            epochs=course.epochs,
            rule=course.rule,
            rule_since=course.rule_since,
            patience=course.patience,
            rates=course.rates,
            left_out=[bad.path for bad in left_out if not bad.validation],
            left_out_validation=[bad.path for bad in left_out if bad.validation],
            validated=data is None or data.validation_images > 0,
        )
    except GeometryError as error:
        raise RunError(
            f"The network of {one.run.name} cannot be read, and there is no script without: "
            f"{error.message}"
        ) from error
    return f"{_head(one)}{script}"


def _head(one: LoadedRun) -> str:
    """Return the comment that says what this is the program of."""
    lines = [f"{one.title}: the training of {one.run.name} as a program."]
    libraries = one.progress.libraries
    if libraries is not None:
        lines.append(f"It ran with Keras {libraries.keras} on {libraries.backend}.")
    # A comment ends where its line does: nothing in a name may end it.
    head = "".join(f"# {re.sub(r'[^ -~·×…]', '?', line)}\n" for line in lines)
    if libraries is not None and libraries.onednn in ("0", "1"):
        head += f'import os\n\nos.environ["{ONEDNN}"] = "{libraries.onednn}"  # it rounds so\n'
    return head


def course_of(one: LoadedRun) -> Course:
    """Return what held during a run in the end.

    A learning rate, a rule or a number of epochs that was changed takes the place of the spec's.
    """
    spec = one.spec
    assert spec is not None
    rule, since, patience, epochs = spec.stop_rule, 1, spec.patience, spec.epochs
    rates = []
    changed = False
    for request in in_force(one.progress.requests):
        match request.request:
            case "learning rate":
                rates += _rate(request)
            case "stop rule":
                rule, since, changed = _rule(request), max(request.epoch, 1), True
            case "patience" if request.value.strip().isdigit():
                patience, changed = int(request.value), True
            case "epochs" if request.value.strip().isdigit():
                epochs = int(request.value)
    ending = one.progress.ending
    done = one.progress.epochs_done
    by_hand = isinstance(ending, Finished) and (ending.reason == "stopped" or changed)
    if done and (by_hand or epochs < done):
        epochs = done
    if changed and patience:
        # The run began to count in the middle, the program would from its start: it ends after as
        # many epochs instead.
        patience = 0
    return Course(epochs, rule, since, patience, tuple(rates))


def _rate(request: ControlApplied) -> list[RateChange]:
    try:
        return [RateChange(request.epoch, request.batch, float(request.value))]
    except ValueError:
        return []


def _rule(request: ControlApplied) -> StopRule | None:
    try:
        return StopRule.parse(request.value)
    except SpecError:
        return None
