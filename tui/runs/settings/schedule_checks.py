"""Whether a learning-rate schedule suits the training that it is chosen for."""

from __future__ import annotations

from tui.common.stop_rule import SpecError
from tui.common.text import exact
from tui.runs.settings.findings import Finding
from tui.runs.settings.scheduled_rate import phases
from tui.runs.settings.schedules import parse_schedule
from tui.runs.settings.spec import TrainingSpec


def check_plateau(schedule: str, *, validated: bool) -> None:
    """Check that there is a validation loss for a schedule that waits for it.

    Args:
        schedule: in its one-line form.
        validated: whether there are validation images.

    Raises:
        SpecError: when there are none, or the text is no schedule.
    """
    if parse_schedule(schedule).kind == "plateau" and not validated:
        raise SpecError(
            f"The schedule {schedule!r} needs the validation loss, and there are no validation "
            "images. Set a validation split above 0, or choose cosine or step."
        )


def judge_schedule(spec: TrainingSpec) -> tuple[Finding, ...]:
    """Return the questions about a schedule that does not come to its effect in these epochs."""
    schedule = parse_schedule(spec.schedule)
    lengths = [phase.length(spec.epochs) for phase in phases(spec)]
    epochs = min(lengths)
    there = f"a phase has {epochs}" if len(lengths) > 1 else f"at most {epochs} are trained"
    if schedule.warmup >= epochs:
        sentence = (
            f"The warm-up takes {_epochs(schedule.warmup)}, and {there}: the learning rate only "
            "rises."
        )
        return (Finding("question", sentence, "Choose a shorter warm-up, or more epochs."),)
    wait = {"step": schedule.every, "plateau": schedule.patience}.get(schedule.kind, 0)
    if wait + schedule.warmup < epochs:
        return ()
    name = "every" if schedule.kind == "step" else "patience"
    after = f" and a warm-up of {_epochs(schedule.warmup)}" if schedule.warmup else ""
    sentence = f"With {name}={wait}{after} the learning rate never falls: {there}."
    return (Finding("question", sentence, f"Choose a lower {name}, or more epochs."),)


def _epochs(number: float) -> str:
    return "1 epoch" if number == 1 else f"{exact(number)} epochs"
