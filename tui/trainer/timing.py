"""Where an epoch's time goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Times:
    """Parts of an epoch's time, in seconds.

    Args:
        data: waiting for training images.
        validation: the validation.
        saving: writing checkpoints and models since the epoch before.
    """

    data: float = 0.0
    validation: float = 0.0
    saving: float = 0.0


class Timing(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures an epoch's parts."""

    async_safe = True

    def __init__(self) -> None:
        super().__init__()
        self._saving = 0.0

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Count what is done within as saving."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._saving += time.perf_counter() - began

    def take(self) -> Times:
        """Return the parts of the epoch that ends now, and begin anew."""
        times = Times(saving=round(self._saving, 3))
        self._saving = 0.0
        return times
