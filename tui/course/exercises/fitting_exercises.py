"""Exercises on training: compile, fit, its history, and callbacks."""

from __future__ import annotations

from tui.course.exercises.written_program import WrittenExercise

COMPILE = WrittenExercise(
    name="compile",
    title="A loss that suits the labels",
    prompt='Compile the model: the loss that suits class_mode="binary" and one sigmoid unit, '
    "RMSprop with a learning rate of 0.001, and accuracy as a metric.",
    program="""\
import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(rescale=1/255).flow_from_directory(
    "pictures/train", target_size=(32, 32), batch_size=10, class_mode="binary"
)
model = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])
___

model.fit(train, epochs=1, verbose=2)
""",
    solution="""\
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
    metrics=["accuracy"],
)""",
    hints=(
        "model.compile takes loss=…, optimizer=… and metrics=[…].",
        "One number between 0 and 1 against a label of 0 or 1: that is binary cross-entropy.",
        'loss="binary_crossentropy", '
        'optimizer=keras.optimizers.RMSprop(learning_rate=0.001), metrics=["accuracy"].',
    ),
    lines=5,
)
FIT = WrittenExercise(
    name="fit",
    title="Train, and keep the history",
    prompt="Train the model on train for 3 epochs, have it measured on validation after each, and "
    "keep what fit gives back as history.",
    program="""\
import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

generator = ImageDataGenerator(rescale=1/255)
options = {"target_size": (32, 32), "batch_size": 10, "class_mode": "binary"}
train = generator.flow_from_directory("pictures/train", **options)
validation = generator.flow_from_directory("pictures/validation", **options)
model = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Conv2D(4, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
___

print(history.epoch)
print(history.history["val_accuracy"])
""",
    solution="history = model.fit(train, epochs=3, validation_data=validation)",
    hints=(
        "model.fit(…) trains. What it gives back needs a name.",
        "The pictures to train on come first; the number of epochs and the validation pictures "
        "have arguments of their own.",
        "history = model.fit(train, epochs=…, validation_data=…)",
    ),
)
CALLBACK = WrittenExercise(
    name="callback",
    title="A callback that stops the training",
    prompt="Write the callback's method: at the end of an epoch it stops the training when "
    "accuracy is above 0.997. Where no accuracy was measured, it does nothing.",
    program="""\
import keras
import numpy as np


class StopWhenGood(keras.callbacks.Callback):
    ___


labels = np.arange(40) % 2
images = np.ones((40, 4, 4, 1)) * labels.reshape(40, 1, 1, 1)  # dark or bright
model = keras.Sequential([
    keras.Input((4, 4, 1)),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(
    keras.optimizers.RMSprop(0.05), "binary_crossentropy", metrics=["accuracy"]
)
history = model.fit(
    images, labels, epochs=12, callbacks=[StopWhenGood()], verbose=0
)
print("epochs:", len(history.epoch), "accuracy:", history.history["accuracy"][-1])
""",
    solution="""\
def on_epoch_end(self, epoch, logs=None):
    accuracy = (logs or {}).get("accuracy")
    if accuracy is not None and accuracy > 0.997:
        self.model.stop_training = True""",
    hints=(
        "Keras calls the method by its name: on_epoch_end(self, epoch, logs=None).",
        'logs is a dictionary. logs.get("accuracy") is the accuracy, or None where it was not '
        "measured.",
        "The network that is being trained is self.model. Its attribute stop_training asks fit to "
        "end.",
        "if accuracy is not None and accuracy > 0.997: self.model.stop_training = True",
    ),
    lines=5,
    pictures="none",
)
EARLY_STOPPING = WrittenExercise(
    name="early-stopping",
    title="Stop at the right epoch",
    prompt="Make stop: a callback of Keras that ends the training after 3 epochs without a new "
    "lowest val_loss, and then gives the model the weights of the best epoch.",
    program="""\
import keras
import numpy as np

___

images, labels = np.random.rand(20, 8), np.arange(20) % 2
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
model.fit(
    images, labels, epochs=2, validation_split=0.5, callbacks=[stop], verbose=2
)
""",
    solution="""\
stop = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=3, restore_best_weights=True
)""",
    hints=(
        "keras.callbacks.EarlyStopping is the class.",
        "monitor names what is watched, patience how many epochs it waits.",
        "Without restore_best_weights=True the model keeps the weights of the last epoch.",
    ),
    lines=4,
    pictures="none",
)
CURVES = WrittenExercise(
    name="curves",
    title="Plot the two curves",
    prompt='Draw loss and val_loss in one chart, with the labels "loss" and "val_loss" and a '
    "legend.",
    program="""\
import keras
import matplotlib.pyplot as plt

history = keras.callbacks.History()  # as fit gave it back after five epochs
history.epoch = [0, 1, 2, 3, 4]
history.history = {
    "accuracy": [0.55, 0.66, 0.75, 0.85, 0.93],
    "loss": [0.69, 0.62, 0.51, 0.36, 0.22],
    "val_accuracy": [0.58, 0.64, 0.70, 0.71, 0.70],
    "val_loss": [0.67, 0.63, 0.58, 0.61, 0.70],
}
___

plt.show()
""",
    solution="""\
plt.plot(history.history["loss"], label="loss")
plt.plot(history.history["val_loss"], label="val_loss")
plt.legend()""",
    hints=(
        "plt.plot(values, label=…) draws one line; call it twice.",
        'The values of an epoch each lie in a dictionary: history.history["loss"] is a list.',
        "The labels are shown only after plt.legend().",
    ),
    lines=4,
    pictures="none",
)
