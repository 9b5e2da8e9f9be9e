"""What the curves say of a learning rate, and of what a run that diverged began with."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.runs.drawn_curves import (
    FALLING,
    PETS,
    RISING,
    SOUND,
    TEN,
    History,
    curve,
    trained,
)
from tests.unit.runs.recorded import recorded
from tui.runs.diagnosis.diagnose_run import diagnose
from tui.runs.settings.spec import TrainingSpec


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
def test_a_run_that_diverged_is_known_by_its_first_loss(
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


def test_the_rate_of_a_run_that_learns_slowly_is_named() -> None:
    history: History = {"loss": FALLING, "accuracy": RISING}
    found = diagnose(history, 2, spec=trained(ONE, PETS, learning_rate=1e-7))[0]
    assert found.kind == "learning well" and "0.001 would get there sooner" in found.advice


def test_a_rate_that_was_raised_on_the_way_is_to_blame() -> None:
    loss = [*curve(lambda n: 2.3 * 0.8**n, 5), 3.0, 6.0, 9.0, 12.0]
    rates = [0.001] * 5 + [0.5] * 4
    history: History = {"loss": loss, "accuracy": [0.6] * 9}
    found = diagnose(history, 10, spec=trained(SOUND), rates=rates)[0]
    assert found.kind == "diverged"
    assert "raised to 0.5; before it was 0.001" in found.sentence
    assert "a learning rate of 0.001" in found.advice
