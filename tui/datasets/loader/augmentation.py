"""Random changes to training images: the arguments of `ImageDataGenerator`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from tui.common.text import exact

FillMode = Literal["nearest", "constant", "reflect", "wrap"]
FILL_MODES = ("nearest", "constant", "reflect", "wrap")


class Augmentation(msgspec.Struct, frozen=True, kw_only=True):
    """How far each training image is changed at random, each time it is read.

    Args:
        rotation_range: degrees to either side.
        width_shift_range: columns to either side, as a fraction of the width, below 1.
        height_shift_range: rows up or down, as a fraction of the height, below 1.
        shear_range: degrees of slant to either side.
        zoom_range: how much larger or smaller, as a fraction: 0.2 is 0.8 to 1.2.
        horizontal_flip: whether half of the images are mirrored left to right.
        vertical_flip: whether half of them are turned upside down.
        fill_mode: how pixels from outside the image are filled.

    >>> Augmentation(rotation_range=40, horizontal_flip=True).on
    True
    """

    rotation_range: float = 0.0
    width_shift_range: float = 0.0
    height_shift_range: float = 0.0
    shear_range: float = 0.0
    zoom_range: float = 0.0
    horizontal_flip: bool = False
    vertical_flip: bool = False
    fill_mode: FillMode = "nearest"

    @property
    def on(self) -> bool:
        """Return whether any image is changed at all."""
        return bool(self.arguments())

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments for `ImageDataGenerator`; Keras's defaults are left out.

        >>> Augmentation(zoom_range=0.2, fill_mode="reflect").arguments()
        {'zoom_range': 0.2, 'fill_mode': 'reflect'}
        """
        found: dict[str, Any] = {}
        for name in RANGES:
            value = getattr(self, name)
            if value:
                found[name] = int(value) if value == int(value) else value
        for name in ("horizontal_flip", "vertical_flip"):
            if getattr(self, name):
                found[name] = True
        moves = set(found) - {"horizontal_flip", "vertical_flip"}
        if moves and self.fill_mode != "nearest":
            found["fill_mode"] = self.fill_mode
        return found


RANGES: dict[str, tuple[float, str]] = {
    "rotation_range": (180, "degrees, 0 to 180"),
    "width_shift_range": (0.999, "a fraction of the width, from 0 to below 1"),
    "height_shift_range": (0.999, "a fraction of the height, from 0 to below 1"),
    "shear_range": (89, "degrees, 0 to 89"),
    "zoom_range": (0.999, "a fraction, from 0 to below 1: 0.2 is 0.8 to 1.2 times"),
}


def augmentation_problems(augmentation: Augmentation) -> Iterator[tuple[str, str]]:
    """Yield the field and an error message of every invalid value.

    >>> [field for field, _ in augmentation_problems(Augmentation(zoom_range=2))]
    ['zoom_range']
    """
    for name, (most, words) in RANGES.items():
        value = getattr(augmentation, name)
        if not (math.isfinite(value) and 0 <= value <= most):
            yield name, f"{name} is {exact(value)}. Choose {words}."
    if augmentation.fill_mode not in FILL_MODES:
        yield (
            "fill_mode",
            f"fill_mode is {augmentation.fill_mode!r}. Choose one of {', '.join(FILL_MODES)}.",
        )
