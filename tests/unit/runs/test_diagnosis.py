"""What curves say: on histories of real trainings, on drawn ones, and on whatever may come."""

from __future__ import annotations

import math
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.recorded import recorded
from tests.unit.runs.strategies import maybe
from tui.datasets import LoaderSettings
from tui.runs.diagnosis.diagnose_run import diagnose
from tui.runs.diagnosis.diagnosis_kinds import SIGNS, Diagnosis, Kind
from tui.runs.settings.spec import TrainingSpec

History = dict[str, list[float | None]]


def first(history: History, classes: int = 2, images: int = 0) -> Diagnosis:
    return diagnose(history, classes, validation_images=images)[0]


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


def curve(function: object, epochs: int = 12) -> list[float | None]:
    assert callable(function)
    return [float(function(epoch)) for epoch in range(1, epochs + 1)]


FALLING = curve(lambda n: 0.7 * 0.8**n)
RISING = curve(lambda n: 1 - 0.45 * 0.8**n)


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


TEN = LoaderSettings(
    directory="/d",
    classes=tuple("abcdefghij"),
    class_mode="categorical",
    target_size=(8, 8),
    color_mode="grayscale",
)
PETS = msgspec.structs.replace(TEN, classes=("cats", "dogs"), class_mode="binary")


def trained(layers: str, data: LoaderSettings = TEN, **changes: object) -> TrainingSpec:
    spec = TrainingSpec(name="x", network=f"8x8x1 {layers}", data=data)
    return msgspec.structs.replace(spec, **changes)


SOUND = "conv:k=4,f=3,a=relu flatten dense:k=10,a=softmax"
STUCK: History = {
    "loss": curve(lambda n: 2.3 * 0.95**n),
    "accuracy": curve(lambda n: 0.1),
    "val_loss": curve(lambda n: 2.3 * 0.95**n),
    "val_accuracy": curve(lambda n: 0.1),
}


@pytest.mark.parametrize(
    ("spec", "said", "cure"),
    [
        (trained("flatten dense:k=10"), "A softmax is missing", "dense:k=10,a=softmax"),
        (trained("flatten dense:k=10,a=relu"), "ends in relu", "dense:k=10,a=softmax"),
        (trained("flatten dense:k=1,a=softmax", PETS), "always 1", "dense:k=1,a=sigmoid"),
        (trained("conv:k=2,f=3 dense:k=10,a=softmax"), "A Flatten is missing", "put flatten"),
        (trained("flatten dense:k=3,a=softmax"), "3 units, but 10 classes", "dense:k=10"),
    ],
)
@pytest.mark.parametrize("epochs", [1, 12])
def test_a_wrong_end_is_named_before_anything_else(
    spec: TrainingSpec, said: str, cure: str, epochs: int
) -> None:
    history = {name: row[:epochs] for name, row in STUCK.items()}
    (found,) = diagnose(history, 10, spec=spec)
    assert found.kind == "cannot learn" and said in found.sentence and cure in found.advice
    assert "learning rate ten times" not in found.advice
    # Also where the loss is no number any more.
    history["loss"] = [None]
    assert diagnose(history, 10, spec=spec)[0].kind == "cannot learn"


def test_recorded_wrong_ends_are_named_from_their_network() -> None:
    """Their curves alone look like a learning rate that is too high, or like learning."""
    linear, one_unit = recorded("linear-end"), recorded("one-softmax-unit")
    (found,) = diagnose(linear.history, 10, spec=trained("flatten dense:k=10"))
    assert found.kind == "cannot learn" and "A softmax is missing" in found.sentence
    losses = one_unit.history["val_loss"]
    assert losses[0] is not None and losses[-1] is not None and losses[-1] < 0.6 * losses[0]
    (found,) = diagnose(one_unit.history, 2, spec=trained("flatten dense:k=1,a=softmax", PETS))
    assert found.kind == "cannot learn" and "always 1" in found.sentence


def test_a_network_that_learnt_with_an_odd_end_is_told_what_is_odd_last() -> None:
    history: History = {"loss": FALLING, "accuracy": RISING}
    spec = trained("flatten dense:k=1", PETS)  # a linear end may learn two classes
    kinds = [one.kind for one in diagnose(history, 2, spec=spec)]
    assert kinds == ["learning well", "odd network"]


def test_an_odd_end_is_named_before_a_learning_rate() -> None:
    history: History = {
        "loss": curve(lambda n: 1.45 + 0.5**n),
        "accuracy": curve(lambda n: 0.4 - 0.3**n),
    }
    spec = trained("flatten dense:k=10,a=relu activation:a=softmax")
    found = diagnose(history, 10, spec=spec)
    assert [one.kind for one in found] == ["odd network", "underfitting"]
    assert "The ReLU of dense" in found[0].sentence


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


