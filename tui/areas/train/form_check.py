"""Checking the form of a training: its settings, and the findings about them as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content

from tui.areas.train.class_weight_field import weights_hint
from tui.areas.train.field_texts import HINTS
from tui.areas.train.rate_curve import rate_curve
from tui.areas.train.train_form import FieldError
from tui.common.text import clean
from tui.datasets.loader.image_counts import validation_problem
from tui.geometry import Network, parse_network
from tui.runs.settings.backbone_weights import MissingWeights
from tui.runs.settings.findings import LOADING, Finding, NetworkRefused, Severity
from tui.runs.settings.grid import Grid, PlannedRuns
from tui.runs.settings.make_spec import spec_findings
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.ui.services import Dataset


@dataclass(frozen=True)
class FormCheck:
    """The result of reading a form.

    Args:
        spec: what to train, the first of several runs; None if the form has an error.
        planned: all runs; None if the form has an error.
        field: the id of the field with the error; empty if there is none.
        sentence: the error; empty if there is none.
        findings: what is wrong or unusual about the network and the settings.
        network: the network to show; None if unknown, or of a file.
    """

    spec: TrainingSpec | None = None
    planned: PlannedRuns | None = None
    field: str = ""
    sentence: str = ""
    findings: tuple[Finding, ...] = ()
    network: Network | None = None

    @property
    def cure(self) -> Network | None:
        """The corrected network, if the chosen one cannot learn or is unusual."""
        return next((one.network for one in self.findings if one.network is not None), None)


def check_form(read: Callable[[], PlannedRuns], dataset: Dataset) -> FormCheck:
    """Read a form and check its settings.

    Args:
        read: reads it; raises `FieldError` or `SpecError`.
        dataset: the images to train on.
    """
    try:
        if unvalidated := validation_problem(dataset.summary, dataset.settings):
            raise SpecError(unvalidated)
        planned = read()
        specs = planned.samples()
        found = tuple(dict.fromkeys(one for spec in specs for one in spec_findings(spec)))
        network = parse_network(specs[0].network) if specs[0].model_file is None else None
        return FormCheck(specs[0], planned, findings=found, network=network)
    except FieldError as error:
        return FormCheck(field=error.field, sentence=error.sentence)
    except NetworkRefused as error:
        refused = error.finding
        return FormCheck(None, None, "model", keyed_cure(refused), (refused,), error.network)
    except MissingWeights as error:
        return FormCheck(field="model", sentence=_missing(error))
    except SpecError as error:
        return FormCheck(sentence=str(error))


def _missing(error: MissingWeights) -> str:
    return f"The weights of {error.base.name} are not here. p: choose a file, or download them."


SIGNS: dict[Severity, str] = {"refuse": "✗", "question": "?", "remark": "!"}
STYLES: dict[Severity, str] = {
    "refuse": "$text-error",
    "question": "$text-warning",
    "remark": "$text-warning",
}


def keyed_cure(finding: Finding) -> str:
    """Return the cure of a finding, after the key for it; without a cure, the finding itself."""
    if not finding.cure:
        return clean(finding.sentence)
    keyed = finding.network is not None or finding.about == LOADING
    return clean(f"a: {finding.cure}" if keyed else finding.cure)


def findings_text(findings: Sequence[Finding]) -> Content:
    """Return the findings as text, each after its sign."""
    lines = [
        Content.styled(f"{SIGNS[one.severity]} {clean(one.sentence)}\n", STYLES[one.severity])
        for one in findings
    ]
    return Content("\n").join(lines)


def ready_text(
    hint: str, findings: Sequence[Finding], busy: int, grid: Grid | None = None
) -> Content:
    """Return the text below a form that can be started.

    Args:
        hint: what the focused field means, shown if there are no findings.
        findings: questions first.
        busy: the number of runs that are being trained or queued.
        grid: the runs; None if unknown.
    """
    key = "bold $text-accent"
    if grid is not None and grid.count > 1:
        starts = Content.assemble(
            (f"{grid.count:,} runs", "bold"), f": {grid.text}. ", ("ctrl+n", key), " queues them"
        )
        # First: a small terminal has room for two or three lines.
        return Content("\n").join([starts, *_cures(findings, hint)])
    others = f" after {busy} other{'s' * (busy > 1)}" if busy else " into the queue"
    starts = Content.assemble(("ctrl+s", key), " now, ", ("ctrl+n", key), others)
    return Content("\n").join([*_cures(findings, hint), starts])


def _cures(findings: Sequence[Finding], hint: str) -> list[Content]:
    """Return the cures of findings; without any, the hint."""
    cures = [
        Content.styled(f"{SIGNS[one.severity]} {keyed_cure(one)}", STYLES[one.severity])
        for one in findings
    ]
    return cures or [Content.styled(hint, "$text-muted")] * bool(hint)


def message_text(
    error: str, focused: str, checked: FormCheck, dataset: Dataset | None, busy: int
) -> Content:
    """Return the text below the form: the error, or what the focused field means.

    Args:
        error: what is wrong; empty if the form can be started.
        focused: the id of the focused field; empty if there is none.
        checked: the form.
        dataset: the chosen images; None if there are none.
        busy: the number of runs that are being trained or queued.
    """
    if error:
        return Content.styled(f"\n✗ {clean(error)}", "$text-error")
    if dataset is None:
        return Content("")
    grid = checked.planned.grid if checked.planned is not None else None
    spec = checked.spec
    if focused == "schedule" and spec is not None and spec.schedule != CONSTANT:
        below = ready_text("", checked.findings, busy, grid)
        return Content("\n").join([rate_curve(spec), below])
    hint = HINTS.get(focused, "")
    if focused == "class-weight":
        hint = weights_hint(spec, dataset)
    return ready_text(hint, checked.findings, busy, grid)
