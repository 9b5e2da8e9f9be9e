"""The sizes of the backbones of `keras.applications`, as Keras 3 builds them without their tops."""

from __future__ import annotations

from collections import defaultdict

SIZES: dict[str, tuple[int, str]] = defaultdict(lambda: (1_000_000, "x"))
"""By name: the number of weights, and the first layer of the last stage."""
