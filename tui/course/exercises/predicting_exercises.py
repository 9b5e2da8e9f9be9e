"""Exercises on predictions: a picture of one's own, a name for a number, a label that is wrong."""

from __future__ import annotations

from tui.course.exercises.written_program import WrittenExercise

OWN_PICTURE = WrittenExercise(
    name="own-picture",
    title="Your own picture",
    prompt="Make x from image: what model.predict needs for one picture. The model was trained "
    "with ImageDataGenerator(rescale=1/255).",
    program="""\
import keras
import numpy as np

model = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Conv2D(4, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])  # imagine that it is trained
image = keras.utils.load_img("own.png", target_size=(32, 32))
___

p = model.predict(x, verbose=0)[0, 0]
print(x.shape, x.min(), x.max(), "p =", p)
""",
    solution="""\
x = keras.utils.img_to_array(image) / 255
x = np.expand_dims(x, axis=0)""",
    hints=(
        "image is a picture, and predict takes arrays: keras.utils.img_to_array(image).",
        "In training each value was multiplied by 1/255, so do the same here.",
        "predict takes a batch: the shape has to be (1, 32, 32, 3). np.expand_dims(x, axis=0) puts "
        "an axis in front.",
    ),
    lines=3,
)
CLASS_NAME = WrittenExercise(
    name="class-name",
    title="From a number to a name",
    prompt="Complete class_name: the name of the class that a sigmoid output p means. "
    "class_indices is the dictionary of flow_from_directory, such as {'cats': 0, 'dogs': 1}.",
    program='''\
def class_name(p, class_indices):
    """Return the name of the class that p, between 0 and 1, means."""
    ___


for p in (0.02, 0.4, 0.97):
    print(p, class_name(p, {"cats": 0, "dogs": 1}))
''',
    solution="""\
cats, dogs = class_indices
return dogs if p > 0.5 else cats""",
    hints=(
        "p near 0 means the class with number 0, p near 1 the class with number 1.",
        "The border between the two is 0.5. list(class_indices) is the list of the names, in the "
        "order of their numbers.",
        "names = list(class_indices), and return names[1] if p > 0.5 else names[0].",
    ),
    lines=3,
    pictures="none",
)
WRONG_LABEL = WrittenExercise(
    name="wrong-label",
    title="Find the wrong label",
    prompt="Complete most_doubtful: the name of the picture whose label the network contradicts "
    "most. p is the sigmoid's output for each picture, labels are 0 or 1.",
    program='''\
import numpy as np


def most_doubtful(p, labels, names):
    """Return the name of the picture whose label is most likely wrong."""
    ___


p = np.array([0.03, 0.98, 0.41, 0.04, 0.95])
labels = np.array([0, 1, 0, 1, 1])
names = ["001.png", "002.png", "003.png", "004.png", "005.png"]
print(most_doubtful(p, labels, names))
''',
    solution="return names[np.argmax(np.abs(labels - p))]",
    hints=(
        "How far is an output from its label? 0.98 is 0.02 from 1, and 0.98 from 0.",
        "np.abs(labels - p) is the distance for each picture.",
        "np.argmax gives the place of the largest value, and names[place] its name.",
    ),
    lines=2,
    pictures="none",
)
