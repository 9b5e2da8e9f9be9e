"""The callback that puts on the disk what an epoch has brought."""

from __future__ import annotations

from typing import Any

import keras

from tui.trainer.files import save_history, save_model
from tui.trainer.link import Link
from tui.trainer.stream import StreamCallback
from tui.trainer.timing import Timing


class Keep(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes the history and, when it is the best so far, the model, after each epoch.

    Args:
        link: where to tell.
        stream: stands before this callback, and knows the epoch's figures.
        timing: counts the time that saving takes.
    """

    async_safe = True

    def __init__(self, link: Link, stream: StreamCallback, timing: Timing) -> None:
        super().__init__()
        self._link = link
        self._stream = stream
        self._timing = timing

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        with self._timing.saving():
            save_history(self._link, self._stream.record)
            if self._stream.improved:
                save_model(self._link, self.model, "best.keras", optimizer=False)
