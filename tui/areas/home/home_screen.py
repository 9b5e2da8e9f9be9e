"""Home: continue, look at the runs, or start something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.areas.home.home_list import HomeList, Place, read_place
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings

if TYPE_CHECKING:
    from tui.runs.store.run_summary import RunSummary

_ABOUT = Content.assemble(
    "Learn step by step how a convolutional network works, and train your own.\n",
    ("↑ ↓", "bold $text-accent"),
    " and ",
    ("enter", "bold $text-accent"),
    " choose, ",
    ("1", "bold $text-accent"),
    " to ",
    ("6", "bold $text-accent"),
    " open areas, ",
    ("ctrl+q", "bold $text-accent"),
    " quits; trainings continue.",
)


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
            ("r", "resume", "continue", "Continue", "Continue the lesson"),
            ("t", "digits", "digits", "Digits", "Train on 1,797 handwritten digits now"),
            ("o", "app.area('data')", "open", "Folder", "Choose a folder of images"),
            ("c", "app.area('calculator')", "calculate", "Calculate", "Calculate a layer"),
            ("l", "first_lesson", "lesson", "Lesson 1", "Open lesson 1"),
            ("d", "drills", "drills", "Drills", "Ten drills"),
            ("ctrl+q", "app.quit", "quit", "Quit", "Quit; trainings continue"),
            footer=("digits", "open", "calculate", "lesson", "drills"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._place = Place()

    def compose_body(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(_ABOUT, id="home-about")
            yield HomeList()

    def on_mount(self) -> None:
        self.where = "Home"
        self.query_one(HomeList).focus()
        self._fill()

    def on_screen_resume(self) -> None:
        self.query_one(HomeList).to_top()
        # After the first frame, which need not wait until the lessons are read.
        self.call_after_refresh(self.run_worker, self.show_place(), exclusive=True, group="place")

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    async def show_place(self) -> None:
        """Show where the learner left off."""
        await asyncio.sleep(0.1)  # the first frame goes out before the lessons are read

        self._place = await asyncio.to_thread(read_place)
        self.host.warn_once(self._place.message)
        self._fill()

    def _fill(self) -> None:
        for rows in self.query(HomeList):  # none while the app is closing
            room = 9 if self.has_class("-tall") else 5 if self.size.height >= 28 else 3
            rows.show(self._place, self.host.runs, room)

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        self._fill()

    @on(HomeList.OptionSelected)
    async def _chosen(self, event: HomeList.OptionSelected) -> None:
        event.stop()
        name = event.option_id or ""
        actions = {
            "resume": self.action_resume,
            "lesson": self.action_first_lesson,
            "drills": self.action_drills,
            "digits": self.action_digits,
        }
        areas = {"open": "data", "calculate": "calculator", "runs": "runs"}
        if name in actions:
            actions[name]()
        elif name in areas:
            self.host.action_area(areas[name])
        else:
            for one in self.host.runs:
                if name == f"run {one.run.name}":
                    self.host.open_run(one.run)

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
        from tui.runs.process.needs import training_problem
        from tui.runs.settings.make_spec import make_spec
        from tui.ui.choose_dataset import choose_sample

        if problem := training_problem():
            self.notify(problem, title="Not started", severity="error", markup=False, timeout=20)
            return
        dataset = await choose_sample(self.host, "digits")
        if dataset is not None:
            self.host.start_training(make_spec(dataset.name, dataset.settings, epochs=10))
