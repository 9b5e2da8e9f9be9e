"""The Keras code of a view: it parses, and it names what is on screen."""

from __future__ import annotations

import dataclasses

import pytest

from tui.geometry import course_network
from tui.inspection.code_source import CodeSource
from tui.inspection.view_code import (
    grad_cam_code,
    input_code,
    kernels_code,
    maps_code,
    predictions_code,
    quoted,
    units_code,
)

SOURCE = CodeSource(
    model="/runs/one/best.keras",
    network=None,
    kept="",
    picture="/images/cats/cat.0.jpg",
    height=150,
    width=140,
    color_mode="rgb",
    interpolation="nearest",
    divisor=255.0,
)
KEPT = dataclasses.replace(
    SOURCE, model="", network=course_network(), kept="/runs/one/kept/epoch-0003.npz"
)
HOSTILE = 'a"b\\\'\x1b[2J\n"); import os #'


@pytest.mark.parametrize("source", [SOURCE, KEPT], ids=["file", "kept"])
def test_every_view_is_a_program(source: CodeSource) -> None:
    for code in (
        maps_code(source, "conv2d_1", (0, 1, 5), "index"),
        maps_code(source, "conv2d_1", (4, 1, 0), "activation"),
        units_code(source, "dense"),
        input_code(source),
        kernels_code(source, "conv2d"),
        predictions_code(source, ("cats", "dogs")),
        predictions_code(source, ()),
        grad_cam_code(source, "conv2d_2", 1),
    ):
        compile(code, "view", "exec")


def test_it_prepares_the_picture_as_the_training_did() -> None:
    code = input_code(SOURCE)
    assert "target_size=(150, 140)" in code
    assert "x = x / 255  # what the network gets" in code
    assert "color_mode" not in code
    other = dataclasses.replace(
        SOURCE, color_mode="grayscale", interpolation="bilinear", divisor=1.0
    )
    code = input_code(other)
    assert 'color_mode="grayscale", interpolation="bilinear"' in code
    assert "x / " not in code


def test_titles_and_outputs_begin_with_the_same_layer() -> None:
    code = maps_code(SOURCE, "conv2d_1", (0, 1), "index")
    assert "[layer.output for layer in model.layers])" in code
    assert "zip(model.layers, outputs, strict=True)" in code
    assert 'values = maps["conv2d_1"][0]' in code
    assert "channels = [0, 1]" in code


def test_kept_weights_are_set_into_the_network_as_it_was_built() -> None:
    code = maps_code(KEPT, "conv2d", (0,), "index")
    assert "layers.Conv2D(filters=16" in code
    assert 'np.load("/runs/one/kept/epoch-0003.npz")' in code
    assert "load_model" not in code


def test_names_from_disk_stay_texts() -> None:
    source = dataclasses.replace(SOURCE, model=HOSTILE, picture=HOSTILE)
    for code in (
        maps_code(source, HOSTILE, (0,), "index"),
        kernels_code(source, HOSTILE),
        grad_cam_code(source, HOSTILE, 0),
        predictions_code(source, (HOSTILE, "dogs")),
    ):
        compile(code, "view", "exec")
        assert "\x1b" not in code
        assert "\nimport os" not in code
    assert eval(quoted(HOSTILE)) == HOSTILE
