"""Real networks read as tables: every row's shape and numbers are those of Keras itself."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from tui.geometry import Graph, ReceptiveField, graph_totals, sides_of
from tui.keras_io import graph_from_keras

LAYERS = keras.layers


def base(name: str, side: int, **options: Any) -> keras.Model:
    """Return a network of `keras.applications` without weights of a training."""
    made = getattr(keras.applications, name)
    return made(weights=None, input_shape=(side, side, 3), include_top=False, **options)


def held_against(graph: Graph, model: keras.Model) -> None:
    """Compare every layer of a model, those of models inside it too."""
    rows = {(row.models, row.name): row for row in graph.rows}
    waiting: list[tuple[tuple[str, ...], keras.Model]] = [((), model)]
    seen = 0
    while waiting:
        inside, one = waiting.pop()
        for layer in one.layers:
            if isinstance(layer, keras.Model):
                waiting.append(((*inside, layer.name), layer))
            elif not isinstance(layer, LAYERS.InputLayer):
                row = rows[inside, layer.name]
                assert row.output is not None and row.problem == ""
                shape = layer.output.shape
                assert (layer.name, sides_of(row.output)) == (layer.name, tuple(shape[1:]))
                assert (layer.name, row.parameters) == (layer.name, layer.count_params())
                seen += 1
    assert 0 < seen <= len(graph.rows)
    totals = graph_totals(graph)
    assert totals.complete and totals.parameters == model.count_params()
    assert totals.trainable == sum(weight.shape.num_elements() for weight in _trainable(model))


def _trainable(model: keras.Model) -> list[Any]:
    return [weight.value for weight in model.trainable_weights]


# Receptive fields: A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional
# Neural Networks", Distill (2019); squeeze and excite sees all of the picture.
NETWORKS: list[tuple[str, int, int | str]] = [
    ("MobileNet", 64, 315),
    ("MobileNetV2", 96, 491),
    ("ResNet50", 64, 483),
    ("DenseNet121", 64, 2071),
    ("InceptionV3", 96, 1311),
    ("EfficientNetB0", 64, "all"),
    ("Xception", 96, 1083),
]


@pytest.mark.parametrize(("name", "side", "field"), NETWORKS)
def test_networks_of_keras_applications(name: str, side: int, field: int | str) -> None:
    keras.utils.clear_session()
    model = base(name, side)
    graph = graph_from_keras(model.to_json())
    held_against(graph, model)
    found = graph_totals(graph).field
    assert (found.size.w if isinstance(found, ReceptiveField) else found) == field


def transfer(kind: str) -> keras.Model:
    """Return a network that was trained elsewhere, with an end of its own."""
    inner = base("MobileNetV2", 32, alpha=0.35)
    inner.trainable = False
    end = [LAYERS.GlobalAveragePooling2D(), LAYERS.Dropout(0.2), LAYERS.Dense(1)]
    if kind == "sequential":
        return keras.Sequential([inner, *end])
    if kind == "augmented":
        augmented = keras.Sequential([LAYERS.RandomFlip(), LAYERS.RandomZoom(0.1)])
        return keras.Sequential([keras.Input((32, 32, 3)), augmented, inner, *end])
    given = keras.Input((32, 32, 3))
    value = LAYERS.RandomFlip()(given)
    value = keras.applications.mobilenet_v2.preprocess_input(value)
    value = inner(value, training=False)
    for layer in end:
        value = layer(value)
    return keras.Model(given, value)


@pytest.mark.parametrize("kind", ["sequential", "augmented", "functional"])
def test_transfer_learning(kind: str) -> None:
    keras.utils.clear_session()
    model = transfer(kind)
    graph = graph_from_keras(model.to_json())
    held_against(graph, model)
    assert any(row.models for row in graph.rows)


def test_layers_of_all_kinds() -> None:
    keras.utils.clear_session()
    given = keras.Input((12, 10, 6))
    value = given
    for layer in (
        LAYERS.Normalization(),
        LAYERS.ZeroPadding2D(((0, 1), (2, 0))),
        LAYERS.Conv2D(6, (3, 2), groups=2, activation="hard_swish"),
        LAYERS.LayerNormalization(axis=(1, 3)),
        LAYERS.PReLU(shared_axes=[1, 2]),
        LAYERS.GroupNormalization(3),
        LAYERS.Cropping2D(((1, 0), (0, 2))),
        LAYERS.UpSampling2D((2, 3)),
        LAYERS.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2),
        LAYERS.BatchNormalization(center=False),
        LAYERS.Conv2DTranspose(4, 3, strides=2, padding="same"),
        LAYERS.SeparableConv2D(8, 3, use_bias=False),
        LAYERS.Permute((2, 1, 3)),
        LAYERS.SpatialDropout2D(0.1),
        LAYERS.UnitNormalization(),
        LAYERS.AveragePooling2D((2, 3), padding="same"),
        LAYERS.Resizing(7, 5),
        LAYERS.RMSNormalization(),
        LAYERS.Dense(6),
    ):
        value = layer(value)
    pooled = LAYERS.GlobalAveragePooling2D(keepdims=True)(value)
    merged = [
        made([value, pooled])
        for made in (
            LAYERS.Add(),
            LAYERS.Subtract(),
            LAYERS.Multiply(),
            LAYERS.Average(),
            LAYERS.Maximum(),
            LAYERS.Minimum(),
        )
    ]
    value = LAYERS.Concatenate(axis=2)([LAYERS.Concatenate()(merged), LAYERS.Concatenate()(merged)])
    value = LAYERS.Reshape((-1, 36))(value * 2.0 - 1.0)
    value = LAYERS.Flatten()(LAYERS.Dense(3)(LAYERS.LayerNormalization()(value)))
    model = keras.Model(given, LAYERS.RepeatVector(2)(LAYERS.ELU()(value)))
    held_against(graph_from_keras(model.to_json()), model)
