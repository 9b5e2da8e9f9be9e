"""What Home offers: continue where one was, the runs, and things to start."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.common.shorten import shorten_words
from tui.common.text import clean

if TYPE_CHECKING:
    from tui.runs.store.run_summary import RunSummary

_STARTS = (
    ("digits", "t", "train on handwritten digits now (1,797 real images, about a minute)"),
    ("open", "o", "open a folder of images of your own"),
    ("calculate", "c", "calculate the output of a convolution layer"),
)
_LESSON = ("lesson", "l", "the first lesson: what a convolution does")
_DRILLS = ("drills", "d", "ten drills: short exercises, those that are due first")
_INDENT = 3


@dataclass(frozen=True)
class Place:
    """Where a learner is in the course.

    Args:
        lesson: the lesson that is open and its page; empty on the first visit.
        due: the number of skills to practise now.
        mistake: the most frequent mistake; empty if there is none.
        message: what is wrong with the progress file; usually empty.
    """

    lesson: str = ""
    due: int = 0
    mistake: str = ""
    message: str = ""


def read_place() -> Place:
    """Return where the learner left off (blocking)."""
    from tui.course import load_course, read_progress, slip_label

    progress = read_progress()
    bookmark, lesson = progress.bookmark, ""
    for one in load_course().lessons if bookmark is not None else ():
        if bookmark is not None and one.id == bookmark.lesson:
            page = min(bookmark.page + 1, len(one.pages))
            lesson = f"{one.number} {clean(one.title)}, page {page} of {len(one.pages)}"
    mistake = slip_label(next(iter(progress.slips))) if progress.slips else ""
    return Place(lesson, len(progress.due(time.time())), mistake, progress.message)


class HomeList(OptionList):
    """Rows of what can be done now; enter does the highlighted one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # OptionList's own enter is not shown in the footer.
        Binding("enter", "select", "Open", id="home.select", tooltip="Open the highlighted row"),
    ]

    def __init__(self) -> None:
        super().__init__(id="home-list")
        self._shown: tuple[object, ...] = ()

    def show(self, place: Place, runs: Sequence[RunSummary], room: int) -> None:
        """Show what there is to do; the highlighted row stays.

        Args:
            place: where the learner is in the course.
            runs: all runs, newest first.
            room: the most runs shown.
        """
        width = self.content_size.width or self.app.size.width - 4
        sections = [
            ("Continue", list(_continue_rows(place))),
            ("Runs", list(_run_rows(runs, room, width - _INDENT - 2))),
            ("Start", list(_start_rows(place))),
        ]
        options: list[Option] = []
        for title, rows in sections:
            if not rows:
                continue
            heading = Content.styled(f"\n{title}" if options else title, "bold $primary")
            options.append(Option(heading, disabled=True))
            for name, key, text in rows:
                line = Content(shorten_words(text, width - 6)) if isinstance(text, str) else text
                prompt = Content.assemble((f" {key or ' '} ", "bold $text-accent"), " ", line)
                options.append(Option(prompt, id=name))
        shown = tuple((option.id, option.prompt) for option in options)
        if shown == self._shown:
            return  # the runs are read every second
        self._shown = shown
        before = self.highlighted_option
        # Rows that appear above the first one take its highlight over: it is where one begins.
        keep = before.id if before is not None and not self.is_at_top else None
        self.clear_options().add_options(options)
        names = [option.id for option in options]
        self.highlighted = names.index(keep) if keep and keep in names else 1

    @property
    def is_at_top(self) -> bool:
        """Whether the first row is highlighted."""
        return self.highlighted is None or self.highlighted <= 1

    def to_top(self) -> None:
        """Highlight the first row."""
        self.highlighted = 1
        self.scroll_home(animate=False)


Row = tuple[str, str, str | Content]
"""The option's id, its key (which may be empty), and its words."""


def _continue_rows(place: Place) -> Iterator[Row]:
    if place.lesson:
        yield "resume", "r", f"lesson {place.lesson}"
    if place.due:
        drills = f"{place.due} skill{'s are' if place.due > 1 else ' is'} due: ten drills"
        mistake = f"; frequent mistake: {place.mistake}" if place.mistake else ""
        yield "drills", "d", drills + mistake


def _run_rows(runs: Sequence[RunSummary], room: int, width: int) -> Iterator[Row]:
    live = [one for one in runs if one.live]
    shown = [*live, *(one for one in runs if not one.live)][:room]
    if not shown:
        return
    from tui.ui.run_line import run_lines  # for a fast start

    for one, line in zip(shown, run_lines(shown, width), strict=True):
        yield f"run {one.run.name}", "", line
    if len(runs) > len(shown):
        yield "runs", "5", f"shows all {len(runs)}"


def _start_rows(place: Place) -> Iterator[Row]:
    if not place.lesson:
        yield _LESSON
    yield from _STARTS
    if place.lesson:
        yield _LESSON
    if not place.due:
        yield _DRILLS
