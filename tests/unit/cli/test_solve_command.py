"""`cnn-tui solve`: settings and chains that lead from one size to another."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from tui.cli.command import cli
from tui.geometry import Volume, output_shape, parse_layer, parse_network, trace_network


def solve(*arguments: str) -> Result:
    """Run the command; a traceback is never an answer."""
    result = CliRunner().invoke(cli, ["solve", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_alexnet() -> None:
    result = solve("227", "55")
    assert result.exit_code == 0
    assert [line.split() for line in result.output.splitlines()] == [
        ["F", "S", "P"],
        ["11", "4", "0", "exact"],
    ]


def test_floor_includes_what_keras_rounds() -> None:
    found = json.loads(solve("227", "55", "--floor", "--json").output)
    assert [one["exact"] for one in found] == [True] + [False] * 5
    assert "rounded down" in solve("227", "55", "--floor").output
    nothing = solve("8", "4", "--max-kernel", "1", "--max-padding", "0", "--max-stride", "2")
    assert nothing.exit_code == 1
    assert "exactly, but 1 way does when Keras rounds down: add --floor." in nothing.output


@pytest.mark.parametrize("by", ["kernel", "parameters", "macs"])
def test_sorting_by_cost(by: str) -> None:
    result = solve("20", "18", "--depth", "3", "--filters", "8", "--sort", by, "--json")
    found = json.loads(result.output)
    assert len(found) > 2
    assert [one[by] for one in found] == sorted(one[by] for one in found)
    for one in found:
        network = parse_network(f"20x20x3 {one['layer']}")
        (row,) = trace_network(network)
        assert row.effect is not None and row.effect.output == Volume(18, 18, 8)
        assert (row.effect.parameters, row.effect.macs) == (one["parameters"], one["macs"])
        assert parse_layer(one["layer"]).kind == "conv"


def test_costs_are_columns() -> None:
    result = solve("227", "55", "--depth", "3", "--filters", "96")
    assert result.output.splitlines()[1].split() == [
        "11", "4", "0", "34,944", "105,415,200", "exact",
    ]  # fmt: skip


def test_dilation_that_keras_refuses_is_marked() -> None:
    result = solve("9", "3", "--dilation", "2", "--depth", "1", "--filters", "1")
    assert result.exit_code == 0
    assert "dilation" in result.output.splitlines()[0]
    assert "–" in result.output and "Keras refuses S > 1 with dilation > 1" in result.output


@pytest.mark.parametrize(
    ("side", "kinds"), [("64", "conv,maxpool"), ("33", "conv"), ("16", "maxpool")]
)
def test_chains_lead_there(side: str, kinds: str) -> None:
    volume = f"{side}x{side}x3"
    result = solve(volume, "8x8", "--chain", "--kinds", kinds, "--json")
    found = json.loads(result.output)
    assert found
    for one in found:
        network = parse_network(one["network"])
        shape = output_shape(network)
        assert isinstance(shape, Volume) and max(shape.plane) <= 8
        assert one["output"] == {"width": shape.width, "height": shape.height, "depth": shape.depth}
        assert {layer.kind for layer in network.layers} <= set(kinds.split(","))
    lines = solve(volume, "8", "--chain", "--kinds", kinds).output.splitlines()
    assert lines[::2] == [one["network"] for one in found]
    assert lines[1].startswith(f"  {side}×{side} → ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["5", "50"],
        ["227", "3", "--max-kernel", "3"],
        ["9x9x1", "1x1", "--chain", "--kinds=maxpool"],
    ],
)
def test_no_solution_is_one_sentence(arguments: list[str]) -> None:
    result = solve(*arguments)
    assert result.exit_code == 1
    assert result.output.startswith("No ") and result.output.count("\n") == 1
    as_json = solve(*arguments, "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (1, [])


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["227"], "Missing argument"),
        (["a", "55"], "no width"),
        (["9" * 5000, "55"], "no width"),
        (["\x1b[2J", "55"], "no width"),
        (["0", "55"], "width is 0"),
        (["9999999", "55"], "from 1 to 1,000,000"),
        (["9", "3", "--max-stride", "0"], "0 is not in the range"),
        (["9", "3", "--max-kernel=9999", "--max-padding=9999"], "lower one of the bounds"),
        (["9", "3", "--depth", "3"], "--filters K"),
        (["9", "3", "--sort", "macs"], "--depth D1"),
        (["9", "3", "--sort", "size"], "is not one of"),
        (["9", "3", "--kinds", "conv"], "--kinds belongs to --chain"),
        (["9", "3", "--chain"], "a volume has three"),
        (["9x9x1", "3", "--chain", "--floor"], "--floor has no meaning with --chain"),
        (["9x9x1", "3", "--chain", "--max-kernel", "3"], "--max-kernel has no meaning"),
        (["9x9x1", "3x3x3", "--chain"], "no size"),
        (["9x9x1", "3", "--chain", "--kinds", "dense"], "cannot be chained"),
        (["9x9x1", "3", "--chain", "--kinds", ""], "cannot be chained"),
    ],
)
def test_wrong_usage_ends_in_a_sentence(arguments: list[str], part: str) -> None:
    result = solve(*arguments)
    assert result.exit_code == 2
    assert part in result.stderr and "\x1b" not in result.stderr
