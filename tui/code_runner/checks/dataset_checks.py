"""The check on a dataset of `image_dataset_from_directory`."""

from __future__ import annotations

from typing import Any

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip, no_name

_ERRORS = (
    no_name("train"),
    Raises(
        r"NotFoundError|FileNotFoundError|No such file",
        "no-folder",
        "There is no such folder. Folders are looked for where the program runs, and that one has "
        "the folder pictures with train and validation in it.",
    ),
    Raises(
        r"No images found|No training images found|class_names=\[\]",
        "too-deep",
        "No picture was found. The sub-folders of the folder that you name are the classes, and "
        "this one has none: go one level up, to pictures/train.",
    ),
    Raises(
        r"has no attribute 'class_names'",
        "no-dataset",
        "`train` has no class_names. Only what image_dataset_from_directory itself gives back has "
        "them: not the iterator of flow_from_directory, and not a dataset changed by map.",
    ),
    Raises(
        r"unexpected keyword argument '(target_size|class_mode|rescale)'",
        "older-name",
        "That is an argument of ImageDataGenerator. The new names are image_size and label_mode, "
        "and there is none for rescale: that is a layer of the network.",
    ),
    Raises(
        r"unexpected keyword argument",
        "unknown-argument",
        "An argument has a name that the function does not know: the error says which. Those asked "
        "for here are image_size, batch_size and label_mode.",
    ),
    Raises(
        r"label_mode. argument must be one of",
        "class-mode-unknown",
        'There is no such label_mode. For one sigmoid unit it is "binary".',
    ),
    Raises(
        r"takes \d+ positional argument|missing 1 required positional argument",
        "no-directory",
        "The folder is missing, or something else stands at its place: it is the first argument "
        "of image_dataset_from_directory.",
    ),
    Raises(
        r"too many values to unpack|not enough values to unpack|iterating over a symbolic",
        "no-labels",
        "There are no labels: with label_mode=None the dataset gives pictures alone. For one "
        'sigmoid unit take label_mode="binary".',
    ),
    Raises(
        r"you must either provide a `seed` argument|must provide a `seed`|`seed` argument",
        "part-of-the-folder",
        "The folder is not to be split: pictures/validation has pictures of its own. Take out "
        "validation_split and subset.",
    ),
)


def check_dataset(run: FinishedRun) -> str:
    """Whether a dataset reads the right folder, at the right size, with the right labels."""
    run.must_end_well(_ERRORS)
    train = run.get("train", "the dataset")
    names, paths = getattr(train, "class_names", None), getattr(train, "file_paths", None)
    if names is None or paths is None:
        raise Slip(
            "no-dataset",
            f"`train` is a {type(train).__name__} and not what image_dataset_from_directory gives "
            "back: train = keras.utils.image_dataset_from_directory(…).",
        )
    if set(names) == {"train", "validation"}:
        raise Slip(
            "wrong-level",
            f"The classes are {names}: the folder is one level too high, and the network would "
            "learn to tell training pictures from validation pictures. Take pictures/train.",
        )
    if not all("/train/" in str(path).replace("\\", "/") for path in paths):
        raise Slip(
            "other-part",
            f"`train` reads {paths[0]} among others. It should read the folder pictures/train.",
        )
    if len(paths) != 40:
        raise Slip(
            "part-of-the-folder",
            f"`train` has {len(paths)} of the 40 pictures. The folder is not to be split: take out "
            "validation_split and subset.",
        )
    if not isinstance(train.element_spec, tuple):
        raise Slip(
            "no-labels",
            "There are no labels: with label_mode=None the dataset gives pictures alone. Take "
            '"binary".',
        )
    pictures, labels = train.element_spec
    _check_pictures(tuple(pictures.shape), len(train))
    if tuple(labels.shape)[1:] == (2,):
        raise Slip(
            "class-mode",
            "The labels are pairs such as [1, 0], which suit two softmax units. One sigmoid unit "
            'wants one number, label_mode="binary".',
        )
    return (
        "train lists 40 pictures in two classes and gives them in batches of 10, 32×32×3 each, "
        "with a label of 0 or 1. Their values are 0 to 255: a layer Rescaling(1/255) is still due."
    )


def _check_pictures(shape: tuple[Any, ...], batches: int) -> None:
    if len(shape) == 3:
        raise Slip(
            "batch-size", "batch_size=None gives single pictures, not batches: batch_size=10."
        )
    height, width, depth = shape[1:]
    if (height, width) == (256, 256):
        raise Slip(
            "no-target-size",
            "Without image_size every picture becomes 256×256. Give image_size=(height, width).",
        )
    if (height, width) != (32, 32):
        raise Slip(
            "target-size",
            f"The pictures become {height} high and {width} wide; asked for is 32×32: "
            "image_size=(32, 32).",
        )
    if depth != 3:
        raise Slip(
            "grayscale",
            f"The pictures have a depth of {depth}: take out color_mode, so that they keep red, "
            "green and blue.",
        )
    if batches != 4:
        default = " That is what you get without batch_size." if batches == 2 else ""
        raise Slip(
            "batch-size",
            f"40 pictures come in {batches} batches instead of 4.{default} Give batch_size=10.",
        )
