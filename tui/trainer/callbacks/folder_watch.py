"""The callback that reports a missing image folder while decoded images are used."""

from __future__ import annotations

import os
import time
from typing import Any

import keras

from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.runs.events.event_types import Notice
from tui.trainer.run_session import RunSession


class FolderWatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Checks before each epoch that the folders of the images exist.

    Args:
        session: takes the events.
        data: has the paths of the folders.
    """

    async_safe = True

    def __init__(self, session: RunSession, data: LoaderSettings) -> None:
        super().__init__()
        self._session = session
        roots = [data.directory, data.validation_directory or data.directory]
        names = [os.path.join(root, name) for root in roots for name in data.classes]
        self._folders = list(dict.fromkeys([*roots, *names]))
        self._gone = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        missing = next((name for name in self._folders if not os.path.isdir(name)), None)
        if missing is not None and not self._gone:
            self._session.emit(
                Notice(
                    at=time.time(),
                    text=f"The folder {clean(missing)} is gone. The training continues with "
                    "the images decoded before; put the folder back for the next training.",
                )
            )
        self._gone = missing is not None
