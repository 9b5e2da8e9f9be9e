"""What somebody pasted: a network, an error message, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.geometry import GeometryError, Network, format_network, trace_network
from tui.keras_io import Imported, is_summary, read_network
from tui.keras_io.errors.explain_error import ErrorExplanation, explain_keras_error

_BEGINS = re.compile(r"\s*(?:\d+\s*[xX×]|[{\[\"]|(?:import|from)\s+\w)")
_MODEL = re.compile(r"Sequential\(|keras\.Model\(|^\s*model\.(?:add|compile)\(", re.M)
_ERROR = re.compile(r"Error\b|Exception\b|Traceback|incompatible|expected|must\b|invalid", re.I)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text is.

    Args:
        explanation: what the error message in it means; None where it is a network.
        network: the network that it describes, with notes; else None.
        refused: why it is no network, where it was meant as one; else empty.
    """

    explanation: ErrorExplanation | None = None
    network: Imported | None = None
    refused: str = ""

    def lines(self) -> list[str]:
        """Return the answer, a paragraph a line."""
        if self.network is not None:
            found = self.network.network
            said = [f"This is a network, no error message: {format_network(found)}"]
            bad = next((row for row in trace_network(found) if row.error is not None), None)
            if bad is not None and bad.error is not None:
                said.append(f"Layer {bad.index + 1} ({bad.name}) does not fit: {bad.error.message}")
            return [*said, *self.network.notes]
        if self.refused:
            return [self.refused[:1].upper() + self.refused[1:]]
        return self.explanation.lines() if self.explanation is not None else []


def read_pasted(text: str, network: Network | None = None) -> Pasted:
    """Find out what a text is: an error message that is known goes before a network.

    Args:
        text: what was pasted.
        network: the network that a message may be about.

    >>> read_pasted("28x28x1 flatten dense:k=10").network is not None
    True
    >>> read_pasted("28x28x1 konv:k=3").refused[:30]
    'layer 1 (konv:k=3): no layer i'
    >>> read_pasted("ValueError: something else").explanation.kind
    'unknown'
    """
    explanation = explain_keras_error(text, network)
    if explanation.known:
        return Pasted(explanation)
    try:
        return Pasted(network=read_network(text))
    except GeometryError as error:
        # A message may begin as JSON does; only what was meant as a network is refused as one.
        meant = is_summary(text) or _BEGINS.match(text) or _MODEL.search(text[:100_000])
        if meant and (is_summary(text) or not _ERROR.search(text)):
            return Pasted(refused=error.message)
    except ValueError:
        pass
    return Pasted(explanation)
