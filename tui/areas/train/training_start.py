"""Starting what is in the form of a training, or putting it into the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.common.text import clean
from tui.runs.process.needs import training_problem
from tui.runs.settings.grid import ASKED_ABOVE
from tui.runs.settings.spec import TrainingSpec
from tui.ui.dialogs.questions import Question, when_confirmed

if TYPE_CHECKING:
    from tui.areas.train.train_screen import TrainScreen


class TrainingStart:
    """Starts the training in the form, or adds it to the queue.

    Args:
        screen: of the form.
    """

    def __init__(self, screen: TrainScreen) -> None:
        self._screen = screen

    def offers(self, command: str) -> bool:
        """Return whether a command makes sense now; each does."""
        return True

    def start(self) -> None:
        """Start the training and open its screen; several are put into the queue."""
        if self._screen.grid is not None:
            self.queue()
            return
        self._confirmed(
            lambda spec: self._screen.host.start_training(spec, note=self._screen.form.note)
        )

    def queue(self) -> None:
        """Add the training, or several, to the queue; the form stays, for the next one."""
        self._confirmed(self._queue if self._screen.grid is None else self._queue_several)

    def _queue(self, spec: TrainingSpec) -> None:
        run = self._screen.host.queue_training(spec, note=self._screen.form.note)
        if run is not None:
            name = clean(spec.name, 40)
            self._screen.notify(f"{name} waits in the queue; 5 shows it.", markup=False)

    def _queue_several(self, _: TrainingSpec) -> None:
        planned, note = self._screen.checked.planned, self._screen.form.note
        assert planned is not None
        grid = planned.grid

        def queue(sure: bool | None) -> None:
            if sure:
                self._screen.host.queue_trainings(planned.specs, note=note)

        if grid.count <= ASKED_ABOVE:
            queue(True)
        else:
            self._screen.app.push_screen(
                Question(f"{grid.text} make {grid.count:,} runs. Queue them?"), queue
            )

    def _confirmed(self, start: Callable[[TrainingSpec], object]) -> None:
        """Start the training in the form, after confirmation of what is questioned."""
        spec = self._ready()
        if spec is not None:
            when_confirmed(self._screen.app, self._screen.checked.findings, lambda: start(spec))

    def _ready(self) -> TrainingSpec | None:
        """Return the settings in the form; None, after a message, if they cannot be trained."""
        if problem := training_problem():
            self._screen.notify(problem, severity="error", markup=False, timeout=20)
            return None
        if self._screen.dataset is None:
            self._screen.notify("Choose images first: d takes the handwritten digits, o a folder.")
            return None
        spec = self._screen.check()
        if spec is None:
            self._screen.notify("A value cannot be used; see what is marked ✗.", severity="error")
        return spec
