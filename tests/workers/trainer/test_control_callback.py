"""Requests to a real training: each is told as it is read and as it takes effect."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import pytest

from tests.workers.shell import SIDE, SMALL, events_of, of_type, wait_for, wait_for_event
from tui.common.numbers import metric_value
from tui.common.stop_rule import StopRule
from tui.datasets import LoaderSettings
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import (
    BatchesEnded,
    ControlApplied,
    ControlRead,
    ControlReceived,
    EpochEnded,
    EpochStarted,
    Event,
    FileSaved,
    Finished,
    Notice,
    Request,
)
from tui.runs.process.launch import Launcher
from tui.runs.queue.resume import resume_run
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder


@dataclass
class Training:
    """A run whose trainer was started."""

    run: RunFolder

    def request(self, **changes: Any) -> None:
        """Do what the app does when the user asks for something."""
        change_control(self.run.control, **changes)

    def took(
        self, request: Request, good: Callable[[ControlApplied], bool] = lambda event: True
    ) -> ControlApplied:
        """Wait until a request is in force."""
        return wait_for_event(self.run, ControlApplied, lambda e: e.request == request and good(e))

    def received(self, request: Request) -> list[ControlReceived]:
        return [
            event for event in of_type(self.events, ControlReceived) if event.request == request
        ]

    @property
    def events(self) -> list[Event]:
        return events_of(self.run)

    @property
    def batches(self) -> int:
        return sum(event.last - event.first + 1 for event in of_type(self.events, BatchesEnded))

    def epoch(self, number: int) -> EpochEnded:
        """Wait for an epoch's end."""
        return wait_for_event(self.run, EpochEnded, lambda event: event.epoch >= number)

    def finished(self) -> Finished:
        """Wait for the end."""

        def last_word() -> Finished | None:
            last = self.events[-1] if self.events else None
            return last if isinstance(last, Finished) and not self.run.alive() else None

        return wait_for(f"the end of {self.run.path}", last_word)


@pytest.fixture
def train(pictures: Path, own_home: Path) -> Iterator[Callable[..., Training]]:
    """Return a function that starts a training of many small epochs."""
    launcher = Launcher()
    started: list[Training] = []

    def start(**settings: Any) -> Training:
        data = LoaderSettings(
            directory=str(pictures / "train"),
            validation_directory=str(pictures / "validation"),
            classes=("cats", "dogs"),
            target_size=(SIDE, SIDE),
            batch_size=1,
        )
        choice: dict[str, Any] = {"epochs": 100_000, "stop_rule": None, **settings}
        run = create_run(make_spec("pets", data, model=SMALL, **choice))
        started.append(Training(run))
        launcher.start(run)
        return started[-1]

    yield start
    for training in started:
        training.run.kill()


def test_what_is_taken_back_before_it_is_read_is_answered_too(
    train: Callable[..., Training],
) -> None:
    training = train()
    # As in the minute that Keras takes to load: by the first batch all is as it was.
    asked = time.time()
    training.request(want="pause", learning_rate=0.5)
    training.request(want="run", learning_rate=training.run.spec().learning_rate)
    assert wait_for_event(training.run, ControlRead).at >= asked
    training.epoch(1)
    assert not of_type(training.events, ControlReceived)


