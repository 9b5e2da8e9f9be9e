"""Cancel the workers of a screen or widget before its children are removed.

Touches: nothing private. `on_prune` handles `textual.messages.Prune`, which `App._prune` posts to a
node before it removes the node's children.

Since: Textual 0.86 (0.60 has no such message).

Without: Textual cancels workers after the children are removed. A worker that continues in between
finds a child missing, and its error closes the app.
"""

from __future__ import annotations

from typing import cast

from textual.dom import DOMNode
from textual.messages import Prune

from tui.ui.textual_patches.switches import is_on


class CancelsWorkers:
    """A screen or widget whose workers are cancelled before its children are removed.

    Every class with a worker has this as its first base. It is not a DOMNode itself, as Textual
    inherits styles only from the first base, if that is one.
    """

    async def on_prune(self, event: Prune) -> None:
        """Cancel the workers while the children still exist."""
        if is_on(__name__):
            node = cast(DOMNode, self)
            node.workers.cancel_node(node)
