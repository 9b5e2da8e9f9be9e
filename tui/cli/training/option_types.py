"""The types of options: several values separated by commas, sizes, augmentation, networks."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from tui.common.text import clean
from tui.datasets.loader.augmentation_text import parse_augmentation

if TYPE_CHECKING:  # only newer versions of click know what its values are
    _Type = click.ParamType[Any]
else:
    _Type = click.ParamType


class Several(_Type):
    """Values of one type, separated by commas; each counts once.

    Args:
        kind: of one value.
    """

    def __init__(self, kind: _Type | type) -> None:
        self._kind = click.types.convert_type(kind)
        self.name = f"{self._kind.name}[,…]"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        one = self._kind.get_metavar(param, ctx) or self._kind.name.upper()
        return f"{one}[,…]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if len(parts) > 1 and not all(parts):  # a single empty value is for the kind to judge
            self.fail(
                f"{clean(value, 60)!r} has a comma without a value. Write for example 1,2,3.",
                param,
                ctx,
            )
        return tuple(dict.fromkeys(self._kind.convert(part, param, ctx) for part in parts))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{one.value}")
            for one in self._kind.shell_complete(ctx, param, last)
        ]


class Parsed(_Type):
    """A value that a function makes of the text.

    Args:
        name: of the type, in the help.
        parse: returns the value; its ValueError says what is wrong.
    """

    def __init__(self, name: str, parse: Callable[[str], object]) -> None:
        self.name, self._parse = name, parse

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        try:
            return self._parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _target_size(text: str) -> tuple[int, int]:
    """Return a height and a width from `150` or `150x100`.

    Raises:
        ValueError: when it is neither.
    """
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(part.strip().isdecimal() for part in parts):
        raise ValueError(
            f"{clean(text)!r} is not a target size. Write 150, or height x width as in 150x100."
        )
    sides = [int(part) for part in parts]
    return sides[0], sides[-1]


TARGET_SIZE = Parsed("size", _target_size)
AUGMENTATION = Parsed("augmentation", parse_augmentation)


def networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the networks of `--model`: names separated by commas, one written in layers, a file.

    >>> networks(("course,small", "8x8x1 conv:k=4,f=3 flatten"))
    ('course', 'small', '8x8x1 conv:k=4,f=3 flatten')
    """
    found: list[str] = []
    for text in texts:
        whole = " " in text.strip() or os.path.isfile(os.path.expanduser(text))
        found += [text] if whole else [part.strip() for part in text.split(",")]
    return tuple(dict.fromkeys(found))
