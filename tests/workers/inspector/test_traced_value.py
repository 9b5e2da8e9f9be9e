"""One value traced: its products add up to what Keras computed, for every kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.inspector.made_runs import COURSE, DIGITS, MANY, made_run, noise, spec_of
from tests.workers.inspector.test_graphs import branching, nested, saved
from tui.inspection.answers import Traced
from tui.inspection.requests import OpenFile, OpenRun, Trace
from tui.inspector.memory_limit import lift_memory_limit
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.opening.open_file import open_file
from tui.inspector.opening.open_run import open_run
from tui.inspector.refusal import Refusal
from tui.inspector.tracing.traced_value import trace_value

LAYERS = keras.layers
pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture(autouse=True)
def no_limit_left() -> Iterator[None]:
    """Take the memory limit of an opened file away again."""
    yield
    lift_memory_limit()


def cells(output: NDArray[Any], rng: np.random.Generator, count: int = 12) -> list[dict[str, int]]:
    """Return the corners of a layer's output and some cells inside."""
    if output.ndim != 3:
        return [{"channel": int(at)} for at in rng.integers(0, output.size, 5)]
    height, width, depth = output.shape
    found = [
        {"y": y, "x": x, "channel": depth - 1} for y in (0, height - 1) for x in (0, width - 1)
    ]
    for _ in range(count):
        y, x, channel = (int(rng.integers(0, side)) for side in output.shape)
        found.append({"y": y, "x": x, "channel": channel})
    return found


def products(traced: Traced) -> float:
    """Add up what the answer says."""
    if traced.values and traced.weights:
        values, weights = (np.frombuffer(one, "<f4") for one in (traced.values, traced.weights))
        return float(values.astype(np.float64) @ weights.astype(np.float64))
    return sum(term.value * term.weight for term in traced.terms)


def check(opened: OpenedNetwork, picture: str) -> dict[str, set[str]]:
    """Trace cells of all layers; return the rules that were met for each kind of layer."""
    met: dict[str, set[str]] = {}
    rng = np.random.default_rng(1)
    for position, layer in enumerate(opened.layers):
        output = opened.activations(picture, position)
        for cell in cells(output, rng):
            traced = trace_value(opened, Trace(picture=picture, layer=position, **cell))
            kind = type(layer).__name__
            met.setdefault(kind, set()).add(traced.rule)
            place = (traced.y, traced.x, traced.channel) if output.ndim == 3 else traced.channel
            assert traced.output == pytest.approx(float(output[place]))
            assert traced.computed == pytest.approx(traced.output, rel=1e-4, abs=1e-5), (kind, cell)
            if traced.rule in ("window sum", "separable", "sum") and traced.count <= 200:
                summed = products(traced) + traced.bias
                assert summed == pytest.approx(traced.total, rel=1e-4, abs=1e-5)
            for term in traced.terms:  # each value is really that of the layer before
                before = (
                    opened.preparation.array(picture)
                    if term.source < 0
                    else opened.activations(picture, term.source)
                )
                at = (term.y, term.x, term.channel) if before.ndim == 3 else term.channel
                assert term.value == pytest.approx(float(before[at]))
    return met


@pytest.mark.parametrize("network", [COURSE, DIGITS, MANY], ids=["course", "digits", "many"])
def test_products_add_up_to_what_keras_computed(network: str, tmp_path: Path) -> None:
    run = made_run(spec_of(network, tmp_path / "zoo"))
    opened = open_run(OpenRun(run=str(run.path)))
    met = check(opened, str(noise(tmp_path / "noise.jpg", 1)))
    assert not any("unknown" in rules for rules in met.values()), met


def wide() -> keras.Model:
    """Return a network with the settings of layers that the one-line form does not have."""
    given = keras.Input((23, 19, 3))
    value = LAYERS.ZeroPadding2D(((1, 2), (0, 3)))(given)
    value = LAYERS.Conv2D(8, (3, 5), strides=(2, 1), padding="same", activation="softmax")(value)
    value = LAYERS.Conv2D(6, 3, dilation_rate=2, groups=2, padding="same", use_bias=False)(value)
    value = LAYERS.BatchNormalization(scale=False)(value)
    value = LAYERS.LeakyReLU()(value)
    value = LAYERS.MaxPooling2D(3, strides=2, padding="same")(value)
    value = LAYERS.DepthwiseConv2D(3, depth_multiplier=2, activation="tanh", padding="same")(value)
    value = LAYERS.Conv2DTranspose(5, (3, 4), strides=2, padding="same")(value)
    value = LAYERS.Conv2DTranspose(4, 3, strides=3, output_padding=1)(value)
    value = LAYERS.AveragePooling2D(3, strides=3, padding="same")(value)
    value = LAYERS.Cropping2D(((1, 0), (2, 1)))(value)
    value = LAYERS.UpSampling2D((2, 1))(value)
    value = LAYERS.Softmax()(value)
    value = LAYERS.Dense(7, activation="softmax")(value)
    value = LAYERS.SpatialDropout2D(0.3)(value)
    value = LAYERS.SeparableConv2D(4, 3, depth_multiplier=2, padding="same")(value)
    value = LAYERS.GlobalMaxPooling2D(keepdims=True)(value)
    value = LAYERS.Reshape((2, 1, 2))(value)
    value = LAYERS.Flatten()(value)
    value = LAYERS.Dense(5, activation="elu")(value)
    value = LAYERS.Activation("softmax")(value)
    return keras.Model(given, LAYERS.Dense(3, activation="softmax")(value))


@pytest.mark.parametrize("make", [branching, nested, wide])
def test_layers_of_a_foreign_file(make: Callable[[], keras.Model], tmp_path: Path) -> None:
    saved(make, tmp_path / "net.keras")
    opened = open_file(OpenFile(path=str(tmp_path / "net.keras")))
    met = check(opened, str(noise(tmp_path / "noise.png", 1)))
    assert not any("unknown" in rules for rules in met.values()), met


def test_a_layer_without_a_known_rule_still_shows_its_value(tmp_path: Path) -> None:
    def make() -> keras.Model:
        given = keras.Input((8, 8, 3))
        value = LAYERS.UnitNormalization()(LAYERS.Conv2D(4, 3)(given))
        return keras.Model(given, LAYERS.Dense(2)(LAYERS.Flatten()(value)))

    saved(make, tmp_path / "net.keras")
    opened = open_file(OpenFile(path=str(tmp_path / "net.keras")))
    picture = str(noise(tmp_path / "noise.png", 1))
    traced = trace_value(opened, Trace(picture=picture, layer=1, channel=2, x=3, y=4))
    assert traced.rule == "unknown" and traced.output == traced.computed
    assert traced.sources == (0,)


def test_a_cell_outside_is_refused(tmp_path: Path) -> None:
    run = made_run(spec_of(COURSE, tmp_path / "zoo"))
    opened = open_run(OpenRun(run=str(run.path)))
    picture = str(noise(tmp_path / "noise.png", 1))
    with pytest.raises(Refusal, match="has no column 23, row 1: its output has 22 columns"):
        trace_value(opened, Trace(picture=picture, layer=0, channel=0, x=22))
    with pytest.raises(Refusal, match="There is no channel 8: conv2d has 8"):
        trace_value(opened, Trace(picture=picture, layer=0, channel=8))
    with pytest.raises(Refusal, match="There is no unit 1"):
        trace_value(opened, Trace(picture=picture, layer=len(opened.layers) - 1, channel=1))
    with pytest.raises(Refusal, match="There is no layer 99"):
        trace_value(opened, Trace(picture=picture, layer=99, channel=0))
