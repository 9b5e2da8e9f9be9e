"""The pieces of a training program beside its model: which images, which callbacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.runs.settings.spec import StopRule

KEEP_ONLY = [
    "",
    "",
    "def keep_only(loader, kept):",
    "    loader.filenames = [loader.filenames[position] for position in kept]",
    "    loader._filepaths = [loader._filepaths[position] for position in kept]",
    "    loader.classes = loader.classes[kept]",
    "    loader.samples = loader.n = len(kept)",
    "",
]
"""Lines of a function that leaves some images of a loader, and needs NumPy's arrays only."""


@dataclass(frozen=True)
class RateChange:
    """A learning rate that was changed while the training ran.

    Args:
        epoch: the epoch at work then, from 1; 0 before the first.
        batch: how many batches of it had ended.
        rate: the new one.
    """

    epoch: int
    batch: int
    rate: float


def left_out_lines(loader: str, names: Iterable[str]) -> list[str]:
    """Return the lines that take files out of a loader.

    Args:
        loader: the variable's name.
        names: paths as the loader's `filenames` has them.
    """
    rows = [f"    {name!r}," for name in sorted(names)]
    return [
        "",
        f"left_out = {{  # not used in {loader}: unreadable, or left out by choice",
        *rows,
        "}",
        f"names = enumerate({loader}.filenames)",
        f"keep_only({loader}, [position for position, name in names if name not in left_out])",
    ]


def share_lines(share: float, seed: int) -> list[str]:
    """Return the lines that keep a share of the training images, as the trainer does."""
    return [
        "",
        f"# Of each class only {share!r} of the training images, at least one, chosen by the seed.",
        f"order = np.random.RandomState({seed})",
        "kept = []",
        "for label in range(train.num_classes):",
        "    images = np.flatnonzero(train.classes == label)",
        f"    count = max(round({share!r} * len(images)), 1)",
        "    kept += order.permutation(images)[:count].tolist()",
        "keep_only(train, sorted(kept))",
    ]


def rule_lines(rule: StopRule, since: int) -> list[str]:
    """Return the callback `StopWhen`.

    Args:
        rule: what it looks at when an epoch ends.
        since: the first epoch, from 1, that it looks at.
    """
    known = 'value is not None and abs(value) < float("inf")'
    if since > 1:
        known = f"epoch + 1 >= {since} and {known}"
    return [
        "",
        "class StopWhen(keras.callbacks.Callback):",
        "    def on_epoch_end(self, epoch, logs=None):",
        f"        value = (logs or {{}}).get({rule.metric!r})",
        *["        # The rule was changed while the training ran."] * (since > 1),
        "        # Keras measures in 32 bits, where 0.3 is 0.30000001: compare six digits.",
        f'        if {known} and float(f"{{value:.6g}}") {rule.comparison} {rule.value!r}:',
        f'            print(f"\\nStopped: {rule.metric} is {{value:.5f}}")',
        "            self.model.stop_training = True",
        "",
        "",
    ]


def patience_lines(patience: int) -> list[str]:
    """Return the callback `Patient`: as the trainer's patience, six digits of `val_loss` compared.

    Args:
        patience: epochs without an improvement, 1 or more.
    """
    return [
        "",
        "class Patient(keras.callbacks.Callback):",
        '    best, best_epoch = float("inf"), 0',
        "",
        "    def on_epoch_end(self, epoch, logs=None):",
        "        # Six digits, as in StopWhen: keras.callbacks.EarlyStopping compares all digits.",
        "        loss = float(f\"{logs['val_loss']:.6g}\")",
        "        if loss < self.best:",
        "            self.best, self.best_epoch = loss, epoch + 1",
        f"        elif self.best_epoch and epoch + 1 - self.best_epoch >= {patience}:",
        '            print(f"\\nStopped: val_loss was best after epoch {self.best_epoch}")',
        "            self.model.stop_training = True",
        "",
        "",
    ]


def rate_lines(changes: Sequence[RateChange]) -> list[str]:
    """Return the callback `ChangeRate`, which sets the learning rate where it was changed."""
    rows = [
        f"        ({one.epoch}, {one.batch}): {one.rate!r},"
        for one in sorted(changes, key=lambda one: (one.epoch, one.batch))
    ]
    return [
        "",
        "class ChangeRate(keras.callbacks.Callback):",
        "    # (epoch, batches of it that had ended): the learning rate from there on",
        "    changes = {",
        *rows,
        "    }",
        "",
        "    def on_epoch_begin(self, epoch, logs=None):",
        "        self.epoch = epoch + 1",
        "",
        "    def on_train_batch_begin(self, batch, logs=None):",
        "        for place in sorted(self.changes):",
        "            if place <= (self.epoch, batch):",
        "                self.model.optimizer.learning_rate = self.changes.pop(place)",
        "",
        "",
    ]
