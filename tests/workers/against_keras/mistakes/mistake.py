"""A mistake, and the models, data and folders with which mistakes are made."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers as kl


@dataclass(frozen=True)
class Mistake:
    """A mistake.

    Args:
        name: what is done.
        kind: the kind that the explainer has to name; empty where Keras raises nothing that can
            be known, so that "unknown" is the right answer.
        make: does it; raises what Keras raises.
        words: what the answer has to hold.
        network: the network in one line, where it is a chain.
        row: the row that has to be named, with the network given.
    """

    name: str
    kind: str
    make: Callable[[], object]
    words: tuple[str, ...] = ()
    network: str = ""
    row: int | None = None


def pictures(*shape: int) -> Any:
    return np.zeros(shape, "float32")


def one_hot(count: int, classes: int) -> Any:
    return np.eye(classes, dtype="float32")[np.arange(count) % classes]


def numbers(count: int, classes: int) -> Any:
    return (np.arange(count) % classes).astype("int32")


def chain(*layers: Any, shape: Any = (28, 28, 1)) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


def body(units: int = 10, activation: str = "softmax", shape: Any = (28, 28, 1)) -> Any:
    return chain(kl.Conv2D(4, 3), kl.Flatten(), kl.Dense(units, activation=activation), shape=shape)


def no_flatten(units: int = 10, activation: str = "softmax") -> Any:
    return chain(kl.Conv2D(4, 3), kl.Dense(units, activation=activation))


def fit(model: Any, x: Any, y: Any, loss: Any, *, eager: bool = False, metrics: Any = ()) -> None:
    model.compile("sgd", loss, metrics=list(metrics), run_eagerly=eager)
    model.fit(x, y, verbose=0, batch_size=8)


def evaluate(model: Any, x: Any, y: Any, loss: Any) -> None:
    model.compile("sgd", loss)
    model.evaluate(x, y, verbose=0)


CAT, SPARSE, BINARY = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
)
X = partial(pictures, 8, 28, 28, 1)
BODY = "28x28x1 conv:k=4,f=3 flatten dense:k=10,a=softmax"
BARE = "28x28x1 conv:k=4,f=3 dense:k=10,a=softmax"


def generator(
    folder_mode: str | None, classes: int, size: tuple[int, int], color: str = "rgb"
) -> Any:
    """A folder of pictures read by flow_from_directory."""
    from PIL import Image
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    folder = Path(tempfile.mkdtemp())
    for label in range(classes):
        (folder / f"class{label}").mkdir()
        for number in range(4):
            Image.new("RGB", (30, 20)).save(folder / f"class{label}" / f"{number}.png")
    return ImageDataGenerator().flow_from_directory(
        folder, target_size=size, class_mode=folder_mode, color_mode=color, batch_size=4
    )


def fit_folder(model: Any, flow: Any, loss: str) -> None:
    model.compile("sgd", loss)
    model.fit(flow, verbose=0)


def load(saved: Any, into: Any, suffix: str = ".weights.h5", **options: Any) -> None:
    path = str(Path(tempfile.mkdtemp()) / f"saved{suffix}")
    saved.save_weights(path)
    into.load_weights(path, **options)


def load_old(saved: Any, into: Any, **options: Any) -> None:
    """A whole model in HDF5, as Keras 2 wrote it, loaded for its weights."""
    path = str(Path(tempfile.mkdtemp()) / "saved.h5")
    saved.save(path)
    into.load_weights(path, **options)


def joined(layer: Any, *shapes: Any) -> Any:
    return layer([keras.Input(shape) for shape in shapes])


def disconnected() -> None:
    a, b = keras.Input((8,)), keras.Input((8,))
    keras.Model(a, kl.Dense(2)(b))


def two_outputs() -> Any:
    a = keras.Input((28, 28, 1))
    flat = kl.Flatten()(a)
    return keras.Model(a, [kl.Dense(2, name="one")(flat), kl.Dense(3, name="two")(flat)])


def assigned() -> None:
    model = chain(kl.Conv2D(4, 3))
    model.layers[0].set_weights([np.zeros((3, 3, 3, 4)), np.zeros(4)])


def compiled() -> Any:
    model = body()
    model.compile("sgd", SPARSE)
    return model
