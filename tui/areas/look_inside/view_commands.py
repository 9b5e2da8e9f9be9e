"""The commands that open other views: one channel, predictions, filters, code, model files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from tui.areas.look_inside.architecture_window import ArchitectureWindow
from tui.areas.look_inside.channel_screen import ChannelScreen
from tui.areas.look_inside.filters_screen import FiltersScreen
from tui.areas.look_inside.predictions_screen import PredictionsScreen
from tui.areas.look_inside.value_screen import ValueScreen
from tui.common.text import clean
from tui.common.typed_paths import typed_path
from tui.geometry import GeometryError, Graph
from tui.inspection.code_source import source_of_layer, source_of_view
from tui.inspection.view_code import input_code, maps_code, units_code
from tui.keras_io.network_files import ENDINGS, graph_from_file
from tui.keras_io.unsupported_files import error_text
from tui.runs.settings.model_file import is_model_file
from tui.runs.store.model_files import model_path
from tui.runs.store.run_folder import RunFolder
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import PathWindow
from tui.ui.dialogs.text_windows import CodeWindow

if TYPE_CHECKING:
    from tui.areas.look_inside.look_screen import LookScreen
    from tui.areas.look_inside.maps_panel import MapsPanel
    from tui.areas.look_inside.picture_choice import PictureChoice
    from tui.areas.look_inside.run_choice import RunChoice
    from tui.inspection.view import View


VIEW_COMMANDS = bindings(
    "look",
    ("enter", "enlarge", "enlarge", "Enlarge", "Enlarge the channel; trace the unit"),
    ("e", "predictions", "predictions", "Predictions", "Show what the network predicts, and why"),
    ("f", "filters", "filters", "Filters", "Show the filters as pictures"),
    ("k", "code", "code", "Code", "Show the Keras code of this view"),
    ("a", "architecture", "architecture", "Any file", "Show the layers of a .keras or .h5 file"),
    ("t", "train", "train", "Train", "Train the network on screen further, on images of yours"),
    handler="views",
    footer=("enlarge", "predictions", "filters", "code", "architecture"),
)


class OtherViews:
    """Opens the other views; the screen holds it as `views`."""

    def __init__(
        self, screen: LookScreen, runs: RunChoice, pictures: PictureChoice, maps: MapsPanel
    ) -> None:
        self._screen, self._runs, self._pictures, self._maps = screen, runs, pictures, maps

    def offers(self, command: str) -> bool:
        """Whether a command is available: without a network only a file can be opened."""
        return command == "architecture" or self._view.opened is not None

    @property
    def _view(self) -> View:
        return self._screen.session.view

    def enlarge(self) -> None:
        """Enlarge the chosen channel, with a cursor; show what a unit is computed from."""
        request, channel = self._view.request, self._maps.chosen_channel()
        if request is None or self._view.maps is None:
            return
        if not self._view.maps.height:
            unit = self._maps.chosen_unit()
            if unit is not None:
                self._screen.app.push_screen(ValueScreen(self._screen.session, request.layer, unit))
            return
        if channel is None:
            return
        self._screen.app.push_screen(
            ChannelScreen(self._screen.session, request.layer, channel.index)
        )

    def predictions(self, tab: str = "picture") -> None:
        """Show what the network predicts."""
        if self._view.opened is not None:
            self._screen.app.push_screen(
                PredictionsScreen(
                    self._screen.session,
                    source_of_view(self._view),
                    self._runs.settings,
                    self._pictures.take,
                    tab,
                )
            )

    def filters(self) -> None:
        """Show a convolution's filters before and after training."""
        opened, request = self._view.opened, self._view.request
        if opened is None:
            return
        at = request.layer if request is not None else 0
        layers = [number for number, one in enumerate(opened.layers) if "Conv" in one.kind]
        if not layers:
            self._screen.notify("This network has no convolution, and so no filters.")
            return
        layer = at if at in layers else layers[0]
        self._screen.app.push_screen(
            FiltersScreen(self._screen.session, source_of_view(self._view), layers, layer)
        )

    def code(self) -> None:
        """Show the Keras code that computes this view."""
        if self._view.opened is not None:
            self._screen.app.push_screen(CodeWindow(*code_of(self._view)))

    def train(self) -> None:
        """Open the form of a training with the network on screen."""
        selection = self._view.selection
        path = Path(selection.file)
        if selection.run:
            path = model_path(RunFolder(Path(selection.run)), selection.weights)
            if selection.weights.startswith("epoch-") or not path.exists():
                self._screen.notify(
                    "Only whole models can be trained further: w chooses the best or the last ones."
                )
                return
        if not is_model_file(path.name):
            self._screen.notify("Only the network of a .keras or .h5 file can be trained.")
            return
        self._screen.host.train_file(path)

    def architecture(self) -> None:
        """Ask for a model file and show its layers."""

        def typed(text: str | None) -> None:
            if text:
                path = typed_path(text).absolute()
                read = self._open_architecture(path)
                self._screen.run_worker(read, group="architecture", exclusive=True)

        self._screen.app.push_screen(
            PathWindow("Open a model file", ENDINGS, "~/model.keras"), typed
        )

    async def _open_architecture(self, path: Path) -> None:
        graph: Graph | None = None
        problem = ""
        try:
            graph = await asyncio.to_thread(graph_from_file, path)
        except GeometryError as error:
            problem = error_text(error)
            if not await asyncio.to_thread(path.exists):
                self._screen.notify(problem, severity="error", markup=False)
                return

        def closed(answer: str | None) -> None:
            if answer == "run":
                self._screen.select(file=str(path), run="", layer=0, position=0)
            elif answer == "train":
                self._screen.host.train_file(path)

        self._screen.app.push_screen(ArchitectureWindow(path, graph, problem), closed)


def code_of(view: View) -> tuple[str, str]:
    """Return a title and the Keras code of a view.

    Raises:
        ValueError: if no network is open.
    """
    source = source_of_view(view)
    if view.opened is None or view.request is None or view.maps is None:
        return "The picture in Keras", input_code(source)
    layer = view.opened.layers[view.request.layer]
    source = source_of_layer(source, view.graph, view.row(view.request.layer))
    if view.maps.height:
        channels = tuple(channel.index for channel in view.maps.channels)
        code = maps_code(source, layer.name, channels, view.request.order)
    else:
        code = units_code(source, layer.name)
    return f"{clean(layer.name, 40)} in Keras", code
