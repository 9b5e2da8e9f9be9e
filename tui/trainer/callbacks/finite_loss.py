"""The callback that ends a training when its loss is no longer a finite number."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import keras

from tui.callback.keras_stream import learning_rate
from tui.common.text import exact
from tui.keras_worker.failures import TrainingError
from tui.runs.diagnosis.divergence import cause_of
from tui.runs.settings.spec import TrainingSpec


class FiniteLoss(keras.callbacks.Callback):  # type: ignore[misc]
    """Raises an error that names the first batch whose loss is NaN or infinite.

    The batch hooks run in threads beside the training, so they only record the batch; the thread of
    the training raises before its next batch.

    Args:
        spec: what is trained.
        each_batch: whether it is checked before each batch; if not, at the end of an epoch's
            training. Where several processes train, all of them have to end at the same step.
    """

    async_safe = True
    HOOK_WAIT_SECONDS = 2.0
    """How long to wait for the hooks of earlier batches, which may be bad as well."""

    def __init__(self, spec: TrainingSpec, *, each_batch: bool = True) -> None:
        super().__init__()
        self._each_batch = each_batch
        self._spec = spec
        self._lock = threading.Lock()
        self._epoch = 0
        self._ended = 0
        self._first_bad: int | None = None
        self._rate = math.inf
        """The learning rate at the end of this epoch's training, or of the last one's."""
        self._rate_before = math.inf
        """The one of the epoch before, whose loss was finite."""
        self._validated = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._rate = self._rate_now()  # of a resumed run: its checkpoint's

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._validated = False
        self._rate_before = self._rate
        self._epoch, self._ended, self._first_bad = epoch + 1, 0, None

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        bad = not math.isfinite((logs or {}).get("loss", 0.0))
        with self._lock:
            self._ended += 1
            if bad and (self._first_bad is None or batch + 1 < self._first_bad):
                self._first_bad = batch + 1

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._each_batch:
            self._check(batch)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._check(self.params["steps"])
        # A rate that is changed from here on was not used in this epoch.
        self._rate, self._validated = self._rate_now(), True

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._check(self.params["steps"])
        if not self._validated:
            self._rate = self._rate_now()

    def _rate_now(self) -> float:
        return learning_rate(self.model)

    def _check(self, begun: int) -> None:
        """Raise an error if a batch was bad.

        Args:
            begun: number of batches of this epoch that have begun.
        """
        if self._first_bad is None:
            return
        # The hook of an earlier bad batch may not have run yet.
        end = time.monotonic() + self.HOOK_WAIT_SECONDS
        while self._ended < begun and time.monotonic() < end:
            time.sleep(0.005)
        self._rate = self._rate_now()
        raise self.failure(
            f"The loss stopped being a finite number at batch {self._first_bad} of epoch "
            f"{self._epoch}."
        )

    def failure(self, what: str) -> TrainingError:
        """Return the error that this epoch diverged, with its cause and cure.

        Args:
            what: what is not finite, in a sentence.
        """
        rate, lower = self._rate, self._rate_before
        if self._epoch > 1 and lower < rate:
            cure = (
                f"The learning rate {exact(rate)} is too high: with {exact(lower)} epoch "
                f"{self._epoch - 1} went well."
            )
        else:
            cause = cause_of(self._spec, rate)
            lower, cure = cause.learning_rate, f"{cause.began} {cause.advice}"
        return TrainingError(what, "training", cure, learning_rate=lower, not_finite=True)
