"""The base screen of all areas, with the top bar, the status line and the list of areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.common.text import clean
from tui.ui.commands import BackStep, DelegatesCommands, bindings
from tui.ui.footer import Footer
from tui.ui.textual_patches.cancel_workers import CancelsWorkers
from tui.ui.textual_patches.repaint import repaint

if TYPE_CHECKING:
    from tui.runs.store.run_folder import RunFolder
    from tui.runs.store.run_summary import RunSummary
    from tui.ui.services import Host


@dataclass(frozen=True)
class Area:
    """An area of the app, opened by its number from any screen."""

    mode: str
    key: str
    title: str
    sentence: str


AREAS = (
    Area("lessons", "1", "Lessons", "learn by predicting"),
    Area("calculator", "2", "Calculator", "the output of a layer, and what it costs"),
    Area("data", "3", "Data", "choose a folder of images"),
    Area("train", "4", "Train", "set up a training and start it"),
    Area("runs", "5", "Runs", "all trainings, running and ended"),
    Area("look", "6", "Look inside", "feature maps of a trained network"),
)

HOME = "home"

MIN_WIDTH, MIN_HEIGHT = 80, 24


def area_title(mode: str) -> str:
    """Return the title of an area, as the top bar shows it."""
    return next((area.title for area in AREAS if area.mode == mode), "Home")


def area_bindings(group: str, action: str) -> list[Binding]:
    """Return a hidden binding for each area.

    Args:
        group: prefix of the bindings' ids.
        action: the action that opens an area, as it is called from where the bindings are used.
    """
    return bindings(
        group,
        *(
            (
                area.key,
                f"{action}('{area.mode}')",
                area.mode,
                area.title,
                f"{area.title}: {area.sentence}",
            )
            for area in AREAS
        ),
    )


class TopBar(Static):
    """The areas with their keys; the current one is reversed."""

    DEFAULT_CSS = """
    TopBar {
        height: 1; width: 100%; background: $panel; color: $text-muted;
        link-style: none; link-color: $text-muted; link-style-hover: none;
        link-background-hover: $panel-lighten-1; link-color-hover: $text;
    }
    """

    def __init__(self, current: str) -> None:
        """Make the bar.

        Args:
            current: mode of the area that is open.
        """
        self._current = current
        super().__init__(self._content("?"))
        self._help_key = "?"

    def show_help_key(self, *, letters_are_text: bool) -> None:
        """Name the key that opens the help: in a field whose letters are text, ? is text too."""
        key = "f1" if letters_are_text else "?"
        if key != self._help_key:
            self._help_key = key
            repaint(self, self._content(key))

    def _content(self, help_key: str) -> Content:
        parts: list[Content] = [Content.styled(" cnn-tui", "bold $primary")]
        for area in AREAS:
            action, title = f"@click=app.area('{area.mode}')", area.title
            if area.mode == self._current:
                parts.append(
                    Content.from_markup(f"[{action}][b reverse] {area.key} {title} [/][/]")
                )
            else:
                parts.append(Content.from_markup(f"[{action}] [b $text]{area.key}[/] {title} [/]"))
        gap = " " * (2 - len(help_key))  # both keys take two columns: the bar fills 80
        parts.append(Content.from_markup(f"[@click=app.help()]{gap}[b $text]{help_key}[/] help[/]"))
        return Content("").join(parts)


class StatusLine(Static):
    """Where the learner is, and what is training in the background."""

    DEFAULT_CSS = """
    StatusLine { height: 1; width: 100%; background: $surface; color: $text-muted; padding: 0 1; }
    """

    where: reactive[str] = reactive("")
    runs: reactive[tuple[RunSummary, ...]] = reactive(())
    problem: reactive[str] = reactive("")
    read_only: reactive[bool] = reactive(False)
    """Whether nothing can be saved now."""

    def render(self) -> Content:
        if self.problem:
            return Content.styled(f"✗ {self.problem}", "$text-error")
        live = [summary for summary in self.runs if summary.live]
        if not live:
            right = Content("nothing is training")
        else:
            from tui.ui.run_line import run_line  # for a fast start

            right = run_line(live[0])
            if len(live) > 1:
                right += Content(f"  and {len(live) - 1} more")
        waiting = sum(summary.state == "queued" for summary in self.runs)
        if waiting:
            right += Content(f"  {waiting} queued")
        if self.read_only:
            right += Content.styled("  ! nothing is saved", "$text-warning")
        left = Content(clean(self.where))
        gap = self.content_size.width - left.cell_length - right.cell_length
        if gap < 2:
            left = left.truncate(max(left.cell_length + gap - 2, 8), ellipsis=True)
            gap = max(self.content_size.width - left.cell_length - right.cell_length, 2)
        return Content("").join([left, Content(" " * gap), right])


class AreaScreen(CancelsWorkers, DelegatesCommands, Screen[None]):
    """A screen of an area.

    A subclass sets `AREA` and `HELP` and composes its content in `compose_body`.
    """

    AREA: ClassVar[str] = ""
    HELP: ClassVar[str | None] = None
    NAME: ClassVar[str] = ""
    """What the footer calls this screen where escape leads to it; empty: its area's title."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Back",
            id="screen.back",
            tooltip="One step back: the footer says to where",
        ),
    ]

    where: reactive[str] = reactive("")
    """Where the learner is, shown in the status line."""

    @property
    def stays(self) -> bool:
        """Whether the screen stays when the number of its own area is pressed."""
        return False

    def shows(self, run: RunFolder) -> bool:
        """Return whether this screen shows how a run goes."""
        return False

    @property
    def host(self) -> Host:
        """The app's services."""
        return cast("Host", self.app)

    _focused_before: Widget | None = None

    @property
    def is_current(self) -> bool:
        """Whether any of the screen is visible.

        Textual says so of the screen below the topmost one even if that is opaque, and then
        redraws the whole terminal at each of its messages, once every two seconds.
        """
        if not super().is_current:
            return False
        top = self.app.screen
        return top is self or top.styles.background.a < 1

    def compose(self) -> ComposeResult:
        self._take_size(*self.app.size)  # before there are widgets whose styles depend on it
        yield TopBar(self.AREA)
        with Container(id="body"):
            yield from self.compose_body()
        yield StatusLine()
        yield Footer()
        yield Static(id="too-small")

    def compose_body(self) -> ComposeResult:
        """Compose the content between the top bar and the status line."""
        yield from ()

    @on(events.Mount)
    def _watch_app(self) -> None:
        self.watch(self.app, "runs", self._runs_changed)
        self.watch(self.app, "problem", self._problem_changed)
        self.watch(self.app, "not_saved", self._saving_changed)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _name_help_key(self) -> None:
        field = self.focused
        is_text = field is not None and field.check_consume_key("question_mark", "?")
        for bar in self.query(TopBar):
            bar.show_help_key(letters_are_text=is_text)

    @on(events.ScreenSuspend)
    def _leave_messages(self) -> None:
        self.host.clear_old_messages()

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        self.query_one(StatusLine).runs = runs

    def _problem_changed(self, problem: str) -> None:
        self.query_one(StatusLine).problem = problem

    def _saving_changed(self, not_saved: str) -> None:
        self.query_one(StatusLine).read_only = bool(not_saved)

    def watch_where(self, where: str) -> None:
        for line in self.query(StatusLine):
            line.where = where

    @on(events.Resize)
    def _fit(self, event: events.Resize) -> None:
        if not self.host.is_open:
            # Textual lays out the first screen while painting is held back: paint all of it again.
            for widget in self.query("*"):
                widget.refresh()
        width, height = event.size
        if self._take_size(width, height):
            self.query_one("#too-small", Static).update(
                f"This terminal has {width}×{height} characters; cnn-tui needs "
                f"{MIN_WIDTH}×{MIN_HEIGHT}. Enlarge it or use a smaller font. "
                "Trainings continue meanwhile. ctrl+q quits."
            )

    def _take_size(self, width: int, height: int) -> bool:
        """Set the classes for the terminal's size; return whether it is too small."""
        small = width < MIN_WIDTH or height < MIN_HEIGHT
        if small and not self.has_class("-too-small"):
            self._focused_before = self.focused  # Textual removes the focus from hidden widgets
        elif not small and self.has_class("-too-small"):
            self.call_after_refresh(self._focus_again)
        self.set_class(small, "-too-small")
        self.set_class(width >= 110, "-wide")
        self.set_class(height >= 34, "-tall")
        return small

    def _focus_again(self) -> None:
        """Restore the focus from before the terminal became too small."""
        before, self._focused_before = self._focused_before, None
        if before is not None and before.is_attached and self.focused is None:
            self.set_focus(before, scroll_visible=False)

    def back_step(self) -> BackStep | None:
        """Return what escape does now, which the footer says; None if it does nothing.

        It leaves the focused field; without one it goes back a screen, and finally to Home. A
        screen that has more steps puts them before these, and calls `show_back_step` when one of
        them comes or goes. A field that is no `Input` sets `ESCAPE_LEAVES`.
        """
        if isinstance(self.focused, Input) or getattr(self.focused, "ESCAPE_LEAVES", False):
            return BackStep("Leave field", lambda: self.set_focus(None))
        if len(self.app.screen_stack) > 1:
            below = self.app.screen_stack[-2]
            name = below.NAME if isinstance(below, AreaScreen) else ""
            return BackStep(name or area_title(self.AREA), self.app.pop_screen)
        if self.app.current_mode != HOME:
            return BackStep("Home", lambda: self.app.switch_mode(HOME))
        return None

    def show_back_step(self) -> None:
        """Have the footer say where escape leads now, if that has changed.

        Textual does so by itself when the focus moves.
        """
        if not (self.is_mounted and self.is_current):  # nothing to ask before and after
            return
        step = self.back_step()
        for footer in self.query(Footer):
            if footer.back_label != (step.to if step is not None else ""):
                self.refresh_bindings()

    def action_back(self) -> None:
        """Go one step back."""
        step = self.back_step()
        if step is not None:
            step.go()
            self.call_after_refresh(self.show_back_step)
