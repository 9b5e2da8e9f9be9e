"""`cnn-tui runs move` and `unqueue`: the order of the runs that wait."""

from __future__ import annotations

import click

from tui.cli.run_argument import named_run
from tui.common.paths import StateError
from tui.common.text import clean
from tui.runs.export.report import ordinal
from tui.runs.queue.order import leave_queue, move_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_label import title_of

LAST = 1_000_000
"""Behind every run that waits."""
_ENDS = {"first": 1, "last": LAST}


@click.command()
@click.argument("run")
@click.argument("place")
def move(run: str, place: str) -> None:
    """Give RUN, which waits in the queue, another PLACE in it.

    PLACE is a number, 1 for the next to start, or `first` or `last`. `cnn-tui runs` shows the
    places.
    """
    wanted = _ENDS.get(place) or (int(place) if place.isdecimal() and len(place) < 7 else 0)
    if not wanted:
        raise click.UsageError(
            f"{clean(place, 30)!r} is no place in the queue. Write 1 for the next to start, 2 for "
            "the one after it, or `first` or `last`."
        )
    folder = named_run(run)
    try:
        now, waiting = move_run(folder, wanted)
    except (RunError, StateError) as error:
        raise click.ClickException(clean(error)) from error
    others = "the only one" if waiting == 1 else f"the {ordinal(now)} of {waiting}"
    click.echo(f"{clean(title_of(folder))} is {others} to start.")


@click.command()
@click.argument("run")
def unqueue(run: str) -> None:
    """Take RUN out of the queue, and keep it.

    A run that was to go on is again what it was. One that never began is set aside: `cnn-tui runs
    resume RUN` starts it, with --queue after the others.
    """
    folder = named_run(run)
    try:
        leave_queue(folder)
    except (RunError, StateError) as error:
        raise click.ClickException(clean(error)) from error
    aside = folder.queued() is not None
    now = "set aside" if aside else "what it was before"
    click.echo(f"{clean(title_of(folder))} is out of the queue, and {now}.")
