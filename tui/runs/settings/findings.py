"""Findings about a training before it starts: what is wrong or unusual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.common.stop_rule import SpecError
from tui.geometry import Network, format_network

Severity = Literal["refuse", "question", "remark"]
"""`refuse`: it cannot learn and does not start. `question`: probably a mistake; it starts when the
user confirms it. `remark`: unusual; it is only reported."""


HEAD = "head"
"""`Finding.about` of the findings about the head of a pretrained backbone."""


LOADING = "loading"
"""`Finding.about` where images are not loaded as the network of a file needs them."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or unusual.

    Args:
        severity: how bad it is.
        sentence: what it is, with its values.
        cure: what to do, in a sentence of its own.
        network: the corrected network; None if there is none.
        about: `pixels` if it is about their range, `HEAD` if about the head of a backbone; else
            empty.
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
        finding: why, perhaps with a corrected network.
        network: the refused one; None where it is of a file and no plain chain.
    """

    def __init__(self, finding: Finding, network: Network | None) -> None:
        super().__init__(str(finding))
        self.finding, self.network = finding, network


def network_difference(before: Network, after: Network) -> str:
    """Return the difference between two networks, in words of the one-line form.

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
    same_end = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
    if same_end == shorter and same_end:  # layers were put in or left out, and nothing else
        removed, added = " ".join(old[: len(old) - same_end]), " ".join(new[: len(new) - same_end])
        if removed:
            return f"it: leave out {removed}"
        return f"it: put {added} before {new[len(new) - same_end]}"
    removed, added = " ".join(old), " ".join(new)
    if removed and added:
        return f"{removed} → {added}"
    return f"it: leave out {removed}" if removed else f"it: add {added} at the end"
