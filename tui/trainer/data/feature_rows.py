"""Features in place of images: the rows of an array, in the order of a loader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.datasets.cache import DecodedImages


@dataclass(frozen=True)
class FeatureRows:
    """The output of a backbone for each image of a loader.

    Args:
        values: images × height × width × channels.
        rows: the row of each image of the loader.
    """

    values: NDArray[np.float32]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, names: Sequence[str], array: DecodedImages) -> FeatureRows:
        """Return those of a loader.

        Args:
            names: its images, in its order.
            array: of a `FeaturePlan`: its bytes are floats.
        """
        found = {file.path: row for row, file in enumerate(array.plan.files)}
        return cls(
            array.pixels.view(np.float32), np.array([found[name] for name in names], np.intp)
        )

    def batch(self, indices: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the features of some images of the loader."""
        return self.values[self.rows[indices]]
