"""Where a widget is on the screen, and which widgets cover it.

Real pictures need to know: text that covered one leaves a hole when it goes.

Touches: `textual.screen.Screen._compositor`, and the order of
`textual._compositor.Compositor.visible_widgets`: the uppermost widget first.

Since: Textual 0.48.

Without: pictures are taken to be uncovered. Where a list or a message was, they have a hole.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.geometry import Region
from textual.widget import Widget

from tui.ui.textual_patches.switches import is_on


class Place(NamedTuple):
    """The position of a widget."""

    seen: Region
    """Its cells on the screen, clipped by its containers."""
    covered: frozenset[Region]
    """Those of its cells that other widgets cover."""


def place_on_screen(widget: Widget) -> Place | None:
    """Return where a widget is; None if it is not visible.

    Raises:
        textual.dom.NoScreen: if it is on no screen.
    """
    above: list[Region] = []
    for other, (region, clip) in widget.screen._compositor.visible_widgets.items():
        seen = region.intersection(clip)
        if other is widget:
            parts = (one.intersection(seen) for one in above if is_on(__name__))
            return Place(seen, frozenset(part for part in parts if part))
        above.append(seen)
    return None
