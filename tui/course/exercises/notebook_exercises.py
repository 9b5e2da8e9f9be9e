"""The notebook: six exercises that build one program, which the learner takes away."""

from __future__ import annotations

from collections.abc import Mapping

from tui.course.exercises.written_program import BLANK, WrittenExercise, whole_program

_HEAD = '''\
"""Train a small network on a folder of pictures, and look inside it.

    python notebook.py FOLDER [PICTURE]

FOLDER has two folders, train and validation, and each of these a folder of pictures for each of
two classes. PICTURE is one of your own, for the network to name.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from PIL import Image
from tensorflow.keras.preprocessing.image import ImageDataGenerator

SIDE, BATCH, EPOCHS = 32, 10, 2
folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("pictures")
keras.utils.set_random_seed(42)

# 1. The pictures, in batches, with labels
generator = ImageDataGenerator(rescale=1/255)
'''
_NETWORK = "\n# 2. The network\n"
_TRAINING = "\n# 3. Training, until it is good enough\n"
_CURVES = """
# 4. The curves
try:
    import matplotlib.pyplot as plt
except ImportError:
    print("No chart without matplotlib: pip install matplotlib")
else:
"""
_CURVES_END = """\
    plt.savefig("curves.png")
    plt.show()
"""
_OWN = """
# 5. A picture of your own; without one, the first picture of validation
names = list(train.class_indices)
own = Path(sys.argv[2] if len(sys.argv) > 2 else validation.filepaths[0])
"""
_OWN_END = """\
p = float(model.predict(x, verbose=0)[0, 0])
print(f"{own.name}: {names[1] if p > 0.5 else names[0]} ({p:.2f})")
"""
_MAPS = """
# 6. The feature maps of the first convolution
"""
_MAPS_END = """\
maps = maps_of.predict(x, verbose=0)
for layer, values in zip(model.layers, maps):
    print(layer.name, values.shape)
first = maps[0][0]  # height, width, number
first = np.uint8(255 * first / max(first.max(), 1e-6))
Image.fromarray(np.concatenate(list(np.moveaxis(first, 2, 0)), axis=1)).save("maps.png")
"""


def _given(name: str, indent: str = "") -> str:
    return f"{indent}{BLANK} {name}\n"


_UP_TO_1 = _HEAD
_UP_TO_2 = _HEAD + _given("notebook-pictures") + _NETWORK
_UP_TO_3 = _UP_TO_2 + _given("notebook-network") + _TRAINING
_UP_TO_4 = _UP_TO_3 + _given("notebook-training") + _CURVES
_UP_TO_5 = _UP_TO_4 + _given("notebook-curves", "    ") + _CURVES_END + _OWN
_UP_TO_6 = _UP_TO_5 + _given("notebook-own-picture") + _OWN_END + _MAPS

