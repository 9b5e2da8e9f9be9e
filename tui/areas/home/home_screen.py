"""Home: continue, look at the runs, or start something."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.common.text import clean
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.run_line import run_lines

if TYPE_CHECKING:
    from tui.runs.store.run_summary import RunSummary

_STARTS = (
    ("t", "train on handwritten digits now (1,797 real images, about a minute)"),
    ("o", "open a folder of images of your own"),
    ("c", "calculate the output of a convolution layer"),
    ("l", "the first lesson: what a convolution does"),
    ("d", "ten drills: short exercises, those that are due first"),
)


def _place_text() -> tuple[Content, str]:
    """Return where the learner left off, and what is wrong with the progress file (blocking)."""
    from tui.course import load_course, read_progress, slip_label

    key = (" enter ", "bold $text-accent")
    view = read_progress()
    place, due = view.bookmark, len(view.due(time.time()))
    for lesson in load_course().lessons if place is not None else ():
        if place is not None and lesson.id == place.lesson:
            return Content.assemble(
                key,
                f" {lesson.number} {clean(lesson.title)}\n",
                f"        page {min(place.page + 1, len(lesson.pages))} of {len(lesson.pages)}",
                f"\n        drills due: {due}" if due else "",
                f"\n        frequent mistake: {slip_label(next(iter(view.slips)))}"
                if view.slips
                else "",
            ), view.message
    return Content.assemble(key, " the first lesson"), view.message


class HomeScreen(AreaScreen):
    """The first screen: continue a lesson, look at the runs, or start something."""

    AREA = "home"
    CSS_PATH = "home_screen.tcss"
    HELP = """
# cnn-tui

Learn how a convolution layer turns one volume **W×H×D** into another, then train a small network
on a folder of images and watch it learn.

The numbers **1** to **6** open the areas (in a number field press **escape** first, or use **]**
and **[**). An area stays as you left it; pressing its number again leads to its first screen.
**escape** leads back here step by step, **ctrl+p** finds any command by its name, **ctrl+q**
quits. A training runs in a process of its own: quitting the app or losing the connection does not
end it.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "home",
            ("enter", "resume", "continue", "Continue", "Continue the lesson"),
            ("t", "digits", "digits", "Train on digits", "Train on 1,797 handwritten digits now"),
            ("o", "app.area('data')", "open", "Open a folder", "Choose a folder of images"),
            ("c", "app.area('calculator')", "calculate", "Calculate", "Calculate a layer"),
            ("l", "first_lesson", "lesson", "First lesson", "Open lesson 1"),
            ("d", "drills", "drills", "Drills", "Ten drills"),
            ("ctrl+q", "app.quit", "quit", "Quit", "Quit; trainings continue"),
            footer=("continue", "digits", "open", "calculate", "lesson", "drills", "quit"),
        ),
    ]

    def compose_body(self) -> ComposeResult:
        with Vertical(id="home"):
            with Horizontal(id="home-top"):
                first = Content.assemble((" enter ", "bold $text-accent"), " the first lesson")
                yield Static(first, id="continue", classes="panel")
                yield Static(id="home-runs", classes="panel")
            yield Static(self._starts(), id="starts", classes="panel")

    def _starts(self) -> Content:
        return Content("\n").join(
            Content.assemble((f" {key} ", "bold $text-accent"), f" {text}") for key, text in _STARTS
        )

    def on_mount(self) -> None:
        self.where = "Home"
        self.query_one("#continue").border_title = "Continue"
        self.query_one("#home-runs").border_title = "Runs"
        self.query_one("#starts").border_title = "Start"

    def on_screen_resume(self) -> None:
        # After the first frame, which need not wait until the lessons are read.
        self.call_after_refresh(self.run_worker, self.show_place(), exclusive=True, group="place")

    async def show_place(self) -> None:
        """Show where the learner left off."""
        await asyncio.sleep(0.1)  # the first frame goes out before eighteen lessons are read

        text, message = await asyncio.to_thread(_place_text)
        self.host.warn_once(message)
        for place in self.query("#continue").results(Static):  # none while the app is closing
            place.update(text)

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        room = 9 if self.has_class("-tall") else 5
        if runs:
            panel = self.query_one("#home-runs", Static)
            lines = run_lines(runs[:room], panel.content_size.width or self.size.width // 2 - 4)
            if len(runs) > room:
                lines.append(Content.styled(f"  5 shows all {len(runs)}", "$text-muted"))
        else:
            lines = [Content.styled("No training yet: t starts one.", "$text-muted")]
        self.query_one("#home-runs", Static).update(Content("\n").join(lines))

    def action_resume(self) -> None:
        """Continue the lesson where it was left."""
        self.host.open_lesson(None)

    def action_first_lesson(self) -> None:
        self.host.open_lesson("")

    def action_drills(self) -> None:
        """Start a set of drills."""
        self.host.open_drills()

    def action_digits(self) -> None:
        """Start a training on the handwritten digits."""
        self.run_worker(self._digits(), exclusive=True)

    async def _digits(self) -> None:
        from tui.runs.settings.make_spec import make_spec
        from tui.ui.choose_dataset import choose_sample

        dataset = await choose_sample(self.host, "digits")
        if dataset is not None:
            self.host.start_training(make_spec(dataset.name, dataset.settings, epochs=10))
