"""The code that a view shows runs on real Keras, and computes what the child computes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from tui.datasets import LoaderSettings
from tui.geometry import parse_network
from tui.inspection.code_source import CodeSource, source_of_layer
from tui.inspection.requests import Explain
from tui.inspection.view_code import (
    grad_cam_code,
    kernels_code,
    maps_code,
    predictions_code,
    units_code,
)
from tui.inspector.image_preparation import Preparation
from tui.inspector.maps.heat_map import explain_image
from tui.inspector.opened_network import OpenedNetwork
from tui.keras_io import graph_from_keras
from tui.keras_worker.build_model import build_model

NETWORK = parse_network(
    "12x10x3 conv:k=4,f=3,a=relu maxpool:f=2 conv:k=5,f=3,p=same,a=relu flatten dense:k=3,a=softmax"
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> CodeSource:
    """Return a saved model, its kept weights, and a picture."""
    folder = tmp_path_factory.mktemp("code")
    keras.utils.clear_session()
    keras.utils.set_random_seed(7)
    model = build_model(NETWORK)
    model.save(folder / "best.keras")
    weights = {str(number): value for number, value in enumerate(model.get_weights())}
    np.savez(folder / "kept.npz", **weights)
    pixels = np.random.default_rng(3).integers(0, 256, (20, 24, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "cat.png")
    return CodeSource(
        model=str(folder / "best.keras"),
        network=None,
        kept="",
        picture=str(folder / "cat.png"),
        height=10,
        width=12,
        color_mode="rgb",
        interpolation="nearest",
        divisor=255.0,
    )


def run(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a program as a reader would, in a folder of its own."""
    monkeypatch.chdir(folder)
    keras.utils.clear_session()  # names as in a fresh program
    names: dict[str, Any] = {}
    exec(compile(code, "view", "exec"), names)
    return names


def expected(source: CodeSource) -> tuple[Any, Any, list[Any]]:
    """Return the model, the prepared picture and every layer's output, plainly computed."""
    model = keras.models.load_model(source.model)
    with Image.open(source.picture) as image:
        small = image.resize((source.width, source.height), Image.Resampling.NEAREST)
    x = np.asarray(small, dtype=np.float32)[None] / 255
    values: Any = x
    outputs = []
    for layer in model.layers:
        values = layer(values)
        outputs.append(np.asarray(values))
    return model, x, outputs


@pytest.mark.parametrize("kept", [False, True], ids=["file", "kept"])
def test_maps_are_those_of_the_layer_in_the_title(
    source: CodeSource, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = source
    if kept:
        npz = source.model.replace("best.keras", "kept.npz")
        shown = dataclasses.replace(source, model="", network=NETWORK, kept=npz)
    name = "conv2d_1"
    names = run(maps_code(shown, name, (0, 2, 4), "index"), tmp_path, monkeypatch)
    _, x, outputs = expected(source)
    np.testing.assert_allclose(names["x"], x)
    np.testing.assert_allclose(names["values"], outputs[2][0], atol=1e-5)
    assert (tmp_path / f"{name}.png").is_file()
    names = run(maps_code(shown, name, (0, 2), "activation"), tmp_path, monkeypatch)
    means = outputs[2][0].mean(axis=(0, 1))
    assert list(names["channels"]) == list(np.argsort(-means, kind="stable")[:2])


def test_units_kernels_and_probabilities(
    source: CodeSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _, outputs = expected(source)
    names = run(units_code(source, "dense"), tmp_path, monkeypatch)
    np.testing.assert_allclose(names["values"], outputs[4][0], atol=1e-5)
    names = run(kernels_code(source, "conv2d"), tmp_path, monkeypatch)
    np.testing.assert_allclose(names["kernels"], model.layers[0].get_weights()[0])
    assert len(list(tmp_path.glob("conv2d_*.png"))) == 4
    names = run(predictions_code(source, ("a", "b", "c")), tmp_path, monkeypatch)
    np.testing.assert_allclose(names["outputs"], outputs[-1][0], atol=1e-5)


def test_grad_cam_is_the_childs(
    source: CodeSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = run(grad_cam_code(source, "conv2d_1", 1), tmp_path, monkeypatch)
    model = keras.models.load_model(source.model)
    settings = LoaderSettings(directory=".", classes=("a", "b", "c"), target_size=(10, 12))
    network = OpenedNetwork(model, Preparation.of_run(settings), settings.classes, "best")
    request = Explain(picture=source.picture, method="grad-cam", label=1)
    found = explain_image(network, request, lambda done, total: None)
    child = np.frombuffer(found.heat, np.uint8).reshape(found.height, found.width) / 255
    heat = names["heat"]
    assert heat.shape == child.shape
    np.testing.assert_allclose(heat, child, atol=0.01)


@pytest.mark.parametrize("kind", ["functional", "sequential"])
def test_a_layer_in_a_model_inside_the_model(
    source: CodeSource, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    given = keras.Input((10, 12, 3))
    value = keras.layers.Conv2D(4, 3, padding="same", name="first")(given)
    more = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="second")(value)
    held = keras.Model(given, keras.layers.Add(name="sum")([value, more]), name="base")
    outer = keras.Input((10, 12, 3))
    end = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3, activation="softmax")]
    if kind == "functional":
        model = keras.Model(outer, end[1](end[0](held(outer / 2.0 - 0.25))))
    else:
        flip = keras.Sequential([keras.layers.RandomFlip()], name="flips")
        model = keras.Sequential([outer, flip, keras.layers.Rescaling(0.5), held, *end])
    path = tmp_path / "held.keras"
    model.save(path)
    graph = graph_from_keras(path.read_bytes())
    names = {row.name: row for row in graph.rows}
    settings = LoaderSettings(directory=".", classes=("a", "b", "c"), target_size=(10, 12))
    network = OpenedNetwork(model, Preparation.of_run(settings), (), "held", graph=graph)
    source = dataclasses.replace(source, model=str(path))
    before = "subtract" if kind == "functional" else "rescaling"
    for name in ("sum", "second", before):
        row = names[name]
        shown = source_of_layer(source, graph, row)
        found = run(maps_code(shown, name, (0, 2), "index"), tmp_path, monkeypatch)
        child = network.activations(source.picture, row.index)
        np.testing.assert_allclose(found["values"], child, atol=1e-5)
    shown = source_of_layer(source, graph, names["second"])
    found = run(kernels_code(shown, "second"), tmp_path, monkeypatch)
    np.testing.assert_array_equal(found["kernels"], held.get_layer("second").get_weights()[0])
    found = run(grad_cam_code(shown, "second", 2), tmp_path, monkeypatch)
    told = explain_image(
        network, Explain(picture=source.picture, label=2), lambda done, total: None
    )
    heat = np.frombuffer(told.heat, np.uint8).reshape(told.height, told.width) / 255
    assert told.layer == "second"
    np.testing.assert_allclose(found["heat"], heat, atol=0.01)
