"""Changing a text without laying the whole screen out again."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


def repaint(widget: Static, content: Content) -> None:
    """Show another text; the layout is worked out anew only when its height changes.

    `Static.update` lays the whole screen out each time: the larger part of what a key in the
    calculator costs.

    Args:
        widget: where it is shown; its width does not depend on the text.
        content: the text.
    """
    old = widget.content
    if isinstance(old, Content) and old.plain == content.plain and old.spans == content.spans:
        return
    width = widget.content_size.width
    fits = bool(width) and content.get_height({}, width) == widget.content_size.height
    widget.update(content, layout=not fits and widget.styles.is_auto_height)
