"""What a traced value is made of: the rule of its layer, and the terms that it is computed from."""

from __future__ import annotations

from typing import Literal

import msgspec

TraceRule = Literal[
    "window sum",
    "separable",
    "window maximum",
    "window mean",
    "sum",
    "addition",
    "difference",
    "product",
    "mean",
    "maximum",
    "minimum",
    "batch normalization",
    "rescaling",
    "function",
    "flatten",
    "copy",
    "padding",
    "unknown",
]
"""How a value is computed. The rules with `window` and `separable` fill `Traced.values`, the others
`Traced.terms`."""


class TracedTerm(msgspec.Struct, frozen=True, kw_only=True):
    """One value that another one is computed from, and its weight."""

    source: int
    """Position of its layer in `Opened.layers`; -1 for the image."""
    x: int
    """Column, from 0; like the row 0 for a layer without height and width."""
    y: int
    channel: int
    value: float
    weight: float
