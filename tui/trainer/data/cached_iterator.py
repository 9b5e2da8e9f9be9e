"""Keras's iterator over a folder, with images that are decoded already: the same batches."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from keras.src.legacy.preprocessing.image import DirectoryIterator, ImageDataGenerator, Iterator
from keras.src.utils import image_utils
from numpy.typing import DTypeLike, NDArray

from tui.datasets.cache import DecodedImages
from tui.datasets.images.parallel_decoding import thread_count
from tui.trainer.data.affine import (
    IDENTITY,
    AffineTransform,
    Parameters,
    can_transform,
    transform_matrix,
)
from tui.trainer.data.feature_rows import FeatureRows
from tui.trainer.data.files_iterator import error_naming_file, refuse_irregular_files

_ALIGNED = 64  # TensorFlow takes such an array as it is; any other it copies
_MOST = 16
_probe = [object()]
_IDLE = sys.getrefcount(_probe[0])  # of an object that only a list holds


class BufferPool:
    """Reuses the memory of batches that nobody holds any more.

    A new array of a few megabytes costs more in page faults than in filling it. Every view of an
    array counts as a reference to the memory below it, so memory that only this pool references is
    free: a batch that somebody keeps is never written to again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[NDArray[np.uint8]] = []

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array with arbitrary values, to be overwritten completely."""
        wanted = np.dtype(dtype)
        size = math.prod(shape) * wanted.itemsize
        with self._lock:
            memory = self._free(size)
            start = -memory.ctypes.data % _ALIGNED
            return memory[start : start + size].view(wanted).reshape(shape)

    def _free(self, size: int) -> NDArray[np.uint8]:
        held = self._held
        for position in range(len(held)):
            if (
                held[position].nbytes >= size + _ALIGNED
                and sys.getrefcount(held[position]) <= _IDLE
            ):
                return held[position]
        new = np.empty(size + _ALIGNED, np.uint8)
        if len(held) < _MOST:
            held.append(new)
        return new


Batch = Any
_NOT_CACHED = -1


class CachedIterator(DirectoryIterator):  # type: ignore[misc]
    """A directory iterator whose pixels come from an array instead of from files.

    Order, seeding, shuffling and the steps of an epoch are Keras's own code; only the making of a
    batch from its indices is replaced. Each batch is the same to the last bit, and draws as many of
    NumPy's random numbers.

    Args:
        plain: Keras's iterator, before its first batch; its files are final.
        decoded: the images of its folder.
        threads: for augmentation; None for one a core.

    >>> training = CachedIterator(generator.flow_from_directory("pets"), decoded)  # doctest: +SKIP
    """

    features: FeatureRows | None = None
    """What the batches hold in place of images; None: images."""

    def __init__(
        self, plain: DirectoryIterator, decoded: DecodedImages, threads: int | None = None
    ) -> None:
        self.__dict__.update(vars(plain))
        # The lock and the generator of indices must be this one's, not the plain one's.
        Iterator.__init__(self, plain.n, plain.batch_size, plain.shuffle, plain.seed)
        self.pixels = decoded.pixels
        self.rows = _rows(plain.filenames, decoded)
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._buffers = BufferPool()

    def _get_batches_of_transformed_samples(self, index_array: NDArray[np.intp]) -> Batch:
        rows = self.rows[index_array]
        if self.features is not None:
            np.random.random(2 * len(rows))  # as many as for images
            images = self.features.batch(index_array)
        elif self._only_rescales() and (rows != _NOT_CACHED).all():
            images = self._rescaled(rows)
        else:
            images = self._transformed(index_array, rows)
        labels = self._labels(index_array, images)
        return images if labels is None else (images, labels)

    def _only_rescales(self) -> bool:
        floats = image_utils.backend.floatx() == self.dtype == "float32"
        last = self.data_format == "channels_last"
        return floats and last and only_rescales(self.image_data_generator)

    def _rescaled(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        # Keras draws two random numbers an image for flips, even when it does not flip.
        np.random.random(2 * len(rows))
        rescale = self.image_data_generator.rescale
        batch = self._buffers.array((len(rows), *self.image_shape), self.dtype)
        for image, row in zip(batch, rows, strict=True):
            # Two passes: while an image fits the cache of a core, that is faster than one ufunc
            # which converts as it multiplies.
            np.copyto(image, self.pixels[row])
            if rescale:
                np.multiply(image, np.float32(rescale), out=image)
        return batch

    def _transformed(self, index_array: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[Any]:
        """Make a batch by Keras's own steps, several images at a time."""
        generator = self.image_data_generator
        batch = self._buffers.array((len(rows), *self.image_shape), self.dtype)
        warps = can_transform(generator, image_utils.backend.floatx())

        def one(position: int, parameters: Parameters) -> None:
            row = rows[position]
            matrix = None
            if warps and row != _NOT_CACHED:
                matrix = transform_matrix(parameters, *self.target_size)
            if matrix is None:
                x = self._image(index_array[position], row)
            else:
                outside = generator.cval if generator.fill_mode == "constant" else None
                x = self._warp()(self.pixels[row], matrix, outside)
                parameters = {**parameters, **IDENTITY}
            x = generator.apply_transform(x, parameters)
            batch[position] = generator.standardize(x)

        # The random numbers are drawn here, in Keras's order.
        drawn = (generator.get_random_transform(self.image_shape) for _ in rows)
        for _ in self._map(one, range(len(rows)), drawn):
            pass
        return batch

    def _warp(self) -> AffineTransform:
        """Return this thread's transform."""
        if not hasattr(self._local, "warp"):
            self._local.warp = AffineTransform(*self.image_shape)
        warp: AffineTransform = self._local.warp
        return warp

    def _image(self, index: int, row: int) -> NDArray[Any]:
        """Return one image as Keras has it before it is transformed."""
        if row != _NOT_CACHED:
            return self._array(self.pixels[row])
        path = self.filepaths[index]
        refuse_irregular_files([path])
        try:
            with image_utils.load_img(
                path,
                color_mode=self.color_mode,
                target_size=self.target_size,
                interpolation=self.interpolation,
                keep_aspect_ratio=self.keep_aspect_ratio,
            ) as image:
                return self._array(image)
        except Exception as error:
            raise error_naming_file(error, [path], self) from error

    def _array(self, image: Any) -> NDArray[Any]:
        array: NDArray[Any] = image_utils.img_to_array(image, data_format=self.data_format)
        return array

    def _map(self, work: Callable[..., None], *arguments: Iterable[Any]) -> Iterable[None]:
        if self.image_data_generator.preprocessing_function is not None:
            # A user's function may draw random numbers too: one image after the other.
            return map(work, *arguments)
        if self._pool is None:
            # SciPy's transformations and Pillow's decoders run outside Python's lock.
            self._pool = ThreadPoolExecutor(
                self._threads or thread_count(), thread_name_prefix="augment"
            )
        return self._pool.map(work, *arguments)

    def _labels(self, index_array: NDArray[np.intp], images: NDArray[Any]) -> NDArray[Any] | None:
        if self.class_mode is None:
            return None
        if self.class_mode == "input":
            return images.copy()
        classes = self.classes[index_array]
        if self.class_mode == "categorical":
            labels = np.zeros((len(classes), len(self.class_indices)), self.dtype)
            labels[np.arange(len(classes)), classes] = 1.0
            return labels
        return np.asarray(classes, self.dtype)


def only_rescales(generator: ImageDataGenerator) -> bool:
    """Return whether a generator multiplies each value by `rescale` and does nothing else."""
    works = (
        generator.rotation_range,
        generator.height_shift_range,
        generator.width_shift_range,
        generator.shear_range,
        generator.channel_shift_range,
        generator.horizontal_flip,
        generator.vertical_flip,
        generator.preprocessing_function,
        generator.samplewise_center,
        generator.samplewise_std_normalization,
        generator.featurewise_center,
        generator.featurewise_std_normalization,
        generator.zca_whitening,
    )
    # Not by truth: a list of shifts is one, be it empty or not.
    idle = all(value is None or (np.ndim(value) == 0 and not value) for value in works)
    return idle and tuple(generator.zoom_range) == (1, 1) and generator.brightness_range is None


def _rows(names: list[str], decoded: DecodedImages) -> NDArray[np.intp]:
    """Return each image's row; an image without one is read from its file, as Keras does."""
    found = {
        file.path: row
        for row, file in enumerate(decoded.plan.files)
        if row not in decoded.bad and row not in decoded.wide
    }
    return np.array([found.get(name, _NOT_CACHED) for name in names], np.intp)
