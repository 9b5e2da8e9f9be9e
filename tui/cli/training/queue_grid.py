"""Several trainings from the shell, put into the queue together."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

import click

from tui.cli.errors import run_errors
from tui.cli.training.start_training import YES, somebody_there
from tui.common.text import clean
from tui.runs.queue.queue_specs import queue_specs
from tui.runs.queue.waiting_runs import QueueStarter, waiting_runs
from tui.runs.settings.grid import ASKED_ABOVE, Grid
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_list import RunList


def confirm_many(grid: Grid, *, yes: bool, asks: bool = True) -> None:
    """Ask before many runs are queued; return if there are few, or the answer is yes.

    Args:
        grid: the runs.
        yes: whether to queue them without asking.
        asks: whether to ask on the terminal, if there is one.

    Raises:
        click.UsageError: when there are many and nobody can confirm it.
        click.Abort: when the answer is no.
    """
    if grid.count <= ASKED_ABOVE or yes:
        return
    text = f"{grid.text} make {grid.count:,} runs."
    if not (asks and somebody_there()):
        raise click.UsageError(f"{text} To queue more than {ASKED_ABOVE}, add {YES}.")
    click.confirm(f"{text} Queue them?", abort=True, err=True)


def queue_grid(
    specs: Sequence[TrainingSpec],
    note: str,
    grid: Grid,
    *,
    new_group: bool = True,
    as_json: bool = False,
) -> None:
    """Put trainings into the queue and make sure that it is running.

    Args:
        specs: what to train.
        note: a line for each run.
        grid: the settings that they were made from.
        new_group: whether their group is a new one.
        as_json: whether to print JSON.

    Raises:
        click.ClickException: when they cannot be put there.
    """
    with run_errors():
        runs = queue_specs(specs, note, others=RunList().read(), new_group=new_group)
        group = runs[0].spec().group
        waiting = waiting_runs()
        QueueStarter().ensure()
    places = {run: place for place, run in enumerate(waiting, 1)}
    if as_json:
        made = [{"run": str(run.path), "place": places.get(run, 0)} for run in runs]
        print(json.dumps({"group": group, "runs": made}, indent=2))
        return
    for run in runs:
        print(f"run {clean(run.path)}")
    print(f"{len(runs)} runs ({grid.text}) wait in the queue, as the group {clean(group)!r}.")
    print(f"Compare them with: cnn-tui runs compare --group {shlex.quote(clean(group))}")
