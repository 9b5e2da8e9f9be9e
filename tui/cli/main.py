"""The command line: `cnn-tui` opens the app; `cnn-tui calc`, `train`, `runs` … do one thing."""

from __future__ import annotations

import errno
import os
import sys

COMPLETE = "_CNN_TUI_COMPLETE"
"""By which a shell asks for what completes a line; then there are no arguments."""


def main() -> None:
    """Run `cnn-tui`: the app when there are no arguments, else a command."""
    try:
        _run()
    except (MemoryError, ImportError) as error:
        if not (isinstance(error, MemoryError) or "map segment" in str(error)):
            raise
        sys.exit(
            "cnn-tui: there is not enough memory: close other programs, or raise the limit "
            "(`ulimit -v` shows that of the address space)."
        )


def _run() -> None:
    if len(sys.argv) == 1 and COMPLETE not in os.environ:
        # For a fast start, the commands and click are not imported.
        from tui.app.start import open_app

        sys.exit(open_app())
    from tui.cli.command import cli
    from tui.common.streams import take_any_text

    take_any_text()
    try:
        cli.main(prog_name="cnn-tui")
    except OSError as error:
        # A full disk behind `> file`: an error about a file that a command opened names the file.
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        # Flushing the buffer at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"Error: The output cannot be written: {error.strerror}.", file=sys.stderr)
        sys.exit(1)
