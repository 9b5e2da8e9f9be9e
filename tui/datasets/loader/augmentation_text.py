"""An augmentation in one word of the command line: `rotation_range=20+horizontal_flip`."""

from __future__ import annotations

import msgspec

from tui.common.text import clean
from tui.datasets.loader.augmentation import Augmentation, augmentation_problems

EXAMPLE = "rotation_range=20+zoom_range=0.2+horizontal_flip"


class AugmentationError(ValueError):
    """It is no augmentation; the message says why, and gives one that is."""


def parse_augmentation(text: str) -> Augmentation:
    """Return an augmentation from its text: settings joined by +, or `none`.

    Raises:
        AugmentationError: when a setting is unknown, or a value cannot be.

    >>> parse_augmentation("rotation_range=20+horizontal_flip").arguments()
    {'rotation_range': 20, 'horizontal_flip': True}
    >>> parse_augmentation("none").on
    False
    """
    if text.strip().lower() == "none":
        return Augmentation()
    changes: dict[str, object] = {}
    for part in text.split("+"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in Augmentation.__struct_fields__:
            raise AugmentationError(
                f"There is no augmentation {clean(name, 40)!r}. Write none, or settings such as "
                f"{EXAMPLE}; there are {', '.join(Augmentation.__struct_fields__)}."
            )
        changes[name] = value if equals else "true"
    try:
        made = msgspec.convert(changes, Augmentation, strict=False)
    except msgspec.ValidationError as error:
        raise AugmentationError(
            f"{clean(text, 80)!r} is no augmentation: {clean(error, 120)}. Write for example "
            f"{EXAMPLE}."
        ) from error
    for _, sentence in augmentation_problems(made):
        raise AugmentationError(sentence)
    return made
