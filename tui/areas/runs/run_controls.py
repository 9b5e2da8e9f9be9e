"""The keys that a running training obeys: pause, stop, another rule, rate or length, save."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tui.areas.runs.control_text import Asked
from tui.areas.runs.run_chart_keys import RunChartKeys
from tui.common.paths import write_cure
from tui.common.text import clean, exact
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.control.effective_settings import EffectiveSettings, effective_settings
from tui.runs.control.typed_changes import Stops, read_epochs, read_rate, read_stops, read_total
from tui.runs.events.event_types import Request
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.store.run_folder import RunError
from tui.ui.dialogs.asking import Asking, Asks
from tui.ui.dialogs.confirm_training import when_confirmed
from tui.ui.dialogs.question_windows import Question

LIVE = ("pause", "go_on", "stop", "stop_after", "rate", "epochs", "save")
"""Actions that need a trainer at work."""


class RunRequests(RunChartKeys):
    """Writes requests down for the trainer; its events say when it read and when it obeyed them."""

    HELP = "What a training obeys; the screen that shows it says more."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause", id="run.pause", tooltip="Pause between two batches"),
        Binding("space", "go_on", "Go on", id="run.go-on", tooltip="Go on after a pause"),
        Binding("s", "stop", "Stop", id="run.stop", tooltip="Stop gracefully; again: kill"),
        Binding(
            "S",
            "stop_after",
            "Stop after this epoch",
            show=False,
            id="run.stop-after",
            tooltip="Stop when the epoch at work has ended, validation included",
        ),
        Binding(
            "t",
            "stop_rule",
            "Stop rule",
            id="run.stop-rule",
            tooltip="Another stop rule or patience; of an ended run: where it would have stopped",
        ),
        Binding(
            "l",
            "rate",
            "Learning rate",
            show=False,
            id="run.rate",
            tooltip="Change the learning rate from the next batch on",
        ),
        Binding(
            "e",
            "epochs",
            "Epochs",
            show=False,
            id="run.epochs",
            tooltip="Train more or fewer epochs",
        ),
        Binding(
            "k",
            "save",
            "Save now",
            show=False,
            id="run.save",
            tooltip="Save the weights as they are now, into the run's folder",
        ),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # What is over cannot be stopped: the footer does not offer it.
        if action in ("pause", "go_on") and self.progress.paused == (action == "pause"):
            return False
        if self.follower.state == "queued":
            return action not in LIVE or action in ("rate", "epochs")  # for when it starts
        return action not in LIVE or not self.ended

    def waiting_line(self) -> Content | None:
        if self.follower.state != "queued" or self.spec is None:
            return None
        return Content.styled(
            f" starts with {self.effective_settings()}; e, l change that", "$text-muted"
        )

    def request(self, request: Request, value: str = "", **changes: Any) -> bool:
        """Write a request down for the trainer; say whether that went well.

        Args:
            request: what is wanted.
            value: to what, in words.
            changes: the fields of the control file.
        """
        known, at = len(self.progress.requests), time.time()
        try:
            change_control(self.run.control, **changes)
        except OSError as error:
            self.notify(
                f"Cannot write {clean(self.run.control)}: {error.strerror}. "
                f"{write_cure(error)} Or kill the training with s.",
                severity="error",
                markup=False,
            )
            return False
        self.asked = [one for one in self.asked if one.request != request]
        self.asked.append(Asked(request, value, known, at))
        self.refresh_run()
        return True

    def action_pause(self) -> None:
        """Pause between two batches, or go on."""
        want = ControlReader(self.run.control).read().want
        if want == "pause":
            self.request("resume", want="run")
        elif want == "run":
            self.request("pause", want="pause")
        else:
            self.notify("It is stopping already.", timeout=2)

    def action_go_on(self) -> None:
        """Go on after a pause, or pause again where going on is asked for already."""
        self.action_pause()

    def action_stop_after(self) -> None:
        """Ask for the end after the epoch at work."""
        if ControlReader(self.run.control).read().want == "stop":
            self.notify("It is stopping already.", timeout=2)
        else:
            self.request("stop after epoch", want="stop_after_epoch")

    def action_stop(self) -> None:
        """Ask the trainer to stop; the second time offer to kill it."""
        asked = self.progress.stop_asked or self.run.stop_asked()
        # The line on the request says what a second s does. One that cannot be written down cannot
        # be asked for twice either: then killing is what is left.
        if not asked and self.request("stop", want="stop"):
            return
        question = (
            "Kill the trainer now? The epoch at work is lost; what was saved before stays, and "
            "so do best.keras and history.csv."
        )

        async def kill(sure: bool | None) -> None:
            if sure:
                try:
                    killed = await asyncio.to_thread(self.run.kill)
                except RunError as error:
                    self.notify(str(error), severity="error", markup=False, timeout=10)
                    return
                self.notify("The trainer was killed." if killed else "It had ended already.")

        self.app.push_screen(Question(question), kill)

    def action_stop_rule(self) -> None:
        """Ask for a rule and a patience; of an ended run only show what they would have done."""
        over, now = self.ended, self.stops

        def take(wanted: Stops | None) -> None:
            if wanted is None or wanted == now:
                return
            self.stops = wanted
            if over:
                self.refresh_run()
                return
            if wanted.rule != now.rule:
                words = str(wanted.rule) if wanted.rule is not None else "none"
                self.request(
                    "stop rule", words, stop_rule=wanted.rule, no_stop_rule=wanted.rule is None
                )
            if wanted.patience != now.patience:
                words = str(wanted.patience) if wanted.patience else "none"
                self.request("patience", words, patience=wanted.patience)

        self.app.push_screen(
            Asking(
                "Would it have stopped?" if over else "Stop rule",
                [
                    Asks("stop when", str(now.rule or ""), "accuracy > 0.997, or never"),
                    Asks("or val_loss no better for", str(now.patience or ""), "epochs; 0: never"),
                ],
                lambda texts: read_stops(texts, self.progress, live=not over),
            ),
            take,
        )

    def action_rate(self) -> None:
        """Ask for another learning rate."""
        now = self.effective_settings().learning_rate

        def take(rate: float | None) -> None:
            if rate is not None and rate != now:
                self.when_rate_confirmed(
                    rate, lambda: self.request("learning rate", exact(rate), learning_rate=rate)
                )

        waits = self.follower.state == "queued"
        since = "from its start on" if waits else "in force from the next batch on"
        fields = [Asks("learning rate", exact(now), "0.0003")]
        self.app.push_screen(
            Asking("Learning rate", fields, lambda texts: read_rate(texts, now, since)), take
        )

    def when_rate_confirmed(self, rate: float | None, do: Callable[[], object]) -> None:
        """Do something, after a question where it means an odd learning rate."""
        odd = judge_rate(rate, self.spec.optimizer) if rate and self.spec is not None else ()
        when_confirmed(self.app, odd, do)

    def effective_settings(self) -> EffectiveSettings:
        """Return how many epochs and which learning rate are wanted now."""
        return effective_settings(self.run, self.spec, self.progress)

    def action_epochs(self) -> None:
        """Ask how many epochs are to be trained in all."""
        now, done = self.effective_settings().epochs, self.progress.epochs_done

        def check(texts: Sequence[str]) -> tuple[int, str]:
            if self.follower.state == "queued" and done:  # there is no epoch at work to end
                return read_total(texts[0], done)
            return read_epochs(texts, self.progress)

        def take(epochs: int | None) -> None:
            if epochs is not None and epochs != now:
                self.request("epochs", f"{epochs} in all", epochs=epochs)

        fields = [Asks("epochs in all", str(now), "20")]
        self.app.push_screen(Asking("Epochs", fields, check), take)

    def action_save(self) -> None:
        self.request("save", saves=1)
