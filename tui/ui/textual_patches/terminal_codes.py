"""Send the terminal codes that draw nothing, such as those of a notice on the desktop.

Textual has no public way to do this.

Touches: `textual.app.App._driver`.

Since: Textual 0.1.

Without: no such codes are sent.
"""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.ui.textual_patches.switches import is_on


def send_codes(app: App[Any], codes: str) -> None:
    """Send the terminal codes between two of the app's own pieces.

    Args:
        app: the app.
        codes: such as an operating system command; nothing that moves the cursor.
    """
    if is_on(__name__) and codes and app._driver is not None:
        app._driver.write(codes)
