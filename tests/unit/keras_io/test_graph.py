"""Any Keras model as a table: branches, models inside it, and layers that are not known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.unit.geometry.strategies import networks
from tests.unit.keras_io.keras_texts import archive, conv, functional, layer, sequential
from tui.geometry import (
    Block,
    Box,
    GeometryError,
    Graph,
    GraphRow,
    Network,
    ReceptiveField,
    Vector,
    Volume,
    field_of,
    format_network,
    graph_field,
    graph_of_network,
    graph_totals,
    trace_network,
)
from tui.keras_io import graph_from_keras, read_graph


def row(graph: Graph, name: str) -> GraphRow:
    """Return a row by its name."""
    return next(one for one in graph.rows if one.name == name)


def alone(made: dict[str, Any], shape: Any = (None, 8, 8, 3)) -> GraphRow:
    """Return the row of a model of one layer."""
    return graph_from_keras(sequential(made, shape=shape)).rows[0]


def same(name: str, filters: int = 4, **config: Any) -> dict[str, Any]:
    """Return a convolution that keeps width and height."""
    return conv(name, filters=filters, padding="same", **config)


@pytest.mark.parametrize("old", [False, True])
def test_a_residual_block(old: bool) -> None:
    layers = (same("a"), same("b"), layer("Add", "sum"), layer("GlobalAveragePooling2D", "end"))
    links = {"a": ["input"], "b": ["a"], "sum": ["a", "b"], "end": ["sum"]}
    graph = graph_from_keras(functional(links, *layers, old=old))
    assert [one.name for one in graph.rows] == ["a", "b", "sum", "end"]
    assert [one.sources for one in graph.rows] == [(-1,), (0,), (0, 1), (2,)]
    assert [one.follows for one in graph.rows] == [True, True, False, True]
    assert graph.outputs == (3,)
    totals = graph_totals(graph)
    assert (totals.layers, totals.parameters, totals.complete) == (4, 112 + 148, True)
    assert totals.macs == 8 * 8 * 4 * 27 + 8 * 8 * 4 * 36
    assert isinstance(totals.field, ReceptiveField) and totals.field.size == (5, 5)
    assert row(graph, "end").receptive_field == "all"


def test_branches_of_other_fields_are_laid_over_each_other() -> None:
    layers = (
        same("wide", kernel_size=[1, 5]),
        same("high", kernel_size=[7, 1]),
        layer("Concatenate", "both", axis=-1),
    )
    links = {"wide": ["input"], "high": ["input"], "both": ["wide", "high"]}
    both = row(graph_from_keras(functional(links, *layers)), "both")
    assert both.output == Volume(8, 8, 8)
    assert isinstance(both.receptive_field, ReceptiveField)
    assert (both.receptive_field.size, both.receptive_field.start) == ((5, 7), (-2, -3))


def test_squeeze_and_excite_sees_the_whole_picture() -> None:
    layers = (
        same("a"),
        layer("GlobalAveragePooling2D", "squeeze"),
        layer("Reshape", "cell", target_shape=[1, 1, 4]),
        conv("weigh", kernel_size=[1, 1]),
        layer("Multiply", "excite"),
    )
    links = {
        "a": ["input"],
        "squeeze": ["a"],
        "cell": ["squeeze"],
        "weigh": ["cell"],
        "excite": ["a", "weigh"],
    }
    graph = graph_from_keras(functional(links, *layers))
    excite = row(graph, "excite")
    assert (excite.output, excite.receptive_field) == (Volume(8, 8, 4), "all")
    assert graph_field(graph, excite.index, 3, 3)[0] == Box(0, 0, 7, 7)
    assert graph_totals(graph).field == "all"


def test_a_model_inside_a_model_stands_in_its_place() -> None:
    links = {"a": ["input"], "b": ["a"], "sum": ["a", "b"]}
    inner = json.loads(functional(links, same("a"), same("b"), layer("Add", "sum")))
    inner["config"]["name"] = "base"
    text = sequential(
        layer("RandomFlip", "flip"), inner, layer("Flatten", "flat"), layer("Dense", units=2)
    )
    graph = graph_from_keras(text)
    assert [one.name for one in graph.rows] == ["flip", "a", "b", "sum", "flat", "dense"]
    assert [one.models for one in graph.rows] == [(), *[("base",)] * 3, (), ()]
    assert row(graph, "a").sources == (0,) and row(graph, "flat").sources == (3,)
    assert graph_totals(graph).parameters == 112 + 148 + 257 * 2


def test_a_frozen_model_inside_is_not_trained() -> None:
    inner = json.loads(sequential(same("a"), name="base"))
    inner["config"]["trainable"] = False
    graph = graph_from_keras(sequential(inner, layer("Flatten", "flat"), layer("Dense", units=2)))
    totals = graph_totals(graph)
    assert totals.parameters - totals.trainable == row(graph, "a").parameters == 112


def test_a_shared_layer_is_a_row_for_each_use_and_counted_once() -> None:
    text = json.loads(functional({"a": ["input"], "b": ["a"]}, same("a", 3), same("b", 3)))
    shared = text["config"]["layers"][1]
    again = json.loads(json.dumps(shared["inbound_nodes"][0]))
    again["args"][0]["config"]["keras_history"] = ["a", 0, 0]
    shared["inbound_nodes"].append(again)
    received = text["config"]["layers"][2]["inbound_nodes"][0]["args"][0]["config"]
    received["keras_history"] = ["a", 1, 0]
    graph = graph_from_keras(json.dumps(text))
    assert [(one.name, one.use, one.parameters) for one in graph.rows] == [
        ("a", 0, 84),
        ("a", 1, 0),
        ("b", 0, 84),
    ]
    assert [one.sources for one in graph.rows] == [(-1,), (0,), (1,)]


def test_the_order_is_that_of_the_work_not_of_the_text() -> None:
    layers = (conv("b"), conv("a"), layer("Flatten", "flat"))
    links = {"flat": ["b"], "b": ["a"], "a": ["input"]}
    assert [one.name for one in graph_from_keras(functional(links, *layers)).rows] == [
        "a",
        "b",
        "flat",
    ]


@pytest.mark.parametrize(
    ("made", "output", "parameters"),
    [
        (layer("BatchNormalization", axis=[3], scale=False), "8×8×3", 9),
        (layer("BatchNormalization", axis=1), "8×8×3", 32),
        (layer("LayerNormalization", axis=[-1]), "8×8×3", 6),
        (layer("LayerNormalization", axis=[1, 2, 3], center=False), "8×8×3", 192),
        (layer("GroupNormalization", groups=3), "8×8×3", 6),
        (layer("RMSNormalization", axis=[-1]), "8×8×3", 3),
        (layer("UnitNormalization"), "8×8×3", 0),
        (layer("Normalization", axis=[3], mean=None), "8×8×3", 7),
        (layer("Normalization", axis=[]), "8×8×3", 3),
        (layer("Normalization", axis=[-1], mean=[0.5], variance=[1]), "8×8×3", 0),
        (layer("Rescaling", scale=[1, 2, 3], offset=0.0), "8×8×3", 0),
        (layer("PReLU", shared_axes=None), "8×8×3", 192),
        (layer("PReLU", shared_axes=[1, 2]), "8×8×3", 3),
        (layer("ReLU", max_value=7, threshold=1), "8×8×3", 0),
        (layer("Activation", activation="my_own"), "8×8×3", 0),
        (layer("Dense", units=5, activation="my_own"), "8×8×5", 20),
        (conv(activation={"class_name": "function", "config": "x"}), "6×6×4", 112),
        (layer("ZeroPadding2D", padding=[[0, 1], [2, 3]]), "13×9×3", 0),
        (layer("Cropping2D", cropping=[[1, 0], [2, 3]]), "3×7×3", 0),
        (layer("UpSampling2D", size=[2, 3]), "24×16×3", 0),
        (layer("Resizing", height=5, width=6), "6×5×3", 0),
        (layer("GlobalMaxPooling2D", keepdims=True), "1×1×3", 0),
        (layer("Reshape", target_shape=[-1, 3]), "64×3", 0),
        (layer("Reshape", target_shape=[4, 16, 3]), "16×4×3", 0),
        (layer("Permute", dims=[3, 1, 2]), "8×3×8", 0),
        (layer("SpatialDropout2D", rate=0.1), "8×8×3", 0),
        (layer("Identity"), "8×8×3", 0),
    ],
)
def test_layers_that_a_chain_has_no_words_for(
    made: dict[str, Any], output: str, parameters: int
) -> None:
    found = alone(made)
    assert (str(found.output), found.parameters, found.problem) == (output, parameters, "")


def test_blocks_of_two_axes() -> None:
    graph = graph_from_keras(
        sequential(
            layer("Reshape", target_shape=[16, 12]),
            layer("LayerNormalization", axis=-1),
            layer("Dense", units=5),
            layer("Flatten"),
            layer("RepeatVector", n=2),
        )
    )
    shapes = [one.output for one in graph.rows]
    assert shapes == [Block((16, 12)), Block((16, 12)), Block((16, 5)), Vector(80), Block((2, 80))]
    assert [one.parameters for one in graph.rows] == [0, 24, 65, 0, 0]


def test_arithmetic_on_the_values_of_a_model() -> None:
    divide = {**layer("TrueDivide", "half"), "module": "keras.src.ops.numpy"}
    text = json.loads(functional({"half": ["input"], "a": ["half"]}, divide, conv("a")))
    node = text["config"]["layers"][1]["inbound_nodes"][0]
    node["args"].append(127.5)
    assert graph_from_keras(json.dumps(text)).rows[0].output == Volume(8, 8, 3)
    node["args"][1] = {"class_name": "__numpy__", "config": {"value": [[1.0]]}}
    odd = graph_from_keras(json.dumps(text)).rows[0]
    assert not odd.known and "not a layer known here" in odd.problem


def test_a_layer_that_is_not_known_sinks_nothing_else() -> None:
    mine = {**layer("Mine", "mine"), "module": "my.layers"}
    links = {"a": ["input"], "mine": ["a"], "b": ["mine"], "flat": ["b"]}
    text = json.loads(functional(links, conv("a"), mine, conv("b"), layer("Flatten", "flat")))
    graph = graph_from_keras(json.dumps(text))
    assert [one.output is None for one in graph.rows] == [False, True, True, True]
    assert "class of 'my.layers', not of Keras" in row(graph, "mine").problem
    assert "waits" in row(graph, "b").problem
    totals = graph_totals(graph)
    assert (totals.parameters, totals.complete) == (112, False)
    # Keras 3 writes beside each value what shape it has.
    text["config"]["layers"][3]["inbound_nodes"][0]["args"][0]["config"]["shape"] = [None, 5, 6, 7]
    told = graph_from_keras(json.dumps(text))
    assert row(told, "mine").output == Volume(6, 5, 7)
    assert (row(told, "b").output, row(told, "b").parameters) == (Volume(4, 3, 4), 4 * 64)
    assert row(told, "mine").parameters is None
    assert row(told, "b").receptive_field is None
    with pytest.raises(GeometryError, match="not known"):
        graph_field(told, 2, 0, 0)


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (layer("Lambda"), "holds Python code"),
        (layer("Conv1D"), "not a layer known here (not Conv2D)"),
        (layer("Dense", units=10**4000), "units is 1000"),
        (layer("BatchNormalization", axis=7), "has axis = 7"),
        (layer("BatchNormalization", axis="x" * 999), "has axis = 'xxx"),
        (conv(kernel_size=[9, 9]), "does not fit: the filter is 9 wide"),
        (conv(data_format="channels_first"), "channels_first"),
        (layer("Cropping2D", cropping=4), "nothing would be left"),
        (layer("Reshape", target_shape=[5]), "cannot reshape the 192 values of 8×8×3 to [5]"),
        (layer("Reshape", target_shape=[10**30, -1]), "target_shape wrong"),
        (layer("Permute", dims=[1, 1, 2]), "each of 1 to 3"),
        (layer("UpSampling2D", size=[10**6, 10**6]), "no side may be larger"),
        (layer("Concatenate", axis=0), "has axis = 0"),
        (layer("GlobalMaxPooling2D", keepdims=3), "keepdims = 3"),
        (layer("A\x1b[2J\n", "\x1b]0;x\a"), "not a layer known here"),
    ],
)
def test_what_cannot_be_is_said_in_its_row(made: dict[str, Any], part: str) -> None:
    found = alone(made)
    assert part in found.problem
    assert found.problem.startswith('layer 1 "') and found.problem.isprintable()
    assert len(found.problem) < 700 and not found.complete


def test_branches_that_do_not_fit_together() -> None:
    layers = (conv("a"), layer("Add", "sum"), layer("Concatenate", "both"))
    links = {"a": ["input"], "sum": ["a", "input"], "both": ["a", "input"]}
    text = json.loads(functional(links, *layers))
    text["config"]["output_layers"] = [["sum", 0, 0], ["both", 0, 0]]
    graph = graph_from_keras(json.dumps(text))
    for name in ("sum", "both"):
        assert "receives 6×6×4 and 8×8×3, which do not fit together" in row(graph, name).problem


def test_what_no_output_needs_is_left_out() -> None:
    text = json.loads(functional({"a": ["input"], "b": ["input"]}, conv("a"), conv("b")))
    assert [one.name for one in graph_from_keras(json.dumps(text)).rows] == ["b"]


def test_two_inputs_and_one_that_is_no_picture() -> None:
    other = {**layer("InputLayer", "other", batch_shape=[None, 5]), "inbound_nodes": []}
    links = {"flat": ["input"], "both": ["flat", "other"]}
    text = json.loads(functional(links, layer("Flatten", "flat"), layer("Concatenate", "both")))
    text["config"]["layers"].insert(1, {**other, "name": "other"})
    text["config"]["input_layers"] = [["input", 0, 0], ["other", 0, 0]]
    graph = graph_from_keras(json.dumps(text))
    assert [one.shape for one in graph.inputs] == [Volume(8, 8, 3), Vector(5)]
    assert row(graph, "both").sources == (0, -2)
    assert row(graph, "both").output == Vector(197)
    assert graph.source_name(-2) == "other"


@given(networks)
def test_a_chain_is_the_same_as_a_graph(network: Network) -> None:
    rows = trace_network(network)
    graph = graph_of_network(network)
    for old, new in zip(rows, graph.rows, strict=True):
        if old.effect is None:
            assert new.problem
            continue
        assert (new.output, new.parameters) == (old.effect.output, old.effect.parameters)
        if old.receptive_field is not None:
            assert new.receptive_field == old.receptive_field
        if isinstance(new.output, Volume):
            steps = field_of(rows, old.index, new.output.width - 1, 0)
            assert graph_field(graph, old.index, new.output.width - 1, 0)[0] == steps[-1].box


@pytest.mark.parametrize(
    "source",
    ["8x8x1 conv:k=4,f=3 flatten", archive(sequential(conv()))],
    ids=["one line", "archive"],
)
def test_every_form_is_read(source: str | bytes) -> None:
    assert read_graph(source).rows[0].output == Volume(6, 6, 4)
    with pytest.raises(GeometryError, match=r"^net: "):
        read_graph("8x8x1 nonsense", "net")


def test_a_value_sees_only_what_is_read_of_the_picture() -> None:
    layers = (
        conv("a", strides=[2, 2]),
        layer("Cropping2D", "cut", cropping=[[1, 0], [1, 0]]),
        layer("UpSampling2D", "up", size=[2, 2]),
        same("b"),
    )
    links = {"a": ["input"], "cut": ["a"], "up": ["cut"], "b": ["up"]}
    graph = graph_from_keras(functional(links, *layers))
    assert [one.output for one in graph.rows][:3] == [
        Volume(3, 3, 4),
        Volume(2, 2, 4),
        Volume(4, 4, 4),
    ]
    assert row(graph, "cut").receptive_field == ReceptiveField(
        row(graph, "a").receptive_field.size,  # type: ignore[union-attr]
        row(graph, "a").receptive_field.jump,  # type: ignore[union-attr]
        row(graph, "a").receptive_field.jump,  # type: ignore[union-attr]
    )
    assert row(graph, "b").receptive_field == "varies"
    assert graph_field(graph, 3, 0, 0)[0] == Box(2, 2, 4, 4)
    assert graph_field(graph, 3, 1, 3)[0] == Box(2, 4, 6, 6)
    with pytest.raises(GeometryError, match="outside the output"):
        graph_field(graph, 3, 4, 0)


def test_the_network_of_the_calculator_keeps_its_names() -> None:
    found = read_graph("8x8x1 conv:k=4,f=9 flatten")
    assert [bool(one.problem) for one in found.rows] == [True, True]
    assert format_network(Network(Volume(8, 8, 1))) == "8x8x1"


@pytest.mark.parametrize(
    ("shape", "taken", "note"),
    [
        ((None, None, None, 3), Volume(224, 224, 3), "height and width are free"),
        ((None, 30, None, 1), Volume(30, 30, 1), "width is free"),
    ],
)
def test_free_sides_are_taken_and_said_to_be(shape: Any, taken: Volume, note: str) -> None:
    graph = read_graph(sequential(conv(), shape=shape))
    (given,) = graph.inputs
    assert given.shape == taken and given.free == ("height", "width")[-len(given.free) :]
    side = taken.width - 2
    assert graph.rows[0].output == Volume(side, side, 4)
    assert note in graph.notes[0] and f": {taken.width}×{taken.height} was" in graph.notes[0]
    assert read_graph(sequential(conv())).notes == ()
