"""What curves say: on histories of real trainings, on drawn ones, and on whatever may come."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.drawn_curves import (
    FALLING,
    RISING,
    SOUND,
    STUCK,
    History,
    curve,
    first,
    trained,
)
from tests.unit.runs.recorded import recorded
from tests.unit.runs.strategies import maybe
from tui.runs.diagnosis.diagnose_run import diagnose
from tui.runs.diagnosis.diagnosis_kinds import SIGNS, Kind


@pytest.mark.parametrize(
    ("name", "kinds", "label"),
    [
        ("overfitting", ["overfitting"], "overfitting since epoch 4"),
        ("overfitting-small-net", ["overfitting"], "overfitting since epoch 8"),
        ("underfitting", ["underfitting"], "underfitting"),
        ("nothing-learnt", ["underfitting"], "underfitting: nothing learnt"),
        ("one-softmax-unit", ["underfitting"], "underfitting: nothing learnt"),
        ("linear-end", ["diverged"], "diverged"),
        ("high-rate", ["underfitting"], "underfitting: nothing learnt"),
        ("plateau", ["plateau"], "plateau since epoch 13"),
        ("small-data", ["plateau"], "plateau since epoch 17"),
        ("noisy", ["too noisy"], "too noisy to tell"),
        ("never-near", ["diverged"], "diverged"),
        ("not-finite", ["diverged"], "diverged in epoch 1"),
        ("few-epochs", ["too early"], "too early to say"),
        ("learning-well", ["learning well"], "learning well"),
    ],
)
def test_a_recorded_training_is_named(name: str, kinds: list[Kind], label: str) -> None:
    training = recorded(name)
    found = diagnose(
        training.history, training.classes, validation_images=training.validation_images
    )
    assert [one.kind for one in found] == kinds
    assert found[0].label == label


def test_overfitting_is_said_with_its_epoch_and_its_figures() -> None:
    training = recorded("overfitting")
    found = first(training.history)
    row = training.history["val_loss"]
    assert found.since == 4 and row[3] == min(v for v in row if v is not None)
    assert found.sentence == (
        "Training accuracy went on rising from epoch 4 while validation loss rose: 0.6056 → 1.6216."
    )
    assert "best.keras" in found.advice


def test_overfitting_is_seen_when_it_is_there_and_keeps_its_epoch() -> None:
    """Epoch by epoch, as on a live screen."""
    history = recorded("overfitting").history
    said = [first({name: row[:epochs] for name, row in history.items()}) for epochs in range(1, 26)]
    assert [one.kind for one in said[:3]] == ["too early"] * 3
    overfits = [number for number, one in enumerate(said, 1) if one.kind == "overfitting"]
    assert overfits[0] <= 14 and overfits == list(range(overfits[0], 26))
    assert {said[number - 1].since for number in overfits} == {4}


def test_three_validations_far_apart_are_not_called_noise() -> None:
    losses: list[float | None] = [2.25, 2.1, 1.98, 1.8, 1.7, 1.6, 1.5, 1.45, 1.4]
    val_loss: list[float | None] = [None, None, 2.18, None, None, 1.63, None, None, 1.55]
    history = {"loss": losses, "val_loss": val_loss}
    found = diagnose(history, 0, missing={"val_loss": {1, 2, 4, 5, 7, 8}})[0]
    assert found.label == "learning well"
    assert found.sentence.startswith("Validation loss has fallen: 2.1800 → 1.5500.")


def test_a_loss_whose_last_value_rose_is_not_still_falling() -> None:
    row = [1.5932, 1.5812, 1.5702, 1.5501, 1.5203, 1.4999, 1.4733, 1.4687, 1.48]
    rose = diagnose({"loss": row, "val_loss": row}, 0)[0]
    assert "has fallen: 1.5932 → 1.4800" in rose.sentence
    falls = diagnose({"loss": row[:-1], "val_loss": row[:-1]}, 0)[0]
    assert "is still falling: 1.5932 → 1.4687" in falls.sentence


def test_one_bad_epoch_at_the_end_is_no_overfitting() -> None:
    val_loss = curve(lambda n: 0.1 + 0.6 * 0.9**n)
    val_loss[-1] = 2.0
    history = {"loss": FALLING, "accuracy": RISING, "val_loss": val_loss}
    assert first(history).kind == "learning well"


def test_a_validation_that_rises_while_training_stands_still_is_not_called_overfitting() -> None:
    history = {
        "loss": curve(lambda n: 0.3),
        "accuracy": curve(lambda n: 0.9),
        "val_loss": curve(lambda n: 0.3 + 0.05 * n),
    }
    assert first(history).kind != "overfitting"


def test_a_gap_that_opens_while_validation_stands_still_is_overfitting() -> None:
    history = {
        "loss": curve(lambda n: 0.7 * 0.7**n),
        "accuracy": curve(lambda n: min(0.6 + 0.05 * n, 1.0)),
        "val_loss": curve(lambda n: 0.6 if n >= 3 else 0.7),
        "val_accuracy": curve(lambda n: 0.7),
    }
    found = first(history, images=280)
    assert found.kind == "overfitting" and found.since in (2, 3)
    assert "while validation accuracy hardly did: 0.7000 → 0.7000" in found.sentence
    # On a dozen validation images such a gap may be chance.
    assert first(history, images=12).kind != "overfitting"


def test_a_loss_that_rises_again_for_good_has_diverged() -> None:
    loss = [*curve(lambda n: 0.7 * 0.8**n, 5), 0.9, 1.4, 2.2, 3.1]
    found = first({"loss": loss, "accuracy": curve(lambda n: 0.6, 9)})
    assert (found.kind, found.since) == ("diverged", 5)
    assert found.sentence == "Training loss itself rose from epoch 5: 0.2294 → 3.1000."
    assert "ten times lower" in found.advice


def test_tiny_losses_do_not_diverge() -> None:
    loss = [*curve(lambda n: 0.7 * 0.3**n, 8), 1e-3, 2e-3, 3e-3]
    assert first({"loss": loss, "accuracy": curve(lambda n: 1.0, 11)}).kind == "plateau"


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
@pytest.mark.parametrize("epochs", [1, 6])
def test_a_loss_that_is_not_finite_is_named_at_once(value: float | None, epochs: int) -> None:
    history: History = {"loss": [*curve(lambda n: 0.5, epochs - 1), value], "accuracy": [0.5]}
    assert first(history).label == f"diverged in epoch {epochs}"


def test_without_validation_images_it_says_what_cannot_be_seen() -> None:
    found = first({"loss": FALLING, "accuracy": RISING})
    assert found.kind == "learning well"
    assert "Without validation images overfitting cannot be seen." in found.sentence


@pytest.mark.parametrize("epochs", [0, 1, 2, 3])
def test_with_less_than_four_epochs_nothing_is_said(epochs: int) -> None:
    history = {"loss": FALLING[:epochs], "accuracy": RISING[:epochs]}
    (found,) = diagnose(history, 2)
    assert found.kind == "too early" and found.since is None
    assert f"After {epochs} epoch" in found.sentence


@pytest.mark.parametrize("epochs", [4, 8, 20, 60])
def test_noise_around_a_constant_is_seldom_called_overfitting(epochs: int) -> None:
    """Accuracy creeps up while validation only jitters: false alarms stay rare."""
    rng = random.Random(epochs)
    alarms = 0
    for _ in range(200):
        history: History = {
            "loss": [0.5 - 0.001 * n for n in range(epochs)],
            "accuracy": [0.80 + 0.0005 * n for n in range(epochs)],
            "val_loss": [0.6 + rng.gauss(0, 0.05) for _ in range(epochs)],
            "val_accuracy": [0.75 + rng.gauss(0, 0.02) for _ in range(epochs)],
        }
        alarms += any(one.kind == "overfitting" for one in diagnose(history, 2))
    assert alarms <= 10


@pytest.mark.parametrize("epochs", [4, 5, 6, 12])
def test_accuracy_at_guessing_is_never_learning_well(epochs: int) -> None:
    history = {name: row[:epochs] for name, row in STUCK.items()}
    for found in diagnose(history, 10, spec=trained(SOUND)):
        assert found.kind in ("underfitting", "too noisy")
        assert "Nothing to change" not in found.advice
    assert first(history, 10).label == "underfitting: nothing learnt"
    assert (
        "0.1000, and the same prediction for every image gives 0.1000"
        in first(history, 10).sentence
    )


def test_the_largest_class_is_what_guessing_gives() -> None:
    history = {**STUCK, "accuracy": curve(lambda n: 0.8 + 0.001 * (n % 2))}
    history["val_accuracy"] = history["accuracy"]
    told = diagnose(history, 2, largest_class=0.8, largest_val_class=0.8)[0]
    assert told.label == "underfitting: nothing learnt" and "gives 0.800" in told.sentence
    # Where it is not known, that no epoch differs is the sign.
    history["accuracy"] = curve(lambda n: 0.7)
    assert first(history).label == "underfitting: nothing learnt"


def test_a_slow_beginning_is_no_verdict() -> None:
    history: History = {
        "loss": curve(lambda n: 2.3 - 0.1 * n, 5),
        "accuracy": curve(lambda n: 0.10 + 0.012 * n, 5),
    }
    found = first(history, 10)
    assert (found.kind, found.label) == ("too early", "no better than guessing yet")


def test_validation_at_guessing_is_not_called_well() -> None:
    history: History = {
        "loss": FALLING,
        "accuracy": curve(lambda n: min(0.5 + 0.02 * n, 0.62)),
        "val_loss": curve(lambda n: 0.8 - 0.01 * n),
        "val_accuracy": curve(lambda n: 0.5 + 0.01 * (n % 2)),
    }
    found = first(history)
    assert found.label == "no better than guessing yet" and "Validation" in found.sentence


METRICS = st.sampled_from(["loss", "accuracy", "val_loss", "val_accuracy", "auc"])


WILD = st.none() | st.floats() | st.sampled_from([0.0, 1e308, -1e308, 1e-308])


@given(
    st.dictionaries(METRICS, st.lists(WILD | maybe, max_size=12), max_size=5),
    st.integers(-1, 1000),
    st.integers(0, 10**6),
)
def test_whatever_comes_something_is_said(history: History, classes: int, images: int) -> None:
    found = diagnose(history, classes, validation_images=images)
    assert found == diagnose(history, classes, validation_images=images)
    epochs = max(map(len, history.values()), default=0)
    assert found
    for one in found:
        assert one.label and one.sentence.endswith(".") and one.advice.endswith(".")
        assert "nan" not in one.sentence and len(one.sentence) < 300
        assert one.sign == SIGNS[one.kind]
        assert one.since is None or 1 <= one.since <= epochs


@given(st.floats(0.001, 5), st.integers(4, 60))
def test_a_constant_curve_is_neither_overfitting_nor_noise(level: float, epochs: int) -> None:
    rows: History = {
        "loss": [level] * epochs,
        "val_loss": [level] * epochs,
        "accuracy": [0.9] * epochs,
        "val_accuracy": [0.7] * epochs,
    }
    kinds = {one.kind for one in diagnose(rows, 2)}
    assert not kinds & {"overfitting", "too noisy", "learning well"}
