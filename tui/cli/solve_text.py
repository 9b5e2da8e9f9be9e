"""What `cnn-tui solve` prints: ways from one size to another, and chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.common.numbers import count
from tui.geometry import (
    Conv2D,
    Network,
    Solution,
    Volume,
    format_layer,
    format_network,
    network_totals,
    trace_network,
)


@dataclass(frozen=True, slots=True)
class Way:
    """A solution with what it costs; the costs are None where depth and filters are not given."""

    solution: Solution
    layer: Conv2D
    parameters: int | None
    macs: int | None


def ways_text(ways: Sequence[Way]) -> list[str]:
    """Return a table of solutions, its header first; nothing when there are none."""
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
    """Return two lines for each chain: the network, and the sizes on its way."""
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
