"""What a network predicts of all images of a folder: asked for once, and kept."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from tui.datasets.folder.folder_summary import counted
from tui.inspection.errors import InspectionError
from tui.inspection.messages import Evaluated, Progress
from tui.inspection.requests import Evaluate
from tui.inspection.session import Session
from tui.ui.bar_list import bar_text
from tui.ui.confusion_text import accuracy_text


class Evaluation:
    """The predictions of a folder's images, or how far they are, or why there are none."""

    def __init__(self, session: Session, changed: Callable[[], None], *, has_images: bool) -> None:
        """Make it; nothing is asked for yet.

        Args:
            session: what is open.
            changed: called when there is something else to show, from any task.
            has_images: whether the network comes with validation images of its own.
        """
        self._session, self._changed, self._has_images = session, changed, has_images
        self.folder = ""
        """Path of a folder of class folders; empty for the validation images."""
        self._problem = ""
        self._progress: Progress | None = None

    @property
    def result(self) -> Evaluated | None:
        """What was predicted; None before that."""
        return self._session.evaluated.get((self._session.view.selection.source, self.folder))

    @property
    def finished(self) -> Evaluated | None:
        """The same, but None while anything is being predicted."""
        return self.result if self._progress is None else None

    def missing(self) -> bool:
        """Say whether it has to be computed; where it cannot be, that is said instead."""
        if self.result is not None:
            return False
        if self._has_images or self.folder:
            return True
        self._problem = "A file from elsewhere has no images of its own: d names a folder."
        self._changed()
        return False

    async def compute(self) -> None:
        """Predict all images; a task that is cancelled takes the request back."""

        def report(progress: Progress) -> None:
            self._progress = progress
            self._changed()

        folder, source = self.folder, self._session.view.selection.source
        self._problem, self._progress = "", Progress(id=0, done=0, total=0)
        self._changed()
        try:
            answer = await self._session.client.ask(Evaluate(folder=folder), report)
            self._session.evaluated[source, folder] = answer
        except InspectionError as error:
            self._problem = str(error)
        finally:
            self._progress = None
        self._changed()

    def text(self) -> Content:
        """Return the accuracy of each class, how far it is, or what is wrong."""
        result = self.finished
        if result is None:
            return self._progress_text()
        text = accuracy_text(result.classes, result.confusion)
        if result.note:
            text += Content.styled(f"\n{result.note}", "$text-muted")
        if result.unreadable:
            text += Content(f"\n{counted(len(result.unreadable), 'image')} could not be read.")
        return text

    def _progress_text(self) -> Content:
        progress = self._progress
        if self._problem:
            return Content.styled(self._problem, "$warning")
        if progress is None:
            return Content("")
        if not progress.total:
            return Content("Predicting the images …")
        return Content.assemble(
            "Predicting ",
            (bar_text(progress.done / progress.total, 30), "$primary"),
            f" {progress.done:,} of {progress.total:,} images",
        )
