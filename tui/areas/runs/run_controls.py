"""What a running training is asked for by key: pause, stop, another rule, rate or length, save."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from textual.content import Content

from tui.areas.runs.followed_run import FollowedRun
from tui.areas.runs.request_text import Asked
from tui.common.paths import write_cure
from tui.common.text import clean, exact
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.control.typed_changes import (
    StopConditions,
    parse_epochs,
    parse_learning_rate,
    parse_stop_conditions,
    parse_total_epochs,
)
from tui.runs.events.event_types import Request
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.store.run_access import RunError
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import InputField, InputWindow
from tui.ui.dialogs.questions import Question, when_confirmed

LIVE = ("pause", "go_on", "stop", "stop_after", "rate", "epochs", "save")
"""Commands that need a trainer at work."""

CONTROL_COMMANDS = bindings(
    "run",
    ("space", "pause", "pause", "Pause", "Pause between two batches"),
    ("space", "go_on", "go-on", "Go on", "Go on after a pause"),
    ("s", "stop", "stop", "Stop", "Stop gracefully; again: kill"),
    (
        "S",
        "stop_after",
        "stop-after",
        "Stop after this epoch",
        "Stop when the epoch at work has ended, validation included",
    ),
    (
        "t",
        "stop_rule",
        "stop-rule",
        "Stop rule",
        "Another stop rule or patience; of an ended run: where it would have stopped",
    ),
    ("l", "rate", "rate", "Learning rate", "Change the learning rate from the next batch on"),
    ("e", "epochs", "epochs", "Epochs", "Train more or fewer epochs"),
    ("k", "save", "save", "Save now", "Save the weights as they are now, into the run's folder"),
    handler="controls",
    footer=("pause", "go-on", "stop", "stop-rule"),
)


class RunControls:
    """Writes requests down for the trainer; its events say when it read and obeyed them."""

    def __init__(
        self,
        screen: AreaScreen,
        run: FollowedRun,
        show: Callable[[], None],
        change_waiting: Callable[[dict[str, Any]], None],
    ) -> None:
        """Make it.

        Args:
            screen: that shows the run.
            run: the run.
            show: shows it anew.
            change_waiting: changes what a run is to start with that waits in the queue.
        """
        self._screen, self._followed, self._show = screen, run, show
        self._change_waiting = change_waiting

    def offers(self, command: str) -> bool:
        """Whether a command makes sense: what is over cannot be stopped."""
        run = self._followed
        if command in ("pause", "go_on") and run.progress.paused == (command == "pause"):
            return False
        if run.waits:
            return command not in LIVE or command in ("rate", "epochs")  # for when it starts
        return command not in LIVE or not run.ended

    def waiting_line(self) -> Content | None:
        """Return with what a run starts that waits; None where it does not."""
        run = self._followed
        if not run.waits or run.spec is None:
            return None
        words = f" starts with {run.start_settings()}; e, l change that"
        return Content.styled(words, "$text-muted")

    def request(self, request: Request, value: str = "", **changes: Any) -> bool:
        """Write a request down for the trainer; say whether that went well.

        Args:
            request: what is wanted.
            value: to what, in words.
            changes: the fields of the control file.
        """
        run = self._followed
        if run.waits and request in ("learning rate", "epochs"):
            self._change_waiting(changes)
            return True
        known, at = len(run.progress.requests), time.time()
        try:
            change_control(run.run.control, **changes)
        except OSError as error:
            self._screen.notify(
                f"Cannot write {clean(run.run.control)}: {error.strerror}. "
                f"{write_cure(error)} Or kill the training with s.",
                severity="error",
                markup=False,
            )
            return False
        run.asked = [one for one in run.asked if one.request != request]
        run.asked.append(Asked(request, value, known, at))
        self._show()
        return True

    def pause(self) -> None:
        """Pause between two batches, or go on."""
        want = ControlReader(self._followed.run.control).read().want
        if want == "pause":
            self.request("resume", want="run")
        elif want == "run":
            self.request("pause", want="pause")
        else:
            self._screen.notify("It is stopping already.", timeout=2)

    go_on = pause

    def stop_after(self) -> None:
        """Ask for the end after the epoch at work."""
        if ControlReader(self._followed.run.control).read().want == "stop":
            self._screen.notify("It is stopping already.", timeout=2)
        else:
            self.request("stop after epoch", want="stop_after_epoch")

    def stop(self) -> None:
        """Ask the trainer to stop; the second time offer to kill it."""
        run, screen = self._followed, self._screen
        asked = run.progress.stop_requested or run.run.stop_requested()
        # The line on the request says what a second s does. One that cannot be written down
        # cannot be asked for twice either: then killing is what is left.
        if not asked and self.request("stop", want="stop"):
            return
        question = (
            "Kill the trainer now? The epoch at work is lost; what was saved before stays, and "
            "so do best.keras and history.csv."
        )

        async def kill(sure: bool | None) -> None:
            if sure:
                try:
                    killed = await asyncio.to_thread(run.run.kill)
                except RunError as error:
                    screen.notify(str(error), severity="error", markup=False, timeout=10)
                    return
                screen.notify("The trainer was killed." if killed else "It had ended already.")

        screen.app.push_screen(Question(question), kill)

    def stop_rule(self) -> None:
        """Ask for a rule and a patience; of an ended run only show what they would have done."""
        run = self._followed
        over, now = run.ended, run.stops

        def take(wanted: StopConditions | None) -> None:
            if wanted is None or wanted == now:
                return
            run.stops = wanted
            if over:
                self._show()
                return
            if wanted.rule != now.rule:
                words = str(wanted.rule) if wanted.rule is not None else "none"
                self.request(
                    "stop rule", words, stop_rule=wanted.rule, no_stop_rule=wanted.rule is None
                )
            if wanted.patience != now.patience:
                words = str(wanted.patience) if wanted.patience else "none"
                self.request("patience", words, patience=wanted.patience)

        self._screen.app.push_screen(
            InputWindow(
                "Would it have stopped?" if over else "Stop rule",
                [
                    InputField("stop when", str(now.rule or ""), "accuracy > 0.997, or never"),
                    InputField(
                        "or val_loss no better for", str(now.patience or ""), "epochs; 0: never"
                    ),
                ],
                lambda texts: parse_stop_conditions(texts, run.progress, live=not over),
            ),
            take,
        )

    def rate(self) -> None:
        """Ask for another learning rate."""
        now = self._followed.start_settings().learning_rate

        def take(rate: float | None) -> None:
            if rate is not None and rate != now:
                self.when_rate_confirmed(
                    rate, lambda: self.request("learning rate", exact(rate), learning_rate=rate)
                )

        waits = self._followed.waits
        since = "from its start on" if waits else "in force from the next batch on"
        fields = [InputField("learning rate", exact(now), "0.0003")]
        self._screen.app.push_screen(
            InputWindow(
                "Learning rate", fields, lambda texts: parse_learning_rate(texts, now, since)
            ),
            take,
        )

    def when_rate_confirmed(self, rate: float | None, do: Callable[[], object]) -> None:
        """Do something, after a question where it means an odd learning rate."""
        spec = self._followed.spec
        odd = judge_rate(rate, spec.optimizer) if rate and spec is not None else ()
        when_confirmed(self._screen.app, odd, do)

    def epochs(self) -> None:
        """Ask how many epochs are to be trained in all."""
        run = self._followed
        now, done = run.start_settings().epochs, run.progress.epochs_done

        def check(texts: Sequence[str]) -> tuple[int, str]:
            if run.waits and done:  # there is no epoch at work to end
                return parse_total_epochs(texts[0], done)
            return parse_epochs(texts, run.progress)

        def take(epochs: int | None) -> None:
            if epochs is not None and epochs != now:
                self.request("epochs", f"{epochs} in all", epochs=epochs)

        fields = [InputField("epochs in all", str(now), "20")]
        self._screen.app.push_screen(InputWindow("Epochs", fields, check), take)

    def save(self) -> None:
        """Ask for the weights as they are now."""
        self.request("save", saves=1)
