"""One value of a layer, and the values and weights that it is computed from."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.areas.look_inside.traced_steps import Step, TracedSteps
from tui.areas.look_inside.value_text import (
    channels_line,
    term_line,
    terms_list,
    trace_line,
    value_line,
    window_grids,
)
from tui.inspection.answers import Traced
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.inspector_client import InspectionError
from tui.inspection.traced_text import (
    IMAGE,
    agrees,
    calculation_lines,
    name_of,
    number_text,
    place_text,
    shape_of,
    sources_of,
)
from tui.ui.area_screen import AreaScreen
from tui.ui.bar_list import BarList
from tui.ui.commands import BackStep, bindings
from tui.ui.pictures.half_blocks import RasterView
from tui.ui.textual_patches.repaint import repaint


class ValuePane(Vertical, can_focus=True):
    """One of the two halves, in which the arrows move."""


class ValueScreen(AreaScreen):
    """Shows the map with the value on the left, and what it is computed from on the right."""

    AREA = "look"
    CSS_PATH = "value_screen.tcss"
    HELP = """
# One value

How a layer computed one value, with the network's real weights and your picture. On the left is the
map with the value; on the right are the values of the input that it is computed from, their weights
and their products, for one channel of the input at a time. Below are the sum of each channel, the
bias and the activation, and the value that Keras computed.

**tab** goes from one half to the other, and the **arrows** move in it: on the left to another value
of the map (with **shift**, or **H J K L**, by eight), on the right to another value under the
window. **,** and **.** go to another channel of the input, **n p** to another channel of the map,
**m** to its highest value.

**enter** goes back through the network: to the value of the layer before that is marked on the
right, down to the picture. **escape** goes forward again, and at last back to the channel.

