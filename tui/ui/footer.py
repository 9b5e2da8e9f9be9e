"""The keys that work now, in the last line of a screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, runtime_checkable

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.ui.commands import BackStep


@runtime_checkable
class GoesBack(Protocol):
    """A screen that knows where escape leads."""

    def back_step(self) -> BackStep | None:
        """Return what escape does now; None if it does nothing."""


@runtime_checkable
class RefusesCommands(Protocol):
    """A screen with commands that only say, for now, why they are not carried out."""

    def refuses(self, action: str) -> bool:
        """Return whether a command is one of those: the footer does not offer it."""


@dataclass(frozen=True, slots=True)
class FooterKey:
    """One key in the footer."""

    key: str
    key_display: str
    label: str
    enabled: bool
    tooltip: str

    @property
    def width(self) -> int:
        """Width in cells."""
        return Content(f"{self.key_display} {self.label}".rstrip()).cell_length


class Footer(Widget, can_focus=False):
    """Shows the keys that work now; a click presses one.

    One widget that draws a line. Textual's own footer is a widget for each key, all of them made
    anew whenever the focus moves: a quarter of the time of a key press that moves it. Keys that do
    not fit are left out whole, and an ellipsis says so: `?` lists all of them. Escape is always
    there, at the right end, with what it leads to.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--description", "footer--hover"}
    DEFAULT_CSS = """
    Footer {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        & > .footer--key {
            color: $footer-key-foreground;
            background: $footer-key-background;
            text-style: bold;
        }
        & > .footer--description {
            color: $footer-description-foreground;
            background: $footer-description-background;
        }
        & > .footer--hover {
            color: $footer-key-foreground;
            background: $block-hover-background;
        }
    }
    """

    keys: reactive[tuple[FooterKey, ...]] = reactive(())
    hovered: reactive[FooterKey | None] = reactive(None)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self.call_after_refresh(self._bindings_changed, self.screen)  # once it is mounted

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.keys = self._active_keys()

    def _active_keys(self) -> tuple[FooterKey, ...]:
        """Return a key for each action; of several keys of one action the first.

        The last one is escape, unless it does nothing here.
        """
        by_action: dict[str, FooterKey] = {}
        back: FooterKey | None = None
        for name, (_, binding, enabled, tooltip) in self.screen.active_bindings.items():
            if name != "escape" and (not binding.show or binding.action in by_action):
                continue
            if isinstance(self.screen, RefusesCommands) and self.screen.refuses(binding.action):
                continue
            key = FooterKey(
                binding.key,
                self.app.get_key_display(binding),
                binding.description,
                enabled,
                tooltip,
            )
            if name == "escape":
                label = self._back_label(binding)
                back = replace(key, label=label) if label else None
            by_action.setdefault(binding.action, key)
        keys = [key for key in by_action.values() if key.key != "escape"]
        return (*keys, back) if back is not None else tuple(keys)

    def _back_label(self, binding: Binding) -> str:
        """Return what escape leads to; empty if it does nothing."""
        screen = self.screen
        if binding.action.removeprefix("screen.") != "back" or not isinstance(screen, GoesBack):
            return binding.description
        if not (screen.is_mounted and screen.is_current):  # nothing to ask before and after
            return ""
        step = screen.back_step()
        return step.to if step is not None else ""

    @property
    def back_label(self) -> str:
        """What escape leads to, as it is shown; empty if it does nothing."""
        return self.keys[-1].label if self.keys and self.keys[-1].key == "escape" else ""

    def _placed(self) -> list[tuple[int, FooterKey]]:
        """Return the keys that fit, each with its column."""
        keys, width = list(self.keys), self.size.width
        back = keys.pop() if keys and keys[-1].key == "escape" else None
        if back is not None:
            width -= back.width + 1
        placed, column = [], 0
        for position, key in enumerate(keys):
            last = position == len(keys) - 1
            if column + key.width + (0 if last else 2) > width:
                break
            placed.append((column, key))
            column += key.width + 1
        if back is not None:
            placed.append((max(self.size.width - back.width, 0), back))
        return placed

    def render(self) -> Content:
        styles = {
            name: self.get_visual_style(f"footer--{name}")
            for name in ("key", "description", "hover")
        }
        parts: list[Content] = []
        placed = self._placed()
        column = 0
        for start, key in placed:
            if key.key == "escape":
                left_out = len(placed) < len(self.keys)
                gap = " " * (start - column)
                parts.append(Content(f"…{gap[1:]}" if left_out else gap))
            drawn = Content.assemble(
                (key.key_display, styles["key"]),
                (f" {key.label}" if key.label else "", styles["description"]),
            )
            if not key.enabled:
                drawn = drawn.stylize("dim")
            parts.append(drawn.stylize(styles["hover"]) if key == self.hovered else drawn)
            parts.append(Content(" "))
            column = start + key.width + 1
        if len(placed) < len(self.keys) and not (placed and placed[-1][1].key == "escape"):
            parts.append(Content.styled("…", styles["description"]))
        return Content("").join(parts)

    def _key_at(self, column: int) -> FooterKey | None:
        return next((key for x, key in self._placed() if x <= column < x + key.width), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.hovered = self._key_at(event.x)
        self.tooltip = (self.hovered.tooltip or None) if self.hovered else None
        self.styles.pointer = "pointer" if self.hovered else "default"

    def on_leave(self) -> None:
        self.hovered = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        key = self._key_at(event.x)
        if key is None:
            return
        if key.enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()
