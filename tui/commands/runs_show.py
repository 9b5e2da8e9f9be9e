"""`cnn-tui runs show`: one run as a page of text."""

from __future__ import annotations

import click

from tui.commands.run_named import opened_run
from tui.streams import json_text
from tui.training.exporting.tables import runs_json
from tui.training.summary import summary_lines


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
