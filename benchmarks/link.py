"""What a key costs on the link: the bytes that are sent, and those that Textual would send.

Both are counted in one app for the same updates of the screen, so that only what is sent differs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.screen import Screen

from tui.app.app import CnnTuiApp
from tui.ui.textual_patches.changes import SentCells

WALK = (
    ("calculator", "2"),
    ("the next field", "down"),
    ("one more filter", "up"),
    ("to the output", "tab"),
    ("network", "n"),
    ("lessons", "1"),
    ("a lesson", "enter"),
    ("out of the field", "escape"),
    ("the next page", "right"),
    ("all lessons", "escape"),
    ("data", "3"),
    ("help", "question_mark"),
    ("help away", "escape"),
    ("train", "4"),
    ("the next field", "down"),
    ("runs", "5"),
)


async def walk(width: int, height: int) -> list[tuple[str, int, int]]:
    """Press the keys; return what each sent, and what it would have sent."""
    app = CnnTuiApp(watch_runs=False)
    shown = SentCells()
    found = []
    sent = whole = 0

    def display(screen: Screen[object], update: RenderableType | None) -> None:
        nonlocal sent, whole
        if isinstance(update, CompositorUpdate):
            cut = shown.only_changes(update)
            assert cut is not None
            whole += len(update.render_segments(app.console).encode())
            sent += len(cut.render_segments(app.console).encode())
        app.post_display_hook()

    app._display = display  # type: ignore[method-assign, assignment]
    async with app.run_test(size=(width, height)) as pilot:
        for name, key in (("start", ""), *WALK):
            if key:
                await pilot.press(key)
            await asyncio.sleep(1.0)
            found.append((name, sent, whole))
            sent = whole = 0
    return found


def main() -> None:
    """Walk through the app and print bytes and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=120)
    parser.add_argument("--height", type=int, default=40)
    settings = parser.parse_args()
    os.environ["COLORTERM"] = "truecolor"
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        found = asyncio.run(walk(settings.width, settings.height))
    for name, sent, whole in found:
        print(f"{name:<16} {sent:7,} of {whole:7,} bytes  {sent / whole:6.3f}")
    sent, whole = sum(row[1] for row in found), sum(row[2] for row in found)
    print(f"{'all':<16} {sent:7,} of {whole:7,} bytes  {sent / whole:6.3f}  (aim: at most 0.5)")


if __name__ == "__main__":
    main()
