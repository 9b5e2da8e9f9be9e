"""The window at work: input with its padding, filter, output, and the sum of the present place."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tui.geometry import Effect, GeometryError, Layer, Volume
from tui.geometry.scene import FILTERS, Scene, scene_for

SPEEDS = (0.15, 0.4, 1.0, 2.0)
"""Seconds a step, fast to slow."""


class Stage(Vertical, can_focus=True):
    """Slides the window by key and shows what is multiplied and added."""

    HELP = """
## The window

**→ ←** step, **↓ ↑** go a row down or up, **space** plays and pauses, **+ −** change the speed,
**home** goes to the first place. **, .** switch the depth slice, **; :** the filter, **f** a
ready-made 3×3 filter. **e** adds one to the number in the window's first cell.
"""

    DEFAULT_CSS = """
    Stage { height: auto; border: round $panel-lighten-2; padding: 0 1; }
    Stage:focus { border: round $primary; }
    Stage > Horizontal { height: auto; }
    Stage .grid { width: auto; height: auto; margin: 0 3 0 0; }
    Stage #sum { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", id="stage.play", tooltip="Play or pause"),
        Binding("right", "step(1)", "Step", show=False, id="stage.next", tooltip="Next place"),
        Binding(
            "left", "step(-1)", "Back", show=False, id="stage.previous", tooltip="Place before"
        ),
        Binding("down", "row(1)", "Row down", show=False, id="stage.down", tooltip="A row down"),
        Binding("up", "row(-1)", "Row up", show=False, id="stage.up", tooltip="A row up"),
        Binding("home", "first", "First", show=False, id="stage.first", tooltip="First place"),
        Binding("end", "last", "Last", show=False, id="stage.last", tooltip="Last place"),
        Binding(
            "plus,equals_sign",
            "speed(-1)",
            "Faster",
            show=False,
            id="stage.faster",
            tooltip="Play faster",
        ),
        Binding(
            "minus", "speed(1)", "Slower", show=False, id="stage.slower", tooltip="Play slower"
        ),
        Binding(
            "full_stop",
            "slice(1)",
            "Next slice",
            show=False,
            id="stage.slice",
            tooltip="Next depth slice of the input",
        ),
        Binding(
            "comma",
            "slice(-1)",
            "Slice before",
            show=False,
            id="stage.slice_before",
            tooltip="Depth slice before",
        ),
        Binding(
            "semicolon",
            "filter(1)",
            "Next filter",
            show=False,
            id="stage.filter",
            tooltip="Next filter of K",
        ),
        Binding(
            "colon",
            "filter(-1)",
            "Filter before",
            show=False,
            id="stage.filter_before",
            tooltip="Filter before",
        ),
        Binding(
            "f",
            "ready",
            "Ready-made filter",
            show=False,
            id="stage.ready",
            tooltip="Edges, Sobel, sharpen, sum",
        ),
        Binding(
            "e",
            "raise",
            "Edit",
            show=False,
            id="stage.edit",
            tooltip="Add one to the number in the window's first cell",
        ),
    ]

    place: reactive[int] = reactive(0)
    slice: reactive[int] = reactive(0)
    filter: reactive[int] = reactive(0)
    playing: reactive[bool] = reactive(False)

    def __init__(self) -> None:
        super().__init__()
        self._scene: Scene | None = None
        self._for: tuple[Layer, object] | None = None
        self._why = ""
        self._speed = 1
        self._timer: Timer | None = None
        self._ready = -1

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(id="stage-input", classes="grid")
            yield Static(id="stage-filter", classes="grid")
            yield Static(id="stage-output", classes="grid")
        yield Static(id="sum")

    def show(self, layer: Layer | None, effect: Effect | None) -> None:
        """Show the window of a layer; `effect` is None while it does not fit."""
        wanted = (layer, effect.input) if layer is not None and effect is not None else None
        if wanted == self._for and wanted is not None:
            return
        self._for = wanted
        self._scene, self._why, self.playing = None, "", False
        if wanted is None or layer is None or effect is None:
            self._why = "The window cannot move while the numbers do not fit."
        elif not isinstance(effect.input, Volume):
            self._why = f"{layer.keras_name} has no window: it reads a list of numbers."
        else:
            try:
                self._scene = scene_for(layer, effect.input)
            except GeometryError as error:
                self._why = error.message[:1].upper() + error.message[1:]
        self.place = self.slice = self.filter = 0
        self._ready = -1
        self._draw()

    def watch_place(self) -> None:
        self._draw()

    def watch_slice(self) -> None:
        self._draw()

    def watch_filter(self) -> None:
        self._draw()

    def watch_playing(self, playing: bool) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if playing:
            self._timer = self.set_interval(SPEEDS[self._speed], self._tick)

    def _tick(self) -> None:
        scene = self._scene
        if scene is None or self.place + 1 >= scene.output.width * scene.output.height:
            self.playing = False
        else:
            self.place += 1

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        parts = [self.query_one(f"#stage-{name}", Static) for name in ("input", "filter", "output")]
        total = self.query_one("#sum", Static)
        scene = self._scene
        if scene is None:
            for part in parts:
                part.update("")
            total.update(Content.styled(self._why, "$text-muted"))
            return
        y, x = divmod(self.place, scene.output.width)
        parts[0].update(input_text(scene, x, y, self.slice))
        parts[1].update(filter_text(scene, self.filter, self.slice))
        parts[2].update(output_text(scene, self.place, self.filter))
        total.update(sum_text(scene, x, y, self.filter))

    # Commands

    def action_step(self, step: int) -> None:
        if self._scene is not None:
            count = self._scene.output.width * self._scene.output.height
            self.place = min(max(self.place + step, 0), count - 1)

    def action_row(self, step: int) -> None:
        if self._scene is not None:
            self.action_step(step * self._scene.output.width)

    def action_first(self) -> None:
        self.place = 0

    def action_last(self) -> None:
        self.action_step(10**6)

    def action_play(self) -> None:
        scene = self._scene
        if scene is not None and self.place + 1 >= scene.output.width * scene.output.height:
            self.place = 0
        self.playing = not self.playing and self._scene is not None

    def action_speed(self, step: int) -> None:
        self._speed = min(max(self._speed + step, 0), len(SPEEDS) - 1)
        if self.playing:
            self.watch_playing(True)

    def action_slice(self, step: int) -> None:
        if self._scene is not None:
            self.slice = (self.slice + step) % len(self._scene.grid)

    def action_filter(self, step: int) -> None:
        if self._scene is not None:
            self.filter = (self.filter + step) % self._scene.output.depth

    def action_ready(self) -> None:
        """Put the next ready-made filter in the first filter's place."""
        if self._scene is None:
            return
        self._ready = (self._ready + 1) % len(FILTERS)
        name = list(FILTERS)[self._ready]
        try:
            self._scene = self._scene.with_filter(name)
        except GeometryError as error:
            self.notify(error.message, markup=False)
            return
        self.filter = 0
        self._draw()
        self.notify(f"filter 1 is now: {name}", timeout=2)

    def action_raise(self) -> None:
        """Change a number of the input, to see what follows from it."""
        scene = self._scene
        if scene is None:
            return
        y, x = divmod(self.place, scene.output.width)
        across, down = scene.axes
        row, column = max(down.first(y), 0), max(across.first(x), 0)
        if row < down.size and column < across.size:
            value = (scene.grid[self.slice][row][column] + 1) % 10
            self._scene = scene.with_value(self.slice, row, column, value)
            self._draw()


