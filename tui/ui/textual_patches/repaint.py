"""Changing a text without laying the whole screen out again.

Touches: nothing private. It relies on `Static.update` laying out the screen unless it is told not
to, and on `styles.is_auto_height`.

Since: Textual 5.0 (`update` has no `layout` in 4.0).

Without: the whole screen is laid out at each change: the larger part of what a key in the
calculator costs.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.ui.textual_patches.switches import is_on


def repaint(widget: Static, content: Content) -> None:
    """Show another text; the layout is worked out anew only when its height changes.

    Args:
        widget: where it is shown; its width does not depend on the text.
        content: the text.
    """
    if not is_on(__name__):
        widget.update(content)
        return
    old = widget.content
    if isinstance(old, Content) and old.plain == content.plain and old.spans == content.spans:
        return
    width = widget.content_size.width
    fits = bool(width) and content.get_height({}, width) == widget.content_size.height
    widget.update(content, layout=not fits and widget.styles.is_auto_height)
