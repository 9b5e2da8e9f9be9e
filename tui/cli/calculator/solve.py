"""`cnn-tui solve`: which settings lead from one size to another."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click
from click.core import ParameterSource

from tui.common.numbers import count
from tui.common.text import clean
from tui.geometry import (
    Bounds,
    Conv2D,
    GeometryError,
    Network,
    Pair,
    Solution,
    Volume,
    apply_layer,
    format_layer,
    format_network,
    network_totals,
    solve,
    solve_chain,
    trace_network,
)

_SINGLE = ("max_kernel", "max_stride", "max_padding", "dilation", "depth", "filters", "sort")
_COUNT = click.IntRange(min=1, max=1_000_000)


@click.command("solve")
@click.argument("source")
@click.argument("target")
@click.option("--max-kernel", type=_COUNT, default=11, show_default=True, help="The largest F.")
@click.option("--max-stride", type=_COUNT, default=4, show_default=True, help="The largest S.")
@click.option(
    "--max-padding", type=click.IntRange(0, 1_000_000), default=5, show_default=True,
    help="The largest P.",
)  # fmt: skip
@click.option("--dilation", type=_COUNT, default=1, show_default=True, help="The largest dilation.")
@click.option("--depth", type=_COUNT, help="D1, to count parameters and MACs.")
@click.option("--filters", type=_COUNT, help="K, to count parameters and MACs.")
@click.option(
    "--sort", type=click.Choice(["plain", "kernel", "parameters", "macs"]), default="plain",
    show_default=True, help="The order: simplest first, or smallest first by one of these.",
)  # fmt: skip
@click.option(
    "--floor",
    is_flag=True,
    help="Also settings that reach TARGET only by rounding down, as Keras does.",
)
@click.option(
    "--chain", is_flag=True, help="Find chains of layers that come down to at most TARGET."
)
@click.option("--kinds", default="conv,maxpool", show_default=True, help="The layers of a chain.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def solve_command(
    context: click.Context,
    source: str,
    target: str,
    max_kernel: int,
    max_stride: int,
    max_padding: int,
    dilation: int,
    depth: int | None,
    filters: int | None,
    sort: str,
    floor: bool,
    chain: bool,
    kinds: str,
    as_json: bool,
) -> None:
    """Find F, S and P that lead from a width SOURCE to a width TARGET.

    \b
    cnn-tui solve 227 55
    cnn-tui solve 227 55 --depth 3 --filters 96 --sort macs
    cnn-tui solve 150x150x3 7x7 --chain

    Exit status: 0 found, 1 nothing leads there, 2 wrong usage.
    """
    given = {
        name
        for name in (*_SINGLE, "floor", "kinds")
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    try:
        if chain:
            _refuse(given - {"kinds"}, "has no meaning with --chain")
            found = solve_chain(Volume.parse(source), _at_most(target), _kinds(kinds))
            sentence = f"No chain of {kinds} of at most 12 layers brings {source} down to {target}."
            _end(chains_text(found), chains_json(found), clean(sentence), as_json)
            return
        _refuse(given & {"kinds"}, "belongs to --chain")
        if (depth is None) != (filters is None) or (sort in ("parameters", "macs") and not depth):
            raise click.UsageError(
                "Parameters and MACs need --depth D1 and --filters K, such as --depth 3 "
                "--filters 16."
            )
        bounds = Bounds((1, max_kernel), (1, max_stride), (0, max_padding), (1, dilation))
        width_in, width_out = _width(source), _width(target)
        all_of_them = solve(width_in, width_out, bounds=bounds)
        ways = [_as_way(one, width_in, depth, filters) for one in all_of_them if floor or one.exact]
    except GeometryError as error:
        raise click.UsageError(clean(error.message)) from error
    _sort(ways, sort)
    sentence = (
        f"No F ≤ {max_kernel}, S ≤ {max_stride}, P ≤ {max_padding}, dilation ≤ {dilation} leads "
        f"from {width_in} to {width_out}"
    )
    if all_of_them and not ways:
        many = "1 way does" if len(all_of_them) == 1 else f"{len(all_of_them)} ways do"
        sentence += f" exactly, but {many} when Keras rounds down: add --floor."
    else:
        sentence += ": allow a larger --max-kernel, --max-stride or --max-padding."
    _end(ways_text(ways), [way_json(way) for way in ways], sentence, as_json)


def _refuse(names: set[str], why: str) -> None:
    if names:
        raise click.UsageError(f"--{min(names).replace('_', '-')} {why}: leave it out.")


def _width(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise click.UsageError(
            f"{clean(text, 40)!r} is no width: write a whole number such as 227. (A volume such as "
            "150x150x3 goes with --chain.)"
        )
    return int(text)


def _at_most(text: str) -> Pair:
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2:
        raise click.UsageError(
            f"{clean(text, 40)!r} is no size: write 7, or width and height as in 7x5."
        )
    return Pair(_width(parts[0]), _width(parts[-1]))


def _kinds(text: str) -> tuple[str, ...]:
    return tuple(kind.strip() for kind in text.split(","))


def _as_way(solution: Solution, width: int, depth: int | None, filters: int | None) -> Way:
    layer = Conv2D(
        filters or 1,
        Pair.square(solution.kernel),
        Pair.square(solution.stride),
        Pair.square(solution.padding),
        Pair.square(solution.dilation),
    )
    if depth is None or filters is None or not solution.builds:
        return Way(solution, layer, None, None)
    effect = apply_layer(layer, Volume(width, width, depth))
    return Way(solution, layer, effect.parameters, effect.macs)


def _sort(ways: list[Way], by: str) -> None:
    """Sort in place; equal ones stay in the order of the simplest."""
    if by == "kernel":
        ways.sort(key=lambda way: way.solution.kernel)
    elif by == "parameters":
        ways.sort(key=lambda way: (way.parameters is None, way.parameters or 0))
    elif by == "macs":
        ways.sort(key=lambda way: (way.macs is None, way.macs or 0))


def _end(lines: Sequence[str], records: object, sentence: str, as_json: bool) -> None:
    """Print the solutions, or print the sentence and exit with status 1."""
    if as_json:
        click.echo(json.dumps(records, indent=2))
    elif lines:
        click.echo("\n".join(lines))
    if not lines:
        click.echo(sentence, err=as_json)
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class Way:
    """A solution and its cost; the cost is None if depth and filters are not given."""

    solution: Solution
    layer: Conv2D
    parameters: int | None
    macs: int | None


def ways_text(ways: Sequence[Way]) -> list[str]:
    """Return a table of solutions, the header first; empty if there are none."""
    if not ways:
        return []
    counted = any(way.parameters is not None for way in ways)
    dilated = any(way.solution.dilation > 1 for way in ways)
    head = ["F", "S", "P", *["dilation"] * dilated, *["parameters", "MACs"] * counted, ""]
    body = [head]
    for way in ways:
        one = way.solution
        remark = "exact" if one.exact else "rounded down"
        if not one.builds:
            remark += "; Keras refuses S > 1 with dilation > 1"
        counts = ["–" if n is None else count(n) for n in (way.parameters, way.macs)]
        line = [one.kernel, one.stride, one.padding, *[one.dilation] * dilated, *counts * counted]
        body.append([*map(str, line), remark])
    widths = [max(len(line[i]) for line in body) for i in range(len(head) - 1)]
    return [
        "  ".join([*(t.rjust(w) for t, w in zip(line, widths, strict=False)), line[-1]]).rstrip()
        for line in body
    ]


def way_json(way: Way) -> dict[str, object]:
    """Return a solution as values for JSON."""
    one = way.solution
    record: dict[str, object] = {
        "kernel": one.kernel,
        "stride": one.stride,
        "padding": one.padding,
        "dilation": one.dilation,
        "exact": one.exact,
        "builds": one.builds,
    }
    if way.parameters is not None:
        record |= {"layer": format_layer(way.layer), "parameters": way.parameters}
        record |= {"macs": way.macs}
    return record


def chains_text(chains: Sequence[Network]) -> list[str]:
    """Return two lines for each chain: the network, and the sizes along it."""
    said = []
    for network in chains:
        rows = trace_network(network)
        sizes = [network.input, *(row.effect.output for row in rows if row.effect)]
        way = " → ".join(str(s.plane) for s in sizes if isinstance(s, Volume))
        totals = network_totals(rows)
        said += [format_network(network), f"  {way}, {count(totals.parameters)} parameters"]
    return said


def chains_json(chains: Sequence[Network]) -> list[dict[str, object]]:
    """Return chains as values for JSON."""
    records: list[dict[str, object]] = []
    for network in chains:
        rows = trace_network(network)
        totals = network_totals(rows)
        output = rows[-1].effect.output if rows[-1].effect else network.input
        assert isinstance(output, Volume)
        records.append(
            {
                "network": format_network(network),
                "output": {
                    "width": output.width, "height": output.height, "depth": output.depth,
                },
                "parameters": totals.parameters,
                "macs": totals.macs,
            }
        )  # fmt: skip
    return records
