"""The array of a backbone's output: what it is made from, and its key.

It stands beside the decoded images in the cache, in the same file format: a row holds the 32-bit
floats of the output for one image, as bytes.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property

from tui.datasets.cache.array_plan import ArrayPlan

FLOAT_BYTES = 4
FEATURE_FORMAT = 1
"""Increased when the way of calculating changes."""


@dataclass(frozen=True)
class FeaturePlan(ArrayPlan):
    """The files of an array of features, and the network that they are the output of.

    The fields of `ArrayPlan` are those of the decoded images. `target_size` is theirs.

    Args:
        rescale_divisor: each value of the pixels was divided by it.
        network: a digest of the backbone with its preprocessing and its weights.
        output: height, width and depth of its output.
    """

    rescale_divisor: float = 1.0
    network: str = ""
    output: tuple[int, int, int] = (1, 1, 1)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return images, height, width, bytes of all channels."""
        height, width, depth = self.output
        return (len(self.files), height, width, depth * FLOAT_BYTES)

    @property
    def row_bytes(self) -> int:
        """Return the bytes of one image's output."""
        height, width, depth = self.output
        return height * width * depth * FLOAT_BYTES

    @cached_property
    def key(self) -> str:
        """Return the array's key: equal keys mean equal features, to rounding."""
        found = hashlib.sha256(repr((FEATURE_FORMAT, self.rescale_divisor, self.network)).encode())
        for file in self.files:
            facts = (file.size, file.changed, file.inode, file.status_changed)
            found.update(os.fsencode(f"\0{file.path}\0{facts}"))
        # Not the beginning of a decoded array's key: its rows would be taken for pixels.
        return f"features-{self.decoding_digest}{self.folder_digest}{found.hexdigest()[:20]}"
