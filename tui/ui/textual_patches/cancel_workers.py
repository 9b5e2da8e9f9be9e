"""Screens and widgets whose workers end before their children are removed.

Touches: nothing private. `on_prune` handles `textual.messages.Prune`, which `App._prune` posts to a
node before it removes the node's children.

Since: Textual 0.86 (0.60 has no such message).

Without: Textual cancels workers after the children are gone. One whose wait ends in between looks
for a child that is not there, and its error closes the app.
"""

from __future__ import annotations

from typing import cast

from textual.dom import DOMNode
from textual.messages import Prune

from tui.ui.textual_patches.switches import is_on


class CancelsWorkers:
    """A screen or widget whose workers are cancelled before its children are removed.

    Every class with a worker has this as its first base. It is no DOMNode itself: Textual takes
    styles from the first base that is one.
    """

    async def on_prune(self, event: Prune) -> None:
        """End the workers: the children are still there."""
        if is_on(__name__):
            node = cast(DOMNode, self)
            node.workers.cancel_node(node)
