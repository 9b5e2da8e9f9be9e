"""The sizes of a folder's images, and the loader settings suggested from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tui.datasets.folder.folder_summary import FolderSummary
from tui.datasets.folder.left_out import with_left_out
from tui.datasets.folder.listing import split_counts
from tui.datasets.images.image_files import UnreadableImage, open_file, open_image
from tui.datasets.images.thumbnails import sample_paths
from tui.datasets.loader.loader_settings import DEFAULT_SPLIT, ClassMode, ColorMode, LoaderSettings

PHOTOGRAPH_SIZE = (150, 150)  # height, width in pixels: what the course trains on
SMALL_IMAGE = 64  # pixels a side; images of one size up to this are not resized

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ImageSizes:
    """Sizes and modes of a sample of images.

    Args:
        sampled: images whose header could be read.
        smallest: width and height in pixels of the image with the fewest pixels; None if no image
            could be read, like the next two.
        largest: the same of the image with the most pixels.
        most_common: the most frequent size.
        modes: Pillow's modes and how many images have each, most common first.
        unreadable: images whose header could not be read.
    """

    sampled: int
    smallest: Size | None = None
    largest: Size | None = None
    most_common: Size | None = None
    modes: tuple[tuple[str, int], ...] = ()
    unreadable: int = 0


def image_sizes(summary: FolderSummary, sample: int = 64) -> ImageSizes:
    """Read the headers of some images, evenly spread over the classes.

    Args:
        summary: the folder, as `describe` returns it.
        sample: about how many images to open.

    Returns:
        Their sizes (width, height) and modes.
    """
    full = [item for item in summary.classes if item.images]
    per_class = max(1, sample // max(1, len(full)))
    paths = [path for chosen in sample_paths(summary, per_class).values() for path in chosen]
    sizes: Counter[Size] = Counter()
    modes: Counter[str] = Counter()
    unreadable = 0
    for path in paths:
        try:
            with open_file(path) as file, open_image(file) as image:
                sizes[image.size] += 1
                modes[image.mode] += 1
        except UnreadableImage:
            unreadable += 1
    if not sizes:
        return ImageSizes(0, unreadable=unreadable)
    ordered = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    return ImageSizes(
        sampled=sizes.total(),
        smallest=ordered[0],
        largest=ordered[-1],
        most_common=sizes.most_common(1)[0][0],
        modes=tuple(modes.most_common()),
        unreadable=unreadable,
    )


def suggest_settings(summary: FolderSummary) -> LoaderSettings:
    """Suggest settings for a folder: the course's for photographs, smaller ones for small images.

    Files that the user left out of this folder before are left out again.

    Args:
        summary: the folder, as `describe` returns it.

    Returns:
        Settings with the classes that hold images. They may still be invalid (a single class):
        `validate` reports that.
    """
    sizes = image_sizes(summary)
    classes = tuple(item.name for item in summary.classes if item.images)
    small = (
        sizes.smallest is not None
        and sizes.smallest == sizes.largest
        and max(sizes.smallest) <= SMALL_IMAGE
    )
    target = PHOTOGRAPH_SIZE
    if small and sizes.smallest is not None:
        target = (sizes.smallest[1], sizes.smallest[0])
    color: ColorMode = "grayscale" if {mode for mode, _ in sizes.modes} == {"L"} else "rgb"
    labels: ClassMode = "binary" if len(classes) == 2 else "categorical"
    # Keras stops on a validation folder without images, so such a folder is not suggested.
    validation = summary.validation_directory if summary.validation_images else None
    suggested = LoaderSettings(
        directory=summary.train_directory,
        classes=classes,
        validation_directory=validation,
        validation_split=_split([item.images for item in summary.classes]),
        target_size=target,
        color_mode=color,
        batch_size=32 if small else 20,
        class_mode=labels,
    )
    return with_left_out(suggested)


def _split(images: list[int]) -> float:
    """Return the first split that gives validation at least one image."""
    for split in (DEFAULT_SPLIT, 0.5):
        if any(split_counts(number, split)[1] for number in images):
            return split
    return 0.0 if any(images) else DEFAULT_SPLIT
