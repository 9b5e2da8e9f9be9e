"""Copies of a model's variables at an epoch's end, in memory that is used again."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from tui.keras_worker.model_state import all_variables, copy_variables
from tui.runs.store.run_folder import RunFolder
from tui.trainer.state.saved_models import BestModel


@pytest.fixture
def model() -> keras.Model:
    made = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(5), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    )
    made.compile("rmsprop", "mse")
    return made


def train(model: keras.Model) -> None:
    model.fit(np.ones((8, 6), "float32"), np.zeros(8, "float32"), verbose=0)


def test_the_memory_of_the_epoch_before_holds_the_new_values_and_no_later_ones(
    model: keras.Model,
) -> None:
    train(model)
    first = copy_variables(model)
    before = {name: values.copy() for name, values in first.items()}
    train(model)
    second = copy_variables(model, first)
    expected = [np.array(variable) for variable in all_variables(model)]
    assert all(second[name] is first[name] for name in first)
    assert any((second[name] != before[name]).any() for name in first)
    train(model)
    for name, values in zip(second, expected, strict=True):
        np.testing.assert_array_equal(second[name], values)


def test_memory_that_does_not_fit_is_not_used(model: keras.Model) -> None:
    other = {"v0": np.zeros((2, 2), "float32"), "v1": np.zeros(5, "float64")}
    found = copy_variables(model, other)
    for values, variable in zip(found.values(), all_variables(model), strict=True):
        np.testing.assert_array_equal(values, np.array(variable))


def test_a_best_model_that_could_not_be_written_keeps_its_weights(
    model: keras.Model, tmp_path: Path
) -> None:
    arrays = copy_variables(model)
    best = BestModel(RunFolder(tmp_path), model)
    best.pending = 3, [arrays["v0"]]
    wanted = arrays["v0"].copy()
    best.keep_pending()
    train(model)
    copy_variables(model, arrays)
    assert best.pending is not None and best.pending[0] == 3
    np.testing.assert_array_equal(best.pending[1][0], wanted)
