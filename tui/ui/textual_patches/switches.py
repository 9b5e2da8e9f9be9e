"""Switch patches off by an environment variable, to find out whether one of them causes a problem.

`CNN_TUI_WITHOUT=changes,table_rows cnn-tui` runs without those two; the names are those of the
files in this folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from tui.common.text import clean

VARIABLE = "CNN_TUI_WITHOUT"


class SwitchError(ValueError):
    """The variable names an unknown patch; the message lists the known ones."""


def is_on(module: str) -> bool:
    """Whether a patch is in use.

    Args:
        module: the patch's `__name__`.
    """
    return module.rpartition(".")[2] not in _names(os.environ.get(VARIABLE, ""))


def patches() -> tuple[str, ...]:
    """Return the names of all patches."""
    files = (file.stem for file in Path(__file__).parent.glob("*.py"))
    return tuple(sorted(set(files) - {"__init__", "switches"}))


def check(environment: Mapping[str, str]) -> None:
    """Check that the variable names only known patches.

    Args:
        environment: names and values.

    Raises:
        SwitchError: if it names an unknown one.
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
