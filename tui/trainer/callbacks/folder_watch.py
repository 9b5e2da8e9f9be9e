"""The callback that says so when the images' folder goes away while decoded images are used."""

from __future__ import annotations

import os
import time
from typing import Any

import keras

from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.runs.events.event_types import Notice
from tui.trainer.run_session import Link


class FolderWatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Looks once an epoch whether the folders of the images are still there.

    Args:
        link: where to tell.
        data: names the folders.
    """

    async_safe = True

    def __init__(self, link: Link, data: LoaderSettings) -> None:
        super().__init__()
        self._link = link
        roots = [data.directory, data.validation_directory or data.directory]
        names = [os.path.join(root, name) for root in roots for name in data.classes]
        self._folders = list(dict.fromkeys([*roots, *names]))
        self._gone = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        missing = next((name for name in self._folders if not os.path.isdir(name)), None)
        if missing is not None and not self._gone:
            self._link.tell(
                Notice(
                    at=time.time(),
                    text=f"The folder {clean(missing)} is gone. The training goes on with the "
                    "images that were decoded before; put the folder back for the next one.",
                )
            )
        self._gone = missing is not None
