"""Generated pictures in colour: circles and squares that are checked or striped.

They are not photographs, and are called generated wherever they are shown. Colour, outline, size,
position, rotation and noise have the same distribution in both classes, so only the texture
distinguishes them: a small network needs a few epochs, and one that goes by colour learns nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Plane = NDArray[np.float64]

SIDE = 64  # pixels
PER_CLASS = 300
CLASSES = ("checked", "striped")
NUMBER = PER_CLASS * len(CLASSES)
SEED = 20_260
_NOISE = 0.05


def write_shapes(folder: Path) -> None:
    """Write the pictures, the same ones each time: 300 PNG files in a folder for each class.

    Args:
        folder: an empty folder.

    Raises:
        OSError: when they cannot be written.
    """
    import numpy as np
    from PIL import Image

    # RandomState's numbers are the same in every version of NumPy; those of a Generator are not.
    source = np.random.RandomState(SEED)
    for name in CLASSES:
        (folder / name).mkdir(mode=0o700)
    for number in range(PER_CLASS):
        for name in CLASSES:
            pixels = draw(name, source)
            Image.fromarray(pixels, "RGB").save(folder / name / f"{name}-{number:03d}.png")


def draw(name: str, source: np.random.RandomState) -> NDArray[np.uint8]:
    """Return one picture.

    Args:
        name: its class.
        source: the random generator; both classes draw equally many numbers from it.

    Returns:
        Height × width × red, green and blue, 0 to 255.
    """
    import numpy as np

    down, across = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    size = source.uniform(12.0, 24.0)
    centre_x, centre_y = source.uniform(size + 1, SIDE - size - 1, 2)
    x, y = _rotated(across - centre_x, down - centre_y, source)
    if source.randint(2):
        distance = np.hypot(x, y) - size
    else:
        distance = np.maximum(np.abs(x), np.abs(y)) - size * np.sqrt(0.5)
    inside = np.clip(0.5 - distance, 0, 1)[..., None]
    ground, shape = source.uniform(0.15, 0.85, (2, 3))
    slope, _ = _rotated(across / SIDE - 0.5, down / SIDE - 0.5, source)
    picture = (ground + 0.3 * slope[..., None]) * (1 - inside)
    picture += (shape + _texture(name, across, down, source)[..., None]) * inside
    picture += source.normal(0, _NOISE, picture.shape)
    pixels: NDArray[np.uint8] = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
    return pixels


def _texture(name: str, across: Plane, down: Plane, source: np.random.RandomState) -> Plane:
    """Return stripes or a check, as a lightness to add."""
    import numpy as np

    x, y = _rotated(across, down, source)
    length, strength = source.uniform(5, 9), source.uniform(0.18, 0.35)
    phase_x, phase_y = source.uniform(0, 2 * np.pi, 2)
    waves = np.sin(2 * np.pi * x / length + phase_x)
    if name == "checked":
        waves = waves * np.sin(2 * np.pi * y / length + phase_y)
    lightness: Plane = strength * waves
    return lightness


def _rotated(x: Plane, y: Plane, source: np.random.RandomState) -> tuple[Plane, Plane]:
    """Rotate two axes by a random angle."""
    import numpy as np

    angle = source.uniform(0, 2 * np.pi)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
