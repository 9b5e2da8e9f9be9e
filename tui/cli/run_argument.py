"""A run named on the command line."""

from __future__ import annotations

import click

from tui.common.paths import StateError
from tui.common.text import clean
from tui.runs.store.find_runs import find_run
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder


def named_run(name: str) -> RunFolder:
    """Return the run of a name.

    Raises:
        click.ClickException: when there is none, or more than one.
    """
    try:
        return find_run(name)
    except (RunError, StateError) as error:
        raise click.ClickException(clean(error)) from error


def opened_run(name: str) -> LoadedRun:
    """Return the run of a name, read whole.

    Raises:
        click.ClickException: when there is none, or it cannot be read.
    """
    run = named_run(name)
    try:
        opened = load_run(run)
    except OSError as error:
        raise click.ClickException(
            f"Cannot read {clean(error.filename or run.path)}: {error.strerror}. Check its "
            "permissions."
        ) from error
    if opened.problem:
        raise click.ClickException(opened.problem)
    return opened
