"""The callback that does what the user wishes, and ends the training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import keras

from tui.trainer.link import Link
from tui.trainer.record import metrics_of
from tui.training.events import Metrics
from tui.training.spec import TrainingSpec


@dataclass(frozen=True)
class Ending:
    """Why a training is over, as `Finished` tells it."""

    reason: Literal["completed", "rule", "stopped"]
    sentence: str


class Obey(keras.callbacks.Callback):  # type: ignore[misc]
    """Reads the user's wishes between batches, and judges at each epoch's end whether to go on.

    `fit` is called with far more epochs than anybody wants: the training ends by this callback.

    Args:
        link: tells the wishes and is told of them.
        spec: what holds where the user has not wished otherwise.
        save: writes the model as it is now under a file name.
    """

    async_safe = True

    def __init__(self, link: Link, spec: TrainingSpec, *, save: Callable[[str], object]) -> None:
        super().__init__()
        self._link = link
        self._spec = spec
        self._save = save
        self.ending: Ending | None = None

    @property
    def epochs(self) -> int:
        """How many epochs are wanted in all."""
        wanted = self._link.control.read().epochs
        return self._spec.epochs if wanted is None else wanted

    # The begin hooks run in the training's own thread: only there may a stop be raised.

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._link.check()

    def on_test_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._link.check()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.over(epoch + 1, metrics_of(logs)):
            self.model.stop_training = True

    def over(self, epoch: int, metrics: Metrics) -> bool:
        """Judge whether the training is over after an epoch, and keep why as `ending`.

        Asked once more when a training is taken up again after that epoch: it counts nothing.

        Args:
            epoch: the last whole one, from 1.
            metrics: its values.
        """
        rule = self._spec.stop_rule
        if rule is not None and rule.met_by(metrics):
            self.ending = Ending(
                "rule",
                f"Stopped by the rule {rule}: after epoch {epoch} "
                f"{rule.metric} was {metrics[rule.metric]:.5g}.",
            )
        elif epoch >= self.epochs:
            self.ending = Ending("completed", f"All {epoch} epochs are done.")
        return self.ending is not None

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps of this, as JSON has it."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave; what is missing in it stays as it is."""
