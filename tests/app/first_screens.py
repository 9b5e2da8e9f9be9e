"""What the first screen of each area shows."""

from __future__ import annotations

SEEN_IN = {
    "lessons": "What a convolution does",
    "calculator": "zero padding",
    "data": "Samples",
    "train": "No images chosen yet",
    "runs": "No training yet",
    "look": "No training has weights to look into yet",
}
