"""Learning-rate schedules: they are Keras's, in a training, after deaths, and in its program."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from tests.workers.shell import SIDE, SMALL, events_of, of_type, wait_for_event, wait_until_gone
from tests.workers.trainer.test_resume import NETWORK, Trainers, assert_same
from tui.common.text import exact_32
from tui.datasets import LoaderSettings, python_call
from tui.geometry import parse_network
from tui.keras_io import keras_code
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import ControlApplied, EpochEnded, Finished, Notice
from tui.runs.export.run_script import run_script
from tui.runs.process.launch import Launcher
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.scheduled_rate import Phase, ScheduledRate, float_32
from tui.runs.settings.schedules import parse_schedule
from tui.runs.store.create_run import create_run
from tui.runs.store.loaded_run import load_run
from tui.runs.store.run_folder import RunFolder

STEPS, EPOCHS, RATE = 7, 12, 0.01
METRICS = ("accuracy", "loss", "val_accuracy", "val_loss")


@pytest.fixture(scope="module")
def train() -> Iterator[Trainers]:
    trainers = Trainers()
    yield trainers
    trainers.process.communicate("", timeout=30)
    trainers.errors.close()


KERAS: dict[str, Callable[[], Any]] = {
    "cosine": lambda: keras.optimizers.schedules.CosineDecay(RATE, STEPS * EPOCHS),
    "cosine:alpha=0.1": lambda: keras.optimizers.schedules.CosineDecay(
        RATE, STEPS * EPOCHS, alpha=0.1
    ),
    "warmup=3 cosine": lambda: keras.optimizers.schedules.CosineDecay(
        0.0, STEPS * (EPOCHS - 3), warmup_target=RATE, warmup_steps=STEPS * 3
    ),
    "step:every=5,factor=0.5": lambda: keras.optimizers.schedules.ExponentialDecay(
        RATE, STEPS * 5, 0.5, staircase=True
    ),
}


@pytest.mark.parametrize("text", KERAS)
def test_each_batch_has_the_rate_of_keras(text: str) -> None:
    schedule, theirs = parse_schedule(text), KERAS[text]()
    for step in range(STEPS * EPOCHS + 3):
        ours = schedule.rate(RATE, step / STEPS, EPOCHS)
        # Keras calculates in 32 bits.
        assert ours == pytest.approx(float(theirs(step)), rel=1e-5, abs=RATE * 1e-6), step


@pytest.mark.parametrize("min_lr", [0.0, 0.002])
def test_a_plateau_is_that_of_keras(min_lr: float) -> None:
    rng = random.Random(3)
    for _ in range(20):
        patience, factor = rng.randint(1, 3), rng.choice([0.1, 0.5, 0.7])
        model = SimpleNamespace(optimizer=keras.optimizers.SGD(RATE), metrics=[])
        theirs = keras.callbacks.ReduceLROnPlateau(
            factor=factor, patience=patience, min_lr=min_lr, mode="min"
        )
        theirs.set_model(model)
        theirs.on_train_begin()
        text = f"plateau:patience={patience},factor={factor},min_lr={min_lr}"
        ours = ScheduledRate(parse_schedule(text), [Phase(RATE)], lambda: 99)
        for epoch in range(25):
            # Some are no better by hardly more or less than the least difference that counts.
            loss = float(np.float32(0.5 + rng.choice([0.0, 1e-4, 9e-5, 2e-4, 0.1, -0.1])))
            theirs.on_epoch_end(epoch, {"val_loss": loss})
            ours.epoch_ended(loss, epoch + 1)
            assert float_32(ours.at(epoch + 1)) == float(model.optimizer.learning_rate)


def a_run(pictures: Path, **settings: Any) -> RunFolder:
    """Create a run with a schedule."""
    data = LoaderSettings(
        directory=str(pictures / "train"),
        validation_directory=str(pictures / "validation"),
        classes=("cats", "dogs"),
        target_size=(SIDE, SIDE),
        batch_size=settings.pop("batch_size", 6),
    )
    chosen = {"model": SMALL, "stop_rule": None, "epochs": 4, **settings}
    return create_run(make_spec("pets", data, **chosen))


def plain(run: RunFolder, rate: Any, callbacks: list[keras.callbacks.Callback]) -> Any:
    """Train the same as a plain program of Keras, and return its history."""
    spec = run.spec()
    shown: dict[str, Any] = {}
    exec(python_call(spec.data), shown)
    keras.utils.set_random_seed(spec.seed)
    exec(keras_code(parse_network(spec.network)), shown)
    model = shown["model"]
    optimizer = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[spec.optimizer]
    model.compile(
        optimizer=optimizer(learning_rate=rate), loss="binary_crossentropy", metrics=["accuracy"]
    )
    fitted = model.fit(
        shown["train"],
        validation_data=shown["validation"],
        epochs=spec.epochs,
        callbacks=callbacks,
        verbose=0,
    )
    return fitted.history


def test_the_history_is_that_of_plain_keras(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    steps = 7  # 40 images in batches of 6
    cosine = a_run(pictures, schedule="warmup=1 cosine", optimizer="adam", learning_rate=0.02)
    plateau = a_run(
        pictures,
        schedule="plateau:patience=1,factor=0.3",
        optimizer="sgd",
        learning_rate=1.0,
        epochs=8,
    )
    train(cosine, plateau)
    decay = keras.optimizers.schedules.CosineDecay(
        0.0, 3 * steps, warmup_target=0.02, warmup_steps=steps
    )
    same(cosine, plain(cosine, decay, []))
    reduce = keras.callbacks.ReduceLROnPlateau(factor=0.3, patience=1)
    history = plain(plateau, 1.0, [reduce])
    same(plateau, history)
    told = of_type(events_of(plateau), EpochEnded)
    rates = [epoch.learning_rate for epoch in told]
    assert rates == [exact_32(rate) for rate in history["learning_rate"]]
    assert len(set(rates)) > 1, "it was reduced, or this says nothing"
    notices = [one.text for one in of_type(events_of(plateau), Notice)]
    assert any("val_loss has not improved. The learning rate is 0.3 from now" in t for t in notices)


def same(run: RunFolder, history: dict[str, list[float]]) -> None:
    told = of_type(events_of(run), EpochEnded)
    for name in METRICS:
        row = [epoch.metrics[name] for epoch in told]
        assert row == pytest.approx(history[name], rel=1e-4, abs=1e-6), name


def test_killed_and_resumed_it_is_what_it_would_have_been(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    kinds = ["between", "torn"]
    for schedule in ("warmup=1.5 cosine", "warmup=1 plateau:patience=1"):
        settings: dict[str, Any] = {
            "schedule": schedule,
            "model": NETWORK,
            "epochs": 7,
            "learning_rate": 0.05,
        }
        whole, killed = a_run(pictures, **settings), a_run(pictures, **settings)
        train(whole)
        (kills,) = train(killed, kinds=[kinds])
        assert kills
        assert_same(whole, killed)
        rates = [
            [epoch.learning_rate for epoch in of_type(events_of(run), EpochEnded)]
            for run in (whole, killed)
        ]
        assert rates[0][-1] == rates[1][-1] < max(rates[0])


def test_it_obeys_a_change_by_hand_and_its_program_repeats_all_of_it(
    pictures: Path, own_home: Path
) -> None:
    run = a_run(pictures, schedule="warmup=3 cosine:alpha=0.2", batch_size=1, epochs=100_000)
    Launcher().start(run)
    wait_for_event(run, EpochEnded)
    for times in (1, 2):  # the second time the schedule has moved on from it
        change_control(run.control, learning_rate=0.004)
        wait_for_event(run, ControlApplied, lambda _, times=times: applied(run) == times)  # type: ignore[misc]
    last = of_type(events_of(run), ControlApplied)[-1]
    change_control(run.control, epochs=last.epoch + 3)
    wait_for_event(run, Finished)
    wait_until_gone(run)

    told = of_type(events_of(run), EpochEnded)
    rates = [epoch.learning_rate for epoch in told]
    assert rates[last.epoch - 1] <= 0.004 and rates[-1] < rates[-2] < 0.004
    assert 0.2 * 0.004 < rates[-1] < 0.5 * 0.004, "the share that is left at the end"
    script = run_script(load_run(run))
    shown: dict[str, Any] = {}
    exec(script, shown)
    for name in METRICS:
        row = [epoch.metrics[name] for epoch in told]
        assert [float(f"{value:.6g}") for value in shown["history"].history[name]] == row, name


def applied(run: RunFolder) -> int:
    return sum(one.request == "learning rate" for one in of_type(events_of(run), ControlApplied))
