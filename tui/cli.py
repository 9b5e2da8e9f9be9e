"""The command line: `cnn-tui` opens the app; `cnn-tui calc`, `train`, `runs` … do one thing."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `cnn-tui`: the app when there are no arguments, else a command."""
    try:
        _run()
    except (MemoryError, ImportError) as error:
        if not (isinstance(error, MemoryError) or "map segment" in str(error)):
            raise
        sys.exit(
            "cnn-tui: there is not enough memory for it: close other programs, or raise the limit "
            "(`ulimit -v` shows that of the address space)."
        )


def _run() -> None:
    if len(sys.argv) == 1:
        # The way to the first frame is short: the commands and their library are not loaded.
        from tui.start import open_app

        sys.exit(open_app())
    from tui.commands import cli

    cli.main(prog_name="cnn-tui")
