"""A path on one line, whose last part is always shown."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.common.shorten import cells, shorten_path


class PathLine(Static):
    """A path between words, shortened to the width of the line."""

    DEFAULT_CSS = "PathLine { height: 1; text-wrap: nowrap; }"

    _parts: tuple[str, object, str] = ("", "", "")

    def show(self, path: object, *, before: str = "", after: str = "") -> None:
        """Show a path.

        Args:
            path: it may come from the disk.
            before: words in front of it, which are clean.
            after: words behind it.
        """
        self._parts = (before, path, after)
        self._fit()

    def on_resize(self) -> None:
        if self._parts != ("", "", ""):
            self._fit()

    def _fit(self) -> None:
        before, path, after = self._parts
        width = self.content_size.width or self.app.size.width
        room = max(width - cells(before) - cells(after), 8)
        self.update(Content.assemble(before, (shorten_path(path, room), "bold"), after))
