"""Exercises on folders of pictures: reading, dividing and changing them."""

from __future__ import annotations

from tui.course.exercises.written_program import WrittenExercise

GENERATOR = WrittenExercise(
    name="generator",
    title="A generator that rescales",
    prompt="Make generator: an ImageDataGenerator that brings the values of every picture from "
    "0 … 255 to 0 … 1.",
    program="""\
from tensorflow.keras.preprocessing.image import ImageDataGenerator

___

train = generator.flow_from_directory("pictures/train", target_size=(32, 32))
images, labels = train[0]
print(images.shape, images.min(), images.max())
""",
    solution="generator = ImageDataGenerator(rescale=1/255)",
    hints=(
        "ImageDataGenerator takes an argument by which every value is multiplied.",
        "The argument is called rescale. By what do you multiply 255 to get 1?",
        "generator = ImageDataGenerator(rescale=…), with 1/255 for the dots.",
    ),
)
FLOW = WrittenExercise(
    name="flow",
    title="Batches from a folder",
    prompt="Make train: batches of 10 pictures from the folder pictures/train, resized to 32×32, "
    "with labels for one sigmoid unit.",
    program="""\
from tensorflow.keras.preprocessing.image import ImageDataGenerator

generator = ImageDataGenerator(rescale=1/255)
___

print(train.class_indices)
images, labels = train[0]
print(images.shape, labels.shape, labels)
""",
    solution="""\
train = generator.flow_from_directory(
    "pictures/train", target_size=(32, 32), batch_size=10, class_mode="binary"
)""",
    hints=(
        "generator.flow_from_directory(…) makes it. The folder comes first.",
        "Three more arguments: target_size=(height, width), batch_size and class_mode.",
        "One sigmoid unit puts out one number between 0 and 1, so its labels are 0 or 1: "
        'class_mode="binary".',
    ),
    lines=4,
)
DATASET = WrittenExercise(
    name="dataset",
    title="The same as a dataset of today",
    prompt="Make train with image_dataset_from_directory: batches of 10 pictures from the folder "
    "pictures/train, resized to 32×32, with labels for one sigmoid unit.",
    program="""\
import keras

___

print(train.class_names)
for images, labels in train.take(1):
    print(images.shape, labels.shape, images.numpy().max())
""",
    solution="""\
train = keras.utils.image_dataset_from_directory(
    "pictures/train", image_size=(32, 32), batch_size=10, label_mode="binary"
)""",
    hints=(
        "keras.utils.image_dataset_from_directory(…) makes it in one call. The folder comes first.",
        "Three more arguments. batch_size is called as before; what were target_size and "
        "class_mode are image_size and label_mode.",
        'image_size=(32, 32), batch_size=10, label_mode="binary". There is nothing to rescale '
        "here: that is a layer of the network.",
    ),
    lines=4,
)
SPLIT = WrittenExercise(
    name="split",
    title="Split a folder, the same way every time",
    prompt="Complete split. It gives back two lists: a share of the names, chosen by chance, and "
    "all the others. The same names and the same seed give the same two lists, in whatever order "
    "the names come.",
    program='''\
import os
import random


def split(names, share, seed):
    """Return the names to train on and the names to validate on."""
    ___


names = os.listdir("pictures/train/striped")
train, validation = split(names, share=0.8, seed=42)
print(len(train), len(validation), set(train) & set(validation))
''',
    solution="""\
names = sorted(names)
random.Random(seed).shuffle(names)
cut = round(share * len(names))
return names[:cut], names[cut:]""",
    hints=(
        "Four steps: sort, shuffle with the seed, find where to cut, give back both parts.",
        "os.listdir gives names in any order, so sort them first. random.Random(seed) is a source "
        "of chance of its own; its method shuffle changes a list and gives back None.",
        "cut = round(share * len(names)), and return names[:cut], names[cut:].",
    ),
    lines=5,
)
AUGMENT = WrittenExercise(
    name="augment",
    title="More from few pictures",
    prompt="Make train_generator, which mirrors pictures left to right by chance and turns them by "
    "up to 20 degrees, and validation_generator, which does neither. Both bring the values to "
    "0 … 1.",
    program="""\
from tensorflow.keras.preprocessing.image import ImageDataGenerator

___

options = {"target_size": (32, 32), "batch_size": 10, "class_mode": "binary"}
train = train_generator.flow_from_directory("pictures/train", **options)
validation = validation_generator.flow_from_directory("pictures/validation", **options)
print(train[0][0].shape, validation[0][0].shape)
""",
    solution="""\
train_generator = ImageDataGenerator(rescale=1/255, horizontal_flip=True, rotation_range=20)
validation_generator = ImageDataGenerator(rescale=1/255)""",
    hints=(
        "Two generators: what changes pictures by chance belongs to training only, since "
        "validation is to be the same in every epoch.",
        "The arguments are horizontal_flip (True or False) and rotation_range (degrees).",
        "Both need rescale=1/255; only train_generator has horizontal_flip=True and "
        "rotation_range=20.",
    ),
    lines=4,
)
