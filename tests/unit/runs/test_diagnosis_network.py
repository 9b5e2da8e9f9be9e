"""What the diagnosis says of a network that cannot learn, and of wrong pixel values."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.runs.drawn_curves import (
    FALLING,
    PETS,
    RISING,
    SOUND,
    STUCK,
    History,
    curve,
    trained,
)
from tests.unit.runs.recorded import recorded
from tui.runs.diagnosis.diagnose_run import diagnose
from tui.runs.settings.spec import TrainingSpec


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


def test_the_odd_end_of_a_network_that_learnt_is_named_last() -> None:
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


def test_pixels_of_an_odd_size_with_which_a_run_learnt_are_reported_last() -> None:
    history: History = {"loss": FALLING, "accuracy": RISING}
    kinds = [one.kind for one in diagnose(history, 10, spec=TWICE)]
    assert kinds == ["learning well", "odd network"]
