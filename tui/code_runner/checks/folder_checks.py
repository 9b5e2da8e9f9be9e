"""Checks on generators and on what they read from a folder."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip, no_name

_NO_BRACKETS = Raises(
    r"missing 1 required positional argument: 'directory'|has no attribute '_validate|"
    r"type object 'ImageDataGenerator'",
    "no-brackets",
    "generator is the class itself and not an object of it: the brackets are missing. Write "
    "ImageDataGenerator(…).",
)
_UNKNOWN_ARGUMENT = Raises(
    r"unexpected keyword argument",
    "unknown-argument",
    "An argument has a name that the function does not know: the error says which. Those of "
    "ImageDataGenerator here are rescale, horizontal_flip and rotation_range; those of "
    "flow_from_directory are target_size, batch_size and class_mode.",
)


def check_generator(run: FinishedRun) -> str:
    """Whether a generator brings 0 … 255 to 0 … 1."""
    run.must_end_well((no_name("generator"), _NO_BRACKETS, _UNKNOWN_ARGUMENT))
    must_rescale(run, run.get("generator", "the generator"), "generator")
    return "generator turns values from 0 to 255 into values from 0 to 1."


def must_rescale(run: FinishedRun, generator: Any, name: str) -> None:
    """Raise a slip where a generator does not bring 0 … 255 to 0 … 1."""
    if not hasattr(generator, "standardize"):
        raise Slip(
            "no-generator",
            f"`{name}` is a {type(generator).__name__} and not an ImageDataGenerator: make it with "
            "ImageDataGenerator(rescale=…).",
        )
    low, high = (
        float(np.max(run.call(generator.standardize, np.full((2, 2, 3), value))))
        for value in (0.0, 255.0)
    )
    if abs(low) < 1e-3 and abs(high - 1) < 1e-3:
        return
    if high == 255 and "//" in run.answer:
        raise Slip(
            "whole-division",
            "// divides and rounds down: 1//255 is 0, and Keras takes 0 for “do not rescale”. "
            "Write 1/255.",
        )
    if high == 255:
        raise Slip(
            "no-rescale",
            f"`{name}` leaves the values as they are, from 0 to 255. Give it rescale=1/255.",
        )
    if high > 255:
        raise Slip(
            "rescale-255",
            f"`{name}` makes {high:,.0f} of 255: rescale is what each value is multiplied by, so "
            "it has to be 1/255.",
        )
    raise Slip(
        "other-range",
        f"`{name}` makes {low:.3g} of 0 and {high:.4g} of 255; it should make 0 and 1: "
        "rescale=1/255.",
    )


def check_flow(run: FinishedRun) -> str:
    """Whether batches come from the right folder, at the right size, with the right labels."""
    run.must_end_well(FLOW_ERRORS)
    must_flow(run.get("train", "the iterator"), "train", "train", (32, 32), 10)
    return (
        "train lists 40 pictures in two classes and gives them in batches of 10, 32×32×3 each, "
        "with a label of 0 or 1."
    )


FLOW_ERRORS = (
    no_name("train"),
    no_name("validation"),
    Raises(
        r"FileNotFoundError",
        "no-folder",
        "There is no such folder. Folders are looked for where the program runs, and that one has "
        "the folder pictures with train and validation in it.",
    ),
    Raises(
        r"too many values to unpack|not enough values to unpack",
        "no-labels",
        "train[0] has no labels: with class_mode=None the iterator gives pictures alone. For one "
        'sigmoid unit take class_mode="binary".',
    ),
    Raises(
        r"IndexError|ValueError: Asked to retrieve element 0|The PyDataset has length 0",
        "too-deep",
        "No picture was found. The sub-folders of the folder that you name are the classes, and "
        "this one has none: go one level up, to pictures/train.",
    ),
    Raises(r"Invalid class_mode", "class-mode-unknown",
           'There is no such class_mode. For one sigmoid unit it is "binary".'),
    Raises(
        r"takes \d+ positional argument|missing 1 required positional argument",
        "no-directory",
        "The folder is missing, or something else stands at its place: it is the first argument "
        "of flow_from_directory.",
    ),
    _UNKNOWN_ARGUMENT,
)  # fmt: skip


def must_flow(flow: Any, name: str, part: str, side: tuple[int, int], batch: int) -> None:
    """Raise a slip where an iterator is not the one that was asked for.

    Args:
        flow: what the program calls by the name.
        name: the name.
        part: the folder in `pictures` that it should read.
        side: height and width.
        batch: pictures in a batch.
    """
    try:
        _must_flow(flow, name, part, side, batch)
    except Slip as slip:
        if f"`{name}`" in slip.sentence:
            raise
        # Where there are two calls, it has to be said in which of them something is wrong.
        raise Slip(slip.name, f"In the call for `{name}`: {slip.sentence}") from None


def _must_flow(flow: Any, name: str, part: str, side: tuple[int, int], batch: int) -> None:
    classes = getattr(flow, "class_indices", None)
    if classes is None:
        raise Slip(
            "no-iterator",
            f"`{name}` is a {type(flow).__name__} and not what flow_from_directory gives back: "
            f"{name} = generator.flow_from_directory(…).",
        )
    if set(classes) == {"train", "validation"}:
        raise Slip(
            "wrong-level",
            f"The classes are {classes}: the folder is one level too high, and the network would "
            "learn to tell training pictures from validation pictures. Take the folder whose "
            f"sub-folders are the classes, pictures/{part}.",
        )
    if not flow.samples:
        raise Slip(
            "too-deep",
            "No picture was found. The sub-folders of the folder that you name are the classes, "
            f"and this one has none: go one level up, to pictures/{part}.",
        )
    if f"/{part}" not in str(flow.directory).replace("\\", "/"):
        raise Slip(
            "other-part",
            f"`{name}` reads {flow.directory}, {flow.samples} pictures. It should read the folder "
            f"pictures/{part}.",
        )
    height, width, depth = flow.image_shape
    if (height, width) == (256, 256) and side != (256, 256):
        raise Slip(
            "no-target-size",
            "Without target_size every picture becomes 256×256. Give target_size=(height, width).",
        )
    if (height, width) != side:
        raise Slip(
            "target-size",
            f"The pictures become {height} high and {width} wide; asked for is "
            f"{side[0]}×{side[1]}: target_size=({side[0]}, {side[1]}).",
        )
    if depth != 3:
        raise Slip(
            "grayscale",
            f"The pictures have a depth of {depth}: take out color_mode, so that they keep red, "
            "green and blue.",
        )
    if flow.batch_size != batch:
        default = " That is what you get without batch_size." if flow.batch_size == 32 else ""
        raise Slip(
            "batch-size",
            f"A batch has {flow.batch_size} pictures instead of {batch}.{default} Give "
            f"batch_size={batch}.",
        )
    if flow.class_mode == "categorical":
        raise Slip(
            "class-mode",
            'The labels are pairs such as [1, 0]: class_mode is "categorical", which is also what '
            "you get when you name none. It suits two softmax units; one sigmoid unit wants one "
            'number, class_mode="binary".',
        )
    if flow.class_mode not in ("binary", "sparse"):
        raise Slip(
            "no-labels",
            f"With class_mode={flow.class_mode!r} the batches hold no label of 0 or 1. For one "
            'sigmoid unit take class_mode="binary".',
        )


def check_augment(run: FinishedRun) -> str:
    """Whether training pictures are flipped and turned, and validation pictures are not."""
    run.must_end_well(
        (no_name("train_generator"), no_name("validation_generator"), _UNKNOWN_ARGUMENT,
         _NO_BRACKETS)
    )  # fmt: skip
    train = run.get("train_generator", "the generator for training")
    validation = run.get("validation_generator", "the generator for validation")
    must_rescale(run, train, "train_generator")
    must_rescale(run, validation, "validation_generator")
    angles, left_right, up_down = _changes(train)
    if any(_changes(validation)):
        raise Slip(
            "augmented-validation",
            "validation_generator changes its pictures by chance too, so every epoch is measured "
            "on other pictures. Give it rescale=1/255 alone.",
        )
    if up_down and not left_right:
        raise Slip(
            "upside-down",
            "vertical_flip turns pictures upside down. Left to right is horizontal_flip=True.",
        )
    if not left_right:
        raise Slip("no-flip", "train_generator never mirrors a picture: horizontal_flip=True.")
    if up_down:
        raise Slip(
            "upside-down",
            "Some pictures are upside down too: take out vertical_flip, horizontal_flip is left "
            "to right.",
        )
    if not angles:
        raise Slip("no-rotation", "train_generator never turns a picture: rotation_range=20.")
    if angles < 2:
        raise Slip(
            "rotation-share",
            f"Pictures are turned by {angles:.2f} degrees at most, which nobody can see: "
            "rotation_range is in degrees, rotation_range=20.",
        )
    if not 12 < angles <= 20.001:
        raise Slip(
            "other-rotation",
            f"Pictures are turned by up to about {angles:.0f} degrees, and 20 were asked for: "
            "rotation_range=20.",
        )
    return "Training pictures are mirrored and turned by chance; validation pictures stay the same."


def _changes(generator: Any) -> tuple[float, bool, bool]:
    """Return the largest angle, and whether pictures are mirrored, sideways and upside down."""
    drawn = [generator.get_random_transform((32, 32, 3), seed) for seed in range(100)]
    return (
        max(abs(float(one["theta"])) for one in drawn),
        any(one["flip_horizontal"] for one in drawn),
        any(one["flip_vertical"] for one in drawn),
    )
