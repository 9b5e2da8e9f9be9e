"""A foreign model with branches and models inside it: its maps are those of Keras itself."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.workers.inspector.made_runs import noise
from tui.inspection.requests import Classify, Explain, OpenFile
from tui.inspector.layer_outputs import LayerOutputs
from tui.inspector.maps.heat_map import explain_image
from tui.inspector.memory_limit import lift_memory_limit
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.opening.open_file import open_file
from tui.inspector.predictions import classify
from tui.inspector.refusal import Refusal

LAYERS = keras.layers
Tensor = Any


@pytest.fixture(autouse=True)
def no_limit_left() -> Iterator[None]:
    """Take the memory limit of an opened file away again."""
    yield
    lift_memory_limit()


def block(value: Tensor, name: str) -> Tensor:
    """Return a residual block with weights for the channels."""
    way = LAYERS.Conv2D(6, 3, padding="same", name=f"{name}_conv")(value)
    way = LAYERS.BatchNormalization(name=f"{name}_bn")(way)
    cell = LAYERS.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(way)
    cell = LAYERS.Conv2D(6, 1, activation="sigmoid", name=f"{name}_weigh")(cell)
    way = LAYERS.Multiply(name=f"{name}_excite")([way, cell])
    return LAYERS.ReLU(name=f"{name}_out")(LAYERS.Add(name=f"{name}_add")([value, way]))


def branching() -> keras.Model:
    """Return a network with branches, and a layer that is used twice."""
    given = keras.Input((14, 12, 3))
    pool = LAYERS.MaxPooling2D(padding="same", name="pool")
    value = LAYERS.Conv2D(6, 3, padding="same", name="begin")(given)
    value = pool(block(value, "one"))
    value = pool(block(value, "two"))
    value = LAYERS.Concatenate(name="both")([value, LAYERS.ELU(name="elu")(value)])
    value = LAYERS.GlobalMaxPooling2D(name="gather")(value)
    return keras.Model(given, LAYERS.Dense(3, activation="softmax", name="end")(value))


def nested() -> keras.Model:
    """Return a network that holds another one, as transfer learning does."""
    given = keras.Input((14, 12, 3))
    held = keras.Model(given, block(LAYERS.Conv2D(6, 3, name="begin")(given), "one"), name="base")
    return keras.Sequential(
        [
            keras.Input((14, 12, 3)),
            keras.Sequential([LAYERS.RandomFlip(name="flip")], name="augmentation"),
            LAYERS.Rescaling(1 / 127.5, -1, name="scale"),
            held,
            LAYERS.GlobalAveragePooling2D(name="gather"),
            LAYERS.Dense(1, activation="sigmoid", name="end"),
        ]
    )


def saved(make: Callable[[], keras.Model], to: Path) -> keras.Model:
    """Write a network with weights of some size, and return it."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    model = make()
    model.save(to)
    return model


def opened(path: Path) -> tuple[OpenedNetwork, np.ndarray[Any, Any], str]:
    """Return an opened file, a batch of one picture, and the picture."""
    found = open_file(OpenFile(path=str(path)))
    picture = str(noise(path.parent / "noise.png", 1))
    return found, found.preparation.array(picture)[None], picture


def test_maps_of_branches_are_those_of_keras(tmp_path: Path) -> None:
    plain = saved(branching, tmp_path / "net.keras")
    found, batch, picture = opened(tmp_path / "net.keras")
    infos = found.described(1).layers
    names = [info.name for info in infos]
    assert names.count("pool") == 2 and "divided by 255" in found.note
    looking = keras.Model(plain.inputs, [layer.output for layer in plain.layers])
    for layer, wanted in zip(plain.layers[1:], looking([batch], training=False)[1:], strict=True):
        position = names.index(layer.name)
        np.testing.assert_array_equal(found.activations(picture, position), np.asarray(wanted)[0])
        assert infos[position].parameters == layer.count_params()
    second = len(names) - 1 - names[::-1].index("pool")
    assert (infos[second].height, infos[second].width, infos[second].parameters) == (4, 3, 0)
    wanted = plain.get_layer("pool")(looking([batch])[names.index("two_out") + 1])
    np.testing.assert_array_equal(found.activations(picture, second), np.asarray(wanted)[0])
    add = infos[names.index("one_add")]
    assert [names[source] for source in add.sources] == ["begin", "one_excite"]


