"""Layers and volumes, generated from fixed seeds."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tui.geometry import (
    ACTIVATIONS,
    Activation,
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    MaxPool2D,
    Network,
    Pair,
    Rescaling,
    SeparableConv2D,
    Shape,
    Vector,
    Volume,
    ZeroPadding2D,
)
from tui.keras_io import keras_layers

Random = random.Random


def random_pair(rng: Random, least: int = 1, most: int = 5) -> Pair:
    w = rng.randint(least, most)
    return Pair(w, w if rng.random() < 0.4 else rng.randint(least, most))


def random_volume(rng: Random) -> Volume:
    return Volume(rng.randint(1, 24), rng.randint(1, 24), rng.choice([1, 2, 3, 4, 6]))


def _padding(rng: Random) -> Any:
    return rng.choice(["valid", "same", random_pair(rng, 0, 3)])


def _window(rng: Random, square: bool = False) -> dict[str, Any]:
    stride, dilation = random_pair(rng, 1, 4), random_pair(rng, 1, 3)
    if square:
        stride = rng.choice([stride, Pair.square(stride.w), Pair.square(stride.w)])
    if rng.random() < 0.8:  # both at once is refused: mostly one of them
        stride, dilation = rng.choice([(stride, Pair(1, 1)), (Pair(1, 1), dilation)])
    return {
        "kernel": random_pair(rng),
        "stride": stride,
        "padding": _padding(rng),
        "dilation": dilation,
        "use_bias": rng.random() < 0.7,
        "activation": rng.choice(["linear", "relu"]),
    }


def _conv(rng: Random) -> Layer:
    groups = rng.choice([1, 1, 2, 3])
    filters = rng.choice([rng.randint(1, 9), groups * rng.randint(1, 3)])
    return Conv2D(filters, groups=groups, **_window(rng))


def _transposed(rng: Random) -> Layer:
    values = _window(rng) | {"padding": rng.choice(["valid", "same"])}
    more = None if rng.random() < 0.4 else random_pair(rng, 0, 3)
    return Conv2DTranspose(rng.randint(1, 6), output_padding=more, **values)


def _pool(kind: Any) -> Callable[[Random], Layer]:
    def make(rng: Random) -> Layer:
        stride = rng.choice([None, random_pair(rng, 1, 4)])
        layer: Layer = kind(random_pair(rng), stride=stride, padding=_padding(rng))
        return layer

    return make


MAKERS: dict[str, Callable[[Random], Layer]] = {
    "conv": _conv,
    "depthwise": lambda rng: DepthwiseConv2D(
        multiplier=rng.randint(1, 3), **_window(rng, square=True)
    ),
    "separable": lambda rng: SeparableConv2D(
        rng.randint(1, 6), multiplier=rng.randint(1, 3), **_window(rng, square=True)
    ),
    "transposed": _transposed,
    "maxpool": _pool(MaxPool2D),
    "avgpool": _pool(AveragePool2D),
    "globalmax": lambda rng: GlobalMaxPool2D(),
    "globalavg": lambda rng: GlobalAveragePool2D(),
    "zeropad": lambda rng: ZeroPadding2D(random_pair(rng, 0, 4)),
    "flatten": lambda rng: Flatten(),
    "dense": lambda rng: Dense(rng.randint(1, 20), use_bias=rng.random() < 0.7),
    "activation": lambda rng: Activation(rng.choice(ACTIVATIONS)),
    "dropout": lambda rng: Dropout(rng.random()),
    "batchnorm": lambda rng: BatchNormalization(),
    "rescaling": lambda rng: Rescaling(rng.random(), rng.random()),
}


ON_VECTORS = {"flatten", "dense", "activation", "dropout", "batchnorm", "rescaling"}


def shape_tuple(shape: Shape) -> tuple[int, ...]:
    if isinstance(shape, Vector):
        return (shape.size,)
    return (shape.height, shape.width, shape.depth)


def by_keras(layer: Layer, shape: Shape) -> tuple[tuple[int, ...], int, int]:
    """Output shape, parameters and trainable parameters, by building the plan's layers."""
    now: Any = (None, *shape_tuple(shape))
    parameters = trainable = 0
    for class_name, arguments in keras_layers(Network(Volume(1, 1, 1), (layer,))):
        built = getattr(keras.layers, class_name)(**arguments)
        built.build(now)
        parameters += built.count_params()
        trainable += sum(int(np.prod(weight.shape)) for weight in built.trainable_weights)
        now = tuple(built.compute_output_shape(now))
    return now[1:], parameters, trainable


def assert_cannot_run(layer: Layer, shape: Shape) -> None:
    """Assert that Keras gives a shape for a layer that TensorFlow refuses to compute."""
    promised, *_ = by_keras(layer, shape)
    (class_name, arguments), *_ = keras_layers(Network(Volume(1, 1, 1), (layer,)))
    built = getattr(keras.layers, class_name)(**arguments)
    picture = np.zeros((1, *shape_tuple(shape)), "float32")
    if 0 in promised:
        assert not np.size(built(picture))
        return
    with pytest.raises(tf.errors.OpError):
        built(picture)
