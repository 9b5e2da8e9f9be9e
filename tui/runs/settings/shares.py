"""A share of the training images: how many of a class it is, and what it is called."""

from __future__ import annotations

from fractions import Fraction

_LARGEST_PART = 10


def share_of(images: int, share: float) -> int:
    """Return how many of a class's images a share of them is: rounded, and at least one.

    Args:
        images: the class's training images.
        share: above 0 to 1.

    >>> share_of(144, 0.1), share_of(3, 0.1), share_of(0, 0.1)
    (14, 1, 0)
    """
    return min(max(round(share * images), 1), images)


def share_name(share: float) -> str:
    """Return a share as a person says it: a simple fraction where there is one.

    >>> share_name(0.1), share_name(0.33), share_name(0.3333), share_name(1.0), share_name(0.137)
    ('1/10', '1/3', '1/3', 'all', '13.7 %')
    """
    if share >= 1:
        return "all"
    near = Fraction(share).limit_denominator(_LARGEST_PART)
    if abs(float(near) - share) < 0.015 * share:  # 0.33 is meant as a third
        return str(near)
    parts = round(1 / max(share, 1e-6))
    return f"1/{parts}" if abs(parts * share - 1) < 1e-6 else f"{100 * share:.3g} %"