def test_maps_of_a_model_inside_are_those_in_the_outer_call(tmp_path: Path) -> None:
    plain = saved(nested, tmp_path / "net.keras")
    found, batch, picture = opened(tmp_path / "net.keras")
    assert batch.max() > 100 and "its own Rescaling" in found.note
    names = [info.name for info in found.described(1).layers]
    assert names[:3] == ["flip", "scale", "begin"] and names[-2:] == ["gather", "end"]
    inner = plain.get_layer("base")
    fed = plain.get_layer("scale")(batch)
    looking = keras.Model(inner.inputs, [layer.output for layer in inner.layers])
    for layer, wanted in zip(inner.layers[1:], looking([fed], training=False)[1:], strict=True):
        values = found.activations(picture, names.index(layer.name))
        np.testing.assert_array_equal(values, np.asarray(wanted)[0])
    np.testing.assert_array_equal(
        found.activations(picture, len(names) - 1), np.asarray(plain(batch, training=False))[0]
    )


def free(held: bool) -> keras.Model:
    """Return a network for pictures of any size; its layers perhaps in a model inside."""
    given = keras.Input((None, None, 3))
    value = block(LAYERS.Conv2D(6, 3, strides=2, name="begin")(given), "one")
    if held:
        base = keras.Model(given, value, name="base")
        given = keras.Input((None, 40, 3))
        value = base(given)
    value = LAYERS.GlobalAveragePooling2D(name="gather")(value)
    return keras.Model(given, LAYERS.Dense(3, activation="softmax", name="end")(value))


@pytest.mark.parametrize("held", [False, True])
def test_sides_that_are_free_are_taken_and_reported(held: bool, tmp_path: Path) -> None:
    plain = saved(lambda: free(held), tmp_path / "net.keras")
    found, batch, picture = opened(tmp_path / "net.keras")
    side = 40 if held else 224
    assert batch.shape == (1, side, side, 3) and f"resized to {side}×{side}" in found.note
    told = found.described(1)
    assert (told.input_height, told.input_width, told.input_depth) == (side, side, 3)
    inner = plain.get_layer("base") if held else plain
    names = [info.name for info in told.layers]
    layers = [one for one in inner.layers if one.name in names]
    looking = keras.Model(inner.inputs, [layer.output for layer in layers])
    for layer, wanted in zip(layers, looking([batch], training=False), strict=True):
        position = names.index(layer.name)
        np.testing.assert_array_equal(found.activations(picture, position), np.asarray(wanted)[0])
        info = told.layers[position]
        if info.spatial:
            assert (1, info.height, info.width, info.depth) == wanted.shape
    (prediction,) = classify(found, Classify(pictures=(picture,))).predictions
    np.testing.assert_allclose(prediction.probabilities, np.asarray(plain(batch))[0], rtol=1e-5)
    heat = explain_image(found, Explain(picture=picture), lambda *_: None)
    assert heat.layer == "one_conv" and (heat.height, heat.width) == ((side - 3) // 2 + 1,) * 2


def test_a_network_too_large_to_keep_is_computed_layer_by_layer(tmp_path: Path) -> None:
    saved(branching, tmp_path / "net.keras")
    found, batch, picture = opened(tmp_path / "net.keras")
    whole = found.features
    small = LayerOutputs(whole.inputs, whole.outputs, None, max_bytes=1)
    for position in (3, 3, 0, len(found.layers) - 1):
        np.testing.assert_allclose(
            small.of(("noise", 0, 0, 0, 0), position, lambda: batch[0]),
            found.activations(picture, position),
            rtol=1e-6,
            atol=1e-6,
        )


@pytest.mark.parametrize("make", [branching, nested])
def test_grad_cam_goes_through_whatever_follows(
    make: Callable[[], keras.Model], tmp_path: Path
) -> None:
    plain = saved(make, tmp_path / "net.keras")
    found, batch, picture = opened(tmp_path / "net.keras")
    label = 1
    told = explain_image(found, Explain(picture=picture, label=label), lambda *_: None)
    name = "two_conv" if make is branching else "one_conv"
    assert (told.layer, told.gradient_of) == (name, "logit")
    plain.layers[-1].activation = keras.activations.linear
    if make is branching:
        both = keras.Model(plain.inputs, [plain.get_layer(name).output, plain.output])
        after: list[Any] = []
        value = tf.constant(batch)
    else:
        inner = plain.get_layer("base")
        both = keras.Model(inner.inputs, [inner.get_layer(name).output, inner.output])
        after = plain.layers[-2:]
        value = tf.constant(plain.get_layer("scale")(batch))
    with tf.GradientTape() as tape:
        maps, scores = both(value, training=False)
        for layer in after:
            scores = layer(scores)
        score = scores[0, label if scores.shape[1] > 1 else 0]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))[0].numpy()
    assert told.greatest == pytest.approx(float(heat.max()), rel=1e-4, abs=1e-9)
    shown = np.frombuffer(told.heat, np.uint8).reshape(told.height, told.width)
    assert np.abs(shown - 255 * heat / max(heat.max(), 1e-30)).max() <= 0.6


