"""A training with two phases: what ends a phase, and which requests are meant for which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tui.callback.actions import Actions
from tui.callback.epoch_clock import EpochClock
from tui.callback.run_recorder import Unrecorded
from tui.callback.training_control import TrainingControl
from tui.common.stop_rule import StopRule
from tui.datasets import LoaderSettings
from tui.runs.control.control_file import Control, ControlReader, change_control, write_control
from tui.runs.events.event_types import ControlApplied, Event
from tui.runs.settings.spec import TrainingSpec


@pytest.fixture
def spec() -> TrainingSpec:
    data = LoaderSettings(directory="/pets", classes=("cats", "dogs"), target_size=(8, 8))
    return TrainingSpec(name="pets", network="8x8x3 flatten dense:k=1,a=sigmoid", data=data)


HEAD_EPOCHS = 3
TUNING_RATE = 1e-5


class Recorder(Unrecorded):
    """Keeps the events, and reads the requests of a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.control = ControlReader(path)
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)


class Training:
    """A training of ten epochs, the first three of them of its head."""

    def __init__(self, spec: TrainingSpec, path: Path) -> None:
        self.path = path
        self.spec = replace(spec, epochs=10, stop_rule=None, learning_rate=0.001)
        self.rates: list[float] = []
        self.recorder = Recorder(path)
        self.control = TrainingControl(
            self.recorder,
            self.spec,
            Actions(stop=lambda: None, save=lambda name: True, set_rate=self.rates.append),
            EpochClock(),
        )
        self.control.phase_begins(self.spec, HEAD_EPOCHS, new=False)

    def tune(self, *, new: bool = True) -> None:
        """Begin the second phase, or go on in it."""
        self.control.phase_begins(replace(self.spec, learning_rate=TUNING_RATE), None, new=new)

    def epoch(self, number: int, val_loss: float = 0.5, accuracy: float = 0.5) -> bool:
        self.control.epoch_begins(number)
        self.control.read_requests()
        return self.control.epoch_ended(number, {"val_loss": val_loss, "accuracy": accuracy})

    @property
    def applied(self) -> list[str]:
        events = [one for one in self.recorder.events if isinstance(one, ControlApplied)]
        return [f"{one.request} {one.value}" for one in events]


@pytest.fixture
def training(spec: TrainingSpec, tmp_path: Path) -> Training:
    found = Training(spec, tmp_path / "control.json")
    found.control.training_begins()
    return found


def test_a_phase_ends_with_its_last_epoch_and_the_training_with_its_own(training: Training) -> None:
    assert [training.epoch(number) for number in (1, 2, 3)] == [False, False, True]
    assert training.control.phase_over and training.control.ending is None
    assert training.control.phase_reason == ""
    training.tune()
    assert not training.control.phase_over
    assert training.control.settings.learning_rate == TUNING_RATE
    assert not any(training.epoch(number) for number in range(4, 10))
    assert training.epoch(10)
    assert training.control.ending is not None
    assert training.control.ending.sentence == "All 10 epochs are done."


def test_patience_ends_the_head_early_and_is_counted_anew(training: Training) -> None:
    change_control(training.path, patience=2)
    training.control.phase_begins(training.spec, 6, new=False)
    ended = [training.epoch(number, loss) for number, loss in enumerate((0.3, 0.4, 0.5), 1)]
    assert ended == [False, False, True]
    assert training.control.phase_over and training.control.ending is None
    assert training.control.phase_reason.startswith("Stopped: val_loss has not improved for 2")
    training.tune()
    # Worse than the best of the head, and better than before it in this phase.
    assert not training.epoch(4, 0.9) and not training.epoch(5, 0.8) and not training.epoch(6, 0.85)
    assert training.epoch(7, 0.86)
    assert training.control.ending is not None and training.control.ending.reason == "rule"
    assert "best was 0.8000 after epoch 5" in training.control.ending.sentence


def test_a_stop_rule_ends_the_phase_first_and_then_the_training(training: Training) -> None:
    change_control(training.path, stop_rule=StopRule("accuracy", ">", 0.9))
    assert training.epoch(1, accuracy=0.95)
    assert training.control.phase_over and training.control.ending is None
    training.tune()
    assert training.epoch(2, accuracy=0.95)
    assert training.control.ending is not None and training.control.ending.reason == "rule"


def test_fewer_epochs_and_stopping_by_hand_end_the_training_in_the_head(
    spec: TrainingSpec, tmp_path: Path
) -> None:
    requests: list[dict[str, Any]] = [{"epochs": 3}, {"want": "stop_after_epoch"}]
    for number, request in enumerate(requests):
        training = Training(spec, tmp_path / f"{number}.json")
        training.control.training_begins()
        change_control(training.path, **request)
        over = [training.epoch(epoch) for epoch in range(1, 4)]
        assert over[-1] if number == 0 else over[0]
        assert training.control.ending is not None


def test_a_rate_that_was_requested_for_the_head_is_not_used_for_fine_tuning(
    training: Training,
) -> None:
    change_control(training.path, learning_rate=0.01)
    training.epoch(1)
    assert training.rates == [0.01] and training.applied == ["learning rate 0.01"]
    training.epoch(2), training.epoch(3)
    training.tune()
    training.epoch(4)
    assert training.control.settings.learning_rate == TUNING_RATE
    # The same value, asked for once more, is meant.
    change_control(training.path, learning_rate=0.01)
    training.epoch(5)
    assert training.rates == [0.01, 0.01]
    assert training.control.settings.learning_rate == 0.01
    change_control(training.path, patience=5)
    training.epoch(6)
    assert training.control.settings.learning_rate == 0.01, "another request does not undo it"


def test_a_rate_that_was_requested_while_the_run_was_down_is_for_the_phase_that_follows(
    training: Training, spec: TrainingSpec
) -> None:
    for number in (1, 2, 3):
        training.epoch(number)
    state = training.control.state()
    change_control(training.path, learning_rate=1e-6)
    again = Training(spec, training.path)
    again.control.restore(state, 3)
    assert again.control.is_over(3, {"val_loss": 0.5}) and again.control.phase_over
    again.tune()
    again.control.training_begins()
    assert again.rates == [1e-6]


def test_a_run_that_goes_on_in_its_second_phase_keeps_its_rate(
    training: Training, spec: TrainingSpec
) -> None:
    change_control(training.path, learning_rate=0.01)
    for number in (1, 2, 3):
        training.epoch(number)
    training.tune()
    training.epoch(4)
    state = training.control.state()
    again = Training(spec, training.path)
    again.tune(new=False)
    again.control.restore(state, 4)
    again.control.training_begins()
    again.epoch(5)
    assert again.rates == [] and again.control.settings.learning_rate == TUNING_RATE
    assert not again.applied


def test_requests_of_an_earlier_version_count(spec: TrainingSpec, tmp_path: Path) -> None:
    training = Training(spec, tmp_path / "old.json")
    write_control(training.path, Control(learning_rate=0.02))
    training.control.training_begins()
    assert training.rates == [0.02]
    # A checkpoint of an earlier version says nothing of phases.
    again = Training(spec, training.path)
    again.control.restore({}, 2)
    again.control.training_begins()
    assert again.rates == [0.02]
