"""`cnn-tui open`: the app on one run."""

from __future__ import annotations

import click

from tui.cli.complete import complete_run
from tui.cli.errors import run_errors
from tui.cli.runs.named_run import named_run
from tui.common.paths import runs_dir
from tui.common.text import clean
from tui.runs.store.find_runs import newest_run
from tui.runs.store.run_folder import RunFolder


@click.command("open")
@click.argument("name", metavar="[RUN]", required=False, shell_complete=complete_run)
@click.pass_context
def open_run(context: click.Context, name: str | None) -> None:
    """Open the app on RUN: its name, the name of its folder, or a unique part of either.

    Without RUN it is the newest run that is being trained, else the newest of all. Escape leads to
    the list of runs.

    \b
    For example:
      cnn-tui open digits
    """
    run = named_run(name, "newest") if name is not None else _newest_run()
    from tui.app.start import open_app

    without = f"`cnn-tui runs show {clean(run.name)}`."
    context.exit(open_app(run=run, without=without))


def _newest_run() -> RunFolder:
    with run_errors():
        run = newest_run(runs_dir(to_read=True))
    if run is None:
        raise click.ClickException(
            "There is no run yet. Start one with `cnn-tui train --sample digits`."
        )
    return run
