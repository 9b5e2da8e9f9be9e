"""Lines from which answers to the exercises are put together."""

from __future__ import annotations

DATASET = "train = keras.utils.image_dataset_from_directory("
FLOW = "train = generator.flow_from_directory("


FIRST = """\
options = {"target_size": (SIDE, SIDE), "batch_size": BATCH, "class_mode": "binary"}
train = generator.flow_from_directory(folder / "train", **options)
"""


CLASS = "class StopWhenGood(keras.callbacks.Callback):\n"


HOOK = "def on_epoch_end(self, epoch, logs=None):\n"


GOOD_CLASS = f"""{CLASS}    {HOOK}        if logs.get("accuracy", 0) > 0.997:
            self.model.stop_training = True
"""


STAGES = """\
model = keras.Sequential([
    keras.Input(({side}, {side}, 3)),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(32, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(64, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Flatten(),
    keras.layers.Dense({units}, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])"""


LARGE_STAGES = STAGES.format(side=64, units=512)


SMALL_STAGES = STAGES.format(side=32, units=64)


COMPILED = '\nmodel.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])'
