"""Checks on predictions."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip, returned_nothing

OWN_ERRORS = (
    Raises(
        r"NameError: name 'x'",
        "no-name",
        "predict is given `x`, and nothing has that name: begin a line with x = …",
    ),
    Raises(
        r"unsupported operand type\(s\) for /: '\w*(Image|ImageFile)'",
        "no-array",
        "image is a picture, and pictures cannot be divided. Make an array of it first: "
        "keras.utils.img_to_array(image).",
    ),
    Raises(
        r"expected axis|expected (min_)?ndim|expected shape|incompatible with the layer|"
        r"Matrix size-incompatible",
        "no-batch-axis",
        "predict takes a batch, and the shape of x is not (1, 32, 32, 3). An axis in front makes a "
        "batch of one: np.expand_dims(x, axis=0).",
    ),
    Raises(
        r"Unrecognized data type|must be (an )?array|has no attribute '(shape|astype)'",
        "no-array",
        "x is no array yet: keras.utils.img_to_array(image) makes one of a picture.",
    ),
)


def check_own_picture(run: FinishedRun) -> str:
    """Whether a picture is prepared as it was in training."""
    image = keras.utils.load_img("own.png", target_size=(32, 32))
    must_prepare(run, keras.utils.img_to_array(image))
    return "x is a batch of one picture, with values from 0 to 1 as in training."


def must_prepare(run: FinishedRun, pixels: Any) -> None:
    """Raise a slip where the program's `x` is not what the network takes.

    With a wrong x most programs fail at predict; what is wrong with x explains more than the
    error.
    """
    if isinstance(run.namespace.get("x"), np.ndarray):
        must_be_prepared(run.namespace["x"], pixels)
    run.must_end_well(OWN_ERRORS)
    must_be_prepared(run.get("x", "the array"), pixels)


def must_be_prepared(x: Any, pixels: Any) -> None:
    """Raise a slip where an array is not a batch of one picture with values from 0 to 1.

    Args:
        x: the learner's array.
        pixels: the picture's values from 0 to 255, height × width × 3.
    """
    right = (pixels / 255)[None]
    found = np.asarray(x)
    if found.shape == pixels.shape:
        raise Slip(
            "no-batch-axis",
            f"x has the shape {found.shape}, a single picture. predict takes a batch: "
            "np.expand_dims(x, axis=0).",
        )
    if found.shape == (*pixels.shape, 1):
        raise Slip(
            "axis-at-the-end",
            f"x has the shape {found.shape}: the new axis is behind the others. The pictures of a "
            "batch come first: axis=0.",
        )
    if found.shape != right.shape:
        raise Slip(
            "target-size",
            f"x has the shape {found.shape}, and the model was trained with {right.shape}, with "
            f"one picture: load it with target_size={pixels.shape[:2]}.",
        )
    if np.allclose(found, right, atol=1e-4):
        return
    if np.allclose(found, pixels[None], atol=0.6):
        raise Slip(
            "no-rescale",
            "The values of x reach from 0 to 255, and in training they reached from 0 to 1: "
            "everything is 255 times too large, and no error comes. Divide by 255.",
        )
    if np.allclose(found, right / 255, atol=1e-4):
        raise Slip(
            "rescaled-twice",
            "It was divided by 255 twice, so the picture is nearly black. Once is enough.",
        )
    if np.allclose(found, pixels[None] // 255):
        raise Slip(
            "whole-division",
            "// rounds down, and nearly every value becomes 0. Divide with /.",
        )
    raise Slip(
        "other-range",
        f"The values of x reach from {found.min():.3g} to {found.max():.3g}. In training each "
        "value was divided by 255, so do the same here and nothing else.",
    )


_TWO_CLASSES = (
    {"cats": 0, "dogs": 1}, {"checked": 0, "striped": 1}, {"a": 0, "b": 1}, {"zebra": 0, "ape": 1}
)  # fmt: skip


def check_class_name(run: FinishedRun) -> str:
    """Whether an output of a sigmoid becomes the right name."""
    known = (
        Raises(
            r"KeyError",
            "key-is-a-name",
            "class_indices leads from names to numbers, so class_indices[1] finds nothing: its "
            "keys are the names. list(class_indices) is the list of the names.",
        ),
        Raises(
            r"'dict_(keys|values|items)' object is not subscriptable",
            "keys-no-list",
            "The keys of a dictionary are no list. Make one of them: list(class_indices).",
        ),
    )
    run.must_end_well(known)
    function = run.function("class_name")
    cases = [(float(p), names) for names in _TWO_CLASSES for p in (0.02, 0.3, 0.49, 0.51, 0.8, 1)]
    given = [run.call(function, np.float32(p), dict(names), known=known) for p, names in cases]
    returned_nothing(given[0], "return …")
    right = [list(names)[int(p > 0.5)] for p, names in cases]
    if given == right:
        return "Below 0.5 it is the class with number 0, above it the one with number 1."
    if given == [list(names)[int(p <= 0.5)] for p, names in cases]:
        raise Slip(
            "exchanged",
            "The two classes are exchanged. A sigmoid near 1 means the class with number 1.",
        )
    if given == [list(names)[int(p > 0)] for p, names in cases]:
        raise Slip(
            "above-zero",
            "A sigmoid's output is practically always above 0, so every picture becomes the second "
            "class. The border is 0.5.",
        )
    if given == [next(iter(names)) for _, names in cases]:
        raise Slip(
            "always-first",
            "It always names the first class. With a single output argmax is always 0, and int(p) "
            "rounds down: compare p with 0.5.",
        )
    if all(not isinstance(one, str) for one in given):
        raise Slip(
            "number-not-name",
            f"It gives back {given[-1]!r}, and a name was asked for: names = list(class_indices), "
            "and return names[…].",
        )
    if given[:6] == right[:6]:
        raise Slip(
            "names-written-out",
            "The names are written into the function. Take them from class_indices, so that it "
            "works for other classes too.",
        )
    at = next(n for n, (one, other) in enumerate(zip(given, right, strict=True)) if one != other)
    raise Slip(
        "threshold",
        f"For p = {cases[at][0]:g} and {cases[at][1]} it gives {given[at]!r} instead of "
        f"{right[at]!r}. The border is 0.5.",
    )


def check_wrong_label(run: FinishedRun) -> str:
    """Whether the most contradicted label is found, in either direction."""
    run.must_end_well()
    function = run.function("most_doubtful")
    names = [f"{n}.png" for n in range(6)]
    cases = [
        (np.array([0.1, 0.9, 0.3, 0.02, 0.97, 0.6]), np.array([0, 1, 0, 1, 1, 0])),
        (np.array([0.1, 0.55, 0.3, 0.02, 0.98, 0.97]), np.array([0, 0, 0, 0, 0, 1])),
        (np.array([0.45, 0.9, 0.4, 0.7, 0.05, 0.1]), np.array([1, 1, 0, 0, 1, 0])),
        (np.array([0.45, 0.9, 0.4, 0.96, 0.95, 0.1]), np.array([1, 1, 0, 0, 1, 0])),
    ]
    given = [run.call(function, p.copy(), labels.copy(), list(names)) for p, labels in cases]
    returned_nothing(given[0], "return names[…]")

    def all_are(rule: Any) -> bool:
        return all(
            one == names[int(rule(p, labels))]
            for one, (p, labels) in zip(given, cases, strict=True)
        )

    if all_are(lambda p, y: np.argmax(np.abs(y - p))):
        return "It finds the label that the network contradicts most, of either class."
    if all(not isinstance(one, str) for one in given):
        raise Slip(
            "place-not-name",
            f"It gives back {given[0]!r}, a place in the list, and the name was asked for: "
            "names[place].",
        )
    if all_are(lambda p, y: np.argmin(np.abs(y - p))):
        raise Slip(
            "best-not-worst",
            "It finds the label that the network agrees with most. The largest distance is the "
            "most doubtful: argmax.",
        )
    if all_are(lambda p, y: np.argmax(p)) or all_are(lambda p, y: np.argmin(p)):
        raise Slip(
            "labels-unused",
            "It looks at the outputs alone. 0.98 is no contradiction where the label is 1: look at "
            "the distance between output and label, np.abs(labels - p).",
        )
    if all_are(lambda p, y: np.argmax(p - y)) or all_are(lambda p, y: np.argmax(y - p)):
        raise Slip(
            "one-direction",
            "It finds pictures of one class only: labels - p is below 0 where the label is 0. "
            "Take the distance without its sign, np.abs(labels - p).",
        )
    if all_are(lambda p, y: np.argmin(np.abs(p - 0.5))):
        raise Slip(
            "unsure-not-wrong",
            "It finds the picture of which the network is least sure. Its label may well be right: "
            "look at the distance between output and label.",
        )
    if all_are(lambda p, y: np.argmax((p > 0.5) != y)):
        raise Slip(
            "first-not-worst",
            "It finds the first picture that is named wrongly, not the one that the network is "
            "surest of. Compare the distances, np.abs(labels - p).",
        )
    p, labels = cases[0]
    raise Slip(
        "",
        f"For p = {p.tolist()} and labels {labels.tolist()} it gives {given[0]!r}; the label that "
        f"is contradicted most is that of {names[int(np.argmax(np.abs(labels - p)))]!r}.",
    )
