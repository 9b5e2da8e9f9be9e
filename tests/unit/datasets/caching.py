"""Decoding a folder for the cache, and what is in it then."""

from __future__ import annotations

from tui.datasets import LoaderSettings
from tui.datasets.cache import DecodedImages, array_plans, decoded_images
from tui.datasets.cache.cache_quota import arrays_folder

ROW = 8 * 6 * 3


def decoded(loader: LoaderSettings) -> DecodedImages:
    """Return the images of a folder, decoded now or found."""
    found = decoded_images(array_plans(loader))
    assert found is not None
    return found[0]


def files() -> list[str]:
    """Return the names of what is kept."""
    return sorted(path.name for path in arrays_folder().iterdir())
