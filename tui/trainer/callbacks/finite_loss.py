"""The callback that ends a training whose loss is not a finite number any more."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import keras

from tui.common.text import exact, exact_32
from tui.keras_worker.failures import TrainingError
from tui.runs.diagnosis.divergence import cause_of
from tui.runs.settings.spec import TrainingSpec


class FiniteLoss(keras.callbacks.Callback):  # type: ignore[misc]
    """Names the first batch whose loss is NaN or infinite: from there nothing is learnt.

    The batch hooks run in threads beside the training, so they only note it; the training's own
    thread finds the note before its next batch.

    Args:
        spec: what is trained.
    """

    async_safe = True
    PATIENCE = 2.0

    def __init__(self, spec: TrainingSpec) -> None:
        super().__init__()
        self._spec = spec
        self._lock = threading.Lock()
        self._epoch = 0
        self._ended = 0
        self._first_bad: int | None = None
        self._rate = math.inf
        """The learning rate that this epoch, or the last one, was trained with in the end."""
        self._rate_before = math.inf
        """That of the epoch before it, which went well."""
        self._validated = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._rate = self._rate_now()  # of a run that is taken up: its checkpoint's

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
        self._check(batch)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._check(self.params["steps"])
        # What is changed from here on was not trained with.
        self._rate, self._validated = self._rate_now(), True

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._check(self.params["steps"])
        if not self._validated:
            self._rate = self._rate_now()

    def _rate_now(self) -> float:
        return exact_32(float(self.model.optimizer.learning_rate))

    def _check(self, begun: int) -> None:
        """Raise when a batch was bad.

        Args:
            begun: batches of this epoch that have begun.
        """
        if self._first_bad is None:
            return
        # A batch before it may be bad as well, and its hook still on its way.
        end = time.monotonic() + self.PATIENCE
        while self._ended < begun and time.monotonic() < end:
            time.sleep(0.005)
        self._rate = self._rate_now()
        raise self.failure(
            f"The loss stopped being a finite number at batch {self._first_bad} of epoch "
            f"{self._epoch}."
        )

    def failure(self, what: str) -> TrainingError:
        """Return that this epoch diverged, with what is to blame and what to do.

        Args:
            what: stopped being finite, in a sentence.
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
