"""The named arguments of somebody's own program, as settings of its runs."""

from __future__ import annotations

import functools

from tui.common.text import clean
from tui.runs.selection.run_fields import Value


@functools.lru_cache(4096)
def parse_arguments(arguments: tuple[str, ...]) -> dict[str, Value]:
    """Return a program's named arguments.

    >>> parse_arguments(("--width", "64", "--name=a", "-v", "lr=0.1", "file.txt"))
    {'width': 64.0, 'name': 'a', 'v': 'yes', 'lr': 0.1}
    """
    found: dict[str, Value] = {}
    waiting = ""
    for one in arguments:
        dashed = one.startswith("-") and not _is_number(one)
        name, equals, value = one.partition("=")
        named = bool(equals) and (dashed or name.replace(".", "_").isidentifier())
        if waiting and not dashed and not named:
            found[waiting] = _value(one)
            waiting = ""
        elif named:
            found[name.lstrip("-+").replace("-", "_")] = _value(value)
            waiting = ""
        elif dashed and one.strip("-"):
            waiting = one.lstrip("-").replace("-", "_")
            found[waiting] = "yes"
    return {clean(name, 60): value for name, value in found.items() if name}


def _value(text: str) -> Value:
    return float(text) if _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False
