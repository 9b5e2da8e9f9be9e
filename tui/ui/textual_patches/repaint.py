"""Change a text without a new layout of the whole screen.

Touches: nothing private. It relies on the `layout` argument of `Static.update`, and on
`styles.is_auto_height`.

Since: Textual 5.0 (`update` has no `layout` in 4.0).

Without: the whole screen is laid out at each change, which takes most of the time of a key in the
calculator.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.ui.textual_patches.switches import is_on


def repaint(widget: Static, content: Content) -> None:
    """Show another text; the layout is updated only if its height changes.

    Args:
        widget: a widget whose width does not depend on the text.
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
