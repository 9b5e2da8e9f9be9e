"""Opening the app in a terminal."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.common.streams import draw_in_any_text, terminals

if TYPE_CHECKING:  # for a fast start
    from tui.app.app import CnnTuiApp
    from tui.runs.store.run_folder import RunFolder


def open_app(
    lesson_id: str = "",
    without: str = "",
    first: Callable[[CnnTuiApp], Awaitable[None]] | None = None,
    run: RunFolder | None = None,
) -> int:
    """Open the app in this terminal.

    Args:
        lesson_id: the lesson to open first; empty for Home.
        without: the command that does the same without a terminal; empty to name the general ones.
        first: opens the first screen instead.
        run: the run to open first, instead of Home.

    Returns:
        The exit status: 2 if there is no terminal or no folder for runs.
    """
    if not terminals(sys.stdin, sys.stdout):
        print(
            "cnn-tui needs a terminal, and its input or output is none. "
            + (
                f"Without one use {without}"
                if without
                else "Without one use `cnn-tui train` and `cnn-tui calc` (see `cnn-tui --help`)."
            ),
            file=sys.stderr,
        )
        return 2
    # Objects created by the imports are never freed: collecting among them takes a quarter of the
    # time to the first frame.
    gc.disable()
    draw_in_any_text()
    from tui.app.app import CnnTuiApp
    from tui.common.paths import StateError, runs_dir
    from tui.ui.pictures import graphics
    from tui.ui.textual_patches import switches

    try:
        switches.check(os.environ)
        runs_dir(to_read=True)  # on a read-only disk, existing runs are still shown
        graphics.prepare()
    except (StateError, graphics.GraphicsError, switches.SwitchError) as error:
        print(f"cnn-tui: {error}", file=sys.stderr)
        return 2
    app = CnnTuiApp(lesson_id=lesson_id, first=first, run=run)
    gc.freeze()
    gc.enable()
    app.run()
    going_on = [one.title for one in app.runs if one.live]
    if going_on:
        print(f"Training continues: {', '.join(going_on)}. cnn-tui shows it again.")
    waiting = sum(one.state == "queued" for one in app.runs)
    if waiting:
        words = "run is queued and starts" if waiting == 1 else "runs are queued and start"
        print(f"{waiting} {words} automatically.")
    return app.return_code or 0
