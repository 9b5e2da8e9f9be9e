"""Descriptions of Keras 1, Keras 2, TensorFlow 1 and TensorFlow.js."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.keras_io.keras_texts import conv, layer, sequential
from tui.geometry import format_network
from tui.keras_io import graph_from_keras, read_graph, read_network

KERAS1: dict[str, Any] = {
    "class_name": "Sequential",
    "keras_version": "1.2.2",
    "config": [
        {
            "class_name": "Convolution2D",
            "config": {
                "name": "convolution2d_1",
                "batch_input_shape": [None, 32, 30, 3],
                "nb_filter": 8,
                "nb_row": 3,
                "nb_col": 5,
                "subsample": [2, 1],
                "border_mode": "valid",
                "bias": True,
                "activation": "relu",
                "dim_ordering": "tf",
                "W_regularizer": None,
            },
        },
        {
            "class_name": "MaxPooling2D",
            "config": {
                "name": "maxpooling2d_1",
                "pool_size": [2, 2],
                "strides": [2, 2],
                "border_mode": "valid",
                "dim_ordering": "tf",
            },
        },
        {"class_name": "Dropout", "config": {"name": "dropout_1", "p": 0.25}},
        {"class_name": "Flatten", "config": {"name": "flatten_1"}},
        {
            "class_name": "Dense",
            "config": {"name": "dense_1", "output_dim": 10, "activation": "softmax", "bias": False},
        },
    ],
}


def test_keras_1_is_read() -> None:
    found = read_network(json.dumps(KERAS1))
    assert format_network(found.network) == (
        "30x32x3 conv:k=8,f=5x3,s=1x2,a=relu maxpool:f=2 dropout:rate=0.25 flatten "
        "dense:k=10,a=softmax,bias=no"
    )
    rows = read_graph(json.dumps(KERAS1)).rows
    assert [row.name for row in rows][:2] == ["convolution2d_1", "maxpooling2d_1"]
    assert [str(row.output) for row in rows] == ["26×15×8", "13×7×8", "13×7×8", "728", "10"]


def test_channels_first_of_keras_1_is_said() -> None:
    first = json.loads(json.dumps(KERAS1))
    first["config"][0]["config"]["dim_ordering"] = "th"
    assert "channels_first" in read_graph(json.dumps(first)).rows[0].problem


@pytest.mark.parametrize(
    ("mode", "depth"), [("concat", 8), ("sum", 4), ("mul", 4), ("ave", 4), ("max", 4)]
)
def test_merge_of_keras_1(mode: str, depth: int) -> None:
    nodes: dict[str, Any] = {"a": ["input"], "b": ["input"], "m": ["a", "b"]}
    merge = {"class_name": "Merge", "config": {"name": "m", "mode": mode, "concat_axis": -1}}
    layers: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer",
            "name": "input",
            "config": {"name": "input", "batch_input_shape": [None, 8, 8, 3]},
            "inbound_nodes": [],
        }
    ]
    described: list[dict[str, Any]] = [conv("a"), conv("b"), merge]
    for made in described:
        name = made["config"]["name"]
        links = [[[one, 0, 0] for one in nodes[name]]]
        layers.append({**made, "name": name, "inbound_nodes": links})
    config = {"name": "old", "layers": layers, "output_layers": [["m", 0, 0]]}
    graph = read_graph(json.dumps({"class_name": "Model", "config": config}))
    assert str(graph.rows[-1].output) == f"6×6×{depth}"


@pytest.mark.parametrize("name", ["BatchNormalizationV1", "BatchNormalizationV2"])
def test_tensorflow_1_batch_normalization_is_known(name: str) -> None:
    text = sequential(conv("a"), layer(name, "bn", axis=[3], fused=True), conv("b"))
    rows = graph_from_keras(text).rows
    assert [row.problem for row in rows] == ["", "", ""]
    assert (rows[1].parameters, rows[1].trainable) == (16, 8)
    assert format_network(read_network(text).network) == (
        "8x8x3 conv:k=4,f=3 batchnorm conv:k=4,f=3"
    )


def test_what_a_file_tells_of_a_layer_after_an_unknown_one_is_used() -> None:
    after = {**conv("after"), "build_config": {"input_shape": [None, 5, 5, 4]}}
    rows = graph_from_keras(sequential(conv("a"), layer("Lambda", "l"), after)).rows
    assert [str(row.output) for row in rows] == ["6×6×4", "5×5×4", "3×3×4"]
    assert rows[1].problem and not rows[2].problem
    rows = graph_from_keras(sequential(conv("a"), layer("Lambda", "l"), conv("after"))).rows
    assert rows[1].output is rows[2].output is None
    assert "waits" in rows[2].problem


@pytest.mark.parametrize("begin", [0, 1])
def test_models_inside_count_their_uses_from_0_or_from_1(begin: int) -> None:
    def node(*names: tuple[str, int]) -> list[Any]:
        return [[[name, use, 0, {}] for name, use in names]]

    shape = [None, 8, 8, 3]
    given = {"class_name": "InputLayer", "config": {"name": "i", "batch_input_shape": shape}}
    inner = {
        "name": "inner",
        "layers": [
            {**given, "name": "i", "inbound_nodes": []},
            {**conv("c"), "name": "c", "inbound_nodes": node(("i", 0))},
        ],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["c", 0, 0]],
    }
    twice = [node(("i", 0))[0], node(("i", 0))[0]]
    both = node(("inner", begin), ("inner", begin + 1))
    layers = [
        {**given, "name": "i", "inbound_nodes": []},
        {"class_name": "Model", "name": "inner", "config": inner, "inbound_nodes": twice},
        {**layer("Add", "add"), "name": "add", "inbound_nodes": both},
    ]
    config = {"name": "outer", "layers": layers, "output_layers": [["add", 0, 0]]}
    graph = read_graph(json.dumps({"class_name": "Model", "config": config}))
    assert [row.name for row in graph.rows] == ["c", "c", "add"]
    assert graph.rows[2].sources == (0, 1) and str(graph.rows[2].output) == "6×6×4"


def test_tensorflow_js_topologies() -> None:
    model = json.loads(sequential(conv("a")))
    for topology in (model, {"keras_version": "tfjs", "model_config": model}):
        whole: dict[str, Any] = {
            "format": "layers-model",
            "modelTopology": topology,
            "weightsManifest": [],
        }
        assert str(read_graph(json.dumps(whole)).rows[0].output) == "6×6×4"
    graph = {"format": "graph-model", "modelTopology": {"node": []}}
    with pytest.raises(Exception, match=r"graph model of TensorFlow\.js"):
        read_network(json.dumps(graph))
