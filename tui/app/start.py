"""Opening the app in a terminal."""

from __future__ import annotations

import gc
import os
import sys

from tui.common.streams import draw_in_any_text


def open_app(lesson_id: str = "", without: str = "") -> int:
    """Open the app in this terminal.

    Args:
        lesson_id: the lesson to open it on; empty for Home.
        without: the command that does the same without a terminal; empty for the usual ones.

    Returns:
        The exit status: 2 where there is no terminal or no folder to keep runs in.
    """
    # A stream that is closed is None.
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        print(
            "cnn-tui draws on a terminal, and there is none on its input and output. "
            + (
                f"Without one: {without}"
                if without
                else "Without one use `cnn-tui train` and `cnn-tui calc` (see `cnn-tui --help`)."
            ),
            file=sys.stderr,
        )
        return 2
    # What the imports make stays for good: to look through it again and again for what might be
    # thrown away takes a quarter of the time to the first frame.
    gc.disable()
    draw_in_any_text()
    from tui.app.app import CnnTuiApp
    from tui.common.paths import StateError, runs_dir
    from tui.ui.pictures import graphics
    from tui.ui.textual_patches import switches

    try:
        switches.check(os.environ)
        runs_dir(to_read=True)  # on a disk that takes nothing, what is there is shown
        graphics.prepare()
    except (StateError, graphics.GraphicsError, switches.SwitchError) as error:
        print(f"cnn-tui: {error}", file=sys.stderr)
        return 2
    app = CnnTuiApp(lesson_id=lesson_id)
    gc.freeze()
    gc.enable()
    app.run()
    going_on = [one.title for one in app.runs if one.live]
    if going_on:
        print(f"Training goes on: {', '.join(going_on)}. cnn-tui shows it again.")
    waiting = sum(one.state == "queued" for one in app.runs)
    if waiting:
        words = "waits, and starts by itself" if waiting == 1 else "wait, and start by themselves"
        print(f"{waiting} more {words}.")
    return app.return_code or 0
