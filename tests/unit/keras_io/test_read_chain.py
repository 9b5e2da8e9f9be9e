"""Networks read from what Keras writes."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest
from hypothesis import given

from tests.unit.geometry.strategies import networks
from tests.unit.keras_io.keras_texts import archive, conv, functional, layer, refused, sequential
from tui.geometry import GeometryError, Network, format_network, to_dict
from tui.keras_io import network_from_keras, read_network


def line(source: str | bytes) -> str:
    """Return what is read, on one line."""
    return format_network(network_from_keras(source).network)


def test_rows_come_first_in_keras() -> None:
    made = conv(kernel_size=[5, 3], strides=[2, 1], activation="relu", use_bias=False)
    assert line(sequential(made, shape=[None, 10, 20, 3])) == (
        "20x10x3 conv:k=4,f=3x5,s=1x2,a=relu,bias=no"
    )


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (conv(padding="same", dilation_rate=[2, 2], groups=1), "conv:k=4,f=3,p=same,d=2"),
        (conv(kernel_size=5, strides=2), "conv:k=4,f=5,s=2"),
        (layer("DepthwiseConv2D", kernel_size=[3, 3], depth_multiplier=2), "depthwise:f=3,m=2"),
        (layer("SeparableConv2D", kernel_size=[3, 3], filters=5), "separable:k=5,f=3"),
        (layer("Conv2DTranspose", kernel_size=3, filters=5, strides=2), "transposed:k=5,f=3,s=2"),
        (layer("MaxPooling2D", pool_size=[3, 3], strides=None), "maxpool:f=3"),
        (layer("AveragePooling2D", pool_size=[3, 2], strides=[2, 2]), "avgpool:f=2x3,s=2"),
        (layer("GlobalMaxPooling2D"), "globalmax"),
        (layer("GlobalAveragePooling2D", keepdims=False), "globalavg"),
        (layer("ZeroPadding2D", padding=[[1, 1], [2, 2]]), "zeropad:p=2x1"),
        (layer("Flatten"), "flatten"),
        (layer("Dense", units=3, activation="softmax"), "dense:k=3,a=softmax"),
        (layer("Activation", activation="tanh"), "activation:a=tanh"),
        (layer("ReLU", max_value=None, threshold=0.0), "activation:a=relu"),
        (layer("ReLU", max_value=6.0), "activation:a=relu6"),
        (layer("ELU", alpha=1.0), "activation:a=elu"),
        (layer("Softmax", axis=-1), "activation:a=softmax"),
        (layer("Dropout", rate=0.25), "dropout:rate=0.25"),
        (layer("BatchNormalization", axis=[3]), "batchnorm"),
        (layer("Rescaling", scale=1 / 255, offset=0.0), "rescaling:scale=1/255"),
        (layer("Dense", units=2, activation=layer("ReLU")), "dense:k=2,a=relu"),
        (
            layer("Dense", units=2, activation={"class_name": "function", "config": "elu"}),
            "dense:k=2,a=elu",
        ),
    ],
)
def test_each_class(made: dict[str, Any], word: str) -> None:
    found = network_from_keras(sequential(made))
    assert format_network(found.network) == f"8x8x3 {word}"
    assert found.notes == ()


def test_zero_padding_before_a_valid_layer_is_its_padding() -> None:
    pad = layer("ZeroPadding2D", "pad", padding=[[1, 1], [2, 2]])
    found = network_from_keras(sequential(pad, conv("first")))
    assert format_network(found.network) == "8x8x3 conv:k=4,f=3,p=2x1"
    assert found.notes == (
        'layer 1 "pad" (ZeroPadding2D) is the padding P = 2×1 of layer 2 "first" (Conv2D).',
    )


@pytest.mark.parametrize(
    "after", [conv(padding="same"), layer("Flatten"), layer("Conv2DTranspose", **conv()["config"])]
)
def test_zero_padding_before_other_layers_stays(after: dict[str, Any]) -> None:
    found = network_from_keras(sequential(layer("ZeroPadding2D", padding=2), after))
    assert found.network.layers[0].kind == "zeropad"
    assert found.notes == ()


def test_what_is_left_out_is_noted() -> None:
    found = network_from_keras(
        sequential(
            layer("RandomFlip", "flip", mode="horizontal"),
            conv(kernel_regularizer={"class_name": "L2", "config": {"l2": 0.01}}, trainable=False),
            layer("LeakyReLU", "leaky", negative_slope=0.3),
            layer("SpatialDropout2D", rate=0.1),
        )
    )
    assert format_network(found.network) == "8x8x3 conv:k=4,f=3 activation:a=leaky_relu"
    flip, regularizer, frozen, slope, dropout = found.notes
    assert 'layer 1 "flip" (RandomFlip)' in flip and "left out" in flip
    assert "kernel_regularizer is not kept" in regularizer
    assert "trainable=False" in frozen
    assert "0.3 becomes 0.2" in slope
    assert "left out" in dropout


def test_models_inside_the_model_are_opened() -> None:
    inner = json.loads(sequential(layer("RandomFlip"), layer("RandomZoom"), name="augmentation"))
    found = network_from_keras(sequential(inner, conv()))
    assert format_network(found.network) == "8x8x3 conv:k=4,f=3"
    assert 'the model "augmentation"' in found.notes[0]
    assert len(found.notes) == 3


@pytest.mark.parametrize("old", [False, True])
def test_a_functional_model_that_is_a_chain(old: bool) -> None:
    layers = (layer("Flatten", "flat"), conv("a"), layer("MaxPooling2D", "b", pool_size=[2, 2]))
    links = {"a": ["input"], "b": ["a"], "flat": ["b"]}
    order = (layers[1], layers[2], layers[0])
    assert line(functional(links, *order, old=old)) == "8x8x3 conv:k=4,f=3 maxpool:f=2 flatten"


@pytest.mark.parametrize("old", [False, True])
def test_branches_are_refused_by_name(old: bool) -> None:
    layers = (conv("a"), conv("b"), layer("Add", "sum"))
    two = functional({"a": ["input"], "b": ["input"], "sum": ["a", "b"]}, *layers, old=old)
    assert 'the output of layer "input" goes to "a" and to "b"' in refused(two)
    skip = functional({"a": ["input"], "b": ["a"], "sum": ["b", "a"]}, *layers, old=old)
    assert 'layer "sum" (Add) receives 2 outputs' in refused(skip)


def test_keras_2_and_what_people_do_to_the_text() -> None:
    old = sequential(conv(batch_input_shape=[None, 8, 8, 3]), shape=None)
    bare = json.dumps({"class_name": "Sequential", "config": json.loads(old)["config"]["layers"]})
    for source in (
        old,
        bare,
        f"\N{ZERO WIDTH NO-BREAK SPACE}{old}",
        f"\n  {old}\n",
        json.dumps(json.loads(old), indent=4),
        json.dumps(old),  # a text within a text
    ):
        assert format_network(read_network(source).network) == "8x8x3 conv:k=4,f=3"


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (layer("Lambda", "half"), 'layer 1 "half" (Lambda) holds Python code'),
        (layer("Embedding", "words"), 'layer 1 "words" (Embedding) cannot be expressed here: the'),
        (layer("Conv1D"), "(not Conv2D)"),
        (layer("Resizing", height=9, width=9), "cannot be expressed"),
        ({**conv("mine"), "module": "evil.layers"}, "is a class of 'evil.layers', not of Keras"),
        ({**conv(), "registered_name": "pkg>Conv2D"}, "is a class of 'pkg>Conv2D'"),
        (conv(data_format="channels_first"), 'data_format="channels_last"'),
        (layer("Flatten", data_format="channels_first"), "channels_first"),
        (layer("ZeroPadding2D", padding=[[0, 1], [0, 1]]), "pads 0 before and 1 after"),
        (layer("Conv2DTranspose", filters=1, kernel_size=3, output_padding=[1]), "two numbers"),
        (layer("GlobalMaxPooling2D", keepdims=True), "keepdims"),
        (layer("BatchNormalization", axis=1), "normalizes axis 1"),
        (layer("BatchNormalization", scale=False), "scale = True can be read"),
        (layer("Rescaling", scale=[1, 2, 3]), "scale is [1, 2, 3]"),
        (layer("ReLU", max_value=7), "max_value = 7"),
        (layer("Dense", units=2, activation="my_own"), "activation 'my_own'"),
        (layer("Dense", units=2, activation=["relu"]), "activation ['relu']"),
        (layer("Dense", units="2"), "units is '2'"),
        (layer("Dense", units=True), "units is True"),
        (layer("Dense", units=10**4000), "units is 1000"),
        (layer("Dense"), "units is None"),
        (conv(kernel_size=[3, 3, 3]), "two numbers, rows and columns"),
        (conv(kernel_size=[3, None]), "kernel is None"),
        (conv(padding="causal"), '"valid" and "same"'),
        (conv(padding=[1, 1]), '"valid" and "same"'),
        (conv(use_bias="yes"), "true or false"),
        (layer("A\x1b[2J\n" * 50, "\x1b]0;x\a\n"), "cannot be expressed"),
    ],
)
def test_what_cannot_be_expressed_is_named(made: dict[str, Any], part: str) -> None:
    message = refused(sequential(made))
    assert part in message
    assert message.startswith('layer 1 "')


@pytest.mark.parametrize(
    ("shape", "part"),
    [
        ([None, 784], "begins with pictures"),
        ([None, None, None, 3], "[?, ?, ?, 3]"),
        ([None, 8, 8, "3"], "[?, 8, 8, '3']: every side has to be a fixed whole number"),
        ([None, 0, 8, 3], "[?, 0, 8, 3]: every side has to be a fixed whole number"),
        (None, "has no input shape"),
    ],
)
def test_an_input_that_is_no_picture(shape: Any, part: str) -> None:
    assert part in refused(sequential(conv(), shape=shape))


def test_a_keras_file_is_read_as_data() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        made = archive(sequential(conv()), method=method)
        assert line(made) == "8x8x3 conv:k=4,f=3"


@given(networks)
def test_the_four_forms_are_told_apart(network: Network) -> None:
    for source in (format_network(network), json.dumps(to_dict(network))):
        for given_as in (source, source.encode(), f"  {source}\n"):
            assert read_network(given_as).network == network


def test_messages_begin_with_the_name() -> None:
    with pytest.raises(GeometryError, match=r"^net\.json: this is not JSON"):
        read_network("{", "net.json")
