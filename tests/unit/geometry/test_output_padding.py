"""`output_padding` of a transposed layer, in every form that a network has."""

from __future__ import annotations

import json

import pytest

from tests.unit.keras_io.keras_texts import layer, sequential
from tui.geometry import (
    Conv2DTranspose,
    GeometryError,
    Pair,
    Volume,
    apply_layer,
    diagnose,
    format_layer,
    from_dict,
    nearest_fits,
    parse_layer,
    parse_network,
    to_dict,
)
from tui.keras_io import keras_code, network_from_keras, read_graph


@pytest.mark.parametrize(
    ("word", "size"),
    [
        ("transposed:k=6,f=3,s=3,o=2", "29×23×6"),
        ("transposed:k=6,f=3,s=3,o=0x1", "27×22×6"),
        ("transposed:k=6,f=3,s=3", "27×21×6"),
        ("transposed:k=6,f=2,s=3", "27×21×6"),
        ("transposed:k=6,f=2,s=3,o=0", "26×20×6"),
        ("transposed:k=4,f=5,s=2,p=same,o=0", "17×13×4"),
        ("transposed:k=4,f=5,s=2,p=same,o=1", "18×14×4"),
        ("transposed:k=4,f=3,d=2,o=0", "13×11×4"),
    ],
)
def test_it_fixes_the_size(word: str, size: str) -> None:
    assert str(apply_layer(parse_layer(word), Volume(9, 7, 5)).output) == size


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("transposed:k=1,f=3,s=2,o=2", "less than the stride 2×2 on each axis: take 1×1"),
        ("transposed:k=1,f=3,s=3x2,o=2", "take 2×1, or a stride of at least 3×3"),
        ("transposed:k=1,f=3,o=1", "less than the stride 1×1"),
        ("transposed:k=1,f=4,s=2,p=same,o=0", "even F = 4 would make 16 of a side of 9"),
        ("transposed:k=1,f=2,d=3,p=same,o=0", "even Fd = 4"),
    ],
)
def test_what_keras_or_tensorflow_refuses_is_refused_with_a_cure(word: str, part: str) -> None:
    made = parse_layer(word)
    with pytest.raises(GeometryError) as caught:
        apply_layer(made, Volume(9, 7, 5))
    assert part in caught.value.message and caught.value.field == "output_padding"
    changes = [one for one in nearest_fits(made, Volume(9, 7, 5)) if "output" in one.setting]
    assert changes and all(apply_layer(one.layer, one.shape) for one in changes)


@pytest.mark.parametrize("text", ["o=-1", "o=x", "o=1x2x3", "output_padding=two"])
def test_a_value_that_does_not_read_is_named(text: str) -> None:
    with pytest.raises(GeometryError) as caught:
        parse_layer(f"transposed:k=1,f=3,s=4,{text}")
    assert caught.value.field == "output_padding"


def test_every_form_keeps_it() -> None:
    line = "9x7x5 transposed:k=6,f=3,s=3,o=2x1 transposed:k=4,f=5,s=2,p=same,o=0"
    network = parse_network(line)
    assert [format_layer(one) for one in network.layers] == line.split()[1:]
    assert from_dict(json.loads(json.dumps(to_dict(network)))) == network
    old = to_dict(network)
    for one in old["layers"]:
        del one["output_padding"]  # as it was written before there was one
    plain = from_dict(old).layers[0]
    assert isinstance(plain, Conv2DTranspose) and plain.output_padding is None
    assert "strides=3, output_padding=(1, 2)" in keras_code(network), "rows first"
    assert parse_layer("Conv2DTranspose:filters=1,kernel_size=3,output_padding=auto") == (
        parse_layer("transposed:k=1,f=3")
    )


def test_it_is_read_from_keras() -> None:
    made = layer(
        "Conv2DTranspose",
        "up",
        filters=6,
        kernel_size=[3, 3],
        strides=[3, 3],
        output_padding=[1, 2],
    )
    text = sequential(made, shape=(None, 7, 9, 5))
    (found,) = network_from_keras(text).network.layers
    assert found == Conv2DTranspose(6, Pair(3, 3), Pair(3, 3), output_padding=Pair(2, 1))
    assert str(read_graph(text).rows[0].output) == "29×22×6"
    for wrong in ([3, 3], "1", [0, -1], [1]):
        made["config"]["output_padding"] = wrong
        row = read_graph(sequential(made, shape=(None, 7, 9, 5))).rows[0]
        assert "output_padding" in row.problem and row.output is None


def test_the_answer_without_it_is_recognised() -> None:
    effect = apply_layer(parse_layer("transposed:k=1,f=3,s=3,o=2"), Volume(9, 9, 1))
    found = diagnose("W2", effect, 27)
    assert found is not None and found.name == "forgot-output-padding"
