"""Switching patches off by the environment, to find out whether one of them is at fault.

`CNN_TUI_WITHOUT=changes,table_rows cnn-tui` runs without those two; the names are those of the
files in this folder. For finding out only: without a patch, what it is for is back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from tui.common.text import clean

VARIABLE = "CNN_TUI_WITHOUT"


class SwitchError(ValueError):
    """The variable names a patch that there is not; the message says which there are."""


def is_on(module: str) -> bool:
    """Return whether a patch is to be used.

    Args:
        module: the patch's own `__name__`.
    """
    return module.rpartition(".")[2] not in _names(os.environ.get(VARIABLE, ""))


def patches() -> tuple[str, ...]:
    """Return the name of every patch."""
    files = (file.stem for file in Path(__file__).parent.glob("*.py"))
    return tuple(sorted(set(files) - {"__init__", "switches"}))


def check(environment: Mapping[str, str]) -> None:
    """Hold the variable against the patches that there are.

    Args:
        environment: names and values.

    Raises:
        SwitchError: when it names another.
    """
    unknown = sorted(_names(environment.get(VARIABLE, "")) - set(patches()))
    if unknown:
        raise SwitchError(
            f"{VARIABLE} names {clean(', '.join(unknown), 60)!r}; it can name, with commas "
            f"between them: {', '.join(patches())}."
        )


@lru_cache(maxsize=8)
def _names(text: str) -> frozenset[str]:
    return frozenset(filter(None, (name.strip().lower() for name in text.split(","))))
