"""The keys that work now, in the last line of a screen."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget


class FooterKey(NamedTuple):
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
    not fit are left out whole, and an ellipsis says so: `?` lists all of them.
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

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.keys = self._active_keys()

    def _active_keys(self) -> tuple[FooterKey, ...]:
        """Return a key for each action; of several keys of one action the first."""
        by_action: dict[str, FooterKey] = {}
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in by_action:
                by_action[binding.action] = FooterKey(
                    binding.key,
                    self.app.get_key_display(binding),
                    binding.description,
                    enabled,
                    tooltip,
                )
        return tuple(by_action.values())

    def _placed(self) -> list[tuple[int, FooterKey]]:
        """Return the keys that fit, each with its column."""
        placed, column = [], 0
        for position, key in enumerate(self.keys):
            last = position == len(self.keys) - 1
            if column + key.width + (0 if last else 2) > self.size.width:
                break
            placed.append((column, key))
            column += key.width + 1
        return placed

    def render(self) -> Content:
        styles = {
            name: self.get_visual_style(f"footer--{name}")
            for name in ("key", "description", "hover")
        }
        parts: list[Content] = []
        placed = self._placed()
        for _, key in placed:
            drawn = Content.assemble(
                (key.key_display, styles["key"]),
                (f" {key.label}" if key.label else "", styles["description"]),
            )
            if not key.enabled:
                drawn = drawn.stylize("dim")
            parts.append(drawn.stylize(styles["hover"]) if key == self.hovered else drawn)
        if len(placed) < len(self.keys):
            parts.append(Content.styled("…", styles["description"]))
        return Content(" ").join(parts)

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
