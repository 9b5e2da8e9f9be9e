"""A network's predictions for a whole folder: requested once, and shown as a matrix."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import events
from textual.content import Content
from textual.widgets import Static

from tui.datasets.folder.folder_summary import pluralize
from tui.inspection.answers import Evaluated, Progress
from tui.inspection.confusion_matrix import ConfusedPair, confused_pairs, worst_first
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.inspector_client import InspectionError
from tui.inspection.kept_evaluation import keep_validation_report
from tui.inspection.requests import Evaluate
from tui.ui.bar_list import bar_text
from tui.ui.confusion_text import (
    MatrixLayout,
    accuracy_text,
    cell_line,
    matrix_lines,
    pair_line,
    plan_matrix,
)
from tui.ui.textual_patches.repaint import repaint


class Evaluation:
    """The predictions of a folder's images, their progress, or why there are none."""

    def __init__(
        self, session: InspectionSession, changed: Callable[[], None], *, has_images: bool
    ) -> None:
        """Start without predictions.

        Args:
            session: the open network.
            changed: called, from any task, when there is something new to show.
            has_images: whether the network's run has validation images.
        """
        self._session, self._changed, self._has_images = session, changed, has_images
        self.folder = ""
        """Path of a folder with a sub-folder for each class; empty: the validation images."""
        self._problem = ""
        self._progress: Progress | None = None

    @property
    def result(self) -> Evaluated | None:
        """The predictions; None if there are none yet."""
        return self._session.evaluated.get((self._session.view.selection.source, self.folder))

    @property
    def finished(self) -> Evaluated | None:
        """The predictions; None also while others are being computed."""
        return self.result if self._progress is None else None

    def needs_computing(self) -> bool:
        """Whether predictions must be computed; False also, with a problem, if they cannot be."""
        if self.result is not None:
            return False
        if self._has_images or self.folder:
            return True
        self._problem = "This file has no images of its own: press d to name a folder."
        self._changed()
        return False

    async def compute(self) -> None:
        """Predict all images; cancelling the task cancels the request."""

        def report(progress: Progress) -> None:
            self._progress = progress
            self._changed()

        folder, view = self.folder, self._session.view
        source = view.selection.source
        self._problem, self._progress = "", Progress(id=0, done=0, total=0)
        self._changed()
        try:
            answer = await self._session.client.ask(Evaluate(folder=folder), report)
            self._session.evaluated[source, folder] = answer
            if view.selection.run and view.opened is not None and not folder:
                await asyncio.to_thread(
                    keep_validation_report, view.selection.run, view.opened, answer
                )
        except InspectionError as error:
            self._problem = str(error)
        finally:
            self._progress = None
        self._changed()

    def text(self) -> Content:
        """Return the accuracy, the progress, or what is wrong."""
        result = self.finished
        if result is None:
            return self._progress_text()
        text = accuracy_text(result.classes, result.confusion)
        if result.note:
            text += Content.styled(f"\n{result.note}", "$text-muted")
        if result.unreadable:
            text += Content(f"\n{pluralize(len(result.unreadable), 'image')} could not be read.")
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


HEAD, FOOT = 2, 2
"""Rows above the classes, and below them about the cell under the cursor."""
LIST_FROM = 24
"""Rows from which a list of pairs fits below a large matrix."""
LISTED = 10
"""Pairs listed below a large matrix."""


