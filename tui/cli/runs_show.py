"""`cnn-tui runs show`: one run as a page of text."""

from __future__ import annotations

import click

from tui.cli.run_argument import opened_run
from tui.common.streams import json_text
from tui.runs.export.csv_json import runs_json
from tui.runs.export.text_summary import summary_lines


@click.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print everything that is known, as JSON.")
def show(run: str, as_json: bool) -> None:
    """Show what RUN trained, how it came out, and what its curves say."""
    one = opened_run(run)
    if as_json:
        click.echo(json_text(runs_json([one])), nl=False)
    else:
        click.echo("\n".join(summary_lines(one)))
