"""Precision, recall, F1 and the number of images of each class, in Look inside."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widgets import Static

from tui.common.text import clean
from tui.inspection.answers import Evaluated
from tui.runs.reports.classification_report import Report, report_of
from tui.runs.reports.report_text import (
    FIGURES_WIDTH,
    accuracy_sentence,
    class_cells,
    head_cells,
    mean_rows,
    missing_sentence,
)
from tui.ui.confusion_text import fit_cells
from tui.ui.textual_patches.repaint import repaint

_LEAST_NAME, _MOST_NAME = 15, 40


class ReportTable(Static):
    """A row for each class, the means below them; it scrolls. The screen handles the keys."""

    DEFAULT_CSS = """
    ReportTable { height: 1fr; width: 1fr; padding: 0 1; text-wrap: nowrap;
                  text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._evaluated: Evaluated | None = None
        self._report = Report(())
        self._words = Content("")
        """What is shown while there is no evaluation."""
        self._worst_first = False
        self._first = 0

    def show(self, evaluated: Evaluated | None, words: Content) -> None:
        """Show the report on an evaluation, or some words where there is none."""
        if evaluated is not self._evaluated:
            self._evaluated = evaluated
            self._first, self._worst_first = 0, False
            if evaluated is not None:
                self._report = report_of(evaluated.classes, evaluated.confusion)
        self._words = words
        self._draw()

    def move(self, across: int, down: int) -> None:
        """Scroll."""
        self._first += down
        self._draw()

    def turn(self, step: int) -> None:
        """Scroll by a page."""
        self.move(0, step * self._room())

    def change_order(self) -> None:
        """Sort the classes by F1, the lowest first, or by name."""
        self._worst_first = not self._worst_first
        self._first = 0
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _foot(self) -> list[Content]:
        """Return the means, the accuracies, and what the dashes mean."""
        width = self._name_width()
        lines = [Content.styled(f"{name:<{width}}{row}", "bold") for name, row in self._means()]
        lines += [Content(""), Content(accuracy_sentence(self._report))]
        if missing := missing_sentence(self._report):
            lines.append(Content.styled(missing, "$text-muted"))
        if self._evaluated is not None and self._evaluated.note:
            lines.append(Content.styled(self._evaluated.note, "$text-muted"))
        return lines

    def _means(self) -> list[tuple[str, str]]:
        return mean_rows(self._report)

    def _name_width(self) -> int:
        room = self.content_size.width - FIGURES_WIDTH - 2
        longest = max((len(clean(one.name)) for one in self._report.classes), default=0)
        return max(min(room, _MOST_NAME, longest), _LEAST_NAME)

    def _room(self) -> int:
        """Return how many classes fit between the head and the foot, with the line on the order."""
        return max(self.content_size.height - 2 - len(self._foot()), 1)

    def _draw(self) -> None:
        if self._evaluated is None or not self.content_size.area:
            repaint(self, self._words)
            return
        classes, room, width = self._report.classes, self._room(), self._name_width()
        self._first = min(max(self._first, 0), max(len(classes) - room, 0))
        order = self._report.worst_first() if self._worst_first else range(len(classes))
        lines = [Content.styled(f"{'':<{width}}{head_cells()}", "dim")]
        for number in order[self._first : self._first + room]:
            one = classes[number]
            lines.append(Content(f"{fit_cells(one.name, width)}{class_cells(one)}"))
        lines.append(Content.styled(self._order_line(room), "$text-muted"))
        repaint(self, Content("\n").join([*lines, *self._foot()]))

    def _order_line(self, room: int) -> str:
        count = len(self._report.classes)
        order = "o: by name" if self._worst_first else "o: lowest F1 first"
        if count <= room:
            return order
        last = min(self._first + room, count)
        return f"classes {self._first + 1:,} to {last:,} of {count:,} · ↑ ↓: others · {order}"