class ConfusionMatrix(Static):
    """The visible part of a matrix; it scrolls with the cursor. The screen handles the keys."""

    DEFAULT_CSS = """
    ConfusionMatrix { height: 1fr; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._evaluated: Evaluated | None = None
        self._pairs: tuple[ConfusedPair, ...] = ()
        self._order: tuple[int, ...] = ()
        self._worst_first = False
        self._cursor = (0, 0)
        self._first = (0, 0)

    def show(self, evaluated: Evaluated | None) -> None:
        """Show an evaluation, with the cursor on the most frequent confusion."""
        if evaluated is not self._evaluated:
            self._evaluated = evaluated
            confusion = evaluated.confusion if evaluated is not None else ()
            self._pairs, self._worst_first = confused_pairs(confusion), False
            self._order = tuple(range(len(confusion)))
            self._cursor = self._first = (0, 0)
            self.next_pair(0)
        self._draw()

    @property
    def pair(self) -> tuple[int, int] | None:
        """The true and the predicted class under the cursor."""
        if not self._order:
            return None
        return self._order[self._cursor[1]], self._order[self._cursor[0]]

    def move(self, across: int, down: int) -> None:
        """Move the cursor."""
        last = max(len(self._order) - 1, 0)
        x, y = self._cursor
        self._cursor = min(max(x + across, 0), last), min(max(y + down, 0), last)
        self._draw()

    def turn(self, step: int) -> None:
        """Move the cursor by a page."""
        self.move(0, step * self._plan().down)

    def next_pair(self, step: int) -> None:
        """Go to another confused pair, in order of frequency."""
        if self._pairs:
            rank = self._rank
            if rank is not None:
                at = (rank + step) % len(self._pairs)
            else:
                at = 0 if step >= 0 else len(self._pairs) - 1
            self._go(self._pairs[at].truth, self._pairs[at].predicted)
        self._draw()

    def change_order(self) -> None:
        """Sort the classes by accuracy, worst first, or by name."""
        pair = self.pair
        if self._evaluated is None or pair is None:
            return
        self._worst_first = not self._worst_first
        confusion = self._evaluated.confusion
        self._order = worst_first(confusion) if self._worst_first else tuple(range(len(confusion)))
        if self._worst_first:
            pair = (self._order[0], self._order[0])
        self._go(*pair)
        self._draw()

    def _go(self, truth: int, predicted: int) -> None:
        self._cursor = self._order.index(predicted), self._order.index(truth)

    @property
    def _rank(self) -> int | None:
        """Index of the pair under the cursor; None if it is none."""
        found = (
            n for n, pair in enumerate(self._pairs) if (pair.truth, pair.predicted) == self.pair
        )
        return next(found, None)

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _plan(self) -> MatrixLayout:
        evaluated = self._evaluated
        if evaluated is None:
            return MatrixLayout(1, 4, 1, 1, named=True)
        width, height = self.content_size
        listed = LISTED + 1 if height >= LIST_FROM and self._pairs else 0
        rows = max(height - HEAD - FOOT - listed, 1)
        return plan_matrix(evaluated.classes, evaluated.confusion, width, rows)

    def _draw(self) -> None:
        """Draw the part of the matrix around the cursor, and a line on its cell."""
        evaluated, pair = self._evaluated, self.pair
        if evaluated is None or pair is None or not self.content_size.area:
            repaint(self, Content(""))
            return
        plan = self._plan()
        self._first = (
            _scrolled(self._first[0], self._cursor[0], plan.across, len(self._order)),
            _scrolled(self._first[1], self._cursor[1], plan.down, len(self._order)),
        )
        classes, confusion = evaluated.classes, evaluated.confusion
        lines = matrix_lines(classes, confusion, plan, self._order, self._first, self._cursor)
        if len(lines) + FOOT < self.content_size.height:
            lines.append(Content(""))
        lines += [cell_line(classes, confusion, *pair, self.content_size.width), self._pairs_line()]
        room = self.content_size.height - len(lines) - 1
        if room > 0 and self._pairs:
            lines.append(Content.styled(" Confused most often", "bold"))
            lines += [pair_line(classes, one) for one in self._pairs[:room]]
        repaint(self, Content("\n").join(lines))

    def _pairs_line(self) -> Content:
        if not self._pairs:
            return Content.styled(" No class is confused with another.", "$text-muted")
        rank, count = self._rank, len(self._pairs)
        if rank is None:
            words = f" n p: {pluralize(count, 'confused pair')}"
        else:
            words = f" confused pair {rank + 1:,} of {count:,} · n p: others · enter: its images"
        order = "by name" if self._worst_first else "worst first"
        return Content.styled(f"{words} · o: {order}", "$text-muted")


def _scrolled(first: int, chosen: int, visible: int, count: int) -> int:
    """Return the first visible index such that the chosen one is visible."""
    first = min(max(first, chosen - visible + 1), chosen)
    return min(first, max(count - visible, 0))
