"""The tree to choose a folder of images from: samples, recent folders, and the disk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from tui.common.text import clean
from tui.datasets import SAMPLES, FolderError, recent_folders
from tui.datasets.folder.folder_browsing import subfolders
from tui.ui.textual_patches.cancel_workers import CancelsWorkers


@dataclass(frozen=True)
class Spot:
    """What a node of the tree stands for: a sample, a folder, or only a heading."""

    kind: str
    path: Path | None = None
    name: str = ""


class FolderTree(CancelsWorkers, Tree[Spot]):
    """Folders open as one goes; the files in them are never listed here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "open", "Open", show=False, id="tree.open", tooltip="Show its folders"),
        Binding("left", "close", "Close", show=False, id="tree.close", tooltip="Hide its folders"),
    ]

    class Chosen(Message):
        """A folder or a sample was chosen with enter."""

        def __init__(self, spot: Spot) -> None:
            super().__init__()
            self.spot = spot

    def __init__(self, start: Path, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(Text("folders"), Spot("heading"), id=id)
        self._start = start
        self.show_root = False
        self.auto_expand = False
        self.guide_depth = 2

    def on_mount(self) -> None:
        samples = self.root.add(Text("Samples"), Spot("heading"), expand=True)
        for sample in SAMPLES.values():
            samples.add_leaf(Text(sample.name), Spot("sample", name=sample.name))
        recent = [Path(path) for path in recent_folders()]
        if recent:
            node = self.root.add(Text("Recent"), Spot("heading"), expand=True)
            for path in recent:
                node.add_leaf(_label(path), Spot("folder", path))
        here = self.root.add(_label(self._start), Spot("folder", self._start))
        here.expand()
        places = {Path.home(), Path("/")} - {self._start}
        for place in sorted(places, reverse=True):
            self.root.add(Text("Home" if place == Path.home() else "/"), Spot("folder", place))
        self.root.expand()
        self.call_after_refresh(self.move_cursor, samples.children[0])

    @on(Tree.NodeExpanded)
    def _expanded(self, event: Tree.NodeExpanded[Spot]) -> None:
        event.stop()
        spot = event.node.data
        if spot is not None and spot.path is not None and not event.node.children:
            self.run_worker(self._fill(event.node, spot.path), group=f"fill-{event.node.id}")

    async def _fill(self, node: TreeNode[Spot], path: Path) -> None:
        try:
            found, more = await asyncio.to_thread(subfolders, path)
        except FolderError as error:
            node.add_leaf(Text(f"✗ {error}", style="italic"), Spot("heading"))
            return
        for folder in found:
            node.add(
                Text(clean(folder.path.name, 40)),
                Spot("folder", folder.path),
                allow_expand=folder.has_folders,
            )
        if more:
            node.add_leaf(Text(f"… {more} more: type the path (/)"), Spot("heading"))
        if not found:
            node.allow_expand = False
            node.refresh()  # it is not drawn anew for that, and keeps its arrow

    @on(Tree.NodeSelected)
    def _selected(self, event: Tree.NodeSelected[Spot]) -> None:
        event.stop()
        spot = event.node.data
        if spot is None:
            return
        if spot.kind == "heading":
            event.node.toggle()
        else:
            self.post_message(self.Chosen(spot))

    def action_open(self) -> None:
        """Show the folders in the one under the cursor."""
        if self.cursor_node is not None and self.cursor_node.allow_expand:
            self.cursor_node.expand()

    def action_close(self) -> None:
        """Hide them again, or go to the folder around this one."""
        node = self.cursor_node
        if node is None:
            return
        if node.is_expanded and node.children:
            node.collapse()
        elif node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)


def _label(path: Path) -> Text:
    return Text(clean(path.name or str(path), 40))
