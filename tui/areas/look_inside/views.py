"""From the page of channels to the other views: one channel, predictions, filters, code, files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui.areas.look_inside.architecture_screen import ArchitectureScreen
from tui.areas.look_inside.channel_screen import ChannelScreen
from tui.areas.look_inside.choosing import Choosing
from tui.areas.look_inside.filters_screen import FiltersScreen
from tui.areas.look_inside.predictions_screen import PredictionsScreen
from tui.common.text import clean
from tui.common.typed_paths import typed_path
from tui.geometry import GeometryError, Graph
from tui.inspection.code import Source, input_code, maps_code, of_row, units_code
from tui.inspection.messages import Channel
from tui.inspection.shown import network_of
from tui.keras_io.network_files import ENDINGS, graph_from_file
from tui.keras_io.other_files import error_text
from tui.runs.store.best_file import stale_best
from tui.runs.store.run_folder import RunError
from tui.runs.store.snapshots import snapshot_path
from tui.ui.dialogs.ask_path import AskPath
from tui.ui.dialogs.code_window import CodeScreen


class Views(Choosing):
    """Opens the other views."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enlarge", "Enlarge", id="look.enlarge", tooltip="Enlarge the channel"),
        Binding(
            "e",
            "predictions",
            "Predictions",
            id="look.predictions",
            tooltip="What the network predicts, and why",
        ),
        Binding("f", "filters", "Filters", id="look.filters", tooltip="The filters as pictures"),
        Binding("k", "code", "Code", id="look.code", tooltip="The Keras code of this view"),
        Binding(
            "a",
            "architecture",
            "Any file",
            id="look.architecture",
            tooltip="The layers of a .keras or .h5 file",
        ),
    ]

    def chosen_channel(self) -> Channel | None:
        """Return the chosen channel, if one is seen."""
        raise NotImplementedError

    def action_enlarge(self) -> None:
        """Show the chosen channel in full, with a cursor."""
        asked, channel = self.session.shown.asked, self.chosen_channel()
        if asked is None or channel is None:
            if self.session.shown.maps is not None:
                self.notify("A layer without height and width has values only: the bars.")
            return
        self.app.push_screen(ChannelScreen(self.session, asked.layer, channel.index))

    def action_predictions(self, view: str = "picture") -> None:
        """Show what the network predicts."""
        if self.session.shown.opened is not None:
            self.app.push_screen(
                PredictionsScreen(
                    self.session, self.source(), self.settings, self.take_picture, view
                )
            )

    def action_filters(self) -> None:
        """Show a convolution's filters before and after the training."""
        opened, asked = self.session.shown.opened, self.session.shown.asked
        if opened is None:
            return
        at = asked.layer if asked is not None else 0
        layers = [number for number, one in enumerate(opened.layers) if "Conv" in one.kind]
        if not layers:
            self.notify("This network has no convolution, and so no filters.")
            return
        layer = at if at in layers else layers[0]
        self.app.push_screen(FiltersScreen(self.session, self.source(), layers, layer))

    # Code

    def source(self) -> Source:
        """Return where the network and the picture come from, for the code."""
        opened, selection = self.session.shown.opened, self.session.shown.selection
        assert opened is not None
        model, kept = selection.file, ""
        run = self.open_folder
        if run is not None:
            stale = stale_best(run, opened.epoch) if selection.weights == "best" else None
            snapshot = snapshot_path(run, opened.epoch)
            if selection.weights.startswith("epoch-") or (
                stale is not None and snapshot in stale.kept
            ):
                kept = str(snapshot)
            else:
                model = str(
                    run.path / f"{'best' if selection.weights == 'best' else 'final'}.keras"
                )
        network = None
        if kept:
            try:
                network = network_of(selection)
            except (GeometryError, RunError):
                network = None
        return Source(
            model=model,
            network=network,
            kept=kept,
            picture=selection.picture,
            height=opened.input_height,
            width=opened.input_width,
            color_mode=opened.color_mode,
            interpolation=opened.interpolation,
            divisor=opened.rescale_divisor,
        )

    def action_code(self) -> None:
        """Show the Keras code of exactly this view."""
        shown = self.session.shown
        if shown.opened is None:
            return
        source = self.source()
        if shown.asked is None or shown.maps is None:
            self.app.push_screen(CodeScreen("The picture in Keras", input_code(source)))
            return
        layer = shown.opened.layers[shown.asked.layer]
        source = of_row(source, shown.graph, self.session.shown.row(shown.asked.layer))
        if shown.maps.height:
            channels = tuple(channel.index for channel in shown.maps.channels)
            code = maps_code(source, layer.name, channels, shown.asked.order)
        else:
            code = units_code(source, layer.name)
        self.app.push_screen(CodeScreen(f"{clean(layer.name, 40)} in Keras", code))

    # Files from elsewhere

    def action_architecture(self) -> None:
        """Ask for a file with a network, and show its layers."""

        def typed(text: str | None) -> None:
            if text:
                self._open_architecture(typed_path(text).absolute())

        self.app.push_screen(AskPath("A file with a network", ENDINGS, "~/model.keras"), typed)

    @work(group="architecture", exclusive=True)
    async def _open_architecture(self, path: Path) -> None:
        graph: Graph | None = None
        problem = ""
        try:
            graph = await asyncio.to_thread(graph_from_file, path)
        except GeometryError as error:
            problem = error_text(error)
            if not await asyncio.to_thread(path.exists):
                self.notify(problem, severity="error", markup=False)
                return

        def run_it(wanted: bool | None) -> None:
            if wanted:
                self.want(file=str(path), run="", layer=0, position=0)

        self.app.push_screen(ArchitectureScreen(path, graph, problem), run_it)
