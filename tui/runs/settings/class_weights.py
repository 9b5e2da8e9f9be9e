"""Weights of the classes in the loss: equal, balanced by their numbers of images, or by name."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from tui.common.stop_rule import SpecError
from tui.common.text import clean, exact

ClassWeight = Literal["balanced"] | dict[str, float] | None
"""None: every class weighs 1. `balanced`: a class weighs the more, the fewer training images it
has. By name: those that are named; the others weigh 1."""

BALANCED: Literal["balanced"] = "balanced"
NONE = "none"
GREATEST_WEIGHT = 1_000_000.0
EXAMPLE = "cats=2,dogs=1"
_SHOWN = 4
"""Classes whose weights fit on a line; of more the smallest and the greatest are named."""
_ONE = re.compile(r"(?P<name>.+?)=(?P<weight>[^=,]*)(?:,|$)", re.DOTALL)


def parse_class_weight(text: str, classes: Sequence[str]) -> ClassWeight:
    """Return the weights that a text asks for.

    Args:
        text: `none`, `balanced`, or weights by name as in `cats=2,dogs=1`. A name may hold commas.
        classes: the names of all classes.

    Raises:
        SpecError: when it is none of these, or names a class that is not there.

    >>> parse_class_weight("cats=2, dogs=1", ("cats", "dogs"))
    {'cats': 2.0, 'dogs': 1.0}
    >>> parse_class_weight("none", ("cats", "dogs")) is None
    True
    """
    plain = text.strip()
    if plain.lower() in ("", NONE):
        return None
    if plain.lower() == BALANCED:
        return BALANCED
    weights: dict[str, float] = {}
    at = 0
    while at < len(plain):
        found = _ONE.match(plain, at)
        if found is None:
            raise SpecError(
                f"{clean(plain[at:], 60)!r} is not a class with its weight. Write {BALANCED}, "
                f"{NONE}, or weights by name such as {EXAMPLE}."
            )
        name = _class_named(found["name"], classes)
        if name in weights:
            raise SpecError(f"The class {clean(name, 60)!r} has two weights. Give it one.")
        weights[name] = _number(name, found["weight"])
        at = found.end()
    check_class_weight(weights, classes)
    return weights


def _class_named(typed: str, classes: Sequence[str]) -> str:
    """Return the class of that name; spaces around it matter only where two differ in them."""
    if typed in classes:
        return typed
    name = typed.strip()
    return next((one for one in classes if one.strip() == name), name)


def _number(name: str, typed: str) -> float:
    try:
        return float(typed)
    except ValueError as error:
        raise SpecError(
            f"{clean(typed, 40)!r} is not a weight for the class {clean(name, 60)!r}. Write a "
            f"number above 0, as in {EXAMPLE}."
        ) from error


def check_class_weight(weight: ClassWeight, classes: Sequence[str]) -> None:
    """Check weights of classes.

    Args:
        weight: as in `TrainingSpec`.
        classes: the names of all classes.

    Raises:
        SpecError: for the first that cannot be used.
    """
    if not isinstance(weight, Mapping):
        return
    for name, value in weight.items():
        if name not in classes:
            close = difflib.get_close_matches(name, classes, 1)
            meant = f" Did you mean {clean(close[0], 60)}?" if close else ""
            known = clean(", ".join(classes), 200)
            raise SpecError(
                f"There is a weight for {clean(name, 60)!r}, which is none of the classes: {known}."
                f"{meant}"
            )
        if not (math.isfinite(value) and 0 < value <= GREATEST_WEIGHT):
            raise SpecError(
                f"The class {clean(name, 60)!r} cannot have the weight {exact(value)}; choose "
                f"above 0 to {GREATEST_WEIGHT:,.0f}. To train without a class, take its folder out."
            )


def check_devices(weight: ClassWeight, *, several_gpus: bool) -> None:
    """Check that weights of classes are not to be used on several GPUs.

    Raises:
        SpecError: when they are.
    """
    if weight is not None and several_gpus:
        raise SpecError(
            "Class weights cannot be used on several GPUs: train on one (--gpus 1), or without "
            f"weights (--class-weight {NONE})."
        )


def class_weight_text(weight: ClassWeight) -> str:
    """Return weights as they are typed.

    >>> class_weight_text({"cats": 2.0, "dogs": 0.5})
    'cats=2,dogs=0.5'
    >>> class_weight_text(None), class_weight_text("balanced")
    ('none', 'balanced')
    """
    if weight is None:
        return NONE
    if not isinstance(weight, Mapping):
        return weight
    return ",".join(f"{name}={exact(value)}" for name, value in weight.items())


def weights_in_use(
    weight: ClassWeight, classes: Sequence[str], counts: Sequence[int]
) -> tuple[float, ...]:
    """Return the weight of each class.

    Balanced weights are images / (classes * images of the class), over the training images in use:
    the weights of all these images add up to their number. This is the formula of scikit-learn's
    `compute_class_weight`.

    Args:
        weight: as in `TrainingSpec`.
        classes: the names of all classes.
        counts: training images of each class. A class without one weighs 1.

    Returns:
        As many weights as classes; none where every class weighs 1.

    >>> weights_in_use("balanced", ("cats", "dogs"), (30, 10))
    (0.6666666666666666, 2.0)
    >>> weights_in_use({"dogs": 3.0}, ("cats", "dogs"), (30, 10))
    (1.0, 3.0)
    >>> weights_in_use(None, ("cats", "dogs"), (30, 10))
    ()
    """
    if weight is None:
        return ()
    if isinstance(weight, Mapping):
        return tuple(float(weight.get(name, 1.0)) for name in classes)
    present = sum(1 for number in counts if number)
    total = sum(counts)
    return tuple(total / (present * number) if number else 1.0 for number in counts)


def weights_text(classes: Sequence[str], weights: Sequence[float]) -> str:
    """Return the weights of all classes in words; of many the smallest and the greatest.

    >>> weights_text(("cats", "dogs"), (2 / 3, 2.0))
    'cats 0.667, dogs 2'
    >>> weights_text(tuple("abcde"), (1.0, 2.0, 0.5, 1.0, 1.0))
    'from 0.5 (c) to 2 (b)'
    """
    named = list(zip(classes, weights, strict=True))
    if len(named) <= _SHOWN:
        return ", ".join(f"{clean(name, 40)} {_three_digits(value)}" for name, value in named)
    least, most = min(named, key=lambda pair: pair[1]), max(named, key=lambda pair: pair[1])
    return (
        f"from {_three_digits(least[1])} ({clean(least[0], 40)}) to {_three_digits(most[1])} "
        f"({clean(most[0], 40)})"
    )


def _three_digits(value: float) -> str:
    return exact(float(f"{value:.3g}"))
