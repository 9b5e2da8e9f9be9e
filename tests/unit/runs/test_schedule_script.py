"""A program changes the learning rate as the trainer does, batch by batch, with changes by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.datasets import LoaderSettings
from tui.runs.export.schedule_script import Change, ScheduleLines
from tui.runs.export.training_script import RateChange, spec_script
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.scheduled_rate import Phase, ScheduledRate
from tui.runs.settings.schedules import Schedule, parse_schedule
from tui.runs.settings.spec import TrainingSpec

EPOCHS, STEPS = 9, 4
PETS = LoaderSettings(directory="/data/pets", classes=("cats", "dogs"), target_size=(32, 32))

places = st.tuples(st.integers(0, EPOCHS - 1), st.integers(0, STEPS))
changes = st.lists(st.tuples(places, st.floats(1e-5, 1.0)), max_size=3)
lengths = st.lists(st.tuples(places, st.integers(EPOCHS, 30)), max_size=2)
schedules = st.builds(
    Schedule,
    st.sampled_from(["step", "cosine", "constant"]),
    warmup=st.sampled_from([0.25, 1.0, 3.0]),
    every=st.integers(1, 4),
    factor=st.sampled_from([0.1, 0.5]),
    alpha=st.sampled_from([0.0, 0.1]),
) | st.sampled_from([Schedule("step", every=2), Schedule("cosine")])


def program(lines: ScheduleLines, call: str) -> Any:
    """Return the callback that a program makes."""
    keras = SimpleNamespace(callbacks=SimpleNamespace(Callback=object))
    known: dict[str, Any] = {"keras": keras, "math": __import__("math")}
    exec("\n".join(lines.classes()), known)
    callback = eval(call, known)
    callback.params = {"steps": STEPS}
    callback.model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=None))
    return callback


@given(schedules, changes, lengths)
def test_each_batch_has_the_same_rate(
    schedule: Schedule,
    by_hand: list[tuple[tuple[int, int], float]],
    total: list[tuple[tuple[int, int], int]],
) -> None:
    # As the trainer reports them: (0, 0) is before the first batch, the last of an epoch its end.
    rates = {place: value for place, value in by_hand if place[0] or not place[1]}
    ends = {place: value for place, value in total if place[0] or not place[1]}
    lines = ScheduleLines(
        schedule,
        tuple(Change(*place, value) for place, value in sorted(rates.items())),
        tuple(Change(*place, value) for place, value in sorted(ends.items())),
    )
    (call,) = lines.calls(0.01, EPOCHS)
    callback = program(lines, call)
    wanted = EPOCHS
    ours = ScheduledRate(schedule, [Phase(0.01)], lambda: wanted)

    def at(place: tuple[int, int]) -> float:
        return max(place[0] - 1, 0) + place[1] / STEPS

    for epoch in range(EPOCHS):
        callback.on_epoch_begin(epoch)
        for batch in range(STEPS):
            done = epoch + batch / STEPS
            for place, value in sorted(ends.items()):
                wanted = value if at(place) <= done else wanted
            for place, rate in sorted(rates.items()):
                if at(place) <= done:
                    ours.set_by_hand(rate, at(place))
            rates = {place: value for place, value in rates.items() if at(place) > done}
            ends = {place: value for place, value in ends.items() if at(place) > done}
            callback.on_train_batch_begin(batch)
            assert callback.model.optimizer.learning_rate == ours.at(done), (epoch, batch)


def scheduled(schedule: str, **changes: Any) -> TrainingSpec:
    spec = make_spec("pets", PETS, schedule=schedule, stop_rule=None, epochs=12)
    return msgspec.structs.replace(spec, **changes)


@pytest.mark.parametrize(
    ("schedule", "calls"),
    [
        ("cosine", "callbacks=[Scheduled(0.001, 0, 12)]"),
        ("step", "callbacks=[Scheduled(0.001, 0)]"),
        ("warmup=2", "callbacks=[Scheduled(0.001, 0)]"),
        (
            "plateau:patience=3,factor=0.5,min_lr=0.0001",
            "callbacks=[keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=3, min_lr=0.0001)]",
        ),
        (
            "warmup=2 plateau",
            "callbacks=[Scheduled(0.001, 0), PlateauAfter(2, factor=0.5, patience=3)]",
        ),
    ],
)
def test_a_program_has_the_callbacks_of_its_schedule(schedule: str, calls: str) -> None:
    text = spec_script(scheduled(schedule))
    compile(text, "program", "exec")
    assert calls in text and "ChangeRate" not in text
    assert ("import math" in text) == ("cosine" in schedule)


def test_a_cosine_falls_over_the_epochs_that_were_wanted() -> None:
    text = spec_script(scheduled("cosine"), epochs=5)
    assert "epochs=5" in text and "Scheduled(0.001, 0, 12)" in text


def test_changes_by_hand_of_a_plateau_are_made_beside_it() -> None:
    text = spec_script(scheduled("plateau"), rates=[RateChange(4, 3, 0.0003)])
    assert "ReduceLROnPlateau(factor=0.5, patience=3), ChangeRate()]" in text


def test_a_constant_rate_is_as_it_was() -> None:
    text = spec_script(scheduled("constant"))
    assert "Scheduled" not in text and "callbacks=" not in text


def test_each_phase_of_a_fine_tuning_has_its_own() -> None:
    lines = ScheduleLines(parse_schedule("warmup=1 cosine"), (Change(7, 2, 0.0002),))
    first, second = lines.calls(0.001, 5), lines.calls(1e-5, 12, "history.epoch[-1] + 1")
    assert first == ["Scheduled(0.001, 0, 5)"]
    assert second == ["Scheduled(1e-05, history.epoch[-1] + 1, 12)"]
    callback = program(lines, "Scheduled(1e-05, 5, 12)")
    callback.on_epoch_begin(5)
    callback.on_train_batch_begin(2)
    assert callback.model.optimizer.learning_rate == pytest.approx(0.5e-5)
    callback.on_epoch_begin(6)
    callback.on_train_batch_begin(2)
    assert callback.model.optimizer.learning_rate == pytest.approx(0.0002), "set by hand"
