"""The one-line form, the JSON form and the Keras plan."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.geometry.strategies import layers, networks
from tui.geometry import (
    KINDS,
    PRESETS,
    Conv2D,
    GeometryError,
    Layer,
    Network,
    Pair,
    Volume,
    course_network,
    format_layer,
    format_network,
    from_dict,
    parse_layer,
    parse_network,
    small_network,
    to_dict,
    trace_network,
)
from tui.keras_io import keras_code, keras_layers


@given(networks)
def test_the_line_reads_back(network: Network) -> None:
    line = format_network(network)
    assert "\n" not in line
    assert parse_network(line) == network


@given(layers)
def test_a_word_reads_back(layer: Layer) -> None:
    assert parse_layer(format_layer(layer)) == layer


@given(networks)
def test_json_reads_back(network: Network) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(network)))) == network


def test_the_line_of_the_contract() -> None:
    line = (
        "150x150x3 conv:k=16,f=3,s=1,p=0,a=relu maxpool:f=2 flatten "
        "dense:k=512,a=relu dense:k=1,a=sigmoid"
    )
    network = parse_network(line)
    assert network.layers[0] == Conv2D(16, Pair(3, 3), activation="relu")
    assert trace_network(network)[-1].effect is not None


@pytest.mark.parametrize("kind", KINDS)
def test_keras_names_are_read(kind: str) -> None:
    needs = {"conv": ":filters=2,kernel_size=3", "depthwise": ":kernel_size=3x2,strides=2"}
    needs |= {"separable": needs["conv"], "transposed": needs["conv"], "dense": ":units=3"}
    name = KINDS[kind].keras_name
    assert isinstance(parse_layer(name + needs.get(kind, "")), KINDS[kind])


@pytest.mark.parametrize(
    ("line", "field", "part"),
    [
        ("", None, "the line is empty"),
        ("150x150 flatten", "depth", "lacks the depth"),
        ("9x9x1 maxpol:f=2", None, "layer 1 (maxpol:f=2): no layer is called 'maxpol': did you"),
        ("9x9x1 flatten softmax", None, "write activation:a=softmax, or a=softmax in the layer"),
        ("9x9x1 conv:k=3,f=3 ReLU", None, "write activation:a=relu,"),
        ("9x9x1 flatten conv:f=3", "filters", "layer 2 (conv:f=3)"),
        ("9x9x1 conv:k=3,f=3,strid=2", None, "'strid=2'"),
        ("9x9x1 conv:k=3,f=3,k=4", "filters", "keep one"),
        ("9x9x1 conv:k=3,f=a", "kernel", "'a' is not a whole number"),
        ("9x9x1 conv:k=3,f=1x2x3", "kernel", "3 numbers"),
        ("9x9x1 conv:k=3,f=", "kernel", "without a value"),
        ("9x9x1 conv:k=3,f=3,a=rleu", "activation", "did you mean relu?"),
        ("9x9x1 conv:k=3,f=3,p=smae", "padding", "p=same"),
        ("9x9x1 conv:k=3,f=3,bias=perhaps", "bias", "neither yes nor no"),
        ("9x9x1 conv:k=99999999999999,f=3", "filters", "not a whole number"),
        ("9x9x1 dropout:rate=1/0", "rate", "not a number"),
        ("9x9x1 flatten:k=3", None, "takes no settings"),
    ],
)
def test_a_bad_line_names_the_word(line: str, field: str | None, part: str) -> None:
    with pytest.raises(GeometryError) as caught:
        parse_network(line)
    assert caught.value.field == field
    assert part in caught.value.message


def test_too_many_units_are_reported_for_every_place() -> None:
    row = trace_network(parse_network("9x9x1 flatten dense:k=60000000 dense:k=10"))[1]
    assert row.error is not None
    assert "take 64 in the middle, and at the end one for each class" in row.error.message


@given(st.text(max_size=60) | st.text("convmaxplf:=,x0123456789 sadgk", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_network, parse_layer):
        try:
            read(text)
        except GeometryError as error:
            assert len(error.message) < 600
            assert "\n" not in error.message and "\x1b" not in error.message


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"input": [1, 2], "layers": []},
        {"input": [1, 2, True], "layers": []},
        {"input": [1, 2, 3], "layers": {}},
        {"input": [1, 2, 3], "layers": ["flatten"]},
        {"input": [1, 2, 3], "layers": [{"kind": "exec"}]},
        {"input": [1, 2, 3], "layers": [{"kind": ["conv"]}]},
        {"input": [1, 2, 3], "layers": [{"kind": "conv", "filters": 1}]},
        {"input": [1, 2, 3], "layers": [{"kind": "conv", "filters": "1", "kernel": [3, 3]}]},
        {"input": [1, 2, 3], "layers": [{"kind": "conv", "filters": 1, "kernel": [3]}]},
        {"input": [1, 2, 3], "layers": [{"kind": "zeropad", "padding": "same"}]},
        {"input": [1, 2, 3], "layers": [{"kind": "flatten", "units": 1}]},
        {"input": [1, 2, 3], "layers": [{"kind": "activation", "function": 1}]},
    ],
)
def test_foreign_json_is_refused(data: object) -> None:
    with pytest.raises(GeometryError):
        from_dict(data)


@given(networks)
def test_the_code_is_python_with_one_step_a_line(network: Network) -> None:
    code = keras_code(network)
    ast.parse(code)
    steps = keras_layers(network)
    assert code.count("        layers.") == len(steps)
    names = [arguments["name"] for _, arguments in steps]
    assert len(set(names)) == len(names)
    own = [name for name in names if not name.endswith("_padding")]
    assert own == [row.name for row in trace_network(network)]
    json.dumps(steps)


def test_rows_come_first_in_keras() -> None:
    network = parse_network("20x10x3 conv:k=2,f=3x5,s=1x2,p=2x1 maxpool:f=2x1")
    assert keras_layers(network) == [
        ("ZeroPadding2D", {"name": "conv2d_padding", "padding": (1, 2)}),
        ("Conv2D", {"name": "conv2d", "filters": 2, "kernel_size": (5, 3), "strides": (2, 1)}),
        ("MaxPooling2D", {"name": "max_pooling2d", "pool_size": (1, 2)}),
    ]
    assert "keras.Input(shape=(10, 20, 3))" in keras_code(network)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_fit_in_their_own_size(name: str) -> None:
    network = PRESETS[name].build()
    odd = name in ("course", "batchnorm")  # 150 and 75 leave a column over
    assert odd or all(row.effect and row.effect.fits for row in trace_network(network))
    assert all(row.effect for row in trace_network(network))
    assert parse_network(format_network(network)) == network


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4), st.integers(2, 12))
def test_the_adapting_presets_always_fit(w: int, h: int, d: int, classes: int) -> None:
    for build in (course_network, small_network):
        rows = trace_network(build(Volume(w, h, d), classes))
        last = rows[-1].effect
        assert last is not None
        assert last.output.size == (1 if classes == 2 else classes)


def test_course_network_keeps_a_convolution_down_to_3x3() -> None:
    assert [layer.kind for layer in course_network(Volume(3, 3, 1), 2).layers][:2] == [
        "conv",
        "flatten",
    ]
    with pytest.raises(GeometryError) as caught:
        course_network(Volume(8, 8, 1), 1)
    assert caught.value.field == "classes"


def test_counts_of_history() -> None:
    counts = {"lenet5": 61706, "alexnet": 60965224, "vgg16": 138357544}
    for name, count in counts.items():
        rows = trace_network(PRESETS[name].build())
        assert sum(row.effect.parameters for row in rows if row.effect) == count
