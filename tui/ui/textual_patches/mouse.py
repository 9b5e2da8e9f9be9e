"""Leave the mouse to the terminal for a while, so that it can select text.

Textual has no public way to do this while the app runs.

Touches: `textual.app.App._driver`; of `textual.drivers.linux_driver.LinuxDriver`:
`LinuxDriver._enable_mouse_support`, `LinuxDriver._disable_mouse_support`.

Since: Textual 0.48.

Without: the app keeps the mouse; text is selected with shift (on a Mac option) held down.
"""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.ui.textual_patches.switches import is_on


def take_mouse(app: App[Any], *, ours: bool) -> None:
    """Let the terminal report the mouse to the app, or handle it itself.

    Drivers without a mouse, such as that of tests, are not changed.

    Args:
        app: the app.
        ours: whether the app gets the mouse.
    """
    if is_on(__name__):
        name = "_enable_mouse_support" if ours else "_disable_mouse_support"
        change = getattr(app._driver, name, None)
        if change is not None:
            change()
