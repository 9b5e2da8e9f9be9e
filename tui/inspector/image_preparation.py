"""From an image file to what the network gets, exactly as in the training."""

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
"""What tells one content of a file from another: its path, time, size, inode, and the time at which
anything of it last changed."""


@dataclass(frozen=True)
class Preparation:
    """How a file becomes an array, by Keras's own functions.

    Args:
        target_size: height and width.
        color_mode: `grayscale`, `rgb` or `rgba`.
        interpolation: how an image is brought to the target size.
        divisor: each value 0..255 is divided by it.
        generator: Keras's own, which rescales the validation images of the training.
    """

    target_size: tuple[int, int]
    color_mode: str
    interpolation: str
    divisor: float
    generator: ImageDataGenerator

    @classmethod
    def of_run(cls, settings: LoaderSettings) -> Preparation:
        """Return what a run's loader does to an image that is not augmented."""
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
        """Return `flow_from_directory`'s own ways, for a network of which no more is known."""
        generator = ImageDataGenerator(rescale=1 / divisor if divisor != 1 else None)
        return cls(target_size, color_mode, "nearest", divisor, generator)

    def image(self, path: str) -> Any:
        """Return the Pillow image in the network's size and colours.

        Raises:
            NotReadable: when the file cannot be decoded.
        """
        with open_file(path) as file:
            data = file.read()
        # Keras would try each of Pillow's formats; of those, one starts a program.
        open_image(io.BytesIO(data)).close()
        try:
            return keras.utils.load_img(
                io.BytesIO(data),
                color_mode=self.color_mode,
                target_size=self.target_size,
                interpolation=self.interpolation,
            )
        except Exception as error:
            raise unreadable_image(error) from error

    def pixels(self, path: str) -> NDArray[np.uint8]:
        """Return the picture as uint8 of (height, width, depth), before the rescaling.

        Raises:
            Refusal: when the file cannot be decoded.
        """
        array = keras.utils.img_to_array(self._image(path), data_format="channels_last")
        return np.asarray(np.clip(array, 0, 255), np.uint8)

    def array(self, path: str) -> NDArray[np.float32]:
        """Return what the network gets, float32 of (height, width, depth).

        Raises:
            Refusal: when the file cannot be decoded.
        """
        return self.array_of(self._image(path))

    def array_of(self, image: Any) -> NDArray[np.float32]:
        """Return what the network gets of an image in its size and colours."""
        array = keras.utils.img_to_array(image, data_format="channels_last")
        scaled: NDArray[np.float32] = self.generator.standardize(array)
        return scaled

    def _image(self, path: str) -> Any:
        try:
            return self.image(path)
        except UnreadableImage as error:
            raise Refusal(
                f"The picture {clean(os.path.basename(path) or path)} cannot be read: {error}.",
                "Choose another picture.",
            ) from error


def picture_key(path: str) -> FileKey:
    """Return what a file's content is kept under.

    Raises:
        Refusal: when there is no such file.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(
            f"The picture {clean(path)} cannot be read: {clean(why).lower()}.",
            "Choose another picture.",
        ) from error
    return path, status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns
