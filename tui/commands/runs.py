"""`cnn-tui runs`: the list of trainings."""

from __future__ import annotations

import json

import click

from tui.paths import StateError
from tui.text import clean
from tui.training.report import number
from tui.training.runs import RunList


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def runs(as_json: bool) -> None:
    """List all trainings, newest first, with their state."""
    try:
        summaries = RunList().read()
    except StateError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        records = [
            {
                "run": str(summary.run.path),
                "name": summary.title,
                "state": summary.state,
                "epochs_done": summary.epochs_done,
                "epochs": summary.epochs,
                "best": summary.best,
                "best_epoch": summary.best_epoch,
                "best_metric": summary.best_metric,
            }
            for summary in summaries
        ]
        click.echo(json.dumps(records, indent=2))
        return
    if not summaries:
        click.echo("No training yet. Start one with `cnn-tui train --sample digits`.")
    for summary in summaries:
        best = ""
        if summary.best is not None:
            best = f"{summary.best_metric} {number(summary.best)} (epoch {summary.best_epoch})"
        click.echo(
            f"{summary.verdict:<18} {summary.epochs_done:>4}/{summary.epochs:<4} "
            f"{best:<34} {clean(summary.title)}  {summary.run.name}"
        )
        if summary.problem:
            click.echo(f"    {clean(summary.problem)}")
