"""Maps, kernels and heat maps, held against plain Keras."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from numpy.typing import NDArray
from PIL import Image

from tests.workers.inspector.made_runs import (
    COURSE,
    DIGITS,
    MANY,
    fresh_model,
    made_run,
    noise,
    noise_classes,
    spec_of,
)
from tui.datasets import LoaderSettings, loader_arguments
from tui.geometry import layer_names, parse_network
from tui.inspection.requests import Explain, Kernels, LookAt, OpenRun, Prepare, Values
from tui.inspector.image_preparation import Preparation
from tui.inspector.layer_outputs import LayerOutputs
from tui.inspector.maps import feature_maps, kernels
from tui.inspector.maps.heat_map import CELLS, GREY, explain_image, patch_bounds
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.opening.open_run import open_run
from tui.inspector.refusal import Cancelled, Refusal

Opener = Callable[..., OpenedNetwork]
pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def opener(tmp_path: Path) -> Opener:
    """Return what opens a run of a network."""

    def open_it(network: str, weights: str = "best") -> OpenedNetwork:
        run = made_run(spec_of(network, tmp_path / "zoo"))
        return open_run(OpenRun(run=str(run.path), weights=weights))

    return open_it


def plain_outputs(opened: OpenedNetwork, picture: Path, file: str) -> list[NDArray[Any]]:
    """Return all layers' outputs as the course computes them."""
    assert opened.run is not None and opened.spec is not None
    model = keras.saving.load_model(opened.run.path / file)
    looking = keras.Model(model.inputs, [layer.output for layer in model.layers])
    data = opened.spec.data
    image = keras.utils.load_img(picture, color_mode=data.color_mode, target_size=data.target_size)
    batch = keras.utils.img_to_array(image)[None] * np.float32(1 / 255)
    return [np.asarray(output)[0] for output in looking([batch])]


@pytest.mark.parametrize("network", [COURSE, DIGITS, MANY], ids=["course", "digits", "many"])
def test_the_maps_are_those_of_keras_itself(opener: Opener, network: str, tmp_path: Path) -> None:
    picture = noise(tmp_path / "noise.jpg", 1)
    opened = opener(network)
    wanted = plain_outputs(opened, picture, "best.keras")
    described = opened.described(7)
    assert described.epoch == 2 and described.snapshots == (0, 2)
    assert len(described.layers) == len(wanted)
    for position, (info, values) in enumerate(zip(described.layers, wanted, strict=True)):
        np.testing.assert_array_equal(opened.activations(str(picture), position), values)
        found = feature_maps.feature_maps(
            opened,
            LookAt(picture=str(picture), layer=position, count=999, tile_height=99, tile_width=99),
        )
        if values.ndim == 1:
            assert (info.spatial, info.depth) == (False, len(values))
            np.testing.assert_array_equal(np.array(found.units, np.float32), values)
            continue
        assert (info.height, info.width, info.depth) == values.shape
        for channel in found.channels:
            plane = values[..., channel.index]
            spread = (plane - plane.min()) / max(plane.max() - plane.min(), 1e-30) * 255
            pixels = np.frombuffer(channel.pixels, np.uint8).reshape(plane.shape)
            assert np.abs(pixels - spread).max() <= 0.51
            numbers = feature_maps.channel_values(
                opened, Values(picture=str(picture), layer=position, channel=channel.index)
            )
            np.testing.assert_array_equal(
                np.frombuffer(numbers.values, "<f4").reshape(plane.shape), plane
            )


def test_the_layers_have_the_names_of_a_fresh_program(opener: Opener) -> None:
    for _ in range(2):
        names = tuple(layer.name for layer in opener(COURSE).layers)
        assert names == layer_names(parse_network(COURSE).layers)


