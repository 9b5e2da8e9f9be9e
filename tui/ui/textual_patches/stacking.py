"""Where a widget is on the screen, and what stands above it there.

Real pictures have to know: letters that stood on one leave a hole when they go.

Touches: `textual.screen.Screen._compositor`, and the order of
`textual._compositor.Compositor.visible_widgets`: the uppermost widget first.

Since: Textual 0.48.

Without: nothing is taken to stand above a picture. Where a list or a message was, it has a hole.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.geometry import Region
from textual.widget import Widget

from tui.ui.textual_patches.switches import is_on


class Place(NamedTuple):
    """Where a widget is."""

    seen: Region
    """Its cells on the screen, without those that its containers cut off."""
    covered: frozenset[Region]
    """Which of them other widgets stand on."""


def place_on_screen(widget: Widget) -> Place | None:
    """Return where a widget is; None where nothing of it can be seen.

    Raises:
        textual.dom.NoScreen: when it is on no screen.
    """
    above: list[Region] = []
    for other, (region, clip) in widget.screen._compositor.visible_widgets.items():
        seen = region.intersection(clip)
        if other is widget:
            parts = (one.intersection(seen) for one in above if is_on(__name__))
            return Place(seen, frozenset(part for part in parts if part))
        above.append(seen)
    return None
