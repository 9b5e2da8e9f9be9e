"""What is found wrong or odd with a training before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.common.stop_rule import SpecError
from tui.geometry import Network, format_network

Severity = Literal["refuse", "question", "remark"]
"""`refuse`: it cannot learn, and does not start. `question`: it is probably a mistake, and starts
once that is confirmed. `remark`: it is unusual, and is said."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or odd.

    Args:
        severity: how bad it is.
        sentence: what it is, with the values it is about.
        cure: what to do, in a sentence that stands alone.
        network: the corrected network; None where there is none.
        about: `pixels` where it is about their size; else empty.
    """

    severity: Severity
    sentence: str
    cure: str = ""
    network: Network | None = None
    about: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.cure}".rstrip()


class NetworkRefused(SpecError):
    """A network that cannot be trained on these images.

    Args:
        finding: why, and perhaps the network that can.
        network: the one that cannot.
    """

    def __init__(self, finding: Finding, network: Network) -> None:
        super().__init__(str(finding))
        self.finding, self.network = finding, network


def network_difference(before: Network, after: Network) -> str:
    """Return the words of the one-line form that differ between two networks.

    >>> from tui.geometry import parse_network
    >>> before = parse_network("8x8x1 conv:k=4,f=3 dense:k=3 dropout:rate=0.5")
    >>> network_difference(before, parse_network("8x8x1 conv:k=4,f=3 flatten dense:k=3"))
    'dense:k=3 dropout:rate=0.5 → flatten dense:k=3'
    >>> network_difference(before, parse_network("8x8x1 conv:k=4,f=3"))
    'it: leave out dense:k=3 dropout:rate=0.5'
    >>> network_difference(parse_network("8x8x1 rescaling:scale=0.5 flatten dense:k=3"), before)
    'rescaling:scale=0.5 flatten dense:k=3 → conv:k=4,f=3 dense:k=3 dropout:rate=0.5'
    >>> network_difference(parse_network("8x8x1 rescaling:scale=0.5 flatten dense:k=3"),
    ...               parse_network("8x8x1 flatten dense:k=3"))
    'it: leave out rescaling:scale=0.5'
    """
    if before.layers == after.layers:
        return f"the input to {format_network(after).split()[0]}"
    old, new = format_network(before).split(), format_network(after).split()
    same = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    old, new = old[same:], new[same:]
    shorter = min(len(old), len(new))
    behind = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
    if behind == shorter and behind:  # layers were put in or left out, and nothing else
        gone, come = " ".join(old[: len(old) - behind]), " ".join(new[: len(new) - behind])
        if gone:
            return f"it: leave out {gone}"
        return f"it: put {come} before {new[len(new) - behind]}"
    gone, come = " ".join(old), " ".join(new)
    if gone and come:
        return f"{gone} → {come}"
    return f"it: leave out {gone}" if gone else f"it: add {come} at the end"
