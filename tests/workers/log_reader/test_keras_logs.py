"""Logs that the real Keras writes: its TensorBoard callback, its CSVLogger, its history."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.log_reader.reading import Reading

PROGRAM = """
import json, sys
import keras, numpy as np
folder = sys.argv[1]
keras.utils.set_random_seed(1)
x = np.random.default_rng(1).normal(size=(64, 8)).astype("float32")
y = (x.sum(axis=1) > 0).astype("int32")
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, activation="relu"),
    keras.layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=16, epochs=3, validation_split=0.25, verbose=0, callbacks=[
    keras.callbacks.TensorBoard(f"{folder}/logs", update_freq=1, histogram_freq=1),
    keras.callbacks.CSVLogger(f"{folder}/training.csv"),
])
with open(f"{folder}/history.json", "w") as file:
    json.dump(history.history, file)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the three logs of one training."""
    folder = tmp_path_factory.mktemp("keras")
    subprocess.run([sys.executable, "-c", PROGRAM, str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("name", "log_format"),
    [("logs", "tensorboard"), ("training.csv", "csv"), ("history.json", "history")],
)
def test_each_log_gives_the_history_of_the_training(
    written: Path, name: str, log_format: str
) -> None:
    true = json.loads((written / "history.json").read_text())
    history = Reading(written / name, log_format).history()
    # Keras writes the validation once more by the number of batches: such series keep their names.
    history = {name: row for name, row in history.items() if not name.endswith("_vs_iterations")}
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for metric, values in history.items():
        assert values == pytest.approx(true[metric], rel=1e-5)


def test_batches_belong_to_their_epochs(written: Path) -> None:
    read = Reading(written / "logs", "tensorboard")
    rows = read.curves.batches
    assert sorted(rows) == [1, 2, 3]
    assert {len(row.values["loss"]) for row in rows.values()} == {3}
    assert [row.learning_rate for row in read.curves.epochs] == [0.001] * 3
    assert not read.source.problem
