"""Messages of every version of Keras and TensorFlow, read from the file beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui.geometry import Network, parse_network

FILE = Path(__file__).with_name("old_messages.txt")


@dataclass(frozen=True)
class Old:
    """A message.

    Args:
        text: what was printed.
        kind: the kind that has to be named.
        words: what the answer has to hold.
        network: the network that it is about, where one is given.
        row: the row that has to be named, from 0.
    """

    text: str
    kind: str
    words: tuple[str, ...]
    network: Network | None
    row: int | None


def _read(block: str) -> Old:
    head, *lines = block.split("\n")
    kind, *words = head.split(" | ")
    network, row = None, None
    if lines and lines[0].startswith("--- "):
        line, _, number = lines.pop(0)[4:].partition(" -> ")
        network, row = parse_network(line), int(number) - 1 if number else None
    return Old("\n".join(lines), kind, tuple(words), network, row)


OLD = tuple(
    _read(block.removesuffix("\n")) for block in FILE.read_text(encoding="utf-8").split("=== ")[1:]
)
