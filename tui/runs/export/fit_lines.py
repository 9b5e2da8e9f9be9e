"""The lines of a training's program that compile its model and call `fit`, once for each phase."""

from __future__ import annotations

from dataclasses import dataclass

from tui.keras_io.compile_names import OPTIMIZERS
from tui.runs.export.backbone_lines import fine_tuning_lines
from tui.runs.export.schedule_script import ScheduleLines
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
        callbacks: calls that make those of every call.
        schedule: of the learning rate, which begins anew in each; None: it is constant.
        planned: the number of epochs that was wanted at the start.
    """

    model: str
    images: str
    arguments: tuple[str, ...]
    epochs: int
    callbacks: tuple[str, ...] = ()
    schedule: ScheduleLines | None = None
    planned: int = 0

    def lines(
        self, tuning: FineTuning | None, optimizer: Optimizer, rate: float, loss: str
    ) -> list[str]:
        """Return the lines of all phases; the model is compiled for the first.

        Args:
            tuning: the fine-tuning of a backbone; None: there is one phase.
            optimizer: begins anew in the second phase.
            rate: the learning rate of the first.
            loss: as for `compile_lines`.
        """
        head = tuning.head_epochs if tuning is not None else 0
        if tuning is None or not 0 < head < self.epochs:
            return [self._fit([f"epochs={self.epochs}"], rate, self.planned)]
        done = "history.epoch[-1] + 1"
        return [
            self._fit([f"epochs={head}"], rate, head),
            *fine_tuning_lines(tuning),
            *compile_lines(optimizer, tuning.learning_rate, loss),
            self._fit(
                [f"epochs={self.epochs}", f"initial_epoch={done}"],
                tuning.learning_rate,
                self.planned,
                done,
            ),
        ]

    def _fit(self, epochs: list[str], rate: float, end: int, first: str = "") -> str:
        callbacks = [*self.callbacks]
        if self.schedule is not None:
            callbacks = [*self.schedule.calls(rate, end, first), *callbacks]
        arguments = [self.images, *epochs, *self.arguments]
        arguments += [f"callbacks=[{', '.join(callbacks)}]"] if callbacks else []
        return f"history = {self.model}.fit({', '.join(arguments)})"
