"""A training as a standalone Keras program."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tui.datasets import LoaderSettings, python_call
from tui.datasets.folder.left_out import left_out_names
from tui.geometry import Network, parse_network
from tui.keras_io import keras_code
from tui.keras_io.compile_names import CLASS_MODE_LOSSES
from tui.runs.export.backbone_lines import backbone_code, fine_tuning_lines
from tui.runs.export.class_weight_lines import class_weight_lines
from tui.runs.export.fit_lines import FitLines, compile_lines
from tui.runs.export.model_file_lines import FileLines
from tui.runs.export.schedule_script import Change, ScheduleLines
from tui.runs.export.several_gpus_script import SHARED_CLASSES, device_lines, mirrored_lines
from tui.runs.export.test_lines import BEST_CALLBACK, best_lines, judging_lines
from tui.runs.export.today_lines import (
    TODAY_IMPORTS,
    today_images,
    today_layers,
    with_layers,
)
from tui.runs.network_check import input_volume
from tui.runs.settings.class_weights import ClassWeight
from tui.runs.settings.pretrained import PretrainedBase
from tui.runs.settings.schedules import CONSTANT, parse_schedule
from tui.runs.settings.spec import COURSE_RULE, Optimizer, SpecError, StopRule, TrainingSpec


def spec_script(spec: TrainingSpec, **overrides: Any) -> str:
    """Return a Python program that trains as a spec says.

    Args:
        spec: the settings.
        overrides: arguments of `training_script` that replace those of the spec.
    """
    arguments = {
        "epochs": spec.epochs,
        "learning_rate": spec.learning_rate,
        "schedule": spec.schedule,
        "schedule_epochs": spec.epochs,
        "optimizer": spec.optimizer,
        "rule": spec.stop_rule,
        "patience": spec.patience,
        "seed": spec.seed,
        "share": spec.share,
        "gpus": spec.gpus,
        "class_weight": spec.class_weight,
        "test_directory": spec.test_directory,
        "base": spec.base,
    }
    if spec.model_file is not None:  # built from its file
        network = Network(input_volume(spec.data))
    else:
        network = parse_network(spec.network)
    return training_script(network, spec.data, **{**arguments, **overrides})


def training_script(
    network: Network,
    settings: LoaderSettings | None,
    *,
    epochs: int = 15,
    learning_rate: float = 0.001,
    schedule: str = CONSTANT,
    schedule_epochs: int = 0,
    optimizer: Optimizer = "rmsprop",
    rule: StopRule | None = COURSE_RULE,
    seed: int = 42,
    share: float = 1.0,
    patience: int = 0,
    gpus: int = 0,
    class_weight: ClassWeight = None,
    test_directory: str | None = None,
    left_out_test: Collection[str] = (),
    base: PretrainedBase | None = None,
    file: FileLines | None = None,
    devices: Sequence[str] = (),
    rule_since: int = 1,
    rates: Sequence[RateChange] = (),
    lengths: Sequence[Change] = (),
    left_out: Collection[str] = (),
    left_out_validation: Collection[str] = (),
    validated: bool = True,
    today: bool = False,
) -> str:
    """Return a Python program that trains a network on a folder of images.

    Args:
        network: one that fits, with an input and output that suit the images.
        settings: the loader; None for the model alone.
        epochs: the largest number of epochs.
        learning_rate: the optimizer's.
        schedule: how it changes, in one line.
        schedule_epochs: over which it does, as wanted at the start; 0: `epochs`.
        optimizer: by default RMSprop, the course's.
        rule: when to stop early, or None.
        seed: the seed of the trainer.
        share: the share of each class's training images, above 0 to 1; the images are those that
            the trainer takes with this seed.
        patience: stop when the validation loss has not improved for so many epochs; 0 for never.
        gpus: that share each batch, as in `TrainingSpec.gpus`.
        class_weight: as in `TrainingSpec`; only on one device.
        test_directory: of images that are judged once, at the end, with the best weights.
        left_out_test: files of that folder that are not used.
        base: the pretrained backbone that the network stands on; None: there is none.
        file: of which the network is; None: it is `network`.
        devices: TensorFlow's names of those that a run computed on; empty where not known.
        rule_since: the first epoch that the rule is checked after.
        rates: changes of the learning rate.
        lengths: changes of the number of epochs.
        left_out: training files that are not used, besides those that the settings leave out; also
            validation files, if they come from the same folder.
        left_out_validation: files of the validation folder that are not used.
        validated: whether there were validation images if the settings ask for them.
        today: whether images are read by `image_dataset_from_directory`, and rescaled and changed
            by layers of the model; else by `ImageDataGenerator`, as in the course.

    Raises:
        GeometryError: when the network does not fit.
        SpecError: when `today` is asked for a training on several GPUs.
    """
    if file is not None:
        model = file.code
    elif base is not None and settings is not None:
        model = backbone_code(base, network, settings.target_size)
    else:
        model = keras_code(network)
    if settings is None:
        return model + "\n# Choose images in Data, and this program will train on them too.\n"
    shared = len(devices) > 1 or gpus not in (0, 1)
    if today and shared:
        raise SpecError(
            "Today's form of the program is of one device, and this training shares its batches "
            "among several GPUs. Write the course's form."
        )
    whole = base is None and file is None  # so that layers can be put into it
    if today and whole:
        model = with_layers(model, today_layers(settings, seed))
    body = re.sub(r"^import keras\n+", "", model, count=1)
    planned = parse_schedule(schedule)
    lines = ["import math"] * (planned.kind == "cosine") + TODAY_IMPORTS * today
    lines += [""] * bool(lines)
    lines += ["import keras", *["import numpy as np"] * (share < 1 or shared)]
    lines += ["import tensorflow as tf"] * shared
    if today:
        images = today_images(settings, share, seed, left_out, left_out_validation, layered=whole)
        lines += ["", *images]
    else:
        lines += _course_images(
            settings, share, seed, left_out, left_out_validation, keeps=bool(left_out_test)
        )
    lines += [*device_lines(gpus, devices), *SHARED_CLASSES] if shared else []
    lines += ["", f"keras.utils.set_random_seed({seed})", ""]
    loss = CLASS_MODE_LOSSES[settings.class_mode]
    tuning = base.fine_tuning if base is not None else None
    alone = tuning is not None and not tuning.head_epochs  # fine-tuned from the start
    first = tuning.learning_rate if tuning is not None and alone else learning_rate
    compiled = file.compile_lines(first, settings.class_mode) if file is not None else None
    built = [
        *body.rstrip("\n").split("\n"),
        *(fine_tuning_lines(tuning) if tuning is not None and alone else []),
        "",
        *(compiled or compile_lines(optimizer, first, loss)),
        "",
    ]
    lines += mirrored_lines(built, loss) if shared else built
    callbacks: list[str] = []
    schedules: ScheduleLines | None = None
    if not planned.is_constant:
        by_hand = tuple(Change(one.epoch, one.batch, one.rate) for one in rates)
        schedules = ScheduleLines(planned, by_hand, tuple(lengths))
        lines += schedules.classes()
        rates = [RateChange(one.epoch, one.batch, one.value) for one in schedules.others]
    if rates:
        lines += rate_lines(rates)
        callbacks.append("ChangeRate()")
    if rule is not None:
        lines += rule_lines(rule, rule_since)
        callbacks.append("StopWhen()")
    if patience > 0:
        lines += patience_lines(patience)
        callbacks.append("Patient()")
    validated &= settings.validation_directory is not None or settings.validation_split > 0
    batches = "FilledBatches({})" if shared else "{}"
    arguments = [f"validation_data={batches.format('validation')}"] * validated
    arguments += ["class_weight=class_weight"] * (class_weight is not None)
    lines += class_weight_lines(class_weight, today=today)
    if test_directory is not None:
        callbacks.append(BEST_CALLBACK)
        lines += best_lines(validated=validated)
    fitted = "trained" if shared else "model"
    fit = FitLines(
        fitted,
        batches.format("train"),
        tuple(arguments),
        epochs,
        tuple(callbacks),
        schedules,
        schedule_epochs or epochs,
    )
    lines += fit.lines(tuning, optimizer, first, loss)
    lines.append('print(history.epoch, history.history["accuracy"][-1])')
    if test_directory is not None:
        lines += judging_lines(test_directory, settings, left_out_test, today=today, layered=whole)
    return "\n".join(lines) + "\n"


def _course_images(
    settings: LoaderSettings,
    share: float,
    seed: int,
    left_out: Collection[str],
    left_out_validation: Collection[str],
    *,
    keeps: bool = False,
) -> list[str]:
    """Return the lines that make the loaders; as `today_images`.

    Args:
        settings, share, seed, left_out, left_out_validation: as there.
        keeps: whether `keep_only` is needed later, whatever these leave out.
    """
    images = _image_lines(settings, set(left_out), set(left_out_validation))
    chosen = share_lines(share, seed) if share < 1 else []
    # Files are left out below, so the comment that Keras cannot do so is not needed.
    plain = msgspec.structs.replace(settings, leave_out=())
    lines = python_call(plain).rstrip("\n").split("\n")
    return [*lines, *KEEP_ONLY, *images, *chosen] if images or chosen or keeps else lines


def _image_lines(settings: LoaderSettings, left_out: set[str], validation: set[str]) -> list[str]:
    """Return the lines that remove files from the loaders, before a share is chosen."""
    second = settings.validation_directory
    left_out |= left_out_names(settings, settings.directory)
    if second is None:
        validation = left_out if settings.validation_split > 0 else set()
    else:
        validation |= left_out_names(settings, second)
    lines = left_out_lines("train", left_out) if left_out else []
    return lines + (left_out_lines("validation", validation) if validation else [])


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
"""Lines of a function that keeps some of a loader's images."""


