"""Nodes that work while they are shown."""

from __future__ import annotations

from typing import cast

from textual.dom import DOMNode
from textual.messages import Prune


class CancelsWorkers:
    """A screen or widget whose workers are cancelled before its children are removed.

    Textual cancels them after: a worker whose wait ends in between looks for a child that is gone,
    and the error closes the app. Every class with a worker has this as its first base.

    No DOMNode itself: Textual follows the first base that is one for styles.
    """

    async def on_prune(self, event: Prune) -> None:
        """End the workers: the children are still there."""
        node = cast(DOMNode, self)
        node.workers.cancel_node(node)