def input_text(scene: Scene, x: int, y: int, depth: int) -> Content:
    """Return the input with its padding; the window's cells are reversed, unread ones crossed."""
    across, down = scene.axes
    columns = set(across.first(x) + n * across.dilation for n in range(across.kernel))
    rows = set(down.first(y) + n * down.dilation for n in range(down.kernel))
    shape = f"{across.size}×{down.size}×{len(scene.grid)}"
    lines = [
        Content.assemble(
            ("input ", "bold $input-color"), f"{shape}  slice {depth + 1} of {len(scene.grid)}"
        )
    ]
    right = across.span - across.before - across.unread
    bottom = down.span - down.before - down.unread
    for row in range(-down.before, down.size + down.after):
        parts: list[tuple[str, str]] = []
        for column in range(-across.before, across.size + across.after):
            padded = not (0 <= row < down.size and 0 <= column < across.size)
            unread = column >= right or row >= bottom
            number = "0" if padded else str(scene.grid[depth][row][column])
            style = "$text-muted dim" if padded else "$input-color"
            if row in rows and column in columns:
                parts.append((f"[{number}]", f"bold reverse {style}".replace(" dim", "")))
            elif unread:
                parts.append((" × ", "$text-muted"))
            elif padded:
                parts.append((" · ", style))
            else:
                parts.append((f" {number} ", style))
        lines.append(Content.assemble(*parts))
    if across.unread or down.unread:
        lines.append(Content.styled("× is never read", "$text-muted"))
    return Content("\n").join(lines)


