"""Every rule of the geometry against Keras itself: shapes, parameters, numbers, fields, code.

The cases are generated from fixed seeds, so that a failure comes back.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.workers.against_keras.random_layers import (
    MAKERS,
    ON_VECTORS,
    Random,
    assert_cannot_run,
    by_keras,
    random_volume,
    shape_tuple,
)
from tui.geometry import (
    ACTIVATIONS,
    KINDS,
    PRESETS,
    Activation,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    GeometryError,
    Network,
    Pair,
    SeparableConv2D,
    Shape,
    Vector,
    Volume,
    apply_layer,
    course_network,
    field_of,
    network_totals,
    output_shape,
    parse_network,
    trace_network,
)
from tui.keras_io import keras_code, keras_input_shape, keras_layers


def test_every_kind_of_layer_is_compared() -> None:
    assert set(MAKERS) == set(KINDS)


@pytest.mark.parametrize("kind", MAKERS)
def test_shapes_and_parameters(kind: str) -> None:
    rng = Random(f"shapes {kind}")
    many = KINDS[kind] in (Conv2D, DepthwiseConv2D, SeparableConv2D, Conv2DTranspose)
    legal = refused = 0
    for _ in range(300 if many or "pool" in kind else 60):
        layer, shape = MAKERS[kind](rng), random_volume(rng)
        tried: Shape = shape
        if kind in ON_VECTORS and rng.random() < 0.5:
            tried = Vector(shape.size)
        try:
            effect = apply_layer(layer, tried)
        except GeometryError as error:
            refused += 1
            if (
                isinstance(layer, (DepthwiseConv2D, SeparableConv2D))
                and layer.stride.w != layer.stride.h
            ):
                continue  # Keras builds it, but TensorFlow cannot compute it
            if isinstance(layer, Conv2DTranspose) and "TensorFlow does not" in str(error):
                assert_cannot_run(layer, tried)
                continue
            with pytest.raises(ValueError):
                by_keras(layer, tried)
        else:
            legal += 1
            ours = (shape_tuple(effect.output), effect.parameters, effect.trainable)
            assert ours == by_keras(layer, tried), (layer, tried)
    assert legal > 40
    # What is refused here must be refused there; the generator has to reach that too.
    assert refused > 10 or not (many or "pool" in kind)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_exist_and_keep_the_shape(name: str) -> None:
    values = keras.ops.convert_to_tensor(np.ones((1, 2, 2, 3), "float32"))
    assert tuple(keras.activations.get(name)(values).shape) == (1, 2, 2, 3)


CHAINS = (
    "22x22x1 conv:k=1,f=3 maxpool:f=2 conv:k=1,f=3 maxpool:f=2",
    "16x12x1 conv:k=1,f=3,p=same conv:k=1,f=5,s=2,p=same",
    "15x15x2 conv:k=2,f=3x5,d=2x1 conv:k=2,f=3,s=2",
    "14x14x1 conv:k=1,f=3,p=1 avgpool:f=2 conv:k=1,f=3,p=2",
    "13x17x1 zeropad:p=2x1 conv:k=1,f=2,s=2x3 batchnorm conv:k=1,f=2",
    "12x12x2 depthwise:f=3,p=same,s=2 separable:k=2,f=3,p=same",
    "20x20x1 avgpool:f=3,s=2,p=same conv:k=1,f=4,s=3",
    "11x11x4 conv:k=4,f=3,g=2 activation:a=relu conv:k=2,f=3,s=2,p=1x2",
    "6x6x1 transposed:k=1,f=3,s=2 conv:k=1,f=3",
    "7x5x2 conv:k=2,f=3,p=same transposed:k=2,f=4x3,s=2x3,p=same avgpool:f=2",
    "9x9x1 conv:k=2,f=3 flatten dense:k=3",
    "10x8x1 conv:k=1,f=3,s=2 flatten",
)


def _positive_model(network: Network) -> Any:
    """The network with weights of 1 and averages for maxima: every path keeps a gradient."""
    model = keras.Sequential([keras.Input(keras_input_shape(network))])
    for class_name, arguments in keras_layers(network):
        name = class_name.replace("MaxPooling", "AveragePooling")
        model.add(getattr(keras.layers, name)(**arguments))
    for layer in model.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([np.ones_like(weight) for weight in layer.get_weights()])
    return model


@pytest.mark.parametrize("line", CHAINS)
def test_fields_against_gradients(line: str) -> None:
    network = parse_network(line)
    rows = trace_network(network)
    effect = rows[-1].effect
    assert effect is not None
    out = effect.output
    plane = out.plane if isinstance(out, Volume) else Pair(out.size, 1)
    model = _positive_model(network)
    values = tf.Variable(np.ones((1, *keras_input_shape(network)), "float32"))
    rng = Random(line)
    places = {(0, 0), (plane.w - 1, plane.h - 1)}
    places |= {(rng.randrange(plane.w), rng.randrange(plane.h)) for _ in range(4)}
    for x, y in places:
        with tf.GradientTape() as tape:
            made = model(values, training=False)
            target = made[0, y, x] if isinstance(out, Volume) else made[0, x]
            total = tf.reduce_sum(target)
        gradient = tape.gradient(total, values)
        touched = np.argwhere(np.abs(np.asarray(gradient[0])).sum(axis=-1) > 0)
        box = field_of(rows, len(rows) - 1, x, y)[-1].box
        if box.empty:
            assert len(touched) == 0
            continue
        (y0, x0), (y1, x1) = touched.min(axis=0), touched.max(axis=0)
        assert (box.x0, box.y0, box.x1, box.y1) == (x0, y0, x1, y1), (line, x, y)
        receptive = rows[-1].receptive_field
        if receptive is not None:
            first, last = receptive.span(x, y)
            assert (max(first.w, 0), max(first.h, 0)) == (x0, y0)
            assert (
                min(last.w, network.input.width - 1),
                min(last.h, network.input.height - 1),
            ) == (
                x1,
                y1,
            )


def _code_agrees(network: Network) -> None:
    scope: dict[str, Any] = {}
    exec(compile(keras_code(network), "network.py", "exec"), scope)
    model = scope["model"]
    rows = trace_network(network)
    shape = output_shape(network)
    assert shape is not None
    assert tuple(model.output_shape[1:]) == shape_tuple(shape)
    assert model.count_params() == network_totals(rows).parameters
    planned = keras.Sequential([keras.Input(keras_input_shape(network))])
    for class_name, arguments in keras_layers(network):
        planned.add(getattr(keras.layers, class_name)(**arguments))
    names = [layer.name for layer in planned.layers]
    assert [name for name in names if not name.endswith("_padding")] == [row.name for row in rows]
    for row in rows:
        assert row.effect is not None
        made = planned.get_layer(row.name)
        assert tuple(made.output.shape[1:]) == shape_tuple(row.effect.output)


SMALL_PRESETS: tuple[Network, ...] = (
    PRESETS["course"].build(),
    PRESETS["small"].build(),
    PRESETS["lenet5"].build(),
    PRESETS["alexnet"].build(Volume(67, 67, 3), 5),
    PRESETS["vgg16"].build(Volume(32, 32, 3), 5),
    course_network(Volume(3, 3, 1), 3),
    course_network(Volume(1, 1, 1), 2),
    PRESETS["small"].build(Volume(1, 9, 1), 2),
)


@pytest.mark.parametrize("network", SMALL_PRESETS, ids=lambda network: str(network.input))
def test_code_of_the_presets(network: Network) -> None:
    _code_agrees(network)


def test_code_of_generated_networks() -> None:
    rng = Random("code")
    made = 0
    while made < 40:
        layers = tuple(MAKERS[rng.choice(list(MAKERS))](rng) for _ in range(rng.randint(1, 6)))
        network = Network(random_volume(rng), layers)
        if any(isinstance(layer, Activation) for layer in layers):
            continue  # softmax over a single value only warns; the rest is tested above
        if all(row.effect for row in trace_network(network)):
            _code_agrees(network)
            made += 1


def test_names_are_those_keras_gives() -> None:
    rng = Random("names")
    layers = [MAKERS[kind](rng) for kind in MAKERS for _ in range(2)]
    keras.backend.clear_session()
    names = []
    for layer in layers:
        (*_, (class_name, arguments)) = keras_layers(Network(Volume(1, 1, 1), (layer,)))
        del arguments["name"]
        names.append(getattr(keras.layers, class_name)(**arguments).name)
    assert names == [row.name for row in trace_network(Network(Volume(1, 1, 1), tuple(layers)))]
