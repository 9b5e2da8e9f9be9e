"""Exercises on layers and networks: sizes, padding, stages."""

from __future__ import annotations

from tui.course.exercises.written_program import WrittenExercise

FORMULA = WrittenExercise(
    name="formula",
    title="The layer formula as a function",
    prompt="Complete output_size: the width that a convolution puts out, for an input of width "
    "size, filter size f, stride s and padding p on each side. The last columns may be left "
    "unread.",
    program='''\
import math


def output_size(size, f, s, p):
    """Return the width of a convolution's output."""
    ___


for numbers in [(150, 3, 1, 0), (28, 5, 2, 2), (7, 3, 2, 0)]:
    print(numbers, output_size(*numbers))
''',
    solution="return (size - f + 2 * p) // s + 1",
    hints=(
        "It is the formula W2 = (W1 − F + 2P)/S + 1.",
        "A width is a whole number. Where S does not divide, the rest is left unread: it is "
        "rounded down.",
        "In Python // divides and rounds down: return (…) // s + 1.",
    ),
    pictures="none",
)
SAME_LAYER = WrittenExercise(
    name="same-layer",
    title="A layer that keeps the size",
    prompt="Make layer: a convolution with 16 filters of 5×5 whose output is as wide and as high "
    "as its input.",
    program="""\
import keras
import numpy as np

___

for height, width in [(28, 28), (31, 17)]:
    print(layer(np.zeros((1, height, width, 3))).shape)
""",
    solution='layer = keras.layers.Conv2D(16, 5, padding="same")',
    hints=(
        "keras.layers.Conv2D(filters, kernel_size, …). Without padding a 5×5 filter takes away 4 "
        "columns and 4 rows.",
        "Two zeros on each side make up for it. Keras finds the number by itself when it is asked "
        "to keep the size.",
        'The argument is padding="same".',
    ),
    pictures="none",
)
STAGES = WrittenExercise(
    name="stages",
    title="A network of three stages",
    prompt="Build model: an input of 64×64×3; three stages, each a convolution with 3×3 filters "
    "and relu and then a max pooling of 2×2, with 16, 32 and 64 filters; then Flatten, 512 units "
    "with relu, and one unit with sigmoid.",
    program="""\
import keras

___

for layer in model.layers:
    print(layer.name, layer.output.shape)
""",
    solution="""\
model = keras.Sequential([
    keras.Input((64, 64, 3)),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(32, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(64, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Flatten(),
    keras.layers.Dense(512, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])""",
    hints=(
        "keras.Sequential([…]) takes a list of layers, from the input to the end.",
        'One stage is two layers: keras.layers.Conv2D(16, 3, activation="relu") and '
        "keras.layers.MaxPooling2D(2).",
        "The list begins with keras.Input((64, 64, 3)) and ends with Flatten(), "
        'Dense(512, activation="relu") and Dense(1, activation="sigmoid").',
    ),
    lines=12,
    pictures="none",
)
