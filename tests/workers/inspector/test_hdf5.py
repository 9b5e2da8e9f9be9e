"""An HDF5 file of `model.save`: run from its description, as a `.keras` file is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from tests.workers.inspector.made_runs import noise
from tui.inspection.requests import OpenFile
from tui.inspector.memory_limit import lift_memory_limit
from tui.inspector.opening.open_file import open_file
from tui.inspector.refusal import Refusal

Config = dict[str, Any]


@pytest.fixture(autouse=True)
def no_limit_left() -> Any:
    """Take the memory limit of an opened file away again."""
    yield
    lift_memory_limit()


def chain() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 10, 3)),
            layers.Conv2D(5, 3, activation="relu", kernel_regularizer="l2", name="its_own_name"),
            layers.BatchNormalization(epsilon=0.1),
            layers.SeparableConv2D(4, 3),
            layers.Conv2DTranspose(3, 3, strides=2, output_padding=1),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(4, activation="softmax"),
        ]
    )


def branches() -> keras.Model:
    layers = keras.layers
    given = keras.Input((12, 10, 3))
    inner = keras.Sequential(
        [keras.Input((12, 10, 3)), layers.Conv2D(3, 1, name="in_it")], name="in"
    )
    values = layers.Add()([given, inner(given)])
    values = layers.Dense(4)(layers.GlobalAveragePooling2D()(values))
    return keras.Model(given, values)


def as_keras2(config: Config) -> Config:
    """Return a description of Keras 3 as Keras 2 would have written it."""
    layers = config["config"]["layers"]
    for layer in layers:
        own = layer["config"]
        own["dtype"] = {"class_name": "Policy", "config": {"name": "float32"}}
        own.pop("quantization_config", None)
        if layer["class_name"] == "InputLayer":
            own["batch_input_shape"] = own.pop("batch_shape")
        if layer["class_name"] == "BatchNormalization":
            layer["class_name"] = "BatchNormalizationV1"
            own |= {"axis": [3], "fused": True}
        if layer["class_name"] == "LeakyReLU":
            own["alpha"] = own.pop("negative_slope")
        for key, value in own.items():
            if isinstance(value, dict) and "module" in value:
                own[key] = {"class_name": value["class_name"], "config": value["config"]}
    first = layers[0]["config"].get("batch_input_shape")
    if config["class_name"] == "Sequential":
        del layers[0]
        layers[0]["config"]["batch_input_shape"] = first
    return config


def rewritten(path: Path, to: Path, change: Any) -> Path:
    """Write a copy with another description."""
    to.write_bytes(path.read_bytes())
    with h5py.File(to, "r+") as file:
        config = change(json.loads(file.attrs["model_config"]))
        del file.attrs["model_config"]
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["keras_version"] = b"2.2.4"
    return to


@pytest.mark.parametrize("made", [chain, branches])
@pytest.mark.parametrize("old", [False, True])
def test_it_computes_what_keras_computes(made: Any, old: bool, tmp_path: Path) -> None:
    model = made()
    for weights in model.weights:
        weights.assign(np.random.default_rng(1).uniform(0.1, 1, weights.shape))
    path = tmp_path / "whole.h5"
    model.save(path)
    if old and made is chain:
        path = rewritten(path, tmp_path / "old.hdf5", as_keras2)
    if old and made is branches:
        path = path.rename(tmp_path / "named.keras")  # as old TensorFlow saved into any name
    opened = open_file(OpenFile(path=str(path)))
    picture = str(noise(tmp_path / "noise.png", 1))
    batch = opened.preparation.array(picture)[None]
    wanted = model.predict(batch, verbose=0)[0]
    last = len(opened.layers) - 1
    np.testing.assert_allclose(opened.activations(picture, last), wanted, rtol=1e-4, atol=1e-5)


def test_weights_that_are_not_there_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "none.h5"
    chain().save(path)
    with h5py.File(path, "r+") as file:
        del file["model_weights"]
    with pytest.raises(Refusal, match=r"weights|damaged"):
        open_file(OpenFile(path=str(path)))


def test_links_to_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.h5"
    chain().save(path)
    with h5py.File(path, "r+") as file:
        file["model_weights"]["secret"] = h5py.ExternalLink("/etc/passwd", "/")
    with pytest.raises(Refusal, match="refer to other files"):
        open_file(OpenFile(path=str(path)))


def test_code_and_weights_alone_are_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Lambda(lambda x: x * 2)])
    model.save(tmp_path / "code.h5")
    with pytest.raises(Refusal, match="Python code"):
        open_file(OpenFile(path=str(tmp_path / "code.h5")))
    chain().save_weights(tmp_path / "alone.weights.h5")
    with pytest.raises(Refusal, match="holds weights alone"):
        open_file(OpenFile(path=str(tmp_path / "alone.weights.h5")))
    (tmp_path / "chain.json").write_text(chain().to_json())
    with pytest.raises(Refusal, match="without its weights"):
        open_file(OpenFile(path=str(tmp_path / "chain.json")))
