"""Search backwards for filter size, stride and padding that lead from one width to another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.common.numbers import count
from tui.common.typed_paths import in_thread
from tui.geometry import (
    Bounds,
    Conv2D,
    GeometryError,
    Network,
    Pair,
    Solution,
    Volume,
    apply_layer,
    format_network,
    network_totals,
    solve,
    solve_chain,
    trace_network,
)
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.fields import ChoiceInput, FieldRow, NumberInput
from tui.ui.network_table import short_number

MOST_SHOWN = 300

Way = Solution | Network


class SolveWindow(Window[Solution | Network | None]):
    """Lists all solutions within bounds; enter applies one."""

    CSS_PATH = "solve_window.tcss"
    AUTO_FOCUS = "#to"
    HELP = """
# Backwards

All combinations of filter size **F**, stride **S**, padding **P** and dilation within the bounds
that lead from one width to another; those where Keras rounds down are marked **!**. With
**what: a chain** it searches for short chains of convolutions and poolings that reduce the input
to at most that width. **enter** in the list applies one.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="solve.close", tooltip="Close without applying one"),
        Binding("tab", "app.focus_next", "Next field", id="solve.next", tooltip="Next field"),
    ]

    def __init__(self, volume: Volume, layer: Conv2D, target: int) -> None:
        """Make the screen.

        Args:
            volume: the input volume to start from.
            layer: its number of filters and its bias determine the cost.
            target: the output width at first.
        """
        super().__init__()
        self._volume, self._layer, self._target = volume, layer, target
        self._found: list[Way] = []
        self._stop = threading.Event()

    def compose(self) -> ComposeResult:
        with Vertical(classes="solve") as box:
            box.border_title = "Backwards"
            yield FieldRow("what", ChoiceInput(["one layer", "a chain"], "one layer", id="what"))
            yield FieldRow("from W1", NumberInput(self._volume.width, minimum=1, id="from"))
            yield FieldRow("to W2", NumberInput(self._target, minimum=1, id="to"))
            yield FieldRow("F up to", NumberInput(11, minimum=1, id="most-f"))
            yield FieldRow("S up to", NumberInput(4, minimum=1, id="most-s"))
            yield FieldRow("P up to", NumberInput(5, id="most-p"))
            yield FieldRow("dilation up to", NumberInput(1, minimum=1, id="most-d"))
            yield FieldRow(
                "sorted by", ChoiceInput(["parameters", "MACs", "stride"], "parameters", id="sort")
            )
            yield Static(id="solve-said")
            yield OptionList(id="solutions", compact=True)
        yield Footer()

    def on_mount(self) -> None:
        self.search()

    @on(Input.Changed)
    @on(ChoiceInput.Changed)
    def search(self) -> None:
        """Search again, at every key; a search that is still running is given up."""
        self._stop.set()
        self._stop = threading.Event()
        numbers = {}
        for field in self.query(NumberInput):
            if field.number is None:
                self.workers.cancel_group(self, "search")
                self._show([], [], Content.styled(f"✗ {field.problem}", "$text-error"))
                return
            numbers[str(field.id)] = field.number
        if self.query_one("#what", ChoiceInput).value == "a chain":
            self._search(partial(self._chains, numbers, self._stop.is_set))
        else:
            order = self.query_one("#sort", ChoiceInput).value
            self._search(partial(self._layers, numbers, order, self._stop.is_set))

    @work(exclusive=True, group="search")
    async def _search(self, look: Callable[[], tuple[list[Way], list[Content]]]) -> None:
        """Search in a thread and show the results."""
        searching = in_thread(look)
        await asyncio.wait([searching], timeout=0.1)
        if not searching.done():
            self._show([], [], Content.styled("searching …", "$text-muted"))
        try:
            found, lines = await searching
        except GeometryError as error:
            self._show([], [], Content.styled(f"✗ {error}", "$text-error"))
            return
        count = len(found)
        status = f"{count:,} solution{'s' * (count != 1)}, enter applies one"
        if count > len(lines):
            status += f"; the first {len(lines):,} are listed"
        nothing = "No solution within these bounds: raise one of them."
        self._show(found, lines, Content(status if count else nothing))

    def _show(self, found: list[Way], lines: list[Content], status: Content) -> None:
        self._found = found
        self.query_one("#solve-said", Static).update(status)
        options = self.query_one("#solutions", OptionList)
        options.clear_options()
        options.add_options([Option(line, id=str(number)) for number, line in enumerate(lines)])
        options.highlighted = 0 if lines else None

    # These methods run in a thread and read no widget.

    def _layers(
        self, numbers: dict[str, int], order: str, stop: Callable[[], bool]
    ) -> tuple[list[Way], list[Content]]:
        bounds = Bounds(
            kernel=(1, numbers["most-f"]),
            stride=(1, numbers["most-s"]),
            padding=(0, numbers["most-p"]),
            dilation=(1, numbers["most-d"]),
        )
        width = numbers["from"]
        found = [one for one in solve(width, numbers["to"], bounds=bounds, stop=stop) if one.builds]
        costs: dict[int, tuple[int, int]] = {}  # all have the same output width, so F alone decides
        for one in found:
            if one.kernel not in costs:
                costs[one.kernel] = self._cost(one, width)
        by = {"parameters": 0, "MACs": 1}.get(order)
        if by is None:
            found.sort(key=lambda one: (not one.exact, one.stride, one.kernel))
        else:
            found.sort(key=lambda one: (not one.exact, costs[one.kernel][by]))
        return list(found), [_line(one, *costs[one.kernel]) for one in found[:MOST_SHOWN]]

    def _cost(self, one: Solution, width: int) -> tuple[int, int]:
        layer = Conv2D(
            self._layer.filters,
            Pair.square(one.kernel),
            stride=Pair.square(one.stride),
            padding=Pair.square(one.padding),
            dilation=Pair.square(one.dilation),
        )
        effect = apply_layer(layer, Volume(width, width, self._volume.depth))
        return effect.parameters, effect.macs

    def _chains(
        self, numbers: dict[str, int], stop: Callable[[], bool]
    ) -> tuple[list[Way], list[Content]]:
        volume = Volume(numbers["from"], numbers["from"], self._volume.depth)
        chains = solve_chain(volume, Pair.square(numbers["to"]), stop=stop)
        lines = []
        for chain in chains:
            totals = network_totals(trace_network(chain))
            words = format_network(chain).split(" ", 1)[-1]
            lines.append(Content(f"{count(totals.parameters, 9):>9} parameters  {words}"))
        return list(chains), lines

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[int(str(event.option_id))])

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_unmount(self) -> None:
        self._stop.set()


def _line(one: Solution, parameters: int, macs: int) -> Content:
    """Return a solution as a line of the list."""
    dilation = f"  dilation {one.dilation}" if one.dilation > 1 else ""
    mark = "  " if one.exact else "! "
    return Content(
        f"{mark}F {one.kernel:>2}  S {one.stride}  P {one.padding}{dilation}"
        f"   {count(parameters, 10):>10} parameters  {short_number(macs):>7} MACs"
        + ("" if one.exact else "  rounded down")
    )
