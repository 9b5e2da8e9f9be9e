"""Hostile descriptions read as graphs: one sentence each, and soon."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from tests.unit.keras_io.keras_texts import archive, conv, functional, layer, sequential
from tests.unit.keras_io.test_hostile import HOSTILE
from tui.geometry import GeometryError
from tui.keras_io import read_graph

Described = dict[str, Any]


def refused(source: str | bytes) -> str:
    """Return the one sentence with which a source is refused, quickly."""
    begun = time.monotonic()
    with pytest.raises(GeometryError) as caught:
        read_graph(source)
    assert time.process_time() - begun < 5
    assert caught.value.message.isprintable() and len(caught.value.message) < 700
    return caught.value.message


READABLE = {"deep inside", "not a number", "many layers", "no zip"}


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - READABLE))
def test_what_is_no_network_is_refused_as_for_a_chain(name: str) -> None:
    assert refused(HOSTILE[name])


def changed(**changes: Any) -> str:
    """Return a functional model of two layers with something else in its configuration."""
    text = json.loads(functional({"a": ["input"], "b": ["a"]}, conv("a"), conv("b")))
    text["config"].update(changes)
    return json.dumps(text)


def test_a_circle_is_named() -> None:
    layers = (conv("a"), layer("Add", "sum"))
    text = functional({"a": ["sum"], "sum": ["a", "input"]}, *layers)
    assert 'layer "a" depends on its own output' in refused(text)


def test_layers_that_are_not_there() -> None:
    missing = functional({"a": ["ghost\x1b[2J"]}, conv("a"))
    assert 'layer "a" receives the output of "ghost\\x1b[2J", and there is no such' in refused(
        missing
    )
    assert "the model puts out the output of" in refused(changed(output_layers=["ghost", 0, 0]))
    assert "call 7 of" in refused(changed(output_layers=["a", 7, 0]))
    assert "call -1 of" in refused(changed(output_layers=["a", -1, 0]))
    assert "call 1000" in refused(changed(output_layers=["a", 10**3000, 0]))


def test_two_layers_of_one_name_and_one_that_receives_nothing() -> None:
    assert 'two layers have the name "a"' in refused(
        functional({"a": ["input"]}, conv("a"), conv("a"))
    )
    assert "which receives nothing itself" in refused(
        functional({"b": ["a"]}, conv("a"), conv("b"))
    )


def test_models_within_models_have_an_end() -> None:
    text = sequential(conv())
    for _ in range(20):
        text = sequential(json.loads(text), shape=None)
    assert "nested more than 8 deep" in refused(text)


def doubling(inner: Described, name: str) -> Described:
    """Return a model that uses another one ten times."""
    inner = {**inner, "name": "m", "config": {**inner["config"], "name": "m"}}
    text = json.loads(functional({"m": ["input"]}, {"config": {"name": "m"}, **inner}))
    nodes = text["config"]["layers"][1]["inbound_nodes"]
    for use in range(9):
        again = json.loads(json.dumps(nodes[0]))
        again["args"][0]["config"]["keras_history"] = ["m", use, 0]
        nodes.append(again)
    text["config"]["output_layers"] = ["m", 9, 0]
    return {**text, "config": {**text["config"], "name": name}}


@pytest.mark.parametrize("inside", [[conv(padding="same", filters=3)], []])
def test_models_that_use_models_many_times_have_an_end(inside: list[Described]) -> None:
    model = json.loads(sequential(*inside, name="least"))
    for number in range(7):
        model = doubling(model, f"level{number}")
    assert "at most 4,000 are read" in refused(json.dumps(model))


def test_a_list_without_end() -> None:
    layers = [conv(f"c{number}", padding="same", filters=3) for number in range(4001)]
    links = {f"c{number}": [f"c{number - 1}"] for number in range(1, 4001)} | {"c0": ["input"]}
    assert "at most 4,000 are read" in refused(functional(links, *layers))


def test_a_value_with_a_million_receivers_is_read_soon() -> None:
    layers = [layer("Activation", f"r{number}", activation="relu") for number in range(3000)]
    links: dict[str, list[str]] = {f"r{number}": ["input"] for number in range(3000)}
    links["sum"] = [f"r{number}" for number in range(3000)]
    begun = time.process_time()  # not the clock's: other processes may be at work
    graph = read_graph(functional(links, *layers, layer("Add", "sum")))
    assert graph.rows[-1].output is not None and time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("shape", "part"),
    [
        ([None, None, None, None], "[?, ?, ?, ?]"),
        ([None, 8, 8, None], "every side has to be a fixed whole number"),
        ([None, None, 3], "[?, ?, 3]"),
        ([None, 0, 8, 3], "fixed whole number"),
        ([None, 8, 8, True], "fixed whole number"),
        ([None, 10**9, 8, 3], "height is 1000000000"),
        ([None, 10**4000, 8, 3], "height is 1000"),
        ([None, *[2] * 50], "fixed whole number"),
        ([], "fixed whole number"),
        ("x", "has no input shape"),
        (None, "has no input shape"),
    ],
)
def test_an_input_that_cannot_be(shape: Any, part: str) -> None:
    text = json.loads(sequential(conv()))
    text["config"]["layers"][0]["config"] = {"batch_shape": shape}
    assert part in refused(json.dumps(text))


def test_lies_about_shapes_are_not_believed() -> None:
    text = json.loads(functional({"a": ["input"], "b": ["a"]}, conv("a"), conv("b")))
    tensor = text["config"]["layers"][2]["inbound_nodes"][0]["args"][0]["config"]
    for lie in ([None, 10**9, 10**9, 10**9], [None, 1, 1, 1], "x", [None, -1, 2, 3]):
        tensor["shape"] = lie
        assert [str(row.output) for row in read_graph(json.dumps(text)).rows] == ["6×6×4", "4×4×4"]
    text["config"]["layers"][1]["class_name"] = "Mine"
    tensor["shape"] = [None, 10**9, 10**9, 10**9]
    assert [row.output for row in read_graph(json.dumps(text)).rows] == [None, None]


def test_changed_bytes_and_values_are_read_or_refused() -> None:
    rng = random.Random(1)
    layers = (
        conv("a", padding="same"),
        layer("BatchNormalization", "n", axis=[3]),
        layer("Add", "sum"),
        layer("ZeroPadding2D", "p", padding=[[0, 1], [0, 1]]),
        layer("Reshape", "r", target_shape=[-1, 3]),
        layer("Concatenate", "c", axis=-1),
    )
    links = {
        "a": ["input"],
        "n": ["a"],
        "sum": ["n", "a"],
        "p": ["sum"],
        "r": ["p"],
        "c": ["r", "r"],
    }
    base = functional(links, *layers)
    values: list[Any] = [None, True, 0, -1, 1.5, "x", "\x1b", [], [1], [1, 2, 3], {}, [[1]], 10**30]

    def change(value: Any) -> Any:
        if rng.random() < 0.04:
            return rng.choice(values)
        if isinstance(value, dict):
            return {key: change(one) for key, one in value.items() if rng.random() > 0.01}
        return [change(one) for one in value] if isinstance(value, list) else value

    sources: list[str | bytes] = [json.dumps(change(json.loads(base))) for _ in range(2000)]
    for whole in (base.encode(), archive(base)):
        for _ in range(500):
            data = bytearray(whole)
            data[rng.randrange(len(data))] = rng.randrange(256)
            sources.append(bytes(data))
    read = 0
    for source in sources:
        try:
            graph = read_graph(source)
        except GeometryError as error:
            assert error.message.isprintable()
            continue
        read += 1
        assert all(row.problem.isprintable() for row in graph.rows)
    assert 100 < read < len(sources)
