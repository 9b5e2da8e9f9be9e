"""The run that a command names."""

from __future__ import annotations

import click

from tui.cli.errors import run_errors
from tui.common.text import clean
from tui.runs.store.find_runs import SameTitle, find_run
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_folder import RunFolder


def named_run(name: str, same_title: SameTitle = "at work") -> RunFolder:
    """Return the run with a name.

    Args:
        name: as typed.
        same_title: which run is meant if several have the same title.

    Raises:
        click.ClickException: if there is none, or more than one.
    """
    with run_errors():
        return find_run(name, same_title)


def opened_run(name: str, same_title: SameTitle = "at work") -> LoadedRun:
    """Return the run with a name, loaded.

    Args:
        name: as typed.
        same_title: which run is meant if several have the same title.

    Raises:
        click.ClickException: if there is none, or it cannot be read.
    """
    run = named_run(name, same_title)
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
