"""Filters made by hand, before networks learned their own: edges, blur, sharpen, Sobel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Weights = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Kernel:
    """A ready-made filter.

    Args:
        title: its name on screen.
        weights: rows of whole numbers.
        divisor: of every weight; 9 makes a sum of nine values their mean.
        finds: what it responds to, in a few words.
    """

    title: str
    weights: Weights
    divisor: int
    finds: str

    @property
    def values(self) -> tuple[tuple[float, ...], ...]:
        """The weights as they multiply.

        >>> KERNELS["blur"].values[0]
        (0.1111111111111111, 0.1111111111111111, 0.1111111111111111)
        """
        return tuple(tuple(weight / self.divisor for weight in row) for row in self.weights)


KERNELS: Mapping[str, Kernel] = MappingProxyType(
    {
        "vertical-edges": Kernel(
            "vertical edges",
            ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
            1,
            "bright on the left, dark on the right",
        ),
        "horizontal-edges": Kernel(
            "horizontal edges",
            ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
            1,
            "bright above, dark below",
        ),
        "sobel-x": Kernel(
            "Sobel across",
            ((1, 0, -1), (2, 0, -2), (1, 0, -1)),
            1,
            "vertical edges, the middle row counted twice",
        ),
        "sobel-y": Kernel(
            "Sobel down",
            ((1, 2, 1), (0, 0, 0), (-1, -2, -1)),
            1,
            "horizontal edges, the middle column counted twice",
        ),
        "laplacian": Kernel(
            "Laplacian",
            ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
            1,
            "spots and edges of every direction",
        ),
        "sharpen": Kernel(
            "sharpen",
            ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
            1,
            "the picture, its edges made stronger",
        ),
        "blur": Kernel(
            "blur",
            ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
            9,
            "the mean of nine neighbours",
        ),
    }
)
"""The filters by the names that lessons use. Weights that add up to 0 turn a flat area into 0."""
