"""The option that weights the classes of a training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from tui.runs.settings.class_weights import EXAMPLE, ClassWeight, parse_class_weight


def class_weight_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--class-weight`, with the parameter `class_weights`."""
    return click.option(
        "--class-weight",
        "class_weights",
        multiple=True,
        metavar="WEIGHTS",
        help="How much each class counts in the loss: none, balanced (a class with fewer training "
        f"images counts more), or by name: {EXAMPLE}. May be given several times.",
    )(command)


def class_weights_of(texts: Sequence[str], classes: Sequence[str]) -> list[ClassWeight]:
    """Return the weights of `--class-weight`, each once.

    Args:
        texts: as given.
        classes: the names of all classes.

    Raises:
        SpecError: when one of them cannot be used.
    """
    found: list[ClassWeight] = []
    for text in texts:
        weight = parse_class_weight(text, classes)
        if weight not in found:
            found.append(weight)
    return found
