"""A network's predictions: for this picture and why, for all images, and the mistakes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import ContentSwitcher, Static

from tui.areas.look_inside.evaluation import ConfusionMatrix, Evaluation
from tui.areas.look_inside.explained_picture import ExplainedPicture
from tui.areas.look_inside.mistakes_grid import MistakesGrid, mistakes_of
from tui.areas.look_inside.report_table import ReportTable
from tui.common.shorten import shorten_path
from tui.common.typed_paths import typed_path
from tui.datasets import LoaderSettings
from tui.inspection.choices import class_of
from tui.inspection.code_source import CodeSource, source_of_layer
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.view_code import grad_cam_code, predictions_code
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import BackStep, bindings
from tui.ui.dialogs.input_windows import PathWindow
from tui.ui.dialogs.text_windows import CodeWindow
from tui.ui.textual_patches.repaint import repaint

TABS = {
    "picture": "t this picture",
    "all": "a all images",
    "report": "r report",
    "mistakes": "m mistakes",
}


class PredictionsScreen(AreaScreen):
    """Has four tabs: one picture, the confusion matrix, the report on the classes, the mistakes."""

    AREA = "look"
    CSS_PATH = "predictions_screen.tcss"
    HELP = """
# Predictions

**t** shows this picture: its class probabilities as bars, and with **h** which regions support a
class: **Grad-CAM** (where the last convolution's maps raise that class's score) or **occlusion**
(how much the probability falls when a grey patch covers the region). The map goes from dark blue to
bright yellow, which supports the class most; a black line surrounds what reaches half of the
highest value. The arrows move a cursor that shows the number, **n p** choose the class to explain.

**a** predicts all validation images: the confusion matrix (a row for each true class, correct ones
in brackets) and each class's accuracy. The arrows move a cursor that shows both classes and the
count, **page up** and **page down** move by a page; **n p** go through the confused pairs, the most
frequent first, **o** puts the worst classes first, **enter** shows the images of a pair, **escape**
goes back from them. **d** predicts another folder, with a sub-folder for each class.

**r** shows for each class the **precision** (of the images predicted as it, the share that is), the
**recall** (of its images, the share that is found), their harmonic mean **F1**, and the number of
its images; below them the means in which each class counts the same, and each image. Where classes
are uneven, the **balanced accuracy** is the mean recall: always guessing the largest class does not
raise it. **↑ ↓** scroll, **o** puts the lowest F1 first.

**m** shows the most confident mistakes; **enter** looks inside one.

