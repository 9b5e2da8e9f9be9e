"""`cnn-tui runs show` and `runs export`."""

from __future__ import annotations

from pathlib import Path

import click

from tui.cli.complete import complete_run
from tui.cli.runs.named_run import opened_run
from tui.common.streams import json_text
from tui.common.text import clean
from tui.runs.export.csv_json import runs_json
from tui.runs.export.export_file import ExportError
from tui.runs.export.export_runs import FORMATS, Format, export_runs
from tui.runs.export.text_summary import summary_lines


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.option("--json", "as_json", is_flag=True, help="Print everything about the run as JSON.")
def show(run: str, as_json: bool) -> None:
    """Show what RUN trained, its result, and what its curves say.

    \b
    For example:
      cnn-tui runs show digits
    """
    one = opened_run(run, "newest")
    if as_json:
        click.echo(json_text(runs_json([one])), nl=False)
    else:
        click.echo("\n".join(summary_lines(one)))


@click.command()
@click.argument("run", shell_complete=complete_run, nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="csv: the history; json: everything; svg: the charts; tensorboard: its logs; "
    "script: the Keras program of exactly this training; script-today: the same with "
    "image_dataset_from_directory and preprocessing layers; settings: a TOML file for "
    "`cnn-tui train --settings`; system: the machine's load as CSV.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file, or a folder to put it in. TensorBoard's logs of one run go into its own "
    "folder unless this names another.",
)
@click.option("--force", is_flag=True, help="Replace existing files.")
def export(run: tuple[str, ...], form: Format, out: Path | None, force: bool) -> None:
    """Write RUN, or several runs, to a file.

    Existing files are not replaced without --force.

    \b
    For example:
      cnn-tui runs export digits --format csv --out digits.csv
      cnn-tui runs export digits --format script
    """
    opened = [opened_run(name, "newest") for name in dict.fromkeys(run)]
    try:
        written = export_runs(opened, form, out, force=force)
    except ExportError as error:
        raise click.ClickException(str(error)) from error
    for path in written:
        click.echo(f"wrote {clean(path)}")
