"""A number to find for several layers of a network."""

from __future__ import annotations

from tui.course.judging.chain_numbers import CHAIN_QUANTITIES, answerable, why_not
from tui.course.lesson.questions import ChainBlock, ChainQuantity
from tui.course.reading.blocks.layers import read_network
from tui.course.reading.blocks.questions import read_explain, read_hints
from tui.course.reading.fields import Fields
from tui.geometry import Network
from tui.geometry.errors import did_you_mean, shown


def read_chain(fields: Fields) -> ChainBlock | None:
    """Read a chain; every row that is asked about has an answer."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"How wide is the output of each layer?"')
    found = read_network(fields)
    word = fields.text("asks", '"W2"')
    asks: ChainQuantity | None = next((name for name in CHAIN_QUANTITIES if name == word), None)
    if word and asks is None:
        fields.add(f"is {shown(word)}: {did_you_mean(word, CHAIN_QUANTITIES)}.", "asks")
    count = len(found[1]) if found else 0
    given = fields.numbers("rows", "[1, 2]", least=1, most=count) if found else ()
    if not found:
        fields.skip("rows")
    hints, explain = read_hints(fields), read_explain(fields)
    fields.refuse("answer", "is not for a chain: the answers are calculated. Take it out.")
    if found is None or asks is None:
        return None
    network, effects = found
    rows = _rows(fields, network, asks, given)
    if not rows:
        return None
    return ChainBlock(block_id, prompt, network, effects, asks, rows, hints, explain, fields.line)


def _rows(
    fields: Fields, network: Network, asks: ChainQuantity, given: tuple[int, ...]
) -> tuple[int, ...]:
    """The layers asked about, all that can be when none is named; none, with a problem."""
    possible = answerable(network, asks)
    if not given:
        if not possible:
            fields.add(f"has no answer in any layer: {why_not(network, asks, 1)}", "asks")
        return possible
    if len(set(given)) != len(given):
        fields.add(f"is {shown(list(given))}: name each layer once.", "rows")
    for row in given:
        if row not in possible:
            fields.add(
                f"has {row}, where {asks} has no answer: {why_not(network, asks, row)}", "rows"
            )
            return ()
    return tuple(sorted(set(given)))
