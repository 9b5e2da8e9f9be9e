"""A training as a program: that it reads as Python and says what the spec says."""

from __future__ import annotations

import ast

import msgspec
import pytest

from tui.geometry import parse_network
from tui.training.script import script_of, training_script
from tui.training.spec import Optimizer, StopRule, TrainingSpec


def test_a_whole_training_has_no_word_of_shares(spec: TrainingSpec) -> None:
    text = script_of(spec)
    ast.parse(text)
    assert "share" not in text and "numpy" not in text
    assert text == training_script(parse_network(spec.network), spec.data, epochs=spec.epochs)


def test_a_share_is_taken_before_the_model_is_built(spec: TrainingSpec) -> None:
    text = script_of(msgspec.structs.replace(spec, share=0.1, seed=7))
    ast.parse(text)
    taken = text.index("order = np.random.RandomState(7)")
    assert text.index("train = generator") < taken < text.index("keras.utils.set_random_seed(7)")
    assert "max(round(0.1 * len(images)), 1)" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_rule_compares_what_the_trainer_compares(spec: TrainingSpec) -> None:
    rule = StopRule("val_accuracy", ">=", 0.3)
    text = script_of(msgspec.structs.replace(spec, stop_rule=rule))
    ast.parse(text)
    assert "(logs or {}).get('val_accuracy')" in text
    assert 'float(f"{value:.6g}") >= 0.3:' in text
    assert "StopWhen" not in script_of(msgspec.structs.replace(spec, stop_rule=None))


@pytest.mark.parametrize(
    ("optimizer", "call"), [("rmsprop", "RMSprop"), ("adam", "Adam"), ("sgd", "SGD")]
)
def test_the_optimizer_is_the_specs(optimizer: Optimizer, call: str, spec: TrainingSpec) -> None:
    text = script_of(msgspec.structs.replace(spec, optimizer=optimizer, learning_rate=0.01))
    assert f"keras.optimizers.{call}(learning_rate=0.01)" in text
