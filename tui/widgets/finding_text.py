"""What is wrong or odd with a training, for its form."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.text import clean
from tui.training.findings import Finding

SIGNS = {"refuse": "✗", "question": "?", "remark": "!"}


def keyed_cure(finding: Finding) -> str:
    """Return what to do, with the key that does it; empty where there is nothing."""
    if not finding.cure:
        return ""
    return f"a: {finding.cure} " if finding.network is not None else f"{finding.cure} "


def odd_line(finding: Finding) -> Content:
    """Return what is odd, after its sign, the cure first."""
    text = f"{SIGNS[finding.severity]} {keyed_cure(finding)}{finding.sentence}"
    return Content.styled(clean(text), "$text-warning")


def ready_text(hint: str, findings: Sequence[Finding], busy: int) -> Content:
    """Return what stands below a form that can be started.

    Args:
        hint: what the field with the focus means.
        findings: what is odd, questions first.
        busy: runs that are at work or wait.
    """
    key = "bold $text-accent"
    others = f" after {busy} other{'s' * (busy > 1)}" if busy else " into the queue"
    starts = Content.assemble(("ctrl+s", key), " now, ", ("ctrl+n", key), others)
    # What is odd comes before what a field means: a small screen may have no room for both.
    odd = [odd_line(one) for one in findings]
    return Content("\n").join([Content(""), *odd, Content.styled(hint, "$text-muted"), starts])
