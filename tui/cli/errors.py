"""Errors of runs, as errors of the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from tui.common.paths import StateError
from tui.common.text import clean
from tui.runs.store.run_access import RunError


@contextlib.contextmanager
def run_errors() -> Iterator[None]:
    """End the command with the message of a run, or of the state folder, that cannot be used.

    Raises:
        click.ClickException: in place of a `RunError` or `StateError` within the `with` block.
    """
    try:
        yield
    except (RunError, StateError) as error:
        raise click.ClickException(clean(error, 2000)) from error
