"""The answer of every drill is what Keras itself says."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tui.course import (
    SKILLS,
    ChainBlock,
    ChoiceBlock,
    PredictBlock,
    SolveBlock,
    chain_answers,
    effect_of,
    expected_number,
    judge,
    make_drill,
    solution_text,
)
from tui.course.drills import choice_drills
from tui.course.judging.judge_settings import read_settings
from tui.geometry import AveragePool2D, MaxPool2D, Network, parse_network
from tui.keras_io import keras_input_shape, keras_layers

SEEDS = 3
LEVELS = range(1, 6)
CHOICES = ("fits", "which-layer-breaks")
TRAINING = ("labels", "steps", "rescale", "split", "class-mode", "callbacks", "overfitting")
"""Skills about data and training: no network to compare with Keras."""


def model_of(network: Network) -> Any:
    """Build a network in Keras."""
    model = keras.Sequential([keras.Input(keras_input_shape(network))])
    for kind, arguments in keras_layers(network):
        model.add(getattr(keras.layers, kind)(**arguments))
    return model


def macs(model: Any) -> int:
    """Count multiplications from Keras's own kernels and outputs."""
    total = 0
    for layer in model.layers:
        for weight in layer.weights:
            if "kernel" in weight.path:
                places = int(np.prod(layer.output.shape[1:-1])) if layer.output.ndim == 4 else 1
                total += places * int(np.prod(weight.shape))
    return total


def field(network: Network, rows: int) -> int:
    """Measure the receptive field of a value in the middle: the columns that have a gradient."""
    layers = tuple(
        # A maximum gives its gradient to one value only; a mean of the same window to all.
        AveragePool2D(layer.pool, layer.stride, layer.padding)
        if isinstance(layer, MaxPool2D)
        else layer
        for layer in network.layers[:rows]
    )
    model = model_of(Network(network.input, layers))
    for layer in model.layers:
        layer.set_weights([np.ones_like(weight) for weight in layer.get_weights()])
    picture = tf.Variable(np.ones((1, *keras_input_shape(network)), np.float32))
    with tf.GradientTape() as tape:
        made = model(picture)
        middle = made[0, made.shape[1] // 2, made.shape[2] // 2, 0]
    gradient = np.asarray(tape.gradient(middle, picture))[0]
    columns = np.flatnonzero(np.abs(gradient).sum(axis=(0, 2)))  # dilation leaves gaps in between
    return int(columns[-1] - columns[0]) + 1


@pytest.mark.parametrize("skill", [skill for skill in SKILLS if skill not in CHOICES + TRAINING])
def test_a_drill_is_answered_as_keras_does(skill: str) -> None:
    for level in LEVELS:
        for seed in range(SEEDS):
            question = make_drill(skill, level, 1000 * seed + level).question
            assert judge(question, solution_text(question)).correct
            if isinstance(question, PredictBlock):
                model = model_of(question.network)
                shape = model.output_shape[1:]
                right = {
                    "W2": shape[1] if len(shape) == 3 else None,
                    "H2": shape[0] if len(shape) == 3 else None,
                    "D2": shape[-1],
                    "parameters": model.count_params(),
                    "macs": macs(model) if question.asks == "macs" else None,
                }[question.asks]
                assert expected_number(question) == right, question.prompt
            elif isinstance(question, SolveBlock):
                settings = read_settings(question, solution_text(question))
                assert not isinstance(settings, str)
                effect = effect_of(question, settings)
                network = Network(question.input, (effect.layer,))
                height, width, _ = model_of(network).output_shape[1:]
                assert (width, height) == question.goal, question.prompt
            elif isinstance(question, ChainBlock) and question.asks == "receptive-field":
                check_field(question)
            elif isinstance(question, ChainBlock):
                check_chain(question)
            else:
                raise AssertionError(f"{skill} makes a {type(question).__name__}")


def check_field(question: ChainBlock) -> None:
    """Compare receptive fields where the picture is large enough to show them whole."""
    side = question.network.input.width
    for row, right in zip(question.rows, chain_answers(question), strict=True):
        if right <= side // 2:  # at the edge a field is cut off
            assert field(question.network, row) == right, question.network


def check_chain(question: ChainBlock) -> None:
    """Compare the numbers of each row."""
    model = model_of(question.network)
    layers = [layer for layer in model.layers if not layer.name.endswith("_padding")]
    for row, right in zip(question.rows, chain_answers(question), strict=True):
        layer = layers[row - 1]
        shape = layer.output.shape
        if question.asks == "parameters":
            assert layer.count_params() == right
        else:
            assert shape[{"H2": 1, "W2": 2, "D2": -1}[question.asks]] == right


@pytest.mark.parametrize("skill", CHOICES)
def test_what_a_choice_calls_right_is_what_keras_does(
    skill: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Network] = []

    def remembered(line: str) -> Network:
        asked.append(real(line))
        return asked[-1]

    real = parse_network
    monkeypatch.setattr(choice_drills, "parse_network", remembered)
    for level in LEVELS:
        for seed in range(SEEDS * 3):
            question = make_drill(skill, level, 1000 * seed + level).question
            assert isinstance(question, ChoiceBlock)
            right = question.options[question.answer - 1]
            network = asked[-1]
            try:
                model = model_of(network)
            except ValueError:
                broken = first_broken(network)
                assert "Keras stops" in right or right.startswith(f"layer {broken}:"), right
                continue
            width = re.match(r"W2 = (\d+)", right)
            if width:
                assert model.output_shape[2] == int(width[1])
            else:
                assert right.startswith("none"), right


def first_broken(network: Network) -> int:
    """Return the first layer, from 1, that Keras refuses."""
    for count in range(1, len(network.layers) + 1):
        try:
            model_of(Network(network.input, network.layers[:count]))
        except ValueError:
            return count
    raise AssertionError(f"Keras takes all of {network}")