@pytest.mark.parametrize("network", [COURSE, MANY], ids=["course", "many"])
def test_a_network_too_large_to_keep_is_gone_through_layer_by_layer(
    opener: Opener, network: str
) -> None:
    opened = opener(network)
    rng = np.random.default_rng(3)
    picture = rng.random(opened.model.input_shape[1:], np.float32)
    whole = opened.features
    small = LayerOutputs(whole.inputs, whole.outputs, opened.layers, max_bytes=max(whole.sizes))
    key = ("noise", 0, 0, 0, 0)
    # Forwards, backwards, and again: from what was reached and from the picture.
    for position in (0, 2, 1, len(opened.layers) - 1, 0):
        np.testing.assert_allclose(
            small.of(key, position, lambda: picture),
            opened.features.of(key, position, lambda: picture),
            rtol=1e-6,
            atol=1e-6,
        )


def test_another_picture_and_a_changed_file_have_maps_of_their_own(
    opener: Opener, tmp_path: Path
) -> None:
    picture, other = noise(tmp_path / "a.png", 1), noise(tmp_path / "b.png", 2)
    opened = opener(DIGITS)
    first = opened.activations(str(picture), 0)
    assert (opened.activations(str(other), 0) != first).any()
    picture.write_bytes(other.read_bytes() + b"\0")
    np.testing.assert_array_equal(
        opened.activations(str(picture), 0), opened.activations(str(other), 0)
    )


def test_sorted_by_activation_the_greatest_mean_comes_first(opener: Opener, tmp_path: Path) -> None:
    picture = str(noise(tmp_path / "a.png", 1))
    opened = opener(COURSE)
    found = feature_maps.feature_maps(
        opened, LookAt(picture=picture, layer=0, order="activation", first=1, count=3)
    )
    means = opened.activations(picture, 0).mean(axis=(0, 1))
    assert found.order == tuple(np.argsort(-means, kind="stable").tolist())
    assert [channel.index for channel in found.channels] == list(found.order[1:4])
    assert [channel.mean for channel in found.channels] == pytest.approx(
        means[list(found.order[1:4])].tolist()
    )


@pytest.mark.parametrize("interpolation", ["nearest", "bicubic"])
@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
def test_a_picture_is_prepared_as_in_the_training(
    tmp_path: Path, color_mode: Any, interpolation: str
) -> None:
    folder = noise_classes(tmp_path / "zoo", ("ants", "bees"), 1)
    noise(folder / "ants" / "photo.jpg", 5, (41, 33))
    noise(folder / "bees" / "grey.png", 6, (9, 50), "L")
    deep = np.random.default_rng(1).integers(0, 2**16, (12, 15)).astype(np.uint16)
    Image.fromarray(deep).save(folder / "bees" / "deep.png")
    settings = LoaderSettings(
        directory=str(folder),
        classes=("ants", "bees"),
        validation_split=0.0,
        target_size=(21, 17),
        color_mode=color_mode,
        interpolation=interpolation,
        rescale_divisor=200.0,
    )
    plan = loader_arguments(settings)
    flow = ImageDataGenerator(**plan.generator).flow_from_directory(
        **{**plan.train, "shuffle": False}
    )
    batch, _ = flow[0]
    preparation = Preparation.of_run(settings)
    assert len(batch) == 5
    for path, wanted in zip(flow.filepaths, batch, strict=True):
        np.testing.assert_array_equal(preparation.array(path), wanted)
        shown = preparation.pixels(path)
        np.testing.assert_allclose(shown / 200, np.minimum(wanted, 255 / 200), atol=1e-6)


