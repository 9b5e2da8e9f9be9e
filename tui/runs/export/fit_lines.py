"""The lines of a training's program that compile its model and call `fit`, once for each phase."""

from __future__ import annotations

from dataclasses import dataclass

from tui.keras_io.compile_names import OPTIMIZERS
from tui.runs.export.backbone_lines import fine_tuning_lines
from tui.runs.settings.pretrained import FineTuning
from tui.runs.settings.spec import Optimizer


def compile_lines(optimizer: Optimizer, learning_rate: float, loss: str) -> list[str]:
    """Return the lines that compile `model`."""
    return [
        "model.compile(",
        f"    optimizer=keras.optimizers.{OPTIMIZERS[optimizer]}(learning_rate={learning_rate!r}),",
        f"    loss={loss!r},",
        '    metrics=["accuracy"],',
        ")",
    ]


@dataclass(frozen=True)
class FitLines:
    """The calls of `fit`.

    Args:
        model: the variable that is fitted.
        images: the training images.
        arguments: those that every call has.
        epochs: the largest number of epochs.
    """

    model: str
    images: str
    arguments: tuple[str, ...]
    epochs: int

    def lines(self, tuning: FineTuning | None, optimizer: Optimizer, loss: str) -> list[str]:
        """Return the lines of all phases; the model is compiled for the first.

        Args:
            tuning: the fine-tuning of a backbone; None: there is one phase.
            optimizer: begins anew in the second phase.
            loss: as for `compile_lines`.
        """
        head = tuning.head_epochs if tuning is not None else 0
        if tuning is None or not 0 < head < self.epochs:
            return [self._fit(f"epochs={self.epochs}")]
        return [
            self._fit(f"epochs={head}"),
            *fine_tuning_lines(tuning),
            *compile_lines(optimizer, tuning.learning_rate, loss),
            self._fit(f"epochs={self.epochs}", "initial_epoch=history.epoch[-1] + 1"),
        ]

    def _fit(self, *epochs: str) -> str:
        return f"history = {self.model}.fit({', '.join([self.images, *epochs, *self.arguments])})"
