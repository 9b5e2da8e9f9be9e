"""`flow_from_directory`'s iterator, which does not wait for ever where a file became a pipe."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from typing import Any

from keras.src.legacy.preprocessing.image import DirectoryIterator

NO_FILE = "Not a regular file any more"


class FilesIterator(DirectoryIterator):  # type: ignore[misc]
    """Keras's own iterator; before each batch it looks whether its files still are files.

    They were when they were checked before the first epoch. Opening a pipe waits until somebody
    writes to it, and a training that waits there obeys no stop.
    """

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        refuse_special(self.filepaths[index] for index in index_array)
        return super()._get_batches_of_transformed_samples(index_array)


def refuse_special(paths: Iterable[str]) -> None:
    """Raise where one of some paths is a pipe, a socket or a device.

    Raises:
        OSError: that names it.
    """
    for path in paths:
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue  # opening it says what is wrong
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise OSError(errno.EINVAL, NO_FILE, path)
