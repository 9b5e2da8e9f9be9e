"""What is wrong or odd with a training, for its form."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.common.text import clean
from tui.runs.settings.findings import Finding, Severity

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
