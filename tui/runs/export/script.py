"""A training as a Keras program that runs by itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from tui.datasets import LoaderSettings, python_call
from tui.datasets.folder.left_out import left_out_names
from tui.geometry import Network, parse_network
from tui.keras_io import keras_code
from tui.keras_io.compile_names import CLASS_MODE_LOSSES, OPTIMIZERS
from tui.runs.export.script_parts import (
    KEEP_ONLY,
    RateChange,
    left_out_lines,
    patience_lines,
    rate_lines,
    rule_lines,
    share_lines,
)
from tui.runs.settings.spec import COURSE_RULE, Optimizer, StopRule, TrainingSpec


def script_of(spec: TrainingSpec, **otherwise: Any) -> str:
    """Return a training's spec as a Python program that trains the same by itself.

    Args:
        spec: what was chosen.
        otherwise: arguments of `training_script` that are not as the spec has them.
    """
    chosen = {
        "epochs": spec.epochs,
        "learning_rate": spec.learning_rate,
        "optimizer": spec.optimizer,
        "rule": spec.stop_rule,
        "patience": spec.patience,
        "seed": spec.seed,
        "share": spec.share,
    }
    return training_script(parse_network(spec.network), spec.data, **{**chosen, **otherwise})


def training_script(
    network: Network,
    settings: LoaderSettings | None,
    *,
    epochs: int = 15,
    learning_rate: float = 0.001,
    optimizer: Optimizer = "rmsprop",
    rule: StopRule | None = COURSE_RULE,
    seed: int = 42,
    share: float = 1.0,
    patience: int = 0,
    rule_since: int = 1,
    rates: Sequence[RateChange] = (),
    left_out: Collection[str] = (),
    left_out_validation: Collection[str] = (),
    validated: bool = True,
) -> str:
    """Return a Python program that trains a network on a folder of images.

    Args:
        network: must fit; its input and output must suit the images.
        settings: the loader; None for the model alone.
        epochs: at most this many.
        learning_rate: of the optimizer.
        optimizer: RMSprop is the course's.
        rule: when to stop early.
        seed: as the trainer sets it.
        share: of each class's training images, above 0 to 1; the same images that the trainer
            takes with this seed.
        patience: end when the validation loss has not improved for so many epochs; 0: never.
        rule_since: the first epoch that the rule looks at.
        rates: learning rates that were changed on the way.
        left_out: training files that are not used beside those that the settings leave out;
            validation files too, where they come from the same folder.
        left_out_validation: files of the validation folder that are not used.
        validated: whether there were validation images, where the settings ask for them.

    Raises:
        GeometryError: when the network does not fit.
    """
    model = keras_code(network)
    if settings is None:
        return model + "\n# Choose images in Data, and this program will train on them too.\n"
    body = re.sub(r"^import keras\n+", "", model, count=1)
    images = _image_lines(settings, set(left_out), set(left_out_validation))
    chosen = share_lines(share, seed) if share < 1 else []
    lines = ["import keras", *["import numpy as np"] * (share < 1)]
    # What is left out is taken out below: the remark that Keras cannot do so is not needed.
    plain = msgspec.structs.replace(settings, leave_out=())
    lines += python_call(plain).rstrip("\n").split("\n")
    lines += [*KEEP_ONLY, *images, *chosen] if images or chosen else []
    lines += ["", f"keras.utils.set_random_seed({seed})", "", body.rstrip("\n"), ""]
    lines += [
        "model.compile(",
        f"    optimizer=keras.optimizers.{OPTIMIZERS[optimizer]}(learning_rate={learning_rate!r}),",
        f"    loss={CLASS_MODE_LOSSES[settings.class_mode]!r},",
        '    metrics=["accuracy"],',
        ")",
        "",
    ]
    callbacks = []
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
    arguments = ["train", f"epochs={epochs}"]
    arguments += ["validation_data=validation"] * validated
    if callbacks:
        arguments.append(f"callbacks=[{', '.join(callbacks)}]")
    lines.append(f"history = model.fit({', '.join(arguments)})")
    lines.append('print(history.epoch, history.history["accuracy"][-1])')
    return "\n".join(lines) + "\n"


def _image_lines(settings: LoaderSettings, left_out: set[str], validation: set[str]) -> list[str]:
    """Return the lines that take files out of the loaders, before a share is chosen."""
    second = settings.validation_directory
    left_out |= left_out_names(settings, settings.directory)
    if second is None:
        validation = left_out if settings.validation_split > 0 else set()
    else:
        validation |= left_out_names(settings, second)
    lines = left_out_lines("train", left_out) if left_out else []
    return lines + (left_out_lines("validation", validation) if validation else [])
