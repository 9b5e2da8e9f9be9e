"""Area 6: the feature maps of a trained network."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from tui.areas.look_inside.look_text import placeholder_text
from tui.areas.look_inside.maps_panel import MAPS_COMMANDS, MapsPanel
from tui.areas.look_inside.picture_choice import PICTURE_COMMANDS, PictureChoice
from tui.areas.look_inside.run_choice import RUN_COMMANDS, RunChoice
from tui.areas.look_inside.view_commands import VIEW_COMMANDS, OtherViews
from tui.inspection.answers import LayerInfo
from tui.inspection.choices import has_weights
from tui.inspection.inspection_session import InspectionSession
from tui.runs.store.run_summary import RunSummary
from tui.ui.area_screen import AreaScreen, area_title
from tui.ui.commands import BackStep, bindings

INSPECTOR_KEPT_SECONDS = 120.0
"""How long the inspector process is kept after the learner has left the area."""


class LookScreen(AreaScreen):
    """Shows the layers on the left, and the channels of the chosen one on the right."""

    AREA = "look"
    CSS_PATH = "look_screen.tcss"
    HELP = """
# Look inside

The output of every layer of a trained network for one picture. On the left are the layers with
their output volumes, and below them the picture as the network receives it; on the right are the
channels of the chosen layer, black at a channel's lowest value and white at its highest.

**↑ ↓** (or **p n**; with **shift** by ten) choose a layer: see W×H×D shrink and deepen. **← →**
choose a channel, **page up** and **page down** turn the page, **enter** enlarges a channel: a
cursor there shows the values and the pixels that each of them sees, and **enter** there shows the
products that a value is the sum of. On a unit **enter** shows them at once. **o** sorts by index or
by activation (the highest mean first), **+ −** make the maps larger or smaller. *dead*: the same
value everywhere; *sat* (saturated): nine tenths at the highest value.

**c** chooses another run, **w** other weights of it, **[ ]** step through the saved epochs, also
while the run is still training. **i** chooses another picture, **< >** the previous and the next
one in its folder.

**e** shows what the network predicts and why, **f** the filters, **k** the Keras code of what is on
screen, **a** the layers of any `.keras` or `.h5` file, **t** trains the network on screen further,
on images of yours. A process of its own does the work; it ends
when you leave.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *PICTURE_COMMANDS,
        *RUN_COMMANDS,
        *VIEW_COMMANDS,
        *MAPS_COMMANDS,
        *bindings(
            "look",
            ("r", "restart", "restart", "Restart", "Start Keras again"),
            footer=("restart",),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.session = InspectionSession(self._page_size, self.redraw)
        self.choice = RunChoice(self)
        self.pictures = PictureChoice(self, self.choice, self._show_mistakes)
        self.panel = MapsPanel(self)
        self.views = OtherViews(self, self.choice, self.pictures, self.panel)
        self._leaving: Timer | None = None
        self._notified = ""
        """The problem shown last as a message, as the line below the maps may cut it."""
        self._offered: tuple[str, bool] | None = None

    def compose_body(self) -> ComposeResult:
        yield self.panel

    def on_mount(self) -> None:
        self.where = "Look inside"
        self.app.mode_change_signal.subscribe(self, self._mode_changed, immediate=True)
        self.choice.open_newest_if_changed()
        self.redraw()
        self.set_interval(2.0, self.choice.look_for_epochs)

    def _page_size(self, layer: LayerInfo) -> tuple[int, int, int]:
        return self.panel.page_size(layer)

    def _show_mistakes(self) -> None:
        self.views.predictions("mistakes")

    # The inspector process runs while the area is on screen, and a little longer

    @on(events.ScreenResume)
    def _resumed(self) -> None:
        self._stay()
        requested = self.host.run_to_look_into
        if requested is not None:
            self.host.run_to_look_into, self.choice.requested = None, requested
            self.choice.open_run(requested)
        # Start before the first selection, unless there is nothing to look into.
        if self.session.status == "off" and (self.host.runs or self.session.selection.source[0]):
            self._start()
        self.redraw()

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        self._stay()
        self._leaving = self.set_timer(INSPECTOR_KEPT_SECONDS, self._leave)

    def _stay(self) -> None:
        """Keep the inspector: cancel the timer that would end it."""
        if self._leaving is not None:
            self._leaving.stop()
            self._leaving = None

    async def _leave(self) -> None:
        if self.app.current_mode != self.AREA and self.session.status != "off":
            await self.session.close()

    async def on_unmount(self) -> None:
        await self.session.close()

    @work(group="child", exclusive=True)
    async def _start(self) -> None:
        await self.session.start()

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        if self.choice.nothing_selected:
            self.choice.open_newest(runs)

    def _mode_changed(self, mode: str) -> None:
        if mode == self.AREA:
            self.choice.open_newest_if_changed()

    # Called by the objects that the screen holds

    @work(group="update")
    async def update(self) -> None:
        """Request from the inspector what the selection still lacks."""
        await self.session.update()

    def select(self, **changes: object) -> None:
        """Change fields of the `Selection`."""
        if self.session.select(**changes):
            if self.session.status == "off":
                self._start()
            else:
                self.update()
            if self.session.view.opened is None:
                self.redraw()  # loading Keras takes a while: show what it waits for

    def redraw(self) -> None:
        """Draw the current state of the session."""
        if not self.panel.is_attached:
            return
        session, opened = self.session, self.session.view.opened
        offered = session.status, opened is not None
        if offered != self._offered:  # rebuilding the footer for each key would be slow
            self._offered = offered
            self.refresh_bindings()
        if opened is None or session.status == "ended":
            self.panel.show_text(placeholder_text(session, self._anything_to_open))
            return
        problem = session.problem or opened.note
        if problem and problem != self._notified:
            self.notify(problem, markup=False, timeout=8)
        self._notified = problem
        picture = session.view.selection.picture
        missing = self.choice.settings is not None and not session.selection.picture
        self.panel.show(self.choice.title, self.choice.class_of(picture), images_missing=missing)

    def _anything_to_open(self) -> bool:
        return any(has_weights(one.run) for one in self.host.runs)

    # Commands

    def back_step(self) -> BackStep | None:
        """Return to the area from which the run was opened, else to Home."""
        area = self.host.looked_from
        if area and len(self.app.screen_stack) == 1:
            return BackStep(area_title(area), lambda: self._return_to(area))
        return super().back_step()

    def _return_to(self, area: str) -> None:
        self.host.looked_from = ""
        self.host.action_area(area)

    def action_restart(self) -> None:
        """Restart the inspector after it has ended."""
        self._start()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "restart":
            return self.session.status == "ended"
        return super().check_action(action, parameters)
