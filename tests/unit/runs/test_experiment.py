"""Trainings of a page found again in the run folders, whatever became of them."""

from __future__ import annotations

import os

import msgspec
import pytest

from tests.unit.runs.lesson_runs import DATA, DONE, FAILED, STOPPED, epoch, made_run
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import Event
from tui.runs.lessons.experiment import Experiment, open_experiment
from tui.runs.lessons.lesson_plan import LessonPlan


def test_before_any_run_all_is_to_be_trained(plan: LessonPlan) -> None:
    experiment = open_experiment(plan)
    assert [training.name for training in experiment.trainings] == ["1/10", "all"]
    assert [training.images for training in experiment.trainings] == [4, 40]
    assert experiment.waiting is experiment.trainings[0]
    assert experiment.live is None and not experiment.complete
    assert experiment.trainings[0].ended == "" and experiment.trainings[0].gap is None
    assert not experiment.poll()


def test_what_has_been_run_is_found_and_the_next_one_waits(plan: LessonPlan) -> None:
    made_run(plan, 0, DATA, epoch(1), epoch(2, 1.0, 0.5), DONE)
    experiment = open_experiment(plan)
    first, second = experiment.trainings
    assert first.done and not first.live
    assert first.images == 39, "as the trainer counted them"
    assert (first.last("accuracy"), first.last("val_accuracy"), first.gap) == (1.0, 0.5, 0.5)
    assert first.ended == "All 2 epochs are done."
    assert experiment.waiting is second and not experiment.complete
    made_run(plan, 1, DATA, epoch(1), DONE)
    assert open_experiment(plan).complete


@pytest.mark.parametrize(
    ("events", "done", "sentence"),
    [
        ((epoch(1), STOPPED), True, "Stopped."),
        ((STOPPED,), False, "Stopped."),
        ((epoch(1), FAILED), False, "Training failed: It broke. Mend it."),
        ((epoch(1),), False, "The trainer died at epoch 2 without an error message"),
        ((epoch(1), epoch(2)), False, "The trainer died at epoch 2 without an error message"),
    ],
)
def test_how_it_ended_decides_whether_there_is_something_to_show(
    plan: LessonPlan, events: tuple[Event, ...], done: bool, sentence: str
) -> None:
    made_run(plan, 0, *events)
    experiment = open_experiment(plan)
    training = experiment.trainings[0]
    assert training.done is done
    assert training.ended.startswith(sentence)
    assert experiment.waiting is experiment.trainings[1 if done else 0]


def test_the_newest_run_counts_also_within_a_second(plan: LessonPlan) -> None:
    for number in range(6):
        run = made_run(plan, 0, epoch(1, accuracy=number / 10), DONE)
        os.utime(run.path / "spec.json", (1000 + number, 1000 + number))
    assert open_experiment(plan).trainings[0].last("accuracy") == 0.5


@pytest.mark.parametrize("changes", [{"seed": 43}, {"origin": "there"}, {"epochs": 3}])
def test_another_training_is_not_taken_for_it(plan: LessonPlan, changes: dict[str, object]) -> None:
    spec = msgspec.structs.replace(plan.specs[0], **changes)
    made_run(LessonPlan(plan.shares, (spec, spec), (4, 40), 10, "pets", ""), 0, epoch(1), DONE)
    assert open_experiment(plan).trainings[0].follower is None


def test_a_living_run_is_followed_to_its_end(plan: LessonPlan) -> None:
    run = made_run(plan, 0, DATA, epoch(1))
    lock = run.acquire_lock()
    experiment = open_experiment(plan)
    training = experiment.trainings[0]
    assert experiment.live is training and not training.done and training.ended == ""
    assert experiment.waiting is experiment.trainings[1]
    writer = EventWriter(run.events)
    writer.write(epoch(2))
    assert experiment.poll() and training.live
    assert not experiment.poll()
    writer.write(DONE)
    writer.close()
    os.close(lock)
    assert experiment.poll() and training.done
    assert experiment.live is None


def test_damaged_runs_are_passed_over(plan: LessonPlan) -> None:
    made_run(plan, 0, epoch(1), DONE)
    broken = made_run(plan, 1, epoch(1), DONE)
    (broken.path / "spec.json").write_text("{")
    experiment = open_experiment(plan)
    assert experiment.trainings[0].done and experiment.trainings[1].follower is None


def test_forgetting_leaves_the_runs(plan: LessonPlan) -> None:
    run = made_run(plan, 0, epoch(1), DONE)
    experiment = open_experiment(plan)
    experiment.forget()
    assert experiment.waiting is experiment.trainings[0] and run.events.exists()


def test_a_folder_of_runs_that_cannot_be_read_has_none(
    plan: LessonPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", "/proc/nowhere")
    assert open_experiment(plan).waiting is not None


def test_values_that_are_not_known_have_no_gap(plan: LessonPlan) -> None:
    made_run(plan, 0, epoch(1, validation=None), DONE)
    training = Experiment(plan).trainings[0]
    assert training.last("accuracy") is None
    training = open_experiment(plan).trainings[0]
    assert training.last("accuracy") == 0.9 and training.gap is None
