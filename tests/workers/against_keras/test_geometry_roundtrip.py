"""Keras and back: real models are read as the networks they were made from, and the errors
that real Keras raises are explained with the right row.

The cases are generated from fixed seeds, so that a failure comes back.
"""

from __future__ import annotations

import dataclasses
import random
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers as kl

from tests.workers.against_keras.random_layers import MAKERS
from tests.workers.against_keras.test_geometry_against_keras import SMALL_PRESETS
from tui.geometry import (
    ACTIVATIONS,
    Activation,
    AveragePool2D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    GeometryError,
    Layer,
    MaxPool2D,
    Network,
    SeparableConv2D,
    Vector,
    Volume,
    ZeroPadding2D,
    format_network,
    network_totals,
    output_shape,
    parse_network,
    trace_network,
)
from tui.keras_io import keras_code, network_from_keras, read_network
from tui.keras_io.errors import explain_keras_error
from tui.keras_io.network_files import network_from_file

Random = random.Random

_WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)
_SAME = {"swish": "silu", "hard_swish": "hard_silu"}  # two names of one function: Keras keeps one


def _model(network: Network) -> Any:
    scope: dict[str, Any] = {}
    exec(compile(keras_code(network), "network.py", "exec"), scope)
    return scope["model"]


def _as_read(network: Network) -> Network:
    """What is the same thing for Keras: a zero padding before a window, two names."""
    kept: list[Layer] = []
    for layer in network.layers:
        name = getattr(layer, "activation", None) or getattr(layer, "function", None)
        if name in _SAME:
            field = "function" if isinstance(layer, Activation) else "activation"
            changes: Any = {field: _SAME[name]}
            layer = dataclasses.replace(layer, **changes)
        before = kept[-1] if kept else None
        if (
            isinstance(before, ZeroPadding2D)
            and before.padding != (0, 0)
            and isinstance(layer, _WINDOWS)
            and layer.padding == "valid"
        ):
            kept.pop()
            layer = dataclasses.replace(layer, padding=before.padding)
        kept.append(layer)
    return Network(network.input, tuple(kept))


def _networks(seed: str, count: int) -> list[Network]:
    """Networks that fit, of every kind of layer."""
    rng = Random(seed)
    found: list[Network] = []
    while len(found) < count:
        layers: list[Layer] = [
            MAKERS[rng.choice(list(MAKERS))](rng) for _ in range(rng.randint(1, 6))
        ]
        layers = [
            dataclasses.replace(layer, activation=rng.choice(ACTIVATIONS))
            if isinstance(layer, (Conv2D, Dense))
            else layer
            for layer in layers
        ]
        volume = Volume(rng.randint(1, 24), rng.randint(1, 24), rng.choice([1, 2, 3, 4]))
        network = Network(volume, tuple(layers))
        if all(row.effect for row in trace_network(network)):
            found.append(network)
    return found


def _shape(network: Network) -> tuple[int, ...]:
    shape = output_shape(network)
    assert shape is not None
    if isinstance(shape, Vector):
        return (shape.size,)
    return (shape.height, shape.width, shape.depth)


def _agree(model: Any, network: Network) -> None:
    assert tuple(model.output_shape[1:]) == _shape(network)
    assert model.count_params() == network_totals(trace_network(network)).parameters


def test_models_read_back_from_their_json() -> None:
    for network in [*_networks("json", 120), *SMALL_PRESETS]:
        model = _model(network)
        found = network_from_keras(model.to_json())
        assert format_network(found.network) == format_network(_as_read(network))
        assert all("is the padding P" in note for note in found.notes)
        _agree(model, found.network)


def test_models_read_back_from_their_file(tmp_path: Path) -> None:
    for number, network in enumerate(_networks("file", 25)):
        path = tmp_path / f"{number}.keras"
        model = _model(network)
        model.save(path)
        expected = format_network(_as_read(network))
        for found in (read_network(path.read_bytes()), network_from_file(path)):
            assert format_network(found.network) == expected
            _agree(model, found.network)


def test_functional_models_that_are_chains_read_back() -> None:
    for network in _networks("functional", 40):
        model = _model(network)
        made = tensor = keras.Input(model.input_shape[1:])
        for layer in model.layers:
            tensor = type(layer).from_config(layer.get_config())(tensor)
        chain = keras.Model(made, tensor)
        found = network_from_keras(chain.to_json())
        assert format_network(found.network) == format_network(_as_read(network))
        _agree(chain, found.network)