@dataclass(frozen=True)
class RateChange:
    """A change of the learning rate during the training.

    Args:
        epoch: the current epoch, from 1; 0 before the first.
        batch: how many of its batches had ended.
        rate: the new learning rate.
    """

    epoch: int
    batch: int
    rate: float


def left_out_lines(loader: str, names: Iterable[str]) -> list[str]:
    """Return the lines that remove files from a loader.

    Args:
        loader: the name of the variable.
        names: paths as in the loader's `filenames`.
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
        rule: the rule checked at the end of each epoch.
        since: the first epoch, from 1, that it is checked after.
    """
    finite = 'value is not None and abs(value) < float("inf")'
    if since > 1:
        finite = f"epoch + 1 >= {since} and {finite}"
    return [
        "",
        "class StopWhen(keras.callbacks.Callback):",
        "    def on_epoch_end(self, epoch, logs=None):",
        f"        value = (logs or {{}}).get({rule.metric!r})",
        *["        # The rule was changed while the training ran."] * (since > 1),
        "        # Keras measures in 32 bits, where 0.3 is 0.30000001: compare six digits.",
        f'        if {finite} and float(f"{{value:.6g}}") {rule.comparison} {rule.value!r}:',
        f'            print(f"\\nStopped: {rule.metric} is {{value:.5f}}")',
        "            self.model.stop_training = True",
        "",
        "",
    ]


def patience_lines(patience: int) -> list[str]:
    """Return the callback `Patient`, which compares six digits of `val_loss`, as the trainer does.

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
    """Return the callback `ChangeRate`, which repeats the changes of the learning rate."""
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