PICTURES = WrittenExercise(
    name="notebook-pictures",
    title="The notebook, 1 of 6: the pictures",
    prompt="Make train and validation: batches of BATCH pictures of SIDE×SIDE from folder / "
    '"train" and folder / "validation", for one sigmoid unit.',
    program=f"{_UP_TO_1}{BLANK}\nprint(train.class_indices, len(train), len(validation))\n",
    solution="""\
options = {"target_size": (SIDE, SIDE), "batch_size": BATCH, "class_mode": "binary"}
train = generator.flow_from_directory(folder / "train", **options)
validation = generator.flow_from_directory(folder / "validation", **options)""",
    hints=(
        "Two calls of generator.flow_from_directory, one for each folder.",
        "Each has target_size=(SIDE, SIDE), batch_size=BATCH and class_mode.",
        'One sigmoid unit: class_mode="binary".',
    ),
    lines=6,
)
NETWORK = WrittenExercise(
    name="notebook-network",
    title="The notebook, 2 of 6: the network",
    prompt="Make and compile model: pictures of SIDE×SIDE×3, three stages of a 3×3 convolution "
    "(relu) and a 2×2 max pooling with 16, 32 and 64 filters, Flatten, 64 units (relu), one unit "
    "(sigmoid); binary cross-entropy, and accuracy as a metric.",
    program=f"{_UP_TO_2}{BLANK}\nmodel.summary()\n",
    solution="""\
model = keras.Sequential([
    keras.Input((SIDE, SIDE, 3)),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(32, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(64, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Flatten(),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])""",
    hints=(
        "The layers are those of the exercise with three stages; only the input and the first "
        "Dense differ.",
        "keras.Sequential([keras.Input((SIDE, SIDE, 3)), …]), and behind it model.compile(…).",
        'model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])',
    ),
    lines=13,
)
TRAINING = WrittenExercise(
    name="notebook-training",
    title="The notebook, 3 of 6: the training",
    prompt="Write StopWhenGood, a callback that stops when accuracy is above 0.997 at the end of "
    "an epoch; where no accuracy was measured, it does nothing. Train with it for at "
    "most EPOCHS epochs, measure on validation, and keep the history.",
    program=f'{_UP_TO_3}{BLANK}\nprint(len(history.epoch), "epochs")\n',
    solution="""\
class StopWhenGood(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        accuracy = (logs or {}).get("accuracy")
        if accuracy is not None and accuracy > 0.997:
            self.model.stop_training = True


history = model.fit(
    train, epochs=EPOCHS, validation_data=validation, callbacks=[StopWhenGood()]
)""",
    hints=(
        "First the class, then the call of model.fit.",
        "class StopWhenGood(keras.callbacks.Callback): with the method on_epoch_end, as in the "
        "exercise on callbacks.",
        "history = model.fit(train, epochs=EPOCHS, validation_data=validation, "
        "callbacks=[StopWhenGood()])",
    ),
    lines=10,
)
CURVES = WrittenExercise(
    name="notebook-curves",
    title="The notebook, 4 of 6: the curves",
    prompt='Draw accuracy and val_accuracy of history in one chart, with the labels "accuracy" and '
    '"val_accuracy" and a legend.',
    program=f"{_UP_TO_4}    {BLANK}\n{_CURVES_END}",
    solution="""\
plt.plot(history.history["accuracy"], label="accuracy")
plt.plot(history.history["val_accuracy"], label="val_accuracy")
plt.legend()""",
    hints=(
        "It is the exercise on curves, with the accuracies instead of the losses.",
        'plt.plot(history.history["accuracy"], label="accuracy") draws the first line.',
        "The legend needs plt.legend().",
    ),
    lines=4,
)
OWN_PICTURE = WrittenExercise(
    name="notebook-own-picture",
    title="The notebook, 5 of 6: a picture of your own",
    prompt="Make x of the file own: loaded at SIDE×SIDE, with values as in training, as a batch of "
    "one.",
    program=f"{_UP_TO_5}{BLANK}\n{_OWN_END}",
    solution="""\
image = keras.utils.load_img(own, target_size=(SIDE, SIDE))
x = np.expand_dims(keras.utils.img_to_array(image) / 255, axis=0)""",
    hints=(
        "Three steps: load the file, make an array of it, put an axis in front.",
        "keras.utils.load_img(own, target_size=(SIDE, SIDE)) and keras.utils.img_to_array(…).",
        "The generator divides by 255 in training, so divide here too; then "
        "np.expand_dims(…, axis=0).",
    ),
    lines=4,
)
MAPS = WrittenExercise(
    name="notebook-maps",
    title="The notebook, 6 of 6: looking inside",
    prompt="Make maps_of: a model that gives back the output of every layer of model, in order.",
    program=f"{_UP_TO_6}{BLANK}\n{_MAPS_END}",
    solution="maps_of = keras.Model(model.inputs, [layer.output for layer in model.layers])",
    hints=(
        "keras.Model(inputs, outputs), as in the exercise on feature maps.",
        "The inputs are model.inputs; each layer of model.layers has an output.",
    ),
)
STEPS = (PICTURES, NETWORK, TRAINING, CURVES, OWN_PICTURE, MAPS)
"""The exercises that build the notebook, in order."""
SMALL_VALUES, LARGE_VALUES = "32, 10, 2", "64, 20, 15"
"""SIDE, BATCH, EPOCHS in the lesson, and in the file that the learner takes away."""
_SMALL = f"SIDE, BATCH, EPOCHS = {SMALL_VALUES}\n"
_LARGE = f"SIDE, BATCH, EPOCHS = {LARGE_VALUES}  # 150 pixels for photographs of animals\n"


def notebook_file(answers: Mapping[str, str]) -> str:
    """Return the whole notebook as a file that runs on a folder of one's own.

    Args:
        answers: right answers by the names of their exercises; where one is missing, the
            solution stands in for it.
    """
    filled = {step.name: answers.get(step.name) or step.solution for step in STEPS}
    whole = whole_program(MAPS, filled[MAPS.name], filled)
    return whole.text.replace(_SMALL, _LARGE, 1)
