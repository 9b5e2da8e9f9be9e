"""Trace what one output value depends on in every earlier layer, down to the input."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalScroll, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.geometry import FieldStep, Network, Shape, Volume, field_of, trace_network
from tui.ui.commands import bindings
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer

MAP_COLUMNS, MAP_ROWS, LOW_MAP_ROWS = 20, 8, 5
"""Size of one map in cells; lower on a low terminal."""

MOST_MAPS = 48
"""Most layers that are drawn."""


class TraceWindow(Window[None]):
    """Draws a map of every layer; what the chosen value depends on is lit."""

    CSS_PATH = "trace_window.tcss"
    HELP = """
# Trace

The arrows move the cursor over the chosen layer's output (page up and page down by eight rows). In
every earlier layer the values that this one depends on are lit (█), the others are dim (·). The
first map is the network's input. **< >** choose another layer.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "trace",
            ("right", "go(1,0)", "right", "Right", "One column right"),
            ("left", "go(-1,0)", "left", "Left", "One column left"),
            ("down", "go(0,1)", "down", "Down", "One row down"),
            ("up", "go(0,-1)", "up", "Up", "One row up"),
            ("pagedown", "go(0,8)", "far", "8 down", "Eight rows down"),
            ("pageup", "go(0,-8)", "back", "8 up", "Eight rows up"),
            ("greater_than_sign,j", "layer(1)", "next", "Next layer", "Trace the next layer"),
            (
                "less_than_sign,i",
                "layer(-1)",
                "previous",
                "Previous layer",
                "Trace the previous layer",
            ),
            ("escape,t,q", "app.pop_screen", "close", "Close", "Close"),
            footer=("next", "previous", "close"),
        ),
    ]

    cell: reactive[tuple[int, int]] = reactive((0, 0))

    def __init__(self, network: Network, index: int) -> None:
        """Make the screen.

        Args:
            network: valid up to the layer `index`.
            index: the layer whose output is traced at first.
        """
        super().__init__()
        self._network = network
        self._rows = trace_network(network)
        self._index = index

    def compose(self) -> ComposeResult:
        with Vertical(classes="trace"):
            yield Static(id="trace-head")
            yield HorizontalScroll(Static(id="maps"), can_focus=False)
            yield Static(id="trace-text")
        yield Footer()

    def on_mount(self) -> None:
        plane = plane_of(self._shape(self._index))
        self.cell = (plane[0] // 2, plane[1] // 2)
        self.show()

    def watch_cell(self) -> None:
        if self.is_mounted:
            self.show()

    def _shape(self, index: int) -> Shape:
        if index < 0:
            return self._network.input
        effect = self._rows[index].effect
        assert effect is not None
        return effect.output

    def _layer_name(self, index: int) -> str:
        return "input" if index < 0 else self._rows[index].name

    def show(self) -> None:
        """Draw the maps for the current cell."""
        x, y = self.cell
        steps = field_of(self._rows, self._index, x, y)
        self.query_one("#trace-head", Static).update(
            Content.assemble(
                (f" {self._layer_name(self._index)} ", "bold reverse"),
                f"  column {x + 1}, row {y + 1} of {self._shape(self._index)} "
                "depends on the lit values",
            )
        )
        # Each map takes a millisecond: of a very deep network only the two ends are drawn.
        half = MOST_MAPS // 2
        drawn = steps if len(steps) <= MOST_MAPS else (*steps[:half], *steps[-half:])
        rows = MAP_ROWS if self.size.height >= 34 else LOW_MAP_ROWS
        blocks = [
            step_map(step, self._shape(step.index), self._layer_name(step.index), rows)
            for step in reversed(drawn)
        ]
        self.query_one("#maps", Static).update(beside(blocks))
        last = steps[-1]
        box, open_box = last.box, last.unclipped
        text = (
            f" input: columns {box.x0 + 1} to {box.x1 + 1}, rows {box.y0 + 1} to {box.y1 + 1}: "
            f"{box.width}×{box.height} of {self._shape(-1)}"
        )
        if (open_box.width, open_box.height) != (box.width, box.height):
            text += f"; with the padding it would be {open_box.width}×{open_box.height}"
        if len(drawn) < len(steps):
            text += f"; {len(steps) - len(drawn)} layers in the middle are not drawn"
        self.query_one("#trace-text", Static).update(Content(text))

    def action_go(self, across: int, down: int) -> None:
        width, height = plane_of(self._shape(self._index))
        x, y = self.cell
        self.cell = (min(max(x + across, 0), width - 1), min(max(y + down, 0), height - 1))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "layer":
            step = parameters[0]
            return isinstance(step, int) and self._can_trace(self._index + step)
        return super().check_action(action, parameters)

    def _can_trace(self, index: int) -> bool:
        return 0 <= index < len(self._rows) and self._rows[index].effect is not None

    def action_layer(self, step: int) -> None:
        """Trace another layer, starting from its middle."""
        self._index += step
        width, height = plane_of(self._shape(self._index))
        self.cell = (width // 2, height // 2)
        self.show()
        self.refresh_bindings()


def plane_of(shape: Shape) -> tuple[int, int]:
    """Return the columns and rows of a shape; a vector is one row."""
    return (shape.width, shape.height) if isinstance(shape, Volume) else (shape.size, 1)


def step_map(step: FieldStep, shape: Shape, name: str, high: int) -> list[Content]:
    """Return the lines of a small map of one layer, with its title.

    Args:
        step: the part that is lit.
        shape: the layer's output.
        name: the layer's name.
        high: rows of the map.
    """
    width, height = plane_of(shape)
    columns = min(width, MAP_COLUMNS)
    rows = min(height, high)
    box = step.box
    lines = [
        Content.styled(f"{name[:MAP_COLUMNS]:<{MAP_COLUMNS}}", "bold"),
        Content(f"{shape!s:<{MAP_COLUMNS}}"),
    ]
    for row in range(high):
        if row >= rows:
            lines.append(Content(" " * MAP_COLUMNS))
            continue
        top, bottom = row * height / rows, (row + 1) * height / rows
        parts: list[tuple[str, str]] = []
        for column in range(columns):
            left, right = column * width / columns, (column + 1) * width / columns
            lit = box.x0 < right and box.x1 + 1 > left and box.y0 < bottom and box.y1 + 1 > top
            parts.append(("█", "$output-color") if lit else ("·", "$text-muted"))
        lines.append(Content.assemble(*parts, " " * (MAP_COLUMNS - columns)))
    seen = f"{box.width}×{box.height} lit"
    lines.append(Content.styled(f"{seen:<{MAP_COLUMNS}}", "$text-muted"))
    return lines


def beside(blocks: list[list[Content]], across: int = 3) -> Content:
    """Return blocks of equal size in rows of three."""
    lines: list[Content] = []
    for first in range(0, len(blocks), across):
        group = blocks[first : first + across]
        lines += [Content("   ").join(parts) for parts in zip(*group, strict=True)]
        lines.append(Content(""))
    return Content("\n").join(lines)