def filter_text(scene: Scene, k: int, depth: int) -> Content:
    """Return the slice of the filter that meets the slice of the input, or the pooling's rule."""
    if not scene.filters:
        name = "largest" if scene.layer.kind == "maxpool" else "mean"
        window = scene.layer.pool  # type: ignore[union-attr]
        return Content.assemble(
            ("window ", "bold $filter-color"), f"{window.w}×{window.h}\n", f"takes the {name}"
        )
    chosen = scene.filters[k]
    plane = chosen[min(depth, len(chosen) - 1)]
    lines = [
        Content.assemble(("filter ", "bold $filter-color"), f"{k + 1} of {len(scene.filters)}")
    ]
    lines += [
        Content.styled("".join(f"{value:>3}" for value in line), "$filter-color") for line in plane
    ]
    return Content("\n").join(lines)


def output_text(scene: Scene, place: int, k: int) -> Content:
    """Return the output up to the present place; the rest is not known yet."""
    output = scene.output
    lines = [
        Content.assemble(
            ("output ", "bold $output-color"),
            f"{output.width}×{output.height}  slice {k + 1} of {output.depth}",
        )
    ]
    for y in range(output.height):
        parts: list[tuple[str, str]] = []
        for x in range(output.width):
            number = y * output.width + x
            if number > place:
                parts.append(("   · ", "$text-muted"))
                continue
            text = f"{scene.at(x, y, k).total:g}"[:4].replace("-", "−")
            style = "bold reverse $output-color" if number == place else "$output-color"
            parts.append((f"{text:>4} ", style))
        lines.append(Content.assemble(*parts))
    return Content("\n").join(lines)


def sum_text(scene: Scene, x: int, y: int, k: int) -> Content:
    """Return what is multiplied and added at the present place, slice by slice."""
    window = scene.at(x, y, k)
    where = f"row {y + 1}, column {x + 1}: "
    if not scene.filters:
        values = ", ".join(f"{term.value:g}" for term in window.terms if not term.padded)
        rule = "largest" if scene.layer.kind == "maxpool" else "mean"
        return Content.assemble((where, "bold"), f"{rule} of {values} = {window.total:g}")
    sums: dict[int, float] = {}
    for term in window.terms:
        sums[term.depth] = sums.get(term.depth, 0.0) + term.value * term.weight
    text = window.text(limit=9)
    if len(sums) > 1:
        slices = " + ".join(map(_signed, sums.values()))
        first = [term for term in window.terms if term.depth == 0]
        products = " + ".join(f"{t.value:g}·{_signed(t.weight)}" for t in first[:9])
        more = " + …" if len(first) > 9 else ""
        text = f"slice 1: {products}{more} = {sums[0]:g}\nall slices: {slices} = {window.total:g}"
    return Content.assemble((where, "bold"), text)


def _signed(value: float) -> str:
    return f"(−{-value:g})" if value < 0 else f"{value:g}"
