"""The names that a file gives its layers go with them."""

from __future__ import annotations

import json

import pytest

from tests.unit.keras_io.keras_texts import conv, layer, sequential
from tui.geometry import (
    GeometryError,
    Network,
    from_dict,
    network_names,
    parse_layer,
    to_dict,
    trace_network,
)
from tui.geometry.editor import NetworkEditor
from tui.keras_io import keras_code, network_from_keras


def network(*names: str) -> Network:
    return network_from_keras(sequential(*(conv(name) for name in names))).network


def shown(editor: NetworkEditor) -> list[str]:
    return [row.name for row in trace_network(editor.network)]


def test_they_are_kept_in_the_table_the_code_and_the_file() -> None:
    made = network("block1_conv1", "conv2d_1", "Ende")
    assert [row.name for row in trace_network(made)] == ["block1_conv1", "conv2d_1", "Ende"]
    code = keras_code(made)
    assert 'name="block1_conv1"' in code and 'name="Ende"' in code
    usual = network("conv2d", "conv2d_1")
    assert "name=" not in keras_code(usual), "what Keras would call them anyway is not written"
    again = from_dict(json.loads(json.dumps(to_dict(made))))
    assert network_names(again) == network_names(made)


def test_a_padding_that_becomes_p_takes_its_name_along() -> None:
    text = sequential(layer("ZeroPadding2D", "pad", padding=[[1, 1], [1, 1]]), conv("first"))
    assert network_names(network_from_keras(text).network) == ("first",)


@pytest.mark.parametrize("name", ['x") or f("', "\x1b[2J", "a" * 101, "a\nb", "[red]", "a/b", "-"])
def test_a_name_that_could_do_harm_is_left_out(name: str) -> None:
    found = network_from_keras(sequential(conv(name)))
    assert network_names(found.network) == ("conv2d",)
    assert any("gets the name that Keras would give it" in note for note in found.notes)


def test_two_layers_of_one_name_are_told_apart() -> None:
    inner = json.loads(sequential(conv("twin"), name="inner"))
    found = network_from_keras(sequential(conv("twin"), inner))
    assert network_names(found.network) == ("twin", "conv2d")


def test_edits_leave_each_layer_its_name() -> None:
    editor = NetworkEditor(network("a", "b"))
    editor.insert(parse_layer("conv:k=1,f=1"))
    assert shown(editor) == ["a", "conv2d", "b"]
    editor.move(1)
    assert shown(editor) == ["a", "b", "conv2d"]
    editor.move_cursor(0)
    editor.change(parse_layer("conv:k=9,f=1"), setting="k")
    assert shown(editor) == ["a", "b", "conv2d"]
    editor.change(parse_layer("maxpool:f=2"))
    assert shown(editor) == ["max_pooling2d", "b", "conv2d"]
    editor.delete()
    assert shown(editor) == ["b", "conv2d"]
    while editor.undo():
        pass
    assert shown(editor) == ["a", "b"]


def test_a_name_in_json_has_to_be_one() -> None:
    data = to_dict(network("a"))
    data["layers"][0]["name"] = 7
    assert from_dict(data).names == ()
    data["layers"][0]["nam"] = "a"
    with pytest.raises(GeometryError, match="no 'nam'"):
        from_dict(data)
