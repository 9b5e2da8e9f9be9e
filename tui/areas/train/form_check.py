"""What the form of a training says, and what is wrong or odd about that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content

from tui.areas.train.train_form import FieldProblem
from tui.common.text import clean
from tui.datasets.loader.image_counts import validation_problem
from tui.geometry import Network, parse_network
from tui.runs.settings.findings import Finding, NetworkRefused, Severity
from tui.runs.settings.make_spec import spec_findings
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.ui.services import Dataset


@dataclass(frozen=True)
class FormCheck:
    """A form as it was read.

    Args:
        spec: what is to be trained; None where it cannot be.
        field: the id of the field that is to blame; empty where none is.
        sentence: what is wrong; empty where nothing is.
        findings: what is wrong or odd about the network and the settings.
        network: the network to show; None where it is not known.
    """

    spec: TrainingSpec | None = None
    field: str = ""
    sentence: str = ""
    findings: tuple[Finding, ...] = ()
    network: Network | None = None

    @property
    def cure(self) -> Network | None:
        """The corrected network, where the chosen one cannot learn or is odd."""
        return next((one.network for one in self.findings if one.network is not None), None)


def check_form(read: Callable[[], TrainingSpec], dataset: Dataset) -> FormCheck:
    """Read a form, and look at what it says.

    Args:
        read: reads it; raises `FieldProblem` or `SpecError`.
        dataset: the images to train on.
    """
    try:
        if unvalidated := validation_problem(dataset.summary, dataset.settings):
            raise SpecError(unvalidated)
        spec = read()
        return FormCheck(spec, findings=spec_findings(spec), network=parse_network(spec.network))
    except FieldProblem as problem:
        return FormCheck(field=problem.field, sentence=problem.sentence)
    except NetworkRefused as error:
        refused = error.finding
        return FormCheck(None, "model", keyed_cure(refused), (refused,), error.network)
    except SpecError as error:
        return FormCheck(sentence=str(error))


SIGNS: dict[Severity, str] = {"refuse": "✗", "question": "?", "remark": "!"}
STYLES: dict[Severity, str] = {
    "refuse": "$text-error",
    "question": "$text-warning",
    "remark": "$text-warning",
}


def keyed_cure(finding: Finding) -> str:
    """Return what to do, after the key that does it; what is wrong where there is no cure."""
    if not finding.cure:
        return clean(finding.sentence)
    return clean(f"a: {finding.cure}" if finding.network is not None else finding.cure)


def why_text(findings: Sequence[Finding]) -> Content:
    """Return what is wrong or odd, each after its sign; empty where nothing is."""
    lines = [
        Content.styled(f"{SIGNS[one.severity]} {clean(one.sentence)}\n", STYLES[one.severity])
        for one in findings
    ]
    return Content("\n").join(lines)


def ready_text(hint: str, findings: Sequence[Finding], busy: int) -> Content:
    """Return what stands below a form that can be started.

    Args:
        hint: what the field with the focus means; it gives way to what is odd.
        findings: what is odd, questions first.
        busy: runs that are at work or wait.
    """
    key = "bold $text-accent"
    others = f" after {busy} other{'s' * (busy > 1)}" if busy else " into the queue"
    starts = Content.assemble(("ctrl+s", key), " now, ", ("ctrl+n", key), others)
    odd = [
        Content.styled(f"{SIGNS[one.severity]} {keyed_cure(one)}", STYLES[one.severity])
        for one in findings
    ]
    above = odd or [Content.styled(hint, "$text-muted")]
    return Content("\n").join([Content(""), *above, starts])
