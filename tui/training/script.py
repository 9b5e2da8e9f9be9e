"""A training as a Keras program that runs by itself."""

from __future__ import annotations

import re

from tui.datasets import LoaderSettings, python_call
from tui.geometry import Network, keras_code, parse_network
from tui.training.spec import COURSE_RULE, Optimizer, StopRule, TrainingSpec

_LOSSES = {
    "binary": "binary_crossentropy",
    "categorical": "categorical_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
}
_OPTIMIZERS = {"rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}


def script_of(spec: TrainingSpec) -> str:
    """Return a training's spec as a Python program that trains the same by itself."""
    return training_script(
        parse_network(spec.network),
        spec.data,
        epochs=spec.epochs,
        learning_rate=spec.learning_rate,
        optimizer=spec.optimizer,
        rule=spec.stop_rule,
        seed=spec.seed,
        share=spec.share,
    )


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

    Raises:
        GeometryError: when the network does not fit.
    """
    model = keras_code(network)
    if settings is None:
        return model + "\n# Choose images in Data, and this program will train on them too.\n"
    body = re.sub(r"^import keras\n+", "", model, count=1)
    lines = ["import keras", *["import numpy as np"] * (share < 1)]
    lines += python_call(settings).rstrip("\n").split("\n")
    lines += _share_lines(share, seed) if share < 1 else []
    lines += ["", f"keras.utils.set_random_seed({seed})", "", body.rstrip("\n"), ""]
    lines += [
        "model.compile(",
        f"    optimizer=keras.optimizers.{_OPTIMIZERS[optimizer]}("
        f"learning_rate={learning_rate!r}),",
        f"    loss={_LOSSES[settings.class_mode]!r},",
        '    metrics=["accuracy"],',
        ")",
        "",
    ]
    callbacks = ""
    if rule is not None:
        lines += [
            "",
            "class StopWhen(keras.callbacks.Callback):",
            "    def on_epoch_end(self, epoch, logs=None):",
            f"        value = (logs or {{}}).get({rule.metric!r})",
            "        # Keras measures in 32 bits, where 0.3 is 0.30000001: compare six digits.",
            f'        if value is not None and float(f"{{value:.6g}}") {rule.comparison} '
            f"{rule.value!r}:",
            f'            print(f"\\nStopped: {rule.metric} is {{value:.5f}}")',
            "            self.model.stop_training = True",
            "",
            "",
        ]
        callbacks = "callbacks=[StopWhen()]"
    validated = settings.validation_directory is not None or settings.validation_split > 0
    arguments = ["train", f"epochs={epochs}"]
    arguments += ["validation_data=validation"] * validated + [callbacks] * bool(callbacks)
    lines.append(f"history = model.fit({', '.join(arguments)})")
    lines.append('print(history.epoch, history.history["accuracy"][-1])')
    return "\n".join(lines) + "\n"


def _share_lines(share: float, seed: int) -> list[str]:
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
        "kept.sort()",
        "train.filenames = [train.filenames[position] for position in kept]",
        "train._filepaths = [train._filepaths[position] for position in kept]",
        "train.classes = train.classes[kept]",
        "train.samples = train.n = len(kept)",
    ]
