"""Prepare an image file for a network, exactly as in training."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from numpy.typing import NDArray

from tui.common.text import clean
from tui.datasets import LoaderSettings, loader_arguments
from tui.datasets.images.image_files import UnreadableImage, open_file, open_image, unreadable_image
from tui.inspector.refusal import Refusal

FileKey = tuple[str, int, int, int, int]
"""Identifies the content of a file: path, modification time, size, inode and status-change time."""


@dataclass(frozen=True)
class Preparation:
    """Prepares image files with Keras's own functions.

    Args:
        target_size: height and width.
        color_mode: `grayscale`, `rgb` or `rgba`.
        interpolation: how an image is brought to the target size.
        divisor: each value 0..255 is divided by it.
        generator: Keras's generator, which rescales as for the validation images in training.
    """

    target_size: tuple[int, int]
    color_mode: str
    interpolation: str
    divisor: float
    generator: ImageDataGenerator

    @classmethod
    def of_run(cls, settings: LoaderSettings) -> Preparation:
        """Return the preparation of a run's loader, without augmentation."""
        plan = loader_arguments(settings)
        return cls(
            settings.target_size,
            settings.color_mode,
            settings.interpolation,
            settings.rescale_divisor,
            ImageDataGenerator(**plan.validation_generator),
        )

    @classmethod
    def plain(cls, target_size: tuple[int, int], color_mode: str, divisor: float) -> Preparation:
        """Return the defaults of `flow_from_directory`, for a network without a known loader."""
        generator = ImageDataGenerator(rescale=1 / divisor if divisor != 1 else None)
        return cls(target_size, color_mode, "nearest", divisor, generator)

    def image(self, path: str) -> Any:
        """Return the Pillow image in the size and colour mode of the network.

        Raises:
            NotReadable: when the file cannot be decoded.
        """
        with open_file(path) as file:
            data = file.read()
        # Keras would try all formats of Pillow, one of which starts a program.
        open_image(io.BytesIO(data)).close()
        try:
            image = keras.utils.load_img(
                io.BytesIO(data),
                color_mode=self.color_mode,
                target_size=self.target_size,
                interpolation=self.interpolation,
            )
            image.load()  # one that is neither converted nor resized is only opened by then
            return image
        except Exception as error:
            raise unreadable_image(error) from error

    def pixels(self, path: str) -> NDArray[np.uint8]:
        """Return an image as uint8 (height, width, depth), before rescaling.

        Raises:
            Refusal: when the file cannot be decoded.
        """
        array = keras.utils.img_to_array(self._image(path), data_format="channels_last")
        return np.asarray(np.clip(array, 0, 255), np.uint8)

    def array(self, path: str) -> NDArray[np.float32]:
        """Return the input of the network, float32 (height, width, depth).

        Raises:
            Refusal: when the file cannot be decoded.
        """
        return self.array_of(self._image(path))

    def array_of(self, image: Any) -> NDArray[np.float32]:
        """Return the input of the network for an image in its size and colour mode."""
        array = keras.utils.img_to_array(image, data_format="channels_last")
        scaled: NDArray[np.float32] = self.generator.standardize(array)
        return scaled

    def _image(self, path: str) -> Any:
        try:
            return self.image(path)
        except UnreadableImage as error:
            raise Refusal(
                f"The image {clean(os.path.basename(path) or path)} cannot be read: {error}.",
                "Choose another image.",
            ) from error


def picture_key(path: str) -> FileKey:
    """Return the cache key of a file.

    Raises:
        Refusal: if there is no such file.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(
            f"The image {clean(path)} cannot be read: {clean(why).lower()}.",
            "Choose another image.",
        ) from error
    return path, status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns
