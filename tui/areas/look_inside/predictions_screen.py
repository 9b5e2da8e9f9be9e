"""What a network predicts: of this picture and why, of all validation images, and its mistakes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from tui.areas.look_inside.confusion import ConfusionMatrix
from tui.areas.look_inside.explained import ExplainedPicture
from tui.areas.look_inside.mistakes_grid import Mistakes, mistakes_of
from tui.areas.look_inside.prediction_keys import PredictionKeys
from tui.common.text import clean
from tui.common.typed_paths import typed_path
from tui.datasets import LoaderSettings
from tui.inspection.choices import class_of
from tui.inspection.code import Source, grad_cam_code, of_row, predictions_code
from tui.inspection.errors import LookError
from tui.inspection.messages import Evaluated, Progress
from tui.inspection.requests import Evaluate
from tui.inspection.session import Session
from tui.ui.bar_list import bar_text
from tui.ui.confusion_text import accuracy_text
from tui.ui.dialogs.ask_path import AskPath
from tui.ui.dialogs.code_window import CodeScreen
from tui.ui.textual_patches.repaint import repaint

VIEWS = ("picture", "all", "mistakes")
TITLES = ("t this picture", "a all images", "m mistakes")


class PredictionsScreen(PredictionKeys):
    """Three views of the same network's predictions."""

    AREA = "look"
    CSS_PATH = "predictions_screen.tcss"
    HELP = """
# Predictions

**t** shows this picture: its class probabilities as bars, and with **h** what of it speaks for a
class: **Grad-CAM** (where the last convolution's maps raise that class's score) and **occlusion**
(how much the probability falls when a grey patch lies there). What speaks for the class is bright;
the arrows move a cursor that tells the number. **n p** choose the class that is explained.

**a** predicts all validation images: the confusion matrix (a row for each true class, right ones in
brackets) and each class's accuracy. The arrows move a cursor that tells both classes and the count,
**page up** and **page down** go further; **n p** go through the confused pairs, the most frequent
first, **o** puts the worst classes first, **enter** shows the images of a pair, **escape** leads
back from them. **d** predicts another folder of class folders instead.

**m** shows the most confident mistakes; **enter** looks inside one.

Pictures are rescaled as in the training. **k** shows the Keras code, **escape** goes back.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "inside",
            "Look closer",
            id="predictions.inside",
            tooltip="Images of the pair; look inside the mistake",
        ),
        Binding(
            "d", "folder", "Folder", show=False, id="predictions.folder", tooltip="Another folder"
        ),
        Binding(
            "k", "code", "Code", show=False, id="predictions.code", tooltip="The Keras code of it"
        ),
        Binding("escape,q,e", "back", "Back", id="predictions.close", tooltip="Back to the maps"),
    ]

    def __init__(
        self,
        session: Session,
        source: Source,
        settings: LoaderSettings | None,
        take: Callable[[str], None],
        view: str = "picture",
    ) -> None:
        """Make the screen.

        Args:
            session: what is open.
            source: where it comes from, for the code.
            settings: the run's; None for a file from elsewhere, which has no images.
            take: called with the picture that is to be looked into.
            view: one of `VIEWS`.
        """
        super().__init__()
        self._session, self._source, self._settings = session, source, settings
        self._take = take
        self.set_reactive(PredictionsScreen.view, view)
        self._folder = ""
        self._told = ""
        self._progress: Progress | None = None
        self._pair: tuple[int, int] | None = None
        """The true and the predicted class that the mistakes are shown of; None for all."""

    def compose_body(self) -> ComposeResult:
        yield Static(id="predictions-head")
        with ContentSwitcher(initial=self.view, id="predictions-views"):
            yield ExplainedPicture(self._session, self._truth, id="picture")
            with Vertical(id="all"):
                yield Static(id="predictions-said")
                yield ConfusionMatrix(id="predictions-matrix")
            yield Mistakes(self._session, id="mistakes")

    def _truth(self, picture: str) -> str:
        """Return the class that a picture belongs to, as far as is known."""
        return class_of(self._settings, picture) if self._settings is not None else ""

    def on_mount(self) -> None:
        self.where = "Look inside · predictions"
        self._show()
        self._need()

    @property
    def _evaluated(self) -> Evaluated | None:
        return self._session.evaluated.get((self._session.shown.selection.source, self._folder))

    def _need(self) -> None:
        if self.view != "picture" and self._evaluated is None:
            if self._settings is None and not self._folder:
                self._told = "A file from elsewhere has no images of its own: d names a folder."
                self._show()
            else:
                self._evaluate()

    @work(group="evaluate", exclusive=True)
    async def _evaluate(self) -> None:
        """Predict all images; leaving the screen takes the question back."""

        def told(progress: Progress) -> None:
            self._progress = progress
            self.call_later(self._show)  # this is called from the client's own task

        folder, source = self._folder, self._session.shown.selection.source
        self._told, self._progress = "", Progress(id=0, done=0, total=0)
        self._show()
        try:
            answer = await self._session.client.ask(Evaluate(folder=folder), told)
            self._session.evaluated[source, folder] = answer
        except LookError as error:
            self._told = str(error)
        finally:
            self._progress = None
        self._show()

    def _show(self) -> None:
        if not self.display or not self.query("Mistakes > Static"):
            return  # not there yet, or on its way out
        parts: list[Content] = []
        for view, title in zip(VIEWS, TITLES, strict=True):
            parts.append(Content.styled(f" {title} ", "bold reverse" if view == self.view else ""))
        where = clean(self._folder, 40) if self._folder else ""
        parts.append(Content.styled(f"  {where}", "$text-muted"))
        repaint(self.query_one("#predictions-head", Static), Content(" ").join(parts))
        evaluated = self._evaluated
        said, whole = self._waiting(), evaluated if self._progress is None else None
        if whole is not None:
            evaluated = whole
            said = accuracy_text(evaluated.classes, evaluated.confusion)
            if evaluated.note:
                said += Content.styled(f"\n{evaluated.note}", "$text-muted")
            if evaluated.unreadable:
                said += Content(f"\n{len(evaluated.unreadable)} images could not be read.")
        repaint(self.query_one("#predictions-said", Static), said)
        self.query_one(ConfusionMatrix).show(whole)
        mistakes = self.query_one(Mistakes)
        if evaluated is not None:
            mistakes.show(evaluated, self._pair)
        else:
            mistakes.tell(said)

    def _waiting(self) -> Content:
        progress = self._progress
        if self._told:
            return Content.styled(self._told, "$warning")
        if progress is None:
            return Content("")
        if not progress.total:
            return Content("Predicting the images …")
        share = progress.done / progress.total
        return Content.assemble(
            "Predicting ",
            (bar_text(share, 30), "$primary"),
            f" {progress.done:,} of {progress.total:,} images",
        )

    def watch_view(self, view: str) -> None:
        self.query_one(ContentSwitcher).current = view
        self.refresh_bindings()
        self._show()
        self._need()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "heat":
            return self.view == "picture"
        if action == "inside":
            return self.view != "picture"
        return True

    # Commands

    def action_view(self, view: str) -> None:
        """Show another view; of the mistakes, all."""
        self._pair = None
        if view == self.view:
            self._show()
        self.view = view

    def action_inside(self) -> None:
        """Show the mistakes of the matrix's cell, or look inside the chosen mistake."""
        if self.view == "all":
            self._show_pair()
            return
        picture = self.query_one(Mistakes).picture
        if picture:
            self.app.pop_screen()
            self._take(picture)

    def _show_pair(self) -> None:
        evaluated, pair = self._evaluated, self.query_one(ConfusionMatrix).pair
        if evaluated is None or pair is None:
            return
        if mistakes_of(evaluated, pair):
            self._pair = pair
            self.view = "mistakes"
        elif pair[0] == pair[1]:
            self.notify("These images are known: choose a cell beside the diagonal (n).")
        elif evaluated.confusion[pair[0]][pair[1]]:
            self.notify("There are too many mistakes: those of this pair were not kept.")
        else:
            self.notify("No image of the one class is taken for the other.")

    def action_back(self) -> None:
        """Go back to the matrix that a pair was chosen in, else to the maps."""
        if self._pair is not None:
            self.action_view("all")
        else:
            super().action_back()

    def action_folder(self) -> None:
        """Ask for another folder of class folders."""

        def typed(text: str | None) -> None:
            if text:
                self._folder = os.path.abspath(typed_path(text))
                if self.view == "picture":
                    self.view = "all"
                else:
                    self._show()
                    self._need()

        self.app.push_screen(AskPath("A folder of class folders", (), "~/pets/test"), typed)

    def action_code(self) -> None:
        """Show the Keras code of this view."""
        opened = self._session.shown.opened
        if opened is None:
            return
        explained = self.query_one(ExplainedPicture).explained
        if self.view == "picture" and explained is not None and explained.layer:
            shown = self._session.shown
            source = of_row(self._source, shown.graph, shown.row(explained.layer))
            code = grad_cam_code(source, explained.layer, explained.label)
            self.app.push_screen(CodeScreen("Grad-CAM in Keras", code))
            return
        code = predictions_code(self._source, opened.classes)
        self.app.push_screen(CodeScreen("The prediction in Keras", code))