@pytest.mark.parametrize(
    "network, position",
    [(COURSE, 0), (MANY, 1), (MANY, 3), (MANY, 4)],
    ids=["conv", "depthwise", "separable", "transposed"],
)
def test_kernels_now_and_before_the_training(opener: Opener, network: str, position: int) -> None:
    opened = opener(network)
    assert opened.run is not None and opened.spec is not None
    model = keras.saving.load_model(opened.run.path / "best.keras")
    fresh = fresh_model(opened.spec)
    found = kernels.kernels(opened, Kernels(layer=position, count=99))
    now, before = (each.layers[position].get_weights()[0] for each in (model, fresh))
    kind = type(model.layers[position]).__name__
    for kernel in found.kernels:
        if kind == "Conv2D":
            filters = [array[..., kernel.index] for array in (now, before)]
        elif kind == "Conv2DTranspose":
            filters = [array[..., kernel.index, :] for array in (now, before)]
        else:
            filters = [array[..., kernel.index, 0] for array in (now, before)]
        if not kernel.colour and filters[0].ndim == 3:
            filters = [array[..., 0] for array in filters]
        assert kernel.colour == (kind == "Conv2D")
        assert (kernel.least, kernel.greatest) == (filters[0].min(), filters[0].max())
        for pixels, weights in zip((kernel.pixels, kernel.before), filters, strict=True):
            spread = (weights - weights.min()) / (weights.max() - weights.min()) * 255
            shown = np.frombuffer(pixels, np.uint8).reshape(weights.shape)
            assert np.abs(shown - spread).max() <= 0.51
    assert len(found.kernels) == found.count


def test_without_kept_weights_the_kernels_before_are_made_anew_from_the_seed(
    opener: Opener, tmp_path: Path
) -> None:
    run = made_run(spec_of(COURSE, tmp_path))
    kept = open_run(OpenRun(run=str(run.path)))
    (run.path / "kept" / "epoch-0000.npz").unlink()
    made = open_run(OpenRun(run=str(run.path)))
    assert kept.before.keys() == made.before.keys() == {0, 2}
    for position, kernel in kept.before.items():
        np.testing.assert_array_equal(made.before[position], kernel)


def test_a_layer_without_kernels_or_without_height_says_so(opener: Opener, tmp_path: Path) -> None:
    opened = opener(COURSE)
    picture = str(noise(tmp_path / "a.png", 1))
    with pytest.raises(Refusal, match=r"max_pooling2d \(MaxPooling2D\) has no kernels"):
        kernels.kernels(opened, Kernels(layer=1))
    with pytest.raises(Refusal, match="output of dense has 9 values without height and width"):
        feature_maps.channel_values(opened, Values(picture=picture, layer=5, channel=0))
    with pytest.raises(Refusal, match="There is no layer 40: the network has 8"):
        feature_maps.feature_maps(opened, LookAt(picture=picture, layer=40))
    with pytest.raises(Refusal, match="There is no channel 8: conv2d has 8"):
        feature_maps.channel_values(opened, Values(picture=picture, layer=0, channel=8))


@pytest.mark.parametrize(
    "content", [b"", b"Dear diary", b"\xff\xd8\xff\xe0 torn"], ids=["empty", "text", "torn"]
)
def test_a_picture_that_cannot_be_decoded_is_named(
    opener: Opener, tmp_path: Path, content: bytes
) -> None:
    opened = opener(DIGITS)
    picture = tmp_path / "bad\x1b[2J.png"
    picture.write_bytes(content)
    with pytest.raises(Refusal, match=re.escape("The image bad␛[2J.png cannot be read")):
        feature_maps.feature_maps(opened, LookAt(picture=str(picture), layer=0))
    with pytest.raises(Refusal, match="cannot be read"):
        feature_maps.prepare(opened, Prepare(picture=str(tmp_path)))


