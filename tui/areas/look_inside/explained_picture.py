"""A picture with its predicted probabilities, and the regions that support a class."""

from __future__ import annotations

import os
from collections.abc import Callable

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.common.numbers import figure, percent
from tui.common.text import clean
from tui.inspection.answers import Explained, Prediction, Progress
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.inspector_client import InspectionError
from tui.inspection.rasters import Raster, fit_size, grey_raster, heat_raster, resize
from tui.inspection.requests import Classify, Explain
from tui.ui.bar_list import Bar, BarList
from tui.ui.pictures.graphics import cell_pixels, image_widget
from tui.ui.pictures.half_blocks import RasterView
from tui.ui.textual_patches.cancel_workers import CancelsWorkers
from tui.ui.textual_patches.repaint import repaint

METHODS = ("", "grad-cam", "occlusion")
NAMES = {"grad-cam": "Grad-CAM", "occlusion": "Occlusion"}


class ExplainedPicture(CancelsWorkers, Horizontal):
    """The picture on the left, bars on the right. The screen handles the keys."""

    DEFAULT_CSS = """
    ExplainedPicture { height: 1fr; }
    ExplainedPicture .explained-left { width: 1fr; }
    ExplainedPicture.-heat .explained-left { width: 5fr; }
    ExplainedPicture.-heat .explained-right { width: 3fr; }
    ExplainedPicture #explained-heat { display: none; }
    ExplainedPicture.-heat #explained-heat { display: block; }
    ExplainedPicture .explained-right { width: 1fr; padding: 0 1; }
    ExplainedPicture .explained-said { height: 3; }
    ExplainedPicture .explained-head { height: 3; }
    """

    method: var[str] = var("", init=False)
    label: var[int] = var(-1, init=False)
    """Index of the explained class; -1: the predicted one."""

    def __init__(
        self,
        session: InspectionSession,
        truth: Callable[[str], str] = lambda picture: "",
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Make the view.

        Args:
            session: the open network and picture.
            truth: returns the class of a picture; empty if it is not known.
            id: Textual's.
        """
        super().__init__(id=id)
        self._session, self._truth = session, truth
        self._prediction: Prediction | None = None
        self.explained: Explained | None = None
        """The heat map that is shown; None for the plain picture."""
        self._cell = (0, 0)
        self._message = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="explained-left"):
            with Horizontal():
                yield RasterView(ruled=True, id="explained-plain")
                yield RasterView(ruled=True, id="explained-heat")
            yield Static(classes="explained-said")
        with Vertical(classes="explained-right"):
            yield Static(classes="explained-head")
            yield BarList()

    def on_mount(self) -> None:
        self._classify()

    @work(group="classify", exclusive=True)
    async def _classify(self) -> None:
        picture = self._session.view.selection.picture
        if not picture:
            self._message = "No picture is chosen: press escape, then i."
            self._show()
            return
        try:
            answer = await self._session.client.ask(Classify(pictures=(picture,)))
            self._prediction = answer.predictions[0]
            self._message = self._prediction.problem
        except InspectionError as error:
            self._message = str(error)
        self._show()

    @work(group="explain", exclusive=True)
    async def _explain(self) -> None:
        """Request the heat map for the class; a newer request cancels this."""
        method = self.method
        if method not in ("grad-cam", "occlusion"):
            self.explained, self._message = None, ""
            self._show()
            return

        def report(progress: Progress) -> None:
            self._message = f"{NAMES[method]}: {progress.done} of {progress.total} …"
            self.call_later(self._show)  # called from the client's task

        self._message = f"{NAMES[method]} …"
        self._show()
        request = Explain(
            picture=self._session.view.selection.picture,
            method="grad-cam" if method == "grad-cam" else "occlusion",
            label=self.label,
        )
        try:
            self.explained = await self._session.client.ask(request, report)
            self._message = ""
            heat = self.explained.heat
            place = heat.index(max(heat)) if heat else 0
            self._cell = (place % self.explained.width, place // self.explained.width)
            self.call_after_refresh(self._show)  # the second picture has its size only then
        except InspectionError as error:
            self.explained, self._message = None, str(error)
        self._show()

    def _show(self) -> None:
        if not self.is_attached or not self.screen.display or not self.query(BarList):
            return  # not mounted yet, or being removed
        raster, explained = self._session.view.raster, self.explained
        self.set_class(raster is not None and explained is not None, "-heat")
        if raster is None or explained is None:
            self.query_one("#explained-plain", RasterView).show(raster)
        else:
            self._show_heat(raster, explained)
        repaint(self.query_one(".explained-said", Static), self._caption())
        self._show_bars()

    def _show_heat(self, raster: Raster, explained: Explained) -> None:
        """Draw the picture and its heat map in the pixels of the screen, both of one size."""
        plain = self.query_one("#explained-plain", RasterView)
        view = self.query_one("#explained-heat", RasterView)
        columns = min(plain.content_size.width, view.content_size.width) - 1
        rows = view.content_size.height - 1
        if columns < 1 or rows < 1:
            return  # it has no size yet: it is drawn when it has one
        width, height = fit_size(raster.width, raster.height, columns, rows)
        if image_widget() is not None:
            across, down = cell_pixels()
            width, height = width * across, height * down // 2
        heat = grey_raster(explained.width, explained.height, explained.heat)
        x, y = self._cell
        middle = (
            (2 * x + 1) * width // (2 * explained.width),
            (2 * y + 1) * height // (2 * explained.height),
        )
        plain.show(resize(raster, width, height), ruler=middle)
        view.show(heat_raster(raster, heat, width, height), ruler=middle)

    @on(events.Resize)
    def _size_changed(self) -> None:
        self.call_after_refresh(self._show)

    def _caption(self) -> Content:
        explained = self.explained
        if self._message:
            return Content.styled(self._message, "$warning")
        if explained is None:
            return Content.styled("h shows what supports a class: Grad-CAM, occlusion.", "dim")
        name = self._class_name(explained.label)
        x, y = self._cell
        share = explained.heat[y * explained.width + x] / 255
        what = NAMES.get(explained.method, explained.method)
        if not explained.greatest:
            return Content(f"{what}: nothing in the picture supports {name}.")
        place = f"column {x + 1}, row {y + 1} of {explained.width}×{explained.height}: "
        if explained.layer:
            return Content.assemble(
                (f"{what} at {clean(explained.layer, 20)} for {name}", "bold"),
                f"\n{place}",
                (percent(share), "bold"),
                " of the highest",
                ("\nyellow supports it; black line: half the highest", "$text-muted"),
            )
        return Content.assemble(
            (f"{what}: with a grey patch here {name} falls", "bold"),
            f"\n{place}",
            (f"by {figure(100 * share * explained.greatest)}", "bold"),
            f"\n(percentage points; at most by {figure(100 * explained.greatest)})",
        )

    def _class_name(self, label: int) -> str:
        opened = self._session.view.opened
        classes = opened.classes if opened is not None else ()
        return clean(classes[label], 24) if 0 <= label < len(classes) else f"class {label}"

    def _show_bars(self) -> None:
        prediction = self._prediction
        head = self.query_one(".explained-head", Static)
        if prediction is None or not prediction.probabilities:
            repaint(head, Content(""))
            return
        found = prediction.probabilities
        predicted = prediction.predicted
        name = self._class_name(predicted)
        words = f"predicted: {name}, {percent(found[predicted], 1)}"
        truth = clean(self._truth(prediction.picture), 24)
        if truth:
            words += " ✓ right" if truth == name else f" ✗ it is {truth}"
        picture = clean(os.path.basename(prediction.picture), 40)
        repaint(head, Content.assemble((words, "bold"), (f"\n{picture}", "$text-muted")))
        bars = self.query_one(BarList)
        label = self._label
        order = list(range(len(found)))
        if len(order) > bars.page:  # too many: show the likeliest and the explained one
            order.sort(key=lambda number: (number != label, -found[number]))
        bars.show(
            [
                Bar(self._class_name(number), found[number], "◂ predicted" * (number == predicted))
                for number in order
            ],
            whole=1.0,
            chosen=order.index(label) if label in order else -1,
        )

    @property
    def _label(self) -> int:
        if self.label >= 0 or self._prediction is None:
            return self.label
        return self._prediction.predicted

    def watch_method(self) -> None:
        self._explain()

    def watch_label(self) -> None:
        self._explain()
        self._show()

    # Called for the screen's keys

    def next_method(self) -> None:
        """Switch to the next method, or to none."""
        self.method = METHODS[(METHODS.index(self.method) + 1) % len(METHODS)]

    def change_label(self, step: int) -> None:
        """Explain another class."""
        prediction = self._prediction
        if prediction is not None and prediction.probabilities:
            label = (self._label + step) % len(prediction.probabilities)
            self.label = -1 if label == prediction.predicted else label

    def move(self, across: int, down: int) -> None:
        """Move the cursor over the heat map."""
        explained = self.explained
        if explained is not None:
            x, y = self._cell
            self._cell = (
                min(max(x + across, 0), explained.width - 1),
                min(max(y + down, 0), explained.height - 1),
            )
            self._show()
