"""`cnn-tui runs export`: one run or several, in a format for elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from tui.cli.run_argument import opened_run
from tui.common.text import clean
from tui.runs.export.export_file import ExportError
from tui.runs.export.export_runs import FORMATS, Format, export_runs


@click.command()
@click.argument("run", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="csv: the history; json: everything; svg: the charts; tensorboard: its logs; "
    "script: the Keras program of exactly this training.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file, or a folder to put it in. TensorBoard's logs of one run go into its own "
    "folder unless this names another.",
)
@click.option("--force", is_flag=True, help="Replace what is there already.")
def export(run: tuple[str, ...], form: Format, out: Path | None, force: bool) -> None:
    """Write RUN, or several beside each other, to a file.

    Nothing that is there already is replaced without --force.
    """
    opened = [opened_run(name) for name in dict.fromkeys(run)]
    try:
        written = export_runs(opened, form, out, force=force)
    except ExportError as error:
        raise click.ClickException(str(error)) from error
    for path in written:
        click.echo(f"wrote {clean(path)}")
