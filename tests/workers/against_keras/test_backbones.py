"""What is known of the networks of `keras.applications`, against Keras itself."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras.src.utils import file_utils

from tui.geometry import parse_network
from tui.keras_io import read_graph
from tui.keras_worker.backbones import all_layers, build_backbone, preprocessed, with_head
from tui.keras_worker.failures import TrainingError
from tui.runs.settings.backbone_kind import Backbone, Pixels
from tui.runs.settings.backbones import BACKBONES, backbone
from tui.runs.settings.pretrained import PretrainedBase

QUICK = ("MobileNetV2", "MobileNet", "MobileNetV3Small", "VGG16", "Xception")
"""Small ones whose sides shrink in different ways; all were compared when they were entered."""
MODULES: dict[Pixels, str] = {"tf": "mobilenet_v2", "torch": "densenet", "caffe": "vgg16"}


def pixels(height: int, width: int, seed: int = 1) -> Any:
    return np.random.default_rng(seed).uniform(0, 255, (2, height, width, 3)).astype("float32")


def built(kind: Backbone, height: int, width: int) -> keras.Model:
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    make = getattr(keras.applications, kind.name)
    return make(include_top=False, weights=None, input_shape=(height, width, 3))


def test_every_network_of_keras_is_known_and_no_other() -> None:
    names = {
        name
        for name, one in inspect.getmembers(keras.applications, inspect.isfunction)
        if "include_top" in inspect.signature(one).parameters
    }
    assert names == set(BACKBONES)


@pytest.mark.parametrize("name", QUICK)
def test_the_output_and_the_file_are_those_of_keras(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = backbone(name)
    model = built(kind, kind.least + 1, 71)
    output = kind.output(71, kind.least + 1)
    assert model.output_shape[1:] == (output.height, output.width, output.depth)
    assert model.count_params() == kind.parameters
    assert kind.last_stage in [layer.name for layer in model.layers]
    asked: list[tuple[str, str, str]] = []

    class AskedError(Exception):
        pass

    def get_file(file: str, origin: str, file_hash: str | None = None, **_: object) -> None:
        asked.append((file, origin, file_hash or ""))
        raise AskedError

    monkeypatch.setattr(file_utils, "get_file", get_file)
    make = getattr(keras.applications, name)
    with pytest.raises(AskedError):
        make(include_top=False, weights="imagenet", input_shape=(kind.side, kind.side, 3))
    assert asked == [(kind.file, kind.address, kind.digest)]


@pytest.mark.parametrize("kind", MODULES)
def test_the_preprocessing_is_that_of_keras(kind: Pixels, tmp_path: Path) -> None:
    given = keras.Input((4, 5, 3))
    model = keras.Model(given, preprocessed(given, kind))
    images = pixels(4, 5)
    wanted = getattr(keras.applications, MODULES[kind]).preprocess_input(images.copy())
    assert np.allclose(model.predict(images, verbose=0), wanted, atol=1e-4)
    # Whoever loads the model gets it with it, in Keras's safe mode.
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert np.allclose(again.predict(images, verbose=0), wanted, atol=1e-4)
    graph = read_graph(model.to_json())
    assert not [row.problem for row in graph.rows if not row.complete]


@pytest.mark.parametrize("ending", [".weights.h5", ".keras"])
def test_a_network_on_a_backbone_is_the_three_parts_one_after_the_other(
    tmp_path: Path, ending: str
) -> None:
    kind = backbone("MobileNetV2")
    plain = built(kind, 40, 64)
    path = tmp_path / f"file{ending}"
    plain.save_weights(path) if ending == ".weights.h5" else plain.save(path)
    base = PretrainedBase(name=kind.name, weights=str(path))
    inner = build_backbone(base, (40, 64, 3))
    model = with_head(inner, parse_network("2x2x1280 gap dropout dense:k=3,a=softmax"))
    assert inner.name == "mobilenetv2" and inner.output_shape == (None, 2, 2, 1280)
    images = pixels(40, 64)
    features = plain.predict(images / 127.5 - 1, verbose=0)
    kernel, bias = model.layers[-1].get_weights()
    wanted = keras.ops.softmax(features.mean((1, 2)) @ kernel + bias)
    assert np.allclose(model.predict(images, verbose=0), wanted, atol=1e-5)
    # Only the head is trained; BatchNormalization does not see the batch.
    assert [one.path.split("/")[0] for one in model.trainable_weights] == ["dense", "dense"]
    in_training = inner(images, training=True)
    assert np.allclose(in_training, features, atol=1e-5)
    model.save(tmp_path / "whole.keras")
    again = keras.models.load_model(tmp_path / "whole.keras")
    assert np.allclose(again.predict(images, verbose=0), wanted, atol=1e-5)


def test_efficientnet_is_scaled_as_with_the_weights_of_imagenet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = backbone("EfficientNetB0")
    plain = built(kind, 32, 32)
    (scaling,) = (one for one in all_layers(plain) if type(one).__name__ == "Normalization")
    scaling.adapt_mean.assign([0.485, 0.456, 0.406])
    scaling.adapt_variance.assign([0.229, 0.224, 0.225])
    path = tmp_path / "like-imagenet.weights.h5"
    plain.save_weights(path)
    monkeypatch.setattr(file_utils, "get_file", lambda *_, **__: str(path))
    keras.utils.clear_session()
    theirs = keras.applications.EfficientNetB0(
        include_top=False, weights="imagenet", input_shape=(32, 32, 3)
    )
    ours = build_backbone(PretrainedBase(name=kind.name, weights=str(path)), (32, 32, 3))
    images = pixels(32, 32)
    wanted = theirs.predict(images, verbose=0)
    assert np.allclose(ours.predict(images, verbose=0), wanted, atol=1e-4)
    # Its Dropout is off too while it is frozen.
    assert np.allclose(ours(images, training=True), wanted, atol=1e-4)


def test_the_weights_of_another_network_are_refused_in_a_sentence(tmp_path: Path) -> None:
    small = built(backbone("MobileNetV3Small"), 32, 32)
    other = tmp_path / "other.weights.h5"
    damaged = tmp_path / "damaged.weights.h5"
    small.save_weights(other)
    damaged.write_bytes(other.read_bytes()[:200_000])
    for path in (other, damaged, tmp_path / "none.h5", tmp_path):
        base = PretrainedBase(name="MobileNetV2", weights=str(path))
        with pytest.raises(TrainingError) as caught:
            build_backbone(base, (32, 32, 3))
        assert "\n" not in str(caught.value) and "include_top=False" in caught.value.cure


def test_a_file_with_the_top_gives_the_layers_below_it(tmp_path: Path) -> None:
    keras.utils.clear_session()
    whole = keras.applications.MobileNetV3Small(
        weights=None, classes=7, input_shape=(32, 32, 3), include_preprocessing=True
    )
    path = tmp_path / "with-top.weights.h5"
    whole.save_weights(path)
    wanted = whole.get_layer("conv_1").get_weights()[0]
    keras.utils.clear_session()
    ours = build_backbone(PretrainedBase(name="MobileNetV3Small", weights=str(path)), (32, 32, 3))
    assert np.array_equal(ours.get_layer("conv_1").get_weights()[0], wanted)
