"""The numbers that windows give on small grids, against Keras."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np
import pytest

from tests.workers.against_keras.random_layers import (
    MAKERS,
    Random,
)
from tui.geometry import (
    DepthwiseConv2D,
    GeometryError,
    Layer,
    Network,
    Volume,
    apply_layer,
    convolve,
    convolve_transposed,
    pool,
)
from tui.keras_io import keras_layers


def _small(rng: Random) -> Volume:
    return Volume(rng.randint(3, 9), rng.randint(3, 9), rng.choice([1, 2, 4]))


def _run(layer: Layer, grid: Any, weights: list[Any] | None = None) -> Any:
    """What Keras computes for one grid [depth][row][column], in the same order."""
    now = np.transpose(np.asarray(grid, "float32"), (1, 2, 0))[None]
    for class_name, arguments in keras_layers(Network(Volume(1, 1, 1), (layer,))):
        built = getattr(keras.layers, class_name)(**arguments)
        built.build(now.shape)
        if weights is not None and built.weights:
            built.set_weights(weights)
        now = np.asarray(built(now))
    return np.transpose(now[0], (2, 0, 1))


def _legal(rng: Random, kind: str, times: int) -> list[tuple[Any, Volume]]:
    """Legal cases with the activation left away, as the small computations leave it."""
    cases: list[tuple[Any, Volume]] = []
    while len(cases) < times:
        layer: Any = MAKERS[kind](rng)
        shape = _small(rng)
        if hasattr(layer, "activation"):
            layer = dataclasses.replace(layer, activation="linear")
        try:
            apply_layer(layer, shape)
        except GeometryError:
            continue
        cases.append((layer, shape))
    return cases


def _numbers(rng: Random, *shape: int) -> Any:
    return np.random.default_rng(rng.randint(0, 2**32)).normal(size=shape)


@pytest.mark.parametrize("kind", ["conv", "depthwise"])
def test_convolution_numbers(kind: str) -> None:
    rng = Random(f"numbers {kind}")
    for layer, shape in _legal(rng, kind, 40):
        depthwise = isinstance(layer, DepthwiseConv2D)
        maps = shape.depth * layer.multiplier if depthwise else layer.filters
        deep = 1 if depthwise else shape.depth // layer.groups
        grid = _numbers(rng, shape.depth, shape.height, shape.width)
        filters = _numbers(rng, maps, deep, layer.kernel.h, layer.kernel.w)
        biases = _numbers(rng, maps) if layer.use_bias else np.zeros(maps)
        kernel = np.transpose(filters, (2, 3, 1, 0))  # rows, columns, depth, filters
        if depthwise:
            kernel = kernel.reshape(layer.kernel.h, layer.kernel.w, shape.depth, layer.multiplier)
        weights = [kernel, biases] if layer.use_bias else [kernel]
        ours = convolve(grid.tolist(), filters.tolist(), layer, biases.tolist())
        np.testing.assert_allclose(ours, _run(layer, grid, weights), atol=1e-4, err_msg=str(layer))


def test_transposed_numbers() -> None:
    rng = Random("numbers transposed")
    for layer, shape in _legal(rng, "transposed", 40):
        grid = _numbers(rng, shape.depth, shape.height, shape.width)
        filters = _numbers(rng, layer.filters, shape.depth, layer.kernel.h, layer.kernel.w)
        biases = _numbers(rng, layer.filters) if layer.use_bias else np.zeros(layer.filters)
        kernel = np.transpose(filters, (2, 3, 0, 1))  # rows, columns, filters, depth
        weights = [kernel, biases] if layer.use_bias else [kernel]
        ours = convolve_transposed(grid.tolist(), filters.tolist(), layer, biases.tolist())
        np.testing.assert_allclose(ours, _run(layer, grid, weights), atol=1e-4, err_msg=str(layer))


@pytest.mark.parametrize("kind", ["maxpool", "avgpool"])
def test_pooling_numbers(kind: str) -> None:
    rng = Random(f"numbers {kind}")
    for layer, shape in _legal(rng, kind, 40):
        grid = _numbers(rng, shape.depth, shape.height, shape.width)
        np.testing.assert_allclose(
            pool(grid.tolist(), layer), _run(layer, grid), atol=1e-5, err_msg=str(layer)
        )
