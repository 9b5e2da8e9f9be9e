"""Watching a transfer from the shell: its progress on a line, Ctrl-C stops it."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tui.datasets.getting import Transfer

_LOOK_SECONDS = 0.2
_PATIENCE = 3.0
"""Seconds that a transfer has to stop after Ctrl-C; what was downloaded is kept anyway."""


def run_transfer(transfer: Transfer) -> None:
    """Start a transfer, and show its progress, if standard error is a terminal, until it ends.

    Ctrl-C stops it, and leaves with the exit status 130.
    """
    transfer.start()
    try:
        _watch(transfer)
    except KeyboardInterrupt:
        transfer.stop()
        transfer.wait(_PATIENCE)
        _clear_line()
        message = transfer.error or "Stopped; what was downloaded is kept."
        click.echo(message, err=True)
        raise SystemExit(130) from None
    _clear_line()


def _watch(transfer: Transfer) -> None:
    from tui.datasets.getting.transfer_progress import progress_text

    while not transfer.wait(_LOOK_SECONDS):
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns - 1
            line = progress_text(*transfer.snapshot(), width=width)
            sys.stderr.write(f"\r{line:<{width}}")
            sys.stderr.flush()


def _clear_line() -> None:
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{'':<{width}}\r")
        sys.stderr.flush()