def test_a_model_with_all_that_learners_put_into_one(tmp_path: Path) -> None:
    augmentation = keras.Sequential([kl.RandomFlip("horizontal"), kl.RandomRotation(0.1)])
    model = keras.Sequential(
        [
            keras.Input((30, 20, 3)),
            augmentation,
            kl.Rescaling(1 / 255),
            kl.ZeroPadding2D((1, 2)),
            kl.Conv2D(4, (3, 5), activation=keras.activations.relu, kernel_regularizer="l2"),
            kl.BatchNormalization(),
            kl.ReLU(6.0),
            kl.Conv2D(4, 3, padding="SAME", activation=kl.LeakyReLU(negative_slope=0.2)),
            kl.SpatialDropout2D(0.2),
            kl.GaussianNoise(0.1),
            kl.AveragePooling2D(2),
            kl.GlobalAveragePooling2D(),
            kl.Identity(),
            kl.Dense(3),
            kl.Softmax(),
        ]
    )
    model.compile("adam", "categorical_crossentropy")
    model.save(tmp_path / "all.keras")
    line = (
        "20x30x3 rescaling:scale=1/255 conv:k=4,f=5x3,p=2x1,a=relu batchnorm activation:a=relu6 "
        "conv:k=4,f=3,p=same,a=leaky_relu avgpool:f=2 globalavg dense:k=3 activation:a=softmax"
    )
    for found in (network_from_keras(model.to_json()), network_from_file(tmp_path / "all.keras")):
        assert format_network(found.network) == line
        assert sum("left out" in note for note in found.notes) == 5
        assert sum("kernel_regularizer is not kept" in note for note in found.notes) == 1
        _agree(model, found.network)


def _branches() -> Any:
    given = keras.Input((8, 8, 3))
    first, second = kl.Conv2D(2, 3)(given), kl.Conv2D(2, 3)(given)
    return keras.Model(given, kl.Add()([first, second]))


def _skip() -> Any:
    given = keras.Input((8, 8, 3))
    tensor = kl.Conv2D(3, 3, padding="same")(given)
    return keras.Model(given, kl.Dense(2)(tensor + given))


def _two_outputs() -> Any:
    given = keras.Input((8, 8, 3))
    first = kl.Flatten()(given)
    return keras.Model(given, [first, kl.Dense(2)(first)])


def _sequential(*layers: Any, shape: Any = (8, 8, 3)) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (_branches, "goes to"),
        (_skip, "plain chain"),
        (_two_outputs, "plain chain"),
        (lambda: _sequential(kl.Lambda(lambda x: x)), "Python code"),
        (lambda: _sequential(kl.UpSampling2D()), "(UpSampling2D) cannot be expressed"),
        (lambda: _sequential(kl.ZeroPadding2D(((0, 1), (0, 1)))), "pads 0 before and 1 after"),
        (lambda: _sequential(kl.PReLU()), "(PReLU)"),
        (lambda: _sequential(kl.BatchNormalization(center=False)), "center = True"),
        (lambda: _sequential(kl.GlobalMaxPooling2D(keepdims=True)), "keepdims"),
        (lambda: _sequential(kl.Conv2D(1, 3), shape=(None, None, 3)), "have to be fixed"),
        (lambda: _sequential(kl.Dense(1), shape=(784,)), "begins with pictures"),
        (lambda: _sequential(kl.MaxPooling2D(data_format="channels_first")), "channels_last"),
        (lambda: keras.Sequential([kl.Flatten()]), "has no input shape"),
    ],
)
def test_what_cannot_be_expressed_is_refused(make: Any, part: str) -> None:
    with pytest.raises(GeometryError) as caught:
        network_from_keras(make().to_json())
    assert part in caught.value.message


def _raised(work: Any) -> str:
    with pytest.raises(Exception) as caught:
        work()
    return str(caught.value)


def _refused_when_made(layer: Layer) -> bool:
    """Whether Keras refuses the layer alone, before it comes to any shape."""
    if not isinstance(layer, Conv2D):
        return False
    both = max(layer.stride) > 1 and max(layer.dilation) > 1
    return both or layer.filters % layer.groups > 0