@pytest.mark.parametrize(
    ("spec", "began", "advice"),
    [
        (
            trained(SOUND, learning_rate=30.0),
            "It began with learning rate 30 (rmsprop), 30,000 times the usual 0.001.",
            "Start again with a learning rate of 0.001.",
        ),
        (
            trained(SOUND, optimizer="sgd", learning_rate=0.05),
            "It began with learning rate 0.05 (sgd).",
            "Start again with a learning rate of 0.005.",
        ),
        (
            trained(SOUND, msgspec.structs.replace(TEN, rescale_divisor=1.0)),
            "learning rate 0.001 (rmsprop), and with pixels up to 255.",
            "put rescaling:scale=1/255 before conv:k=4,f=3,a=relu. Or divide the pixels by 255",
        ),
        (
            trained(
                f"rescaling:scale=1/255 {SOUND}",
                msgspec.structs.replace(TEN, rescale_divisor=1.0),
            ),
            "It began with learning rate 0.001 (rmsprop).",
            "learning rate of 0.0001",
        ),
    ],
)
def test_a_run_that_diverged_is_told_by_what_it_began_with(
    spec: TrainingSpec, began: str, advice: str
) -> None:
    broken: History = {"loss": [2.3, None]}
    never_near: History = {"loss": [1e9] * 6, "accuracy": [0.1] * 6}
    for history in (broken, never_near):
        found = diagnose(history, 10, spec=spec)[0]
        assert found.kind == "diverged"
        assert began in found.sentence and advice in found.advice


def test_an_odd_rate_is_named_although_it_is_too_early() -> None:
    history: History = {"loss": [40.0, 38.0], "accuracy": [0.1, 0.1]}
    found = diagnose(history, 10, spec=trained(SOUND, learning_rate=30.0))[0]
    assert found.kind == "too early" and "Choose 0.001, or at most 0.1." in found.advice
    assert diagnose(history, 10, spec=trained(SOUND))[0].advice == "More epochs will tell."


def steady(loss: list[float | None], accuracy: float = 0.5) -> History:
    return {
        "loss": loss,
        "accuracy": [accuracy] * len(loss),
        "val_loss": loss,
        "val_accuracy": [0.5] * len(loss),
    }


ONE = "flatten dense:k=1,a=sigmoid"
SPIKE = steady([65184.9, 2.1, 1.72, 1.6, 1.61, 1.6, 1.59, 1.58, 1.58])
FAR_ABOVE = [
    steady([11.98, 12.1, 11.9, 12.0, 12.2, 12.1, 12.3, 12.1, 12.2], 0.45),
    steady([11.98, 6.0, 14.0, 9.0, 20.0, 12.0, 18.0, 10.0, 12.2], 0.45),
    steady([60.0, 1.5, 40.0, 30.0, 33.0, 22.0, 18.0, 14.0, 12.2], 0.5),
    steady([280.0, 261.0, 40.0, 12.2]),
]
FLAT = steady([0.7998] * 9, 0.48)


@pytest.mark.parametrize("epochs", [4, 6, 9])
def test_a_rate_far_above_the_usual_is_named_before_the_images(epochs: int) -> None:
    history = {name: row[:epochs] for name, row in SPIKE.items()}
    found = diagnose(history, 2, spec=trained(ONE, PETS, learning_rate=5.0))[0]
    assert found.sentence.startswith(
        "It trained with learning rate 5 (rmsprop), 5,000 times the usual 0.001."
    )
    assert found.advice == "Start again with a learning rate of 0.001."


@pytest.mark.parametrize("history", FAR_ABOVE)
@pytest.mark.parametrize("rate", [0.05, 0.5])
def test_a_loss_far_above_guessing_has_diverged_by_its_rate(history: History, rate: float) -> None:
    spec = trained(ONE, PETS, optimizer="sgd", learning_rate=rate)
    found = diagnose(history, 2, spec=spec)[0]
    assert found.kind == "diverged" and f"began with learning rate {rate} (sgd)" in found.sentence
    lower = "0.01" if rate > 0.1 else "0.005"
    assert found.advice == f"Start again with a learning rate of {lower}."


def test_a_loss_that_comes_down_from_far_above_is_left_to_learn() -> None:
    loss: list[float | None] = [60.0, 30.0, 16.0, 9.0, 5.0, 3.0]
    history: History = {"loss": loss, "accuracy": [0.5, 0.55, 0.6, 0.65, 0.7, 0.72]}
    assert diagnose(history, 2, spec=trained(ONE, PETS))[0].kind != "diverged"


