"""A network as a small table, for the form of a training."""

from __future__ import annotations

from textual.content import Content

from tui.common.numbers import count, sides
from tui.common.text import clean
from tui.geometry import Network, network_totals, trace_network
from tui.ui.confusion_text import fit_cells

_WIDE = 36
_NAME, _OUTPUT = 15, 12


def network_text(network: Network) -> Content:
    """Return a network as a table 36 wide: each layer, what it puts out, its parameters."""
    rows = trace_network(network)
    lines = [
        Content.styled(f"{'layer':<15}{'output':>10}{'parameters':>11}", "$text-muted"),
        Content.assemble(*_named("input", sides(network.input, _OUTPUT), "$input-color", 10)),
    ]
    for row in rows:
        if row.effect is None:
            lines.append(Content.styled(f"{clean(row.name, _WIDE - 2):<{_NAME}} ✗", "$text-error"))
            continue
        lines.append(
            Content.assemble(
                *_named(row.name, sides(row.effect.output, _OUTPUT), "$output-color", 10),
                f"{count(row.effect.parameters, 10):>11}",
            )
        )
    totals = network_totals(rows)
    lines.append(Content.styled(f"{'total':<15}{count(totals.parameters, 20):>21}", "bold"))
    work = Content.styled(f"{'work per image':<15}{work_text(totals.macs):>21}", "$text-muted")
    return Content("\n").join([*lines, work])


def _named(name: str, output: str, style: str, width: int) -> list[str | tuple[str, str]]:
    """Return a layer's name and its output: a long name gives way to the numbers."""
    room = _NAME + 10 - max(len(output), width)
    return [f"{fit_cells(name, room - 1)} ", (f"{output:>{width}}", style)]


def work_text(macs: int) -> str:
    """Return a number of multiply-and-add steps in short.

    >>> work_text(950), work_text(84_300), work_text(127_250_000)
    ('950 MACs', '84.3 k MACs', '127 M MACs')
    """
    if macs >= 10**12:
        return f"{count(macs, 8)} MACs"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if macs >= size:
            return f"{macs / size:.3g} {unit} MACs"
    return f"{macs} MACs"
