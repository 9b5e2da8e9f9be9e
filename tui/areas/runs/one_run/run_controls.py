"""Requests to a training by key: pause, stop, save, change the stop rule, rate or epochs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from textual.content import Content

from tui.areas.runs.one_run.control_text import SAYS_WHY, kill_question, rule_example, too_late
from tui.areas.runs.one_run.followed_run import FollowedRun
from tui.areas.runs.one_run.request_text import PendingRequest
from tui.common.paths import write_cure
from tui.common.text import clean, exact
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.control.effective_settings import present_rate, schedule_of
from tui.runs.control.requested import known_metrics, most_epochs, request_problem
from tui.runs.control.typed_changes import (
    StopConditions,
    epochs_sentence,
    parse_epochs,
    parse_learning_rate,
    parse_stop_conditions,
    parse_total_epochs,
    rate_set_sentence,
)
from tui.runs.events.event_types import Request
from tui.runs.settings.learning_rates import judge_rate, known_optimizer
from tui.runs.store.run_access import RunError
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import InputField, InputWindow
from tui.ui.dialogs.questions import Question, when_confirmed

NEEDS_TRAINER = ("pause", "go_on", "stop", "stop_after", "rate", "epochs", "save")
"""Commands that need a running trainer."""
REQUESTS: dict[str, Request] = {
    "pause": "pause",
    "go_on": "resume",
    "stop": "stop",
    "stop_after": "stop after epoch",
    "stop_rule": "stop rule",
    "rate": "learning rate",
    "epochs": "epochs",
    "save": "save",
}
"""What each command requests."""

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
        "Stop when the current epoch has ended, with its validation",
    ),
    (
        "t",
        "stop_rule",
        "stop-rule",
        "Stop rule",
        "Change the stop rule or patience; of an ended run: see where it would have stopped",
    ),
    ("l", "rate", "rate", "Learning rate", "Change the learning rate from the next batch on"),
    ("e", "epochs", "epochs", "Epochs", "Train more or fewer epochs"),
    ("k", "save", "save", "Save now", "Save the present weights in the run's folder"),
    handler="controls",
    footer=("pause", "go-on", "stop", "stop-rule"),
)


class RunControls:
    """Writes requests for the trainer, whose events show when it received and applied them."""

    def __init__(
        self,
        screen: AreaScreen,
        run: FollowedRun,
        show: Callable[[], None],
        change_waiting: Callable[[dict[str, Any]], None],
    ) -> None:
        """Initialise it.

        Args:
            screen: the screen of the run.
            run: the run.
            show: updates the screen.
            change_waiting: changes the settings that a queued run starts with.
        """
        self._screen, self._followed, self._show = screen, run, show
        self._change_waiting = change_waiting

    def offers(self, command: str) -> bool:
        """Return whether a command is available: what is over cannot be stopped."""
        run = self._followed
        if command in ("pause", "go_on") and run.progress.paused == (command == "pause"):
            return False
        if run.queued:
            return command not in NEEDS_TRAINER or command in ("rate", "epochs")  # for its start
        return command not in NEEDS_TRAINER or not run.ended or command in SAYS_WHY

    def refuses(self, command: str) -> bool:
        """Return whether a command only says why this training does not carry it out."""
        return bool(self._problem(command))

    def _problem(self, command: str) -> str:
        """Return why this training does not carry out a command; empty if it does."""
        run = self._followed
        if command == "stop_rule" and run.ended:  # then it only shows where one would have stopped
            return ""
        if command in SAYS_WHY and run.ended and not run.queued:
            return too_late(command, clean(run.title, 60), run.external)
        return request_problem(run.any_spec, REQUESTS[command])

    def _explained(self, command: str) -> bool:
        """Say why a command is not carried out; return False where it is."""
        problem = self._problem(command)
        if problem:
            self._screen.notify(problem, severity="warning", markup=False)
        return bool(problem)

    def waiting_line(self) -> Content | None:
        """Return the settings that a queued run starts with; None if it is not queued."""
        run = self._followed
        if not run.queued or run.spec is None:
            return None
        words = f" starts with {run.start_settings()}; e and l change that"
        return Content.styled(words, "$text-muted")

    def request(self, request: Request, value: str = "", **changes: Any) -> bool:
        """Write a request for the trainer; return whether that succeeded.

        Args:
            request: its kind.
            value: the new value as text.
            changes: the fields of the control file.
        """
        run = self._followed
        if run.queued and request in ("learning rate", "epochs"):
            self._change_waiting(changes)
            return True
        seen_events, at = len(run.progress.requests), time.time()
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
        run.pending = [one for one in run.pending if one.request != request]
        run.pending.append(PendingRequest(request, value, seen_events, at))
        self._show()
        return True

    def pause(self) -> None:
        """Pause between two batches, or go on."""
        if self._explained("pause"):
            return
        want = ControlReader(self._followed.run.control).read().want
        if want == "pause":
            self.request("resume", want="run")
        elif want == "run":
            self.request("pause", want="pause")
        else:
            self._screen.notify("It is stopping already.", timeout=2)

    go_on = pause

    def stop_after(self) -> None:
        """Request to stop after the current epoch."""
        if self._explained("stop_after"):
            return
        if ControlReader(self._followed.run.control).read().want == "stop":
            self._screen.notify("It is stopping already.", timeout=2)
        else:
            self.request("stop after epoch", want="stop_after_epoch")

    def stop(self) -> None:
        """Request to stop; the second time offer to kill the trainer."""
        if self._explained("stop"):
            return
        run, screen = self._followed, self._screen
        asked = run.progress.stop_requested or run.run.stop_requested()
        # If the request cannot be written, killing the trainer is what is left.
        if not asked and self.request("stop", want="stop"):
            return

        async def kill(sure: bool | None) -> None:
            if sure:
                try:
                    killed = await asyncio.to_thread(run.run.kill)
                except RunError as error:
                    screen.notify(str(error), severity="error", markup=False, timeout=10)
                    return
                who = run.external.subject if run.external is not None else "The trainer"
                screen.notify(f"{who} was killed." if killed else "It had already ended.")

        screen.app.push_screen(Question(kill_question(run.external)), kill)

    def stop_rule(self) -> None:
        """Ask for a rule and a patience; of an ended run show where they would have stopped it."""
        if self._explained("stop_rule"):
            return
        run = self._followed
        over, now = run.ended, run.stops
        metrics = known_metrics(run.any_spec, run.progress)

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
                    InputField("stop when", str(now.rule or ""), rule_example(metrics)),
                    InputField(
                        "or val_loss no better for", str(now.patience or ""), "epochs; 0: never"
                    ),
                ],
                lambda texts: parse_stop_conditions(
                    texts, run.progress, live=not over, metrics=metrics
                ),
            ),
            take,
        )

    def rate(self) -> None:
        """Ask for a new learning rate."""
        if self._explained("rate"):
            return
        run = self._followed
        start, waits = run.start_settings(), run.queued
        now = start.learning_rate if waits else present_rate(start, run.progress)

        def take(rate: float | None) -> None:
            if rate is not None and rate != now:
                self.when_rate_confirmed(
                    rate, lambda: self.request("learning rate", exact(rate), learning_rate=rate)
                )

        since = "from its start on" if waits else "in force from the next batch on"
        fields = [InputField("learning rate", exact(now) if now else "", "0.0003")]

        def check(texts: Sequence[str]) -> tuple[float, str]:
            rate, words = parse_learning_rate(texts, now, since)
            if rate == now:
                return rate, words
            began = not waits or run.progress.epochs_done > 0
            return rate, f"{words} {rate_set_sentence(start.schedule, began=began)}".rstrip()

        self._screen.app.push_screen(InputWindow("Learning rate", fields, check), take)

    def when_rate_confirmed(self, rate: float | None, do: Callable[[], object]) -> None:
        """Call `do`, after a question if the learning rate is unusual."""
        spec = self._followed.any_spec
        optimizer = known_optimizer(spec.optimizer) if spec is not None else None
        unusual = judge_rate(rate, optimizer) if rate and optimizer is not None else ()
        when_confirmed(self._screen.app, unusual, do)

    def epochs(self) -> None:
        """Ask for the total number of epochs."""
        if self._explained("epochs"):
            return
        run = self._followed
        now, done = run.start_settings().epochs, run.progress.epochs_done
        most, schedule = most_epochs(run.any_spec), schedule_of(run.any_spec)
        who = run.external.subject if run.external is not None else ""

        def check(texts: Sequence[str]) -> tuple[int, str]:
            if run.queued and done:  # no epoch is under way
                return parse_total_epochs(texts[0], done)
            epochs, words = parse_epochs(texts, run.progress, most, who)
            return epochs, f"{words} {epochs_sentence(schedule, epochs)}".rstrip()

        def take(epochs: int | None) -> None:
            if epochs is not None and epochs != now:
                self.request("epochs", f"{epochs} in all", epochs=epochs)

        fields = [InputField("epochs in all", str(now or ""), "20")]
        self._screen.app.push_screen(InputWindow("Epochs", fields, check), take)

    def save(self) -> None:
        """Request to save the present weights."""
        if not self._explained("save"):
            self.request("save", saves=1)
