"""What tab does in a line for a path: first what all have in common, then one after the other."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.common.text import clean
from tui.common.typed_paths import Completions, completions_soon
from tui.ui.textual_patches.repaint import repaint


class PathHint(Static):
    """What tab has found, below the line; out of sight while there is nothing to say."""

    DEFAULT_CSS = """
    PathHint { display: none; height: auto; max-height: 3; color: $text-muted; }
    PathHint.-said { display: block; }
    """

    def say(self, text: Content) -> None:
        """Show something, or nothing."""
        self.set_class(bool(text.plain), "-said")
        repaint(self, text)


class PathCompleting:
    """Completes the text of a widget; a `PathHint` of the same screen tells what was found."""

    def __init__(
        self,
        widget: Widget,
        read: Callable[[], str],
        write: Callable[[str], None],
        endings: tuple[str, ...],
    ) -> None:
        """Make it.

        Args:
            widget: where it is typed.
            read: returns the text.
            write: puts another in its place, the cursor behind it.
            endings: how the names of the files end, in lower case; none for folders alone, `("",)`
                for every file.
        """
        self._widget, self._read, self._write = widget, read, write
        self.endings = endings
        self._choices: tuple[str, ...] = ()
        """What the next tab goes on through; none when another key was pressed meanwhile."""
        self._place = -1
        self._pressed_again = False
        self.busy = False
        """Whether a folder is being read: the keys that follow wait for it (`type_ahead`)."""

    def press(self) -> None:
        """Complete the path, or go to the next of those that it may be."""
        if self.busy:
            self._pressed_again = True
        elif self._choices:
            self._go_on()
        else:
            self.busy, self._pressed_again = True, False
            self._widget.run_worker(self._look(self._read()), group="complete", exclusive=True)

    def end(self, typed: str = "") -> bool:
        """Stop going through the choices; return whether a typed slash only says so."""
        choices, self._choices, self._place = self._choices, (), -1
        self._say(Content(""))
        return typed == "/" and bool(choices) and self._read().endswith("/")

    async def _look(self, typed: str) -> None:
        try:
            answer = await completions_soon(typed, self.endings)
            if self._read() == typed:  # else it was changed meanwhile, and this is no answer to it
                self._take(typed, answer)
        finally:
            self.busy = False
        if self._pressed_again and self._choices:
            self._go_on()

    def _take(self, typed: str, answer: Completions) -> None:
        found = answer.found
        if found:
            self._write(answer.common)
        if len(found) > 1:
            self._choices, self._place = found, -1
            self._say(self._list(answer.problem))
        elif not found:
            begun = typed.rpartition("/")[2]
            nothing = f"Nothing here begins with {clean(begun, 40)}" if begun else "Nothing is here"
            self._say(Content(f"{answer.problem or nothing}."))
        else:
            self._say(Content(f"{answer.problem}." if answer.problem else ""))

    def _go_on(self) -> None:
        self._place = (self._place + 1) % len(self._choices)
        self._write(self._choices[self._place])
        self._say(self._list(""))

    def _list(self, problem: str) -> Content:
        """What there is to choose from, as much as two rows hold, from the chosen one on."""
        choices, first = self._choices, max(self._place, 0)
        head = f"{len(choices):,} begin so, tab goes through them"
        if self._place >= 0:
            head = f"{self._place + 1:,} of {len(choices):,}"
        if problem:
            head += f" ({problem})"
        room = 2 * max(self._widget.size.width - 4, 20) - len(head) - 20
        shown: list[str] = []
        for path in choices[first:]:
            name = clean(path.rstrip("/").rpartition("/")[2], 60) + "/" * path.endswith("/")
            room -= len(name) + 2
            if room < 0 and shown:
                break
            shown.append(name)
        left = len(choices) - first - len(shown)
        chosen = "bold" if self._place >= 0 else ""
        names = [Content.styled(shown[0], chosen), *map(Content, shown[1:])]
        if left:
            names.append(Content(f"… {left:,} more"))
        return Content.assemble(f"{head}:  ", Content("  ").join(names))

    def _say(self, text: Content) -> None:
        for hint in self._widget.screen.query(PathHint):
            hint.say(text)
