"""A training as a Keras program that runs by itself."""

from __future__ import annotations

import re

from tui.datasets import LoaderSettings, python_call
from tui.geometry import Network, keras_code
from tui.training.spec import COURSE_RULE, StopRule

_LOSSES = {
    "binary": "binary_crossentropy",
    "categorical": "categorical_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
}


def training_script(
    network: Network,
    settings: LoaderSettings | None,
    *,
    epochs: int = 15,
    learning_rate: float = 0.001,
    rule: StopRule | None = COURSE_RULE,
    seed: int = 42,
) -> str:
    """Return a Python program that trains a network on a folder of images.

    Args:
        network: must fit; its input and output must suit the images.
        settings: the loader; None for the model alone.
        epochs: at most this many.
        learning_rate: of RMSprop.
        rule: when to stop early.
        seed: as the trainer sets it.

    Raises:
        GeometryError: when the network does not fit.
    """
    model = keras_code(network)
    if settings is None:
        return model + "\n# Choose images in Data, and this program will train on them too.\n"
    body = re.sub(r"^import keras\n+", "", model, count=1)
    lines = ["import keras", *python_call(settings).rstrip("\n").split("\n")]
    lines += ["", f"keras.utils.set_random_seed({seed})", "", body.rstrip("\n"), ""]
    lines += [
        "model.compile(",
        f"    optimizer=keras.optimizers.RMSprop(learning_rate={learning_rate!r}),",
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
            f"        if value is not None and value {rule.comparison} {rule.value!r}:",
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
