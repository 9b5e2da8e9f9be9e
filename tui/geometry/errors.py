"""The exception of this package, and how values are quoted in its messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GeometryError(ValueError):
    """A layer, a shape or a text that is not possible.

    Args:
        message: one sentence with the values received and the cure.
        field: the value to blame, so that a form can put the sentence beside it:
            "width", "height", "depth", "filters", "kernel", "stride", "padding",
            "dilation", "output_padding", "groups", "units", "multiplier", "activation", "rate",
            "scale", "offset" or "classes". None when no single value is to blame.

    >>> GeometryError("S = 0: the window would never move. Take S = 1.", field="stride").field
    'stride'
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    @property
    def sentence(self) -> str:
        """The message with a capital letter at its beginning.

        >>> GeometryError("width 0 is out of range").sentence
        'Width 0 is out of range'
        """
        return self.message[:1].upper() + self.message[1:]

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling passes `args` alone and would lose the keyword.
        return (_rebuild, (self.message, self.field))


def _rebuild(message: str, field: str | None) -> GeometryError:
    return GeometryError(message, field=field)


def shown(value: object, limit: int = 40) -> str:
    """Return a value as it may stand in a message: on one line, escaped and shortened.

    >>> shown("x" * 100, limit=10)
    "'xxxxxxxx…"
    """
    try:
        text = repr(value)
    except ValueError:  # an integer with more digits than Python prints
        text = "a number of thousands of digits"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def escaped(text: object) -> str:
    """Return a text from outside as it may stand in a message, without quotes around it.

    >>> escaped("conv\\x1b[2J")
    'conv\\\\x1b[2J'
    """
    return shown(str(text)[:100])[1:-1]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a clause with the known word of the nearest spelling, and all known words.

    >>> did_you_mean("maxpol", ["conv", "maxpool"])
    'did you mean maxpool? Known are: conv, maxpool'
    """
    names = list(known)
    near = difflib.get_close_matches(word[:40].lower(), names, n=1, cutoff=0.5)
    listed = "nown are: " + ", ".join(names)
    return f"did you mean {near[0]}? K{listed}" if near else f"k{listed}"
