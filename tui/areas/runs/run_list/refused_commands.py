"""Commands that a run of another program does not carry out, so that the footer omits them."""

from __future__ import annotations

from textual.actions import parse

from tui.inspection.choices import has_weights
from tui.runs.store.run_summary import RunSummary


def refused_commands(summary: RunSummary | None) -> frozenset[str]:
    """Return the commands that only say why they do nothing (looks into the run's folder).

    Args:
        summary: the run under the cursor; None without one.
    """
    if summary is None or summary.external is None:
        return frozenset()
    looks = bool(summary.external.save) or has_weights(summary.run)
    return frozenset({"again"} if looks else {"again", "look"})


def command_of(action: str) -> str:
    """Return the name of a command from its action.

    >>> command_of("delegate('changes', 'again')"), command_of("look")
    ('again', 'look')
    """
    _, name, parameters = parse(action)
    return str(parameters[1]) if name == "delegate" and len(parameters) > 1 else name
