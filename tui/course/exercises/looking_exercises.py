"""Exercises on looking inside: feature maps, and pictures made of them."""

from __future__ import annotations

from tui.course.exercises.written_program import WrittenExercise

MAPS_MODEL = WrittenExercise(
    name="maps-model",
    title="A model that gives every feature map",
    prompt="Make maps_of: a keras.Model with the inputs of model that gives back the output of "
    "every layer of model, in order.",
    program="""\
import keras
import numpy as np

model = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Conv2D(8, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])
___

maps = maps_of.predict(np.random.rand(1, 32, 32, 3), verbose=0)
for layer, values in zip(model.layers, maps):
    print(layer.name, values.shape)
""",
    solution="maps_of = keras.Model(model.inputs, [layer.output for layer in model.layers])",
    hints=(
        "keras.Model(inputs, outputs) makes a model of what is there already; no weight is new.",
        "outputs is a list. Each layer of model.layers has an attribute output.",
        "keras.Model(model.inputs, [… for layer in model.layers])",
    ),
    pictures="none",
)
GREY = WrittenExercise(
    name="grey",
    title="A feature map as greys",
    prompt="Complete grey: subtract the mean, divide by the standard deviation, multiply by 64 and "
    "add 128, keep all between 0 and 255, and give it back as uint8. A map that is the same "
    "everywhere becomes 128 everywhere.",
    program='''\
import numpy as np


def grey(x):
    """Return a feature map as whole numbers from 0 to 255."""
    ___


print(grey(np.array([[0.0, 0.0], [1.0, 9.0]])))
print(grey(np.zeros((2, 2))))
''',
    solution="""\
x = x - x.mean()
if x.std() > 0:
    x = x / x.std()
return np.clip(64 * x + 128, 0, 255).astype("uint8")""",
    hints=(
        "x.mean() and x.std() are the mean and the standard deviation of all values.",
        "The standard deviation of a map that is the same everywhere is 0. Divide only if it is "
        "above 0.",
        'np.clip(values, 0, 255) keeps values between the two; then .astype("uint8").',
    ),
    lines=5,
    pictures="none",
)
GRID = WrittenExercise(
    name="grid",
    title="Many maps in one picture",
    prompt="Complete the loop: put map n at its place in picture. The maps are placed row by row, "
    "from left to right, with so many columns in a row, without gaps.",
    program='''\
import math

import matplotlib.pyplot as plt
import numpy as np


def grid(maps, columns):
    """Return maps of shape (height, width, number) side by side in one picture."""
    height, width, number = maps.shape
    rows = math.ceil(number / columns)
    picture = np.zeros((rows * height, columns * width), "uint8")
    for n in range(number):
        ___
    return picture


maps = np.ones((4, 6, 10), "uint8") * np.arange(1, 11, dtype="uint8") * 20
plt.imshow(grid(maps, columns=4))
plt.show()
''',
    solution="""\
row, column = divmod(n, columns)
top, left = row * height, column * width
picture[top:top + height, left:left + width] = maps[:, :, n]""",
    hints=(
        "In which row and which column does map n stand? With 4 columns, map 5 is in row 1, "
        "column 1, counted from 0.",
        "row = n // columns and column = n % columns. The rows of the picture begin at "
        "row * height, its columns at column * width.",
        "picture[top:top + height, left:left + width] = maps[:, :, n]",
    ),
    lines=4,
    pictures="none",
)