def test_a_training_obeys_while_it_runs(train: Callable[..., Training]) -> None:
    training = train()
    training.epoch(1)

    training.request(want="pause")
    paused = training.took("pause")
    assert 0 <= paused.batch <= 40 and paused.epoch >= 2
    assert stands_still(lambda: training.batches)
    told = training.batches
    assert told == (paused.epoch - 1) * 40 + paused.batch, "every batch before the pause is told"

    # What is requested in a pause takes effect in it.
    training.request(learning_rate=0.0003, saves=1)
    assert training.took("learning rate").value == "0.0003"
    saved = training.took("save")
    assert saved.value == f"saved-epoch-{paused.epoch}-batch-{paused.batch}.keras"
    model = keras.models.load_model(training.run.path / saved.value, safe_mode=True)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0003)
    assert int(model.optimizer.iterations) == told
    assert saved.value in [event.file for event in of_type(training.events, FileSaved)]
    assert training.batches == told, "and it still stands"

    training.request(want="run")
    resumed = training.took("resume")
    assert (resumed.epoch, resumed.batch) == (paused.epoch, paused.batch)
    ended = training.epoch(paused.epoch)
    assert ended.learning_rate == pytest.approx(0.0003)
    away = resumed.at - paused.at
    began = next(e.at for e in of_type(training.events, EpochStarted) if e.epoch == paused.epoch)
    assert ended.seconds <= ended.at - began - away + 0.1, "a pause is no part of an epoch"
    assert ended.images_per_second > 40 / (ended.at - began)

    training.request(stop_rule=StopRule("loss", "<", 0.0), patience=90_000)
    assert training.took("stop rule").value == "loss < 0"
    assert training.took("patience").value == "90000"
    training.request(no_stop_rule=True)
    assert training.took("stop rule", lambda event: event.value == "never")
    training.request(epochs=90_000)
    assert training.took("epochs").value == "90000"
    now = training.epoch(0).epoch
    later = wait_for_event(training.run, EpochStarted, lambda event: event.epochs == 90_000)
    assert later.epoch >= now

    training.request(want="stop_after_epoch")
    finished = training.finished()
    took = last_took(training, "stop after epoch")
    assert finished.reason == "stopped" and took.batch == 40
    assert finished.sentence == f"Stopped after epoch {took.epoch}, as requested."
    assert finished.epochs == took.epoch == of_type(training.events, EpochEnded)[-1].epoch
    for request in ("pause", "resume", "save", "learning rate", "epochs", "stop after epoch"):
        assert len(training.received(request)) == 1, request

    # What was changed stays when the run is taken up again, and is not told once more.
    resume_run(training.run)
    before = len(training.events)
    Launcher().start(training.run)
    again = training.epoch(finished.epochs + 1)
    assert again.learning_rate == pytest.approx(0.0003) and again.epochs == 90_000
    assert not of_type(training.events[before:], ControlApplied)
    training.request(want="stop")
    assert training.took("stop").epoch > finished.epochs
    assert len(training.received("stop")) == 1
    assert training.finished().reason == "stopped"


def stands_still(look: Callable[[], int]) -> bool:
    """Say whether a figure stays the same over two looks a while apart."""
    seen: list[int] = []

    def twice() -> bool:
        seen.append(look())
        return len(seen) > 40

    wait_for("two looks", twice)
    return len(set(seen[10:])) == 1


def last_took(training: Training, request: Request) -> ControlApplied:
    return [
        event for event in of_type(training.events, ControlApplied) if event.request == request
    ][-1]


def test_patience_ends_a_training_that_does_not_improve(train: Callable[..., Training]) -> None:
    # So high a rate throws the weights about; the validation loss cannot fall for long.
    training = train(patience=3, learning_rate=5.0, stop_rule=StopRule("loss", "<", -1.0))
    finished = training.finished()
    losses = [event.metrics["val_loss"] for event in of_type(training.events, EpochEnded)]
    assert None not in losses
    best = min(range(len(losses)), key=lambda place: losses[place] or 0.0)
    assert len(losses) - (best + 1) == 3
    assert finished.reason == "rule"
    assert finished.sentence == (
        "Stopped: val_loss has not improved for 3 epochs; "
        f"best was {metric_value(losses[best])} after epoch {best + 1}."
    )


def test_requests_that_are_there_before_the_trainer(train: Callable[..., Training]) -> None:
    training = train()
    training.request(want="pause", epochs=0, learning_rate=0.002)
    paused = training.took("pause")
    assert (paused.epoch, paused.batch) == (1, 0)
    assert training.took("learning rate").epoch <= 1
    assert not [e for e in of_type(training.events, ControlApplied) if e.request == "epochs"]
    training.request(want="run", epochs=1)
    finished = training.finished()
    assert finished.reason == "completed" and finished.sentence == "The one epoch is done."
    (notice,) = of_type(training.events, Notice)
    assert notice.text == ("0 epochs cannot be trained; choose 1 to 100,000. It stays as it is.")
