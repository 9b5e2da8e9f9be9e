"""Classes of images of every kind, small ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("cats", "ants", "bees")  # an order of the user's own


def draw_zoo(folder: Path) -> Path:
    """Draw classes of 9, 4 and 6 images: of every kind, most of them photographs in JPEG."""
    rng = np.random.default_rng(5)
    modes = ("RGB", "L", "P", "RGBA", "LA", "CMYK", "1", "I;16", "I")
    for name, count in zip(sorted(CLASSES), (9, 4, 6), strict=True):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            size = (int(rng.integers(9, 60)), int(rng.integers(9, 60)))
            small = Image.fromarray(rng.integers(0, 256, (5, 5, 3), np.uint8))
            image = small.resize(size, Image.Resampling.BICUBIC)
            mode = modes[number] if name == "ants" or number == 2 else "RGB"
            ending = {"CMYK": "tif", "I": "tif", "RGB": "jpg", "L": "bmp"}.get(mode, "png")
            if mode.startswith("I"):
                values = rng.integers(0, 2**16, size[::-1]).astype(np.uint16)
                image = Image.fromarray(values if mode == "I;16" else values.astype(np.int32))
            elif mode != "RGB":
                image = image.convert(mode)
            image.save(folder / name / f"{number:02}.{ending}")
    (folder / "bees" / "deeper").mkdir()
    Image.new("RGB", (20, 20), "red").save(folder / "bees" / "deeper" / "00.png")
    return folder
