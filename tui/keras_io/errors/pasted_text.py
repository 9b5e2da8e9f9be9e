"""What somebody pasted: a network, an error message, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.geometry import GeometryError, Network, format_network, trace_network
from tui.keras_io import Imported, is_summary, read_network
from tui.keras_io.errors.explain_error import explain_keras_error
from tui.keras_io.errors.message_patterns import Explanation

_NETWORK_START = re.compile(r"\s*(?:\d+\s*[xX×]|[{\[\"]|(?:import|from)\s+\w)")
_KERAS_CODE = re.compile(r"Sequential\(|keras\.Model\(|^\s*model\.(?:add|compile)\(", re.M)
_ERROR_WORDS = re.compile(
    r"Error\b|Exception\b|Traceback|incompatible|expected|must\b|invalid", re.I
)


@dataclass(frozen=True, slots=True)
class PastedText:
    """What a text is.

    Args:
        explanation: what the error message in it means; None where it is a network.
        network: the network that it describes, with notes; else None.
        refusal: why a text that looks like a network cannot be read as one; else empty.
    """

    explanation: Explanation | None = None
    network: Imported | None = None
    refusal: str = ""

    def lines(self) -> list[str]:
        """Return the answer, one paragraph per line."""
        if self.network is not None:
            network = self.network.network
            lines = [f"This is a network, not an error message: {format_network(network)}"]
            for row in trace_network(network):
                if row.error is not None:
                    label = f"Layer {row.index + 1} ({row.name})"
                    lines.append(f"{label} does not fit: {row.error.message}")
                    break
            return [*lines, *self.network.notes]
        if self.refusal:
            return [self.refusal[:1].upper() + self.refusal[1:]]
        return self.explanation.lines() if self.explanation is not None else []


def read_pasted_text(text: str, network: Network | None = None) -> PastedText:
    """Find out what a text is. A known error message takes precedence over a network.

    Args:
        text: what was pasted.
        network: the network that a message may be about.

    >>> read_pasted_text("28x28x1 flatten dense:k=10").network is not None
    True
    >>> read_pasted_text("28x28x1 konv:k=3").refusal[:30]
    'layer 1 (konv:k=3): no layer i'
    >>> read_pasted_text("ValueError: something else").explanation.kind
    'unknown'
    """
    explanation = explain_keras_error(text, network)
    if explanation.is_known:
        return PastedText(explanation)
    try:
        return PastedText(network=read_network(text))
    except GeometryError as error:
        # A message may begin as JSON does; only what looks like a network is refused as one.
        meant = is_summary(text) or _NETWORK_START.match(text) or _KERAS_CODE.search(text[:100_000])
        if meant and (is_summary(text) or not _ERROR_WORDS.search(text)):
            return PastedText(refusal=error.message)
    except ValueError:
        pass
    return PastedText(explanation)
