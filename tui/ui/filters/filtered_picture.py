"""A picture, a filter, and the resulting map, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.common.text import clean
from tui.datasets import PictureError
from tui.datasets.images.planes import (
    Plane,
    apply_to_plane,
    convolve_plane,
    draw_plane,
    first_picture,
    picture_names,
    picture_path,
    read_plane,
)
from tui.geometry import (
    KERNELS,
    Activation,
    Conv2D,
    GeometryError,
    Kernel,
    Layer,
    MaxPool2D,
    Pair,
    apply_layer,
    formula,
)
from tui.ui.commands import bindings
from tui.ui.filters.kernel_editor import KernelEditing, weights_text
from tui.ui.pictures.half_blocks import PictureView
from tui.ui.textual_patches.cancel_workers import CancelsWorkers

STAGES: tuple[Layer, ...] = (Activation("relu"), MaxPool2D())


class FilteredPicture(CancelsWorkers, Vertical, can_focus=True):
    """Runs filters on a real picture; their weights can be edited."""

    HELP = """
## A filter on a picture

**← →** choose a ready-made filter. **↓** passes its map through the next layer (relu, then
pooling), **↑** goes back. **s** changes the stride. **e** edits the weights: arrows move, type
**0** to **9**, **−** changes the sign, **escape** ends it. After an edge filter grey is 0, white
is above and black below it; after relu black is 0.
"""

    DEFAULT_CSS = """
    FilteredPicture { height: auto; }
    FilteredPicture #planes { height: 1fr; }
    FilteredPicture .plane {
        width: 1fr; height: 100%; padding: 0 1; border: round $panel-lighten-2;
        border-title-style: bold; align-horizontal: center;
    }
    FilteredPicture #plane-input { border-title-color: $input-color; }
    FilteredPicture #plane-output { border-title-color: $output-color; }
    FilteredPicture:focus .plane { border: round $primary; }
    FilteredPicture #weights { width: 22; height: 4; padding: 0 1; }
    FilteredPicture #weights-row { height: 4; }
    FilteredPicture #plane-text { width: 1fr; height: 4; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "filtered",
            ("right", "filter(1)", "next", "Filter", "Next ready-made filter"),
            ("left", "filter(-1)", "previous", "Previous filter", "Previous ready-made filter"),
            ("down", "stage(1)", "on", "Relu, pool", "Pass the map through the next layer"),
            ("up", "stage(-1)", "back", "Back", "Back to the previous layer"),
            ("s", "stride", "stride", "Stride", "Stride 1, 2 or 3"),
            ("e", "edit", "edit", "Edit", "Edit the weights"),
            ("escape", "leave", "leave", "End editing", "End editing the weights"),
            footer=(
                "next",
                "on",
                "stride",
                "edit",
            ),
        ),
    ]

    index: reactive[int] = reactive(0)
    stages: reactive[int] = reactive(0)
    stride: reactive[int] = reactive(1)
    editing: reactive[bool] = reactive(False, bindings=True)
    picture: reactive[str] = reactive("")
    """A picture's name, or the path of a file."""

    def __init__(
        self,
        picture: str = "",
        names: Sequence[str] = tuple(KERNELS),
        then: Sequence[Layer] = STAGES,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Make the view.

        Args:
            picture: one of `picture_names`, or the path of a file; empty for a first one.
            names: keys of `KERNELS` to choose from.
            then: the following layers, one for each press of ↓.
            id: Textual's.
        """
        super().__init__(id=id)
        self._editing = KernelEditing(KERNELS[name] for name in names)
        self._then = tuple(then)
        self._plane: Plane | None = None
        self.set_reactive(FilteredPicture.picture, picture or first_picture())

    def enlarged(self) -> FilteredPicture:
        """Return a copy of this view for a window of its own."""
        other = FilteredPicture(self.picture)
        other._editing, other._then = KernelEditing(self._editing.kernels), self._then
        other.set_reactive(FilteredPicture.index, self.index)
        other.set_reactive(FilteredPicture.stages, self.stages)
        other.set_reactive(FilteredPicture.stride, self.stride)
        return other

    @property
    def kernel(self) -> Kernel:
        """The current filter."""
        return self._editing.kernels[self.index]

    def compose(self) -> ComposeResult:
        with Horizontal(id="planes"):
            for name in ("input", "output"):
                with Vertical(id=f"plane-{name}", classes="plane"):
                    yield PictureView()
        with Horizontal(id="weights-row"):
            yield Static(id="weights")
            yield Static(id="plane-text")

    def on_resize(self, event: events.Resize) -> None:
        self._load()

    def watch_picture(self) -> None:
        self._load()

    @work(exclusive=True)
    async def _load(self) -> None:
        """Read the picture at the size that fits."""
        room = self.query_one("#plane-input").content_size
        if room.width < 2 or room.height < 2:
            return
        named = self.picture in picture_names()
        try:
            path = await asyncio.to_thread(picture_path, self.picture) if named else self.picture
            self._plane = await asyncio.to_thread(read_plane, path, room.width, 2 * room.height)
        except PictureError as error:
            self._plane = None
            for view in self.query(PictureView):
                view.show(None)
            self.query_one("#plane-text", Static).update(Content.styled(str(error), "$text-error"))
            return
        self._draw()

    def watch_index(self) -> None:
        self._draw()

    def watch_stages(self) -> None:
        self._draw()

    def watch_stride(self) -> None:
        self._draw()

    def watch_editing(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted or self._plane is None:
            return
        kernel, plane = self.kernel, self._plane
        before, after = self.query(PictureView)
        named = self.picture in picture_names()
        title = self.picture if named else clean(Path(self.picture).name, 30)
        self._show(before, plane, f"input: {title}")
        try:
            made = convolve_plane(plane, kernel.values, self.stride)
            names = [""]
            for layer in self._then[: self.stages]:
                made = apply_to_plane(made, layer)
                names.append(getattr(layer, "function", "") or layer.kind)
            self._show(after, made, f"output: {kernel.title}", " → ".join(names))
            text = map_text(kernel, self.stride, plane, made, editing=self.editing)
        except GeometryError as error:
            after.show(None)
            text = Content.styled(str(error), "$text-error")
        self.query_one("#plane-text", Static).update(text)
        cell = self._editing.cell if self.editing else None
        self.query_one("#weights", Static).update(weights_text(kernel, cell))

    def _show(self, view: PictureView, plane: Plane, title: str, through: str = "") -> None:
        view.show(draw_plane(plane))
        box = view.parent
        assert isinstance(box, Vertical)
        box.border_title = Content(title)
        box.border_subtitle = f"{through}  {plane.volume}".strip()

    # Commands

    def action_filter(self, step: int) -> None:
        self.index = (self.index + step) % len(self._editing.kernels)

    def action_stage(self, step: int) -> None:
        self.stages = min(max(self.stages + step, 0), len(self._then))

    def action_stride(self) -> None:
        self.stride = self.stride % 3 + 1

    def action_edit(self) -> None:
        """Start or end editing; an edited filter becomes the learner's own."""
        self.editing = not self.editing

    def action_leave(self) -> None:
        """End editing."""
        self.editing = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # Otherwise escape goes back, as a command of the screen.
        return action != "leave" or bool(self.editing)

    def on_key(self, event: events.Key) -> None:
        """Handle keys that edit weights before they run commands."""
        if not self.editing:
            return
        index = self._editing.press(self.index, event.key, event.character or "")
        if index is not None:
            self.index = index
            self._draw()
            event.stop()
            event.prevent_default()


def map_text(kernel: Kernel, stride: int, plane: Plane, made: Plane, *, editing: bool) -> Content:
    """Return what a filter detects, the width of its map, and the range of its values.

    Args:
        kernel: the filter.
        stride: the stride.
        plane: the picture.
        made: the map, after the following layers.
        editing: whether the weights are being edited.
    """
    effect = apply_layer(Conv2D(1, Pair.square(3), Pair.square(stride)), plane.volume)
    lines = [
        Content.assemble((f"{kernel.title}: ", "bold"), f"finds {kernel.finds}"),
        Content(formula(effect).width),
    ]
    if made.flat:
        lines.append(Content.styled("All values of this map are the same: it is dead.", "bold"))
    else:
        low, high = float(made.values.min()), float(made.values.max())
        lines.append(Content(f"values {low:.0f} to {high:.0f}".replace("-", "−")))
    if editing:
        lines.append(
            Content.styled(
                "editing: arrows move, type 0-9, − changes the sign, escape ends", "$text-warning"
            )
        )
    return Content("\n").join(lines)