@pytest.mark.parametrize("epochs", [4, 6, 9])
@pytest.mark.parametrize("level", [0.7998, 5.0])
def test_a_rate_far_below_the_usual_is_never_lowered_further(epochs: int, level: float) -> None:
    history = steady([level] * epochs, 0.48)
    for rate in (1e-9, 5e-5):
        found = diagnose(history, 2, spec=trained(ONE, PETS, learning_rate=rate))[0]
        assert found.kind != "diverged"
        assert "the usual 0.001: its weights hardly moved." in found.sentence
        assert found.advice == "Start again with a learning rate of 0.001."


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.001, "then try learning rates of 0.0001 and 0.01."),
        (0.01, "then try the usual learning rate of 0.001."),
        (0.0003, "then try the usual learning rate of 0.001."),
    ],
)
def test_where_nothing_was_learnt_no_rate_is_tried_away_from_the_usual(
    rate: float, said: str
) -> None:
    for history in (FLAT, steady([0.7, 0.72, 0.69, 0.71], 0.5)):
        found = diagnose(history, 2, spec=trained(ONE, PETS, learning_rate=rate))[0]
        assert found.label == "underfitting: nothing learnt" and said in found.advice


def test_the_rate_that_was_changed_on_the_way_counts() -> None:
    spec = trained(ONE, PETS, learning_rate=0.001)
    found = diagnose(SPIKE, 2, spec=spec, rates=[5.0] * 5 + [0.001] * 4)[0]
    assert "learning rate 5 (rmsprop), 5,000 times" in found.sentence
    # A low one to end with is no low one.
    found = diagnose(FLAT, 2, spec=spec, rates=[0.001] * 8 + [1e-6])[0]
    assert "hardly moved" not in found.sentence
    # Raised long before the loss shows it.
    for history in (FAR_ABOVE[0], {"loss": [0.6, 0.65, 0.7, 0.6, 5.0, 6.0, 7.0, 8.0, 9.0]}):
        found = diagnose(history, 2, spec=spec, rates=[0.5] * 9)[0]
        assert "raised to 0.5; before it was 0.001" in found.sentence


def test_other_advice_goes_no_further_from_the_usual_rate_either() -> None:
    half: History = {"loss": [0.6] * 9, "accuracy": [0.65] * 9}
    assert "higher learning rate" in diagnose(half, 2, spec=trained(ONE, PETS))[0].advice
    above = trained(ONE, PETS, learning_rate=0.005)
    assert "learning rate" not in diagnose(half, 2, spec=above)[0].advice
    noisy = recorded("noisy")
    below = trained(ONE, PETS, learning_rate=0.0005)
    found = diagnose(noisy.history, noisy.classes, spec=below)[-1]
    assert found.kind == "too noisy" and "lower learning rate" not in found.advice
    # A small rate is not to blame for a loss that is no number.
    found = diagnose({"loss": [2.3, None]}, 10, spec=trained(SOUND, learning_rate=1e-6))[0]
    assert found.kind == "diverged" and "not the cause" in found.advice


def test_a_run_that_learns_slowly_is_told_of_its_rate() -> None:
    history: History = {"loss": FALLING, "accuracy": RISING}
    found = diagnose(history, 2, spec=trained(ONE, PETS, learning_rate=1e-7))[0]
    assert found.kind == "learning well" and "0.001 would get there sooner" in found.advice


TWICE = trained(f"rescaling:scale=0.00392157 {SOUND}")


@pytest.mark.parametrize("epochs", [2, 4, 6, 12])
def test_pixels_of_a_wrong_size_are_named_before_a_learning_rate(epochs: int) -> None:
    history: History = {
        "loss": curve(lambda n: 2.303 - 0.0002 * n, epochs),
        "accuracy": curve(lambda n: 0.16, epochs),
    }
    for spec in (TWICE, msgspec.structs.replace(TWICE, learning_rate=0.5)):
        found = diagnose(history, 10, spec=spec)
        assert found[0].label == "unusual pixel values"
        assert "between 0 and 0.00392" in found[0].sentence
        assert found[0].advice == "Change it: leave out rescaling:scale=0.00392157."


def test_pixels_of_an_odd_size_with_which_a_run_learnt_are_told_last() -> None:
    history: History = {"loss": FALLING, "accuracy": RISING}
    kinds = [one.kind for one in diagnose(history, 10, spec=TWICE)]
    assert kinds == ["learning well", "odd network"]


def test_a_rate_that_was_raised_on_the_way_is_to_blame() -> None:
    loss = [*curve(lambda n: 2.3 * 0.8**n, 5), 3.0, 6.0, 9.0, 12.0]
    rates = [0.001] * 5 + [0.5] * 4
    history: History = {"loss": loss, "accuracy": [0.6] * 9}
    found = diagnose(history, 10, spec=trained(SOUND), rates=rates)[0]
    assert found.kind == "diverged"
    assert "raised to 0.5; before it was 0.001" in found.sentence
    assert "a learning rate of 0.001" in found.advice


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
