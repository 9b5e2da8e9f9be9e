"""What is odd about a training is said before its start, or asked where somebody can answer."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from tui.common.text import clean
from tui.geometry import format_network
from tui.runs.settings.findings import Finding, NetworkRefused

YES = "--yes"
"""The flag that answers every question."""

yes_option = click.option(
    "-y", YES, "yes", is_flag=True, help="Start it, although a value is questioned."
)


def with_model(text: str, finding: Finding) -> str:
    """Return a finding's words with the corrected network as an option to copy."""
    if finding.network is None:
        return clean(text)
    return f"{clean(text)}\nCorrected: --model '{format_network(finding.network)}'"


def refused(error: NetworkRefused) -> click.UsageError:
    """Return what ends a command whose network cannot be trained."""
    return click.UsageError(with_model(str(error), error.finding))


def somebody_there() -> bool:
    """Return whether a question is seen and can be answered."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(findings: Iterable[Finding], *, yes: bool, asks: bool = True) -> None:
    """Say what is odd; go on only if every question is answered with yes.

    Args:
        findings: what was found, questions before remarks.
        yes: whether they are answered already.
        asks: whether somebody may be asked, if there is a terminal.

    Raises:
        click.UsageError: when there is a question and nobody can answer it.
        click.Abort: when the answer is no.
    """
    for finding in findings:
        text = with_model(str(finding), finding)
        if finding.severity == "remark" or yes:
            click.echo(f"remark: {text}", err=True)
        elif asks and somebody_there():
            click.echo(text, err=True)
            click.confirm("Start it all the same?", abort=True, err=True)
        else:
            raise click.UsageError(f"{text}\nTo start it all the same, add {YES}.")