def plain_grad_cam(model: keras.Model, batch: Any, convolution: str, label: int) -> Any:
    """Compute Grad-CAM of the logit as the paper has it, with a model of linear end."""
    config = model.get_config()
    config["layers"][-1]["config"]["activation"] = "linear"
    linear = keras.Sequential.from_config(config)
    linear.set_weights(model.get_weights())
    inputs = value = keras.Input(linear.input_shape[1:])
    outputs = {}
    for layer in linear.layers:
        outputs[layer.name] = value = layer(value)
    both = keras.Model(inputs, [outputs[convolution], value])
    with tf.GradientTape() as tape:
        maps, logits = both(batch)
        score = logits[:, label] if logits.shape[1] > 1 else (2 * label - 1) * logits[:, 0]
    gradient = tape.gradient(score, maps)
    weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))[0].numpy()


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize(
    "network, convolution",
    [(COURSE, "conv2d_1"), (DIGITS, "conv2d_1"), (MANY, "conv2d_transpose")],
    ids=["sigmoid", "softmax", "many"],
)
def test_grad_cam_is_that_of_a_plain_computation(
    opener: Opener, tmp_path: Path, network: str, convolution: str, label: int
) -> None:
    opened = opener(network)
    picture = noise(tmp_path / "noise.png", 8)
    found = explain_image(opened, Explain(picture=str(picture), label=label), lambda *_: None)
    batch = opened.preparation.array(str(picture))[None]
    wanted = plain_grad_cam(opened.model, batch, convolution, label)
    assert (found.layer, found.gradient_of) == (convolution, "logit")
    assert found.greatest == pytest.approx(float(wanted.max()), rel=1e-4, abs=1e-9)
    heat = np.frombuffer(found.heat, np.uint8).reshape(found.height, found.width)
    spread = 255 * wanted / max(wanted.max(), 1e-30)
    assert np.abs(heat - spread).max() <= 0.6
    # The network itself ends in its sigmoid or softmax again.
    after = explain_image(opened, Explain(picture=str(picture), label=label), lambda *_: None)
    assert after.probability == found.probability
    assert 0 < found.probability < 1


def test_a_network_that_is_sure_still_has_a_grad_cam(opener: Opener, tmp_path: Path) -> None:
    opened = opener(COURSE)
    weights, bias = opened.layers[-1].get_weights()
    opened.layers[-1].set_weights([weights, bias + 200])  # the sigmoid's gradient is 0 in float32
    picture = noise(tmp_path / "noise.png", 8)
    found = explain_image(opened, Explain(picture=str(picture)), lambda *_: None)
    assert (found.label, found.probability) == (1, 1.0)
    other = explain_image(opened, Explain(picture=str(picture), label=0), lambda *_: None)
    assert max(found.greatest, other.greatest) > 1e-4


def test_without_a_convolution_grad_cam_points_to_occlusion(opener: Opener, tmp_path: Path) -> None:
    opened = opener("8x8x3 flatten dense:k=1,a=sigmoid")
    picture = str(noise(tmp_path / "noise.png", 8))
    with pytest.raises(Refusal, match="this network has none") as refused:
        explain_image(opened, Explain(picture=picture), lambda *_: None)
    assert "occlusion" in refused.value.cure


def test_occlusion_is_the_fall_of_the_probability_under_each_patch(
    opener: Opener, tmp_path: Path
) -> None:
    opened = opener(COURSE)
    picture = noise(tmp_path / "noise.png", 8)
    told: list[tuple[int, int]] = []
    found = explain_image(
        opened,
        Explain(picture=str(picture), method="occlusion", label=0),
        lambda done, total: told.append((done, total)),
    )
    array = opened.preparation.array(str(picture))

    def cats(image: NDArray[Any]) -> float:
        return 1 - float(np.asarray(opened.model(image[None], training=False))[0, 0])

    falls = np.zeros((CELLS, CELLS))
    for row, (top, bottom) in enumerate(patch_bounds(20)):
        for column, (left, right) in enumerate(patch_bounds(24)):
            hidden = array.copy()
            hidden[top:bottom, left:right] = GREY / 255
            falls[row, column] = max(0.0, cats(array) - cats(hidden))
    assert found.greatest == pytest.approx(falls.max(), rel=1e-3, abs=1e-6)
    heat = np.frombuffer(found.heat, np.uint8).reshape(found.height, found.width)
    assert np.abs(heat / 255 * found.greatest - falls).max() <= found.greatest / 100
    assert told[0] == (0, CELLS * CELLS) and told[-1] == (CELLS * CELLS, CELLS * CELLS)


def test_a_cancelled_occlusion_ends_at_the_next_batch(opener: Opener, tmp_path: Path) -> None:
    opened = opener(COURSE)
    picture = str(noise(tmp_path / "noise.png", 8))

    def stop(done: int, total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        explain_image(opened, Explain(picture=picture, method="occlusion"), stop)