Columns and rows count from 1, channels and units from 0, as in the code.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "value",
            ("tab,shift+tab", "pane", "pane", "Other half", "Move in the map or in the window"),
            ("right,l", "move(1,0)", "right", "Right", "Move right"),
            ("left,h", "move(-1,0)", "left", "Left", "Move left"),
            ("down,j", "move(0,1)", "down", "Down", "Move down"),
            ("up,k", "move(0,-1)", "up", "Up", "Move up"),
            ("shift+right,L", "move(8,0)", "far-right", "Far right", "Move right by eight"),
            ("shift+left,H", "move(-8,0)", "far-left", "Far left", "Move left by eight"),
            ("shift+down,J", "move(0,8)", "far-down", "Far down", "Move down by eight"),
            ("shift+up,K", "move(0,-8)", "far-up", "Far up", "Move up by eight"),
            ("full_stop", "slice(1)", "slice", "Input channel", "Next channel of the input"),
            ("comma", "slice(-1)", "slice-before", "Previous", "Previous channel of the input"),
            ("n", "channel(1)", "next", "Next", "Next channel or unit"),
            ("p", "channel(-1)", "before", "Previous", "Previous channel or unit"),
            ("m", "strongest", "greatest", "Highest", "Go to the highest value"),
            ("enter", "trace", "trace", "Trace back", "Go to the marked value, a layer before"),
            ("q", "back", "close", "Back", "Forward again; back to the channel"),
            footer=("pane", "slice", "next", "greatest", "trace"),
        )
    ]

    step: var[Step] = var((0, 0, 0, 0), init=False)
    index: var[int] = var(0, init=False)
    """Of the marked value: in the window, or among the terms."""

    def __init__(
        self, session: InspectionSession, layer: int, channel: int, x: int = 0, y: int = 0
    ) -> None:
        """Make the screen.

        Args:
            session: the open network and picture.
            layer: index in `Opened.layers`.
            channel: index of the channel, or of the unit of a layer without height and width.
            x, y: column and row, from 0.
        """
        super().__init__()
        self.set_reactive(ValueScreen.step, (layer, x, y, channel))
        self._steps = TracedSteps(session)
        self._opened = self._steps.opened
        self._message = ""

    def compose_body(self) -> ComposeResult:
        yield Static(id="value-head")
        yield Static(id="value-trace")
        with Horizontal(id="value-both"):
            with ValuePane(id="value-left"):
                yield Static(classes="value-title", id="value-left-title")
                yield RasterView(ruled=True, id="value-map")
                yield BarList(id="value-units")
            with ValuePane(id="value-right"):
                yield Static(classes="value-title", id="value-right-title")
                yield Static(id="value-inputs")
        yield Static(id="value-input")
        yield Static(id="value-channels")
        yield Static(id="value-sum")

    def on_mount(self) -> None:
        self.where = "Look inside · one value"
        self.query_one("#value-left").focus()
        self._load()

    @on(events.DescendantFocus)
    @on(events.Resize)
    @on(BarList.Resized)
    def _redraw(self) -> None:
        self.call_after_refresh(self._show)

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        """Fetch what the value is computed from, and its map; a newer value cancels this."""
        try:
            index = await self._steps.load(self.step, self.index)
        except InspectionError as error:
            self._message = str(error)
        else:
            self._message = ""
            self.set_reactive(ValueScreen.index, index)
        self._show()
        self.call_after_refresh(self._show)  # lines of two rows take room from the halves

    def watch_step(self) -> None:
        self._load()

    def watch_index(self) -> None:
        self._show()

    # Drawing

    @property
    def _spatial(self) -> bool:
        return self._opened.layers[self.step[0]].spatial

    @property
    def _on_the_left(self) -> bool:
        return self.focused is None or self.focused.id != "value-right"

    def _show(self) -> None:
        if not self.is_attached or not self.query("#value-sum"):
            return
        traced, opened = self._steps.traced, self._opened
        if traced is None:
            self._put("#value-sum", Content.styled(self._message, "$warning"))
            return
        place = place_text(opened, traced.layer, traced.x, traced.y, traced.channel)
        head = Content.assemble(
            (f" {name_of(opened, traced.layer)} ", "bold reverse"),
            f"  {place}: ",
            (number_text(traced.output), "bold $output-color"),
        )
        self._put("#value-head", head)
        before = self._steps.before
        trace = trace_line(opened, [*before, self.step], self.size.width) if before else Content("")
        self._put("#value-trace", trace)
        self.refresh_bindings()
        self.set_class(not self._spatial, "-units")
        self._show_left(traced)
        self._show_right(traced)

    def _show_left(self, traced: Traced) -> None:
        depth = self._opened.layers[traced.layer].depth
        if not self._spatial:
            self._put("#value-left-title", self._title(f"{depth:,} units", left=True))
            bars = self.query_one(BarList)
            page, chosen = self._steps.units_around(traced, bars.page)
            bars.show(page, chosen=chosen)
            return
        title = self._title(f"map {traced.channel} (0 to {depth - 1})", left=True)
        self._put("#value-left-title", title)
        if self._steps.map is not None:
            self.query_one("#value-map", RasterView).show(self._steps.map[1], (traced.x, traced.y))

    def _show_right(self, traced: Traced) -> None:
        opened, window = self._opened, self._steps.window
        pane = self.query_one("#value-inputs", Static)
        width, height = pane.size.width, pane.size.height
        sources = sources_of(opened.layers, traced.layer)
        title = ", ".join(name_of(opened, source) for source in sources[:2])
        where = line = Content("")
        if window is not None:
            shape = shape_of(opened, traced.sources[0])
            number = window.channels[window.place(self.index)[0]]
            if shape[2] > 1:
                title += f", channel {number} (0 to {shape[2] - 1})"
            repaint(pane, window_grids(window, shape, self.index, width, height))
            where = value_line(traced, opened, window, self.index)
            line = channels_line(traced, opened, window, self.index, self.size.width - 2)
        else:
            repaint(pane, terms_list(traced, opened, self.index, width, height))
            where = term_line(traced, opened, self.index)
        self._put("#value-right-title", self._title(f"from {title}", left=False))
        self._put("#value-input", where)
        self._put("#value-channels", line)
        words = Content("\n").join(map(Content, calculation_lines(traced, opened)))
        if not agrees(traced):
            words = words.stylize("$warning")
        if self._message:
            words = Content.styled(self._message, "$warning")
        self._put("#value-sum", words)

    def _title(self, words: str, *, left: bool) -> Content:
        if left == self._on_the_left:
            return Content.styled(f"▸{words} ", "bold reverse")
        return Content.styled(f" {words}", "bold")

    def _put(self, selector: str, content: Content) -> None:
        repaint(self.query_one(selector, Static), content)

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "slice":
            return self._steps.window is not None and len(self._steps.window.channels) > 1
        if action == "trace":
            step = self._steps.marked(self.index)
            return step is not None and step[0] != IMAGE
        return super().check_action(action, parameters)

    def action_pane(self) -> None:
        """Move in the other half from now on."""
        self.query_one("#value-right" if self._on_the_left else "#value-left").focus()

    def action_move(self, across: int, down: int) -> None:
        if not self._on_the_left:
            self.index = self._steps.moved(self.index, across, down)
            return
        layer, x, y, channel = self.step
        info = self._opened.layers[layer]
        if not info.spatial:
            self.action_channel(across + down)
            return
        x = min(max(x + across, 0), info.width - 1)
        y = min(max(y + down, 0), info.height - 1)
        self.step = layer, x, y, channel

    def action_slice(self, step: int) -> None:
        """Show another channel of the input."""
        window = self._steps.window
        if window is not None and window.values:
            channel, row, column = window.place(self.index)
            channel = (channel + step) % len(window.channels)
            self.index = window.index(channel, row, column)

    def action_channel(self, step: int) -> None:
        layer, x, y, channel = self.step
        depth = self._opened.layers[layer].depth
        self.step = layer, x, y, (channel + step) % depth

    def action_strongest(self) -> None:
        """Go to the highest value of the map, or of the units."""
        self.step = self._steps.strongest(self.step)

    def action_trace(self) -> None:
        """Go to the marked value, in the layer before."""
        step = self._steps.marked(self.index)
        if step is not None and step[0] != IMAGE:
            self._steps.leave(self.step, self.index)
            self.step = step
            self.show_back_step()

    def back_step(self) -> BackStep | None:
        """Go forward to the value that one came from, or back to the channel."""
        if self._steps.before:
            return BackStep("Layer after", self._forward)
        return super().back_step()

    def _forward(self) -> None:
        step = self._steps.forward()
        if step is not None:
            self.step = step
