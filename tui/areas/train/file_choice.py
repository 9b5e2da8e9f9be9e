"""The network of a file in the form of a training: choosing it, and loading the images for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from textual.content import Content

from tui.common.numbers import count, sides
from tui.common.text import clean, exact
from tui.common.typed_paths import in_thread, typed_path
from tui.geometry import Graph, graph_totals
from tui.keras_io.file_network import FileNetwork
from tui.runs.settings.file_spec import FileOptions, loading_for_file, read_model_file
from tui.runs.settings.model_file import FILE_ENDINGS, ModelFile
from tui.runs.settings.setting_rows import loading_rows
from tui.runs.settings.spec import SpecError
from tui.ui.area_screen import AreaScreen
from tui.ui.dialogs.input_windows import PathWindow, PickWindow
from tui.ui.services import Dataset


@dataclass(frozen=True)
class ChosenFile:
    """A file whose network is to be trained.

    Args:
        path: of the file.
        name: its name.
        new_weights: whether it begins with new weights.
    """

    path: str
    name: str
    new_weights: bool

    @classmethod
    def of(cls, file: ModelFile) -> ChosenFile:
        """Return the file of an earlier run."""
        return cls(file.path, file.name, file.new_weights)

    def options(self, *, as_compiled: bool) -> FileOptions:
        """Return how it is trained."""
        return FileOptions(self.new_weights, as_compiled, self.name)

    def found(self, dataset: Dataset | None) -> FileNetwork | None:
        """Return its network for the images; None if it cannot be read."""
        try:
            return read_model_file(self.path, dataset.settings if dataset is not None else None)
        except SpecError:
            return None


def ask_for_file(screen: AreaScreen, chosen: Callable[[ChosenFile], None]) -> None:
    """Ask for a model file, and with which weights its training begins."""

    def typed(text: str | None) -> None:
        if text:
            path = typed_path(text).absolute()
            screen.run_worker(ask_for_weights(screen, path, chosen), group="file", exclusive=True)

    window = PathWindow("Train the network of a file", FILE_ENDINGS, "~/net.keras")
    screen.app.push_screen(window, typed)


async def ask_for_weights(
    screen: AreaScreen, path: Path, chosen: Callable[[ChosenFile], None]
) -> None:
    """Ask with which weights the training of a file begins, unless it cannot be read."""
    try:
        await in_thread(lambda: read_model_file(str(path)))
    except SpecError as error:
        screen.notify(str(error), severity="error", markup=False, timeout=15)
        return

    def answered(answer: str | None) -> None:
        if answer is not None:
            chosen(ChosenFile(str(path), path.name, answer == "new"))

    options = [
        ("own", "with its own weights: go on training it"),
        ("new", "with new weights: only its layers are used"),
    ]
    screen.app.push_screen(PickWindow(f"{clean(path.name, 40)} begins", options), answered)


def loaded_for(
    file: ChosenFile, dataset: Dataset, *, as_compiled: bool = False
) -> tuple[Dataset, str]:
    """Return images loaded as a file needs them, and what that changes, in a sentence or none.

    Raises:
        SpecError: when the file cannot be read.
    """
    settings = loading_for_file(file.path, dataset.settings, as_compiled=as_compiled)
    before, after = loading_rows(dataset.settings), loading_rows(settings)
    changes = [f"{name} {value}" for name, value in after.items() if before[name] != value]
    said = ""
    if changes:
        said = f"Images are loaded as {clean(file.name, 40)} needs them: {', '.join(changes)}."
    return replace(dataset, settings=settings), said


_NAME, _OUTPUT = 14, 12


def file_text(file: ChosenFile, found: FileNetwork) -> Content:
    """Return the network of a file as a table of 34 columns, with its name above."""
    weights = "new weights" if file.new_weights else "its weights"
    head = f"{clean(file.name, 34)}\n{weights}"
    if found.compiled is not None:
        head += f", compiled {found.compiled.optimizer} {exact(found.rate)}"
    return Content("\n").join([Content.styled(head, "bold"), *_rows(found.graph)])


def _rows(graph: Graph) -> list[Content]:
    lines = [Content.styled(f"{'layer':<14}{'output':>9}{'parameters':>11}", "$text-muted")]
    given = sides(graph.inputs[0].shape, _OUTPUT)
    lines.append(Content.assemble(f"{'input':<14}", (f"{given:>9}", "$input-color")))
    for row in graph.rows:
        output = sides(row.output, _OUTPUT) if row.output is not None else "?"
        room = _NAME + 9 - max(len(output), 9)
        parameters = "?" if row.parameters is None else count(row.parameters, 10)
        lines.append(
            Content.assemble(
                f"{clean(row.name, room - 1):<{room}}",
                (f"{output:>9}", "$output-color"),
                f"{parameters:>11}",
            )
        )
    totals = graph_totals(graph)
    lines.append(Content.styled(f"{'total':<13}{count(totals.parameters, 20):>21}", "bold"))
    trained = f"{'of them trained':<16}{count(totals.trainable, 17):>18}"
    return [*lines, Content.styled(trained, "$text-muted")]