Pictures are rescaled as in training. **k** shows the Keras code, **escape** goes back.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "predictions",
            ("t", "tab('picture')", "picture", "This", "Show this picture"),
            ("a", "tab('all')", "all", "All", "Show all validation images"),
            ("r", "tab('report')", "report", "Report", "Show precision, recall and F1"),
            ("m", "tab('mistakes')", "mistakes", "Mistakes", "Show the most confident mistakes"),
            ("h", "heat", "heat", "Heat", "Grad-CAM, occlusion, none"),
            ("n", "other(1)", "next", "Class", "Next class or confused pair"),
            (
                "p",
                "other(-1)",
                "prior",
                "Previous class",
                "Previous class or confused pair",
            ),
            ("o", "order", "order", "Sort", "Sort the classes by name, or worst first"),
            ("pagedown", "page(1)", "page", "Page", "One page down"),
            ("pageup", "page(-1)", "back", "Page up", "One page up"),
            ("right", "move(1,0)", "right", "Right", "Move right"),
            ("left", "move(-1,0)", "left", "Left", "Move left"),
            ("down", "move(0,1)", "down", "Down", "Move down"),
            ("up", "move(0,-1)", "up", "Up", "Move up"),
            (
                "enter",
                "inside",
                "inside",
                "Look closer",
                "Show the images of the pair; look inside the mistake",
            ),
            ("d", "folder", "folder", "Folder", "Predict another folder"),
            ("k", "code", "code", "Code", "Show the Keras code of this view"),
            ("q,e", "back", "close", "Back", "Back to the maps"),
            footer=(
                "picture",
                "all",
                "report",
                "mistakes",
                "heat",
                "inside",
            ),
        )
    ]

    tab: var[str] = var("picture", init=False)

    def __init__(
        self,
        session: InspectionSession,
        source: CodeSource,
        settings: LoaderSettings | None,
        take: Callable[[str], None],
        tab: str = "picture",
    ) -> None:
        """Make the screen.

        Args:
            session: the open network.
            source: where it comes from, for the Keras code.
            settings: the run's loader settings; None for a model file, which has no images.
            take: called with the path of a picture to look into.
            tab: the tab shown first, a key of `TABS`.
        """
        super().__init__()
        self._session, self._source, self._settings = session, source, settings
        self._take = take
        self.set_reactive(PredictionsScreen.tab, tab)
        self.evaluation = Evaluation(session, self._show_soon, has_images=settings is not None)
        self._pair: tuple[int, int] | None = None
        """True and predicted class of the mistakes shown; None for all."""

    def compose_body(self) -> ComposeResult:
        yield Static(id="predictions-head")
        with ContentSwitcher(initial=self.tab, id="predictions-views"):
            yield ExplainedPicture(self._session, self._truth, id="picture")
            with Vertical(id="all"):
                yield Static(id="predictions-said")
                yield ConfusionMatrix(id="predictions-matrix")
            yield ReportTable(id="report")
            yield MistakesGrid(self._session, id="mistakes")

    def _truth(self, picture: str) -> str:
        """Return the class of a picture; empty if it is not known."""
        return class_of(self._settings, picture) if self._settings is not None else ""

    def on_mount(self) -> None:
        self.where = "Look inside · predictions"
        self._show()
        self._evaluate_if_needed()

    def _evaluate_if_needed(self) -> None:
        """Predict all images if the current tab needs them."""
        if self.tab != "picture" and self.evaluation.needs_computing():
            self._evaluate()

    @work(group="evaluate", exclusive=True)
    async def _evaluate(self) -> None:
        await self.evaluation.compute()

    def _show_soon(self) -> None:
        self.call_later(self._show)  # progress is reported in the client's task

    def _show(self) -> None:
        if not self.display or not self.query("MistakesGrid > Static"):
            return  # not mounted yet, or being removed
        parts: list[Content] = []
        for tab, title in TABS.items():
            parts.append(Content.styled(f" {title} ", "bold reverse" if tab == self.tab else ""))
        folder = self.evaluation.folder
        parts.append(
            Content.styled(f"  {shorten_path(folder, 40) if folder else ''}", "$text-muted")
        )
        repaint(self.query_one("#predictions-head", Static), Content(" ").join(parts))
        text, result = self.evaluation.text(), self.evaluation.result
        repaint(self.query_one("#predictions-said", Static), text)
        self.query_one(ConfusionMatrix).show(self.evaluation.finished)
        self.query_one(ReportTable).show(self.evaluation.finished, text)
        mistakes = self.query_one(MistakesGrid)
        if result is not None:
            mistakes.show(result, self._pair)
        else:
            mistakes.show_text(text)

    def watch_tab(self, tab: str) -> None:
        self.query_one(ContentSwitcher).current = tab
        self.refresh_bindings()
        self._show()
        self._evaluate_if_needed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "tab":
            return parameters != (self.tab,) or self._pair is not None
        if action == "heat":
            return self.tab == "picture"
        if action == "inside":
            return self.tab in ("all", "mistakes")
        return True

    # Commands

    def action_tab(self, tab: str) -> None:
        """Show a tab; the mistakes tab shows all of them again."""
        self._pair = None
        if tab == self.tab:
            self.refresh_bindings()
            self._show()
        self.tab = tab

    @property
    def _current(self) -> ExplainedPicture | ConfusionMatrix | ReportTable | MistakesGrid:
        """The widget of the current tab."""
        if self.tab == "picture":
            return self.query_one(ExplainedPicture)
        if self.tab == "all":
            return self.query_one(ConfusionMatrix)
        if self.tab == "report":
            return self.query_one(ReportTable)
        return self.query_one(MistakesGrid)

    def action_heat(self) -> None:
        self.query_one(ExplainedPicture).next_method()

    def action_other(self, step: int) -> None:
        """Explain another class, or go to another confused pair."""
        current = self._current
        if isinstance(current, ExplainedPicture):
            current.change_label(step)
        elif isinstance(current, ConfusionMatrix):
            current.next_pair(step)

    def action_order(self) -> None:
        """Sort the classes by name, or the worst first."""
        if isinstance(self._current, ConfusionMatrix | ReportTable):
            self._current.change_order()

    def action_page(self, step: int) -> None:
        """Move by a page in the matrix or the report."""
        if isinstance(self._current, ConfusionMatrix | ReportTable):
            self._current.turn(step)

    def action_move(self, across: int, down: int) -> None:
        """Move the cursor of the current tab."""
        self._current.move(across, down)

    def action_inside(self) -> None:
        """Show the mistakes in the cell of the matrix, or look inside the chosen mistake."""
        if self.tab == "all":
            self._show_pair()
            return
        picture = self.query_one(MistakesGrid).picture
        if picture:
            self.app.pop_screen()
            self._take(picture)

    def _show_pair(self) -> None:
        evaluated, pair = self.evaluation.result, self.query_one(ConfusionMatrix).pair
        if evaluated is None or pair is None:
            return
        if mistakes_of(evaluated, pair):
            self._pair = pair
            self.tab = "mistakes"
        elif pair[0] == pair[1]:
            self.notify("These images are correct: choose a cell off the diagonal (n).")
        elif evaluated.confusion[pair[0]][pair[1]]:
            self.notify("There are too many mistakes: those of this pair were not recorded.")
        else:
            self.notify("No image of this class is predicted as the other.")

    def back_step(self) -> BackStep | None:
        """Return to the matrix if a pair was chosen there, else to the maps."""
        if self._pair is not None:
            return BackStep("Matrix", lambda: self.action_tab("all"))
        return super().back_step()

    def action_folder(self) -> None:
        """Ask for another folder to predict."""

        def typed(text: str | None) -> None:
            if text:
                self.evaluation.folder = os.path.abspath(typed_path(text))
                if self.tab == "picture":
                    self.tab = "all"
                else:
                    self._show()
                    self._evaluate_if_needed()

        self.app.push_screen(
            PathWindow("A folder with a sub-folder for each class", (), "~/pets/test"), typed
        )

    def action_code(self) -> None:
        """Show the Keras code of this view."""
        opened = self._session.view.opened
        if opened is None:
            return
        explained = self.query_one(ExplainedPicture).explained
        if self.tab == "picture" and explained is not None and explained.layer:
            view = self._session.view
            source = source_of_layer(self._source, view.graph, view.row(explained.layer))
            code = grad_cam_code(source, explained.layer, explained.label)
            self.app.push_screen(CodeWindow("Grad-CAM in Keras", code))
            return
        code = predictions_code(self._source, opened.classes)
        self.app.push_screen(CodeWindow("The prediction in Keras", code))