def test_errors_of_building_name_the_row() -> None:
    rng = Random("errors")
    causes = {"window": 0, "after-flatten": 0, "groups": 0}
    kinds = ["conv"] * 3 + ["depthwise", "separable", "maxpool", "avgpool"]
    kinds += ["flatten", "globalmax"]
    for _ in range(6000):
        if min(causes.values()) >= 12:
            break
        layers = [MAKERS[rng.choice(kinds)](rng) for _ in range(rng.randint(2, 6))]
        network = Network(Volume(rng.randint(4, 20), rng.randint(4, 20), 2), tuple(layers))
        bad = next((row for row in trace_network(network) if row.error), None)
        if bad is None or bad.error is None or any(map(_refused_when_made, layers)):
            continue
        cause = {"groups": "groups", "kernel": "window", None: "after-flatten"}.get(bad.error.field)
        if cause is None or causes[cause] >= 12:
            continue
        text = _raised(partial(_model, network))
        found = explain_keras_error(text, network)
        assert (found.row, found.kind) == (bad.index, cause), (text, format_network(network))
        if cause != "after-flatten":
            what, _, cure = bad.error.message.partition("take ")
            assert what.rstrip(": ") in found.what
            assert cause != "window" or cure in found.cure
        causes[cause] += 1
    assert min(causes.values()) >= 12, causes


def test_stride_with_dilation_names_the_row() -> None:
    network = parse_network("19x19x1 conv:k=2,f=3 conv:k=2,f=3,s=2,d=2 flatten")
    found = explain_keras_error(_raised(partial(_model, network)), network)
    assert (found.row, found.kind) == (1, "stride-and-dilation")
    assert found.changes


COURSE = parse_network("24x24x3 conv:k=4,f=3 maxpool:f=2 conv:k=4,f=3 flatten dense:k=8 dense:k=5")


def test_errors_of_feeding_name_the_row() -> None:
    model = _model(COURSE)
    cases: list[tuple[tuple[int, ...], int | None, str, str]] = [
        ((1, 32, 32, 3), 4, "picture-size", "images of 32×32"),
        ((1, 24, 24, 1), 0, "color", 'color_mode="rgb"'),
        ((1, 4, 4, 3), 2, "window", "Layer 3 (conv2d_1): the filter is 3 wide, but the input is"),
    ]
    for shape, row, cause, part in cases:
        picture = np.zeros(shape, "float32")
        for work in (partial(model, picture), partial(model.predict, picture, verbose=0)):
            text = _raised(work)
            found = explain_keras_error(text, COURSE)
            assert (found.row, found.kind) == (row, cause), (text, found)
            assert part in found.sentence


def test_dilated_windows_are_explained_with_the_true_sizes() -> None:
    network = parse_network("20x20x1 conv:k=2,f=3 conv:k=3,f=3,d=3 flatten")
    model = _model(network)
    picture = np.zeros((1, 6, 6, 1), "float32")
    text = _raised(partial(model.predict, picture, verbose=0))
    found = explain_keras_error(text, network)
    assert (found.row, found.kind) == (1, "window"), text
    assert "reaches 7 with dilation 3, but the input is only 4 wide" in found.sentence


def test_errors_of_training_name_the_row() -> None:
    model = _model(COURSE)
    pictures = np.zeros((2, 24, 24, 3), "float32")
    for loss, answers, cause in (
        ("categorical_crossentropy", np.zeros((2, 7), "float32"), "units"),
        ("binary_crossentropy", np.zeros((2, 1), "float32"), "integer-labels"),
        ("sparse_categorical_crossentropy", np.full((2, 1), 9.0, "float32"), "label-range"),
    ):
        model.compile("adam", loss)
        text = _raised(partial(model.fit, pictures, answers, verbose=0))
        found = explain_keras_error(text, COURSE)
        assert (found.row, found.kind) == (5, cause), text[-400:]


def test_errors_of_tensorflow_itself_name_the_row() -> None:
    network = parse_network("6x6x1 conv:k=2,f=3 maxpool:f=2 conv:k=2,f=3 flatten")
    pools = parse_network("5x5x1 maxpool:f=2 maxpool:f=2 avgpool:f=2 flatten")

    def convolved(x: Any) -> Any:
        return tf.nn.conv2d(x, tf.zeros((3, 3, 2, 2)), 1, "VALID", name="net/conv2d_1/Conv2D")

    def pooled(x: Any) -> Any:
        return tf.nn.avg_pool2d(x, 2, 2, "VALID", name="net/average_pooling2d/AvgPool")

    found = explain_keras_error(
        _raised(partial(tf.function(convolved), tf.zeros((1, 2, 2, 2)))), network
    )
    assert (found.row, found.kind) == (2, "window")
    found = explain_keras_error(
        _raised(partial(tf.function(pooled), tf.zeros((1, 1, 1, 1)))), pools
    )
    assert (found.row, found.kind) == (2, "window")
    assert "Layer 3 (average_pooling2d): the pool is 2 wide" in found.sentence
