"""What the run's own network says: an end that cannot learn, or an odd one."""

from __future__ import annotations

from tui.common.numbers import metric_value
from tui.runs.diagnosis.diverged_cause import network_of
from tui.runs.diagnosis.measured import Curves
from tui.runs.diagnosis.said import Diagnosis
from tui.runs.diagnosis.thresholds import UNDERFITTING_SKILL
from tui.runs.network_end import judge_network
from tui.runs.network_end.pixels import PIXELS
from tui.runs.settings.findings import Finding
from tui.runs.settings.spec import TrainingSpec

ODD_PIXELS = "pixels of an odd size"


def wrong_end(
    spec: TrainingSpec | None, curves: Curves, *, diverged: bool = False
) -> tuple[Diagnosis, ...]:
    """Return what is wrong or odd with a run's network, and with the pixels that reach it.

    A network that should not learn and does (a linear end may, under binary cross-entropy) is
    told as odd.

    Args:
        spec: what was trained; None where that is not known.
        curves: what was measured.
        diverged: whether the trainer said that the loss is no number any more.
    """
    network = network_of(spec) if spec is not None else None
    if spec is None or network is None:
        return ()
    findings = judge_network(network, spec.data)
    skill = curves.skill
    learns = (
        skill is not None and skill >= UNDERFITTING_SKILL and curves.broken is None and not diverged
    )
    return tuple(_said(one, curves, learns=learns) for one in findings)


def _said(finding: Finding, curves: Curves, *, learns: bool) -> Diagnosis:
    advice = finding.cure or "Choose another end for the network."
    if finding.severity != "refuse" or learns:
        label = ODD_PIXELS if finding.about == PIXELS else "odd end of the network"
        return Diagnosis("odd network", None, label, finding.sentence, advice)
    reached = ""
    if curves.accuracy is not None:
        reached = f" Training accuracy reached {metric_value(curves.accuracy.values[-1])}."
    label = "this network cannot learn"
    again = f"{advice} Then train anew: more epochs or another learning rate change nothing here."
    return Diagnosis("cannot learn", None, label, f"{finding.sentence}{reached}", again)
