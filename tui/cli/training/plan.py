"""`--schedule` of a training, and `--dry-run`, which shows its plan and starts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
import msgspec

from tui.runs.settings.findings import Finding
from tui.runs.settings.schedule_chart import schedule_lines, schedule_words
from tui.runs.settings.schedules import CONSTANT, parse_schedule, parse_schedules
from tui.runs.settings.setting_rows import setting_rows
from tui.runs.settings.spec import SpecError, TrainingSpec

_MOST_SHOWN = 20
"""Runs of a grid that are shown at most."""
_WIDTH = 60


def _schedules(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(one for text in texts for one in parse_schedules(text)))
    except SpecError as error:
        raise click.BadParameter(str(error)) from error


schedule_option = click.option(
    "--schedule",
    multiple=True,
    default=(CONSTANT,),
    show_default=True,
    callback=_schedules,
    help="How the learning rate changes: constant, cosine, step:every=5,factor=0.5 or "
    "plateau:patience=3,factor=0.5, each after a warm-up if you like, as in 'warmup=2 cosine'; "
    "may be given several times.",
)
dry_run_option = click.option(
    "--dry-run",
    is_flag=True,
    help="Show the settings, and the curve of the learning rate; start nothing.",
)


def show_plan(specs: Sequence[TrainingSpec], findings: Iterable[Finding], *, as_json: bool) -> None:
    """Print what would be trained.

    Args:
        specs: one or more.
        findings: about them, which are asked about when they are to start.
        as_json: whether each spec is one line of JSON.
    """
    for finding in findings:
        click.echo(f"{finding.severity}: {finding}", err=True)
    if as_json:
        for spec in specs:
            click.echo(msgspec.json.encode(spec).decode())
        return
    for number, spec in enumerate(specs[:_MOST_SHOWN]):
        if number:
            click.echo()
        _show(spec)
    if len(specs) > _MOST_SHOWN:
        click.echo(f"… and {len(specs) - _MOST_SHOWN:,} more")


def _show(spec: TrainingSpec) -> None:
    for name, value in {"name": spec.name, **setting_rows(spec)}.items():
        click.echo(f"{name:<16} {value}")
    schedule = parse_schedule(spec.schedule)
    if not schedule.is_constant:
        click.echo(f"\n{schedule_words(schedule, spec.learning_rate, spec.epochs)}")
        for line in schedule_lines(spec, _WIDTH):
            click.echo(line)