def test_a_real_network_of_keras_applications(tmp_path: Path) -> None:
    plain = saved(
        lambda: keras.applications.MobileNetV2(
            weights=None, input_shape=(32, 32, 3), alpha=0.35, classes=5
        ),
        tmp_path / "net.keras",
    )
    found, batch, picture = opened(tmp_path / "net.keras")
    assert len(found.layers) == len(plain.layers) - 1
    np.testing.assert_array_equal(
        found.activations(picture, found.end), np.asarray(plain(batch, training=False))[0]
    )


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Write a copy of a file with another description."""
    to = path.with_name("changed.keras")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(to, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config["config"])
                data = json.dumps(config).encode()
            copy.writestr(name, data)
    return to


def own_class(config: dict[str, Any]) -> None:
    config["layers"][2] |= {"module": "mine", "class_name": "Mine", "registered_name": "mine>Mine"}


def other_operation(config: dict[str, Any]) -> None:
    config["layers"][2] |= {"module": "keras.src.ops.core", "class_name": "Map"}


def call_with_code(config: dict[str, Any]) -> None:
    code = {"class_name": "__lambda__", "config": {"code": "4wAA"}}
    config["layers"][2]["inbound_nodes"][0]["kwargs"]["mask"] = code


def renamed(config: dict[str, Any]) -> None:
    config["layers"][2]["config"]["name"] = "other"


def two_outputs(config: dict[str, Any]) -> None:
    config["output_layers"] = [["end", 0, 0], ["gather", 0, 0]]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (own_class, "is a class of"),
        (other_operation, "not a layer known here"),
        (call_with_code, "__lambda__"),
        (renamed, "one_conv is not in the model that Keras built from the description"),
    ],
)
def test_a_hostile_graph_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], why: str
) -> None:
    saved(branching, tmp_path / "net.keras")
    path = rewritten(tmp_path / "net.keras", change)
    with pytest.raises(Refusal, match=why):
        open_file(OpenFile(path=str(path)))


def test_a_network_of_two_outputs_has_maps_and_no_prediction(tmp_path: Path) -> None:
    saved(branching, tmp_path / "net.keras")
    path = rewritten(tmp_path / "net.keras", two_outputs)
    found, _, picture = opened(path)
    assert found.activations(picture, 0).shape == (14, 12, 6)
    with pytest.raises(Refusal, match="has 2 outputs"):
        explain_image(found, Explain(picture=picture), lambda *_: None)
