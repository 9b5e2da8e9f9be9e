"""The callback that streams a training into its run folder."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import keras

from tui.trainer.link import Link
from tui.training.events import (
    BatchesEnded,
    EpochEnded,
    EpochStarted,
    Metrics,
    Notice,
    Validating,
)
from tui.training.spec import StopRule

FLUSH_SECONDS = 0.25


def finite(value: float) -> float | None:
    """Return a value with six significant digits, or None where it is not finite."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


class StreamCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells batches and epochs, looks for the wish to stop, applies the stop rule.

    `async_safe` keeps Keras's asynchronous dispatch: the batch hooks then run in threads beside
    the training, perhaps two at once and out of order. So they only collect, under a lock, and a
    few times a second what was collected is written in order as one event.
    """

    async_safe = True

    def __init__(
        self,
        link: Link,
        *,
        images: int,
        batch_size: int,
        validation_steps: int,
        rule: StopRule | None,
        on_best: Callable[[], None],
        on_epoch: Callable[[], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._images = images
        self._batch_size = batch_size
        self._validation_steps = validation_steps
        self._rule = rule
        self._on_best = on_best
        self._on_epoch = on_epoch
        self._lock = threading.Lock()
        self._collected: dict[int, dict[str, float]] = {}
        self._next = 1
        self._flushed = 0.0
        self._epoch_began = 0.0
        self._train_ended = 0.0
        self._told_validation = 0.0
        self._told_not_finite = False
        self.epoch = 0
        self.batch = 0
        self.best: float | None = None
        self.best_epoch = 0
        self.epochs: list[int] = []
        self.history: dict[str, list[float | None]] = {}
        self.rule_sentence = ""

    # The begin hooks run in the training's own thread: only there may a stop be raised.

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch = epoch + 1
        self.batch = 0
        self._next = 1
        self._collected.clear()
        self._epoch_began = self._train_ended = time.time()
        self._link.tell(
            EpochStarted(
                at=self._epoch_began,
                epoch=self.epoch,
                epochs=self.params["epochs"],
                steps=self.params["steps"],
            )
        )

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._link.check()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        now = time.time()
        with self._lock:
            self._collected[batch + 1] = logs or {}
            self._train_ended = max(self._train_ended, now)
            if now - self._flushed >= FLUSH_SECONDS:
                self._flush(now)

    def on_test_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._link.check()
        now = time.time()
        if batch == 0 or now - self._told_validation >= 0.5:
            self._told_validation = now
            self._link.tell(
                Validating(at=now, epoch=self.epoch, step=batch + 1, steps=self._validation_steps)
            )

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        self.flush()

    def flush(self) -> None:
        """Tell the batches that are collected and not told yet."""
        with self._lock:
            self._flush(time.time())

    def _flush(self, now: float) -> None:
        rows = []
        while self._next in self._collected:
            rows.append(self._collected.pop(self._next))
            self._next += 1
        if not rows:
            return
        self._flushed = now
        self.batch = self._next - 1
        names = sorted(rows[-1])
        self._link.tell(
            BatchesEnded(
                at=now,
                epoch=self.epoch,
                first=self._next - len(rows),
                steps=self.params["steps"],
                values={n: tuple(finite(row.get(n, math.nan)) for row in rows) for n in names},
                images_per_second=round(self._speed(self.batch), 1),
            )
        )
        loss = rows[-1].get("loss", 0.0)
        if not math.isfinite(loss) and not self._told_not_finite:
            self._told_not_finite = True
            self._link.tell(
                Notice(
                    at=now,
                    text=f"The loss stopped being a finite number by batch {self.batch} of epoch "
                    f"{self.epoch}; it will not recover. Stop, and start again with a lower "
                    "learning rate.",
                )
            )

    def _speed(self, batches: int) -> float:
        images = min(batches * self._batch_size, self._images)
        return images / max(self._train_ended - self._epoch_began, 1e-6)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.flush()
        metrics: Metrics = {name: finite(float(value)) for name, value in (logs or {}).items()}
        metric = "val_accuracy" if "val_accuracy" in metrics else "accuracy"
        value = metrics.get(metric)
        improved = value is not None and (self.best is None or value > self.best)
        if improved:
            self.best, self.best_epoch = value, epoch + 1
        self.epochs.append(epoch + 1)
        for name, measured in metrics.items():
            self.history.setdefault(name, []).append(measured)
        now = time.time()
        self._link.tell(
            EpochEnded(
                at=now,
                epoch=epoch + 1,
                epochs=self.params["epochs"],
                seconds=round(now - self._epoch_began, 3),
                images_per_second=round(self._speed(self.params["steps"]), 1),
                metrics=metrics,
                best_epoch=self.best_epoch,
                best=self.best,
                best_metric=metric,
            )
        )
        self._on_epoch()
        if improved:
            self._on_best()
        if self._rule is not None and self._rule.met_by(metrics):
            self.model.stop_training = True
            self.rule_sentence = (
                f"Stopped by the rule {self._rule}: after epoch {epoch + 1} "
                f"{self._rule.metric} was {metrics[self._rule.metric]:.5g}."
            )
