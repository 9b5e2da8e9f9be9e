"""JSON that someone else wrote, read without being slowed down or fooled by it."""

from __future__ import annotations

import json
import math

from tui.geometry.errors import GeometryError, shown

MOST_CHARACTERS = 4_000_000
"""The longest text that is read. A configuration of a hundred layers is a twentieth of it."""

_DEEPEST = 100  # a model within a model within a model reaches 20


def load_json(text: str) -> object:
    """Return the values of a JSON text.

    Args:
        text: the text.

    Returns:
        Mappings, lists, strings, finite numbers, True, False and None.

    Raises:
        GeometryError: it is too long, too deep, not JSON, or holds a number that is not finite.

    >>> load_json('{"input": [8, 8, 1]}')
    {'input': [8, 8, 1]}
    """
    if len(text) > MOST_CHARACTERS:
        raise GeometryError(
            f"the text has {len(text):,} characters: a network is described in fewer than "
            f"{MOST_CHARACTERS:,}. Give its architecture alone, without weights."
        )
    try:
        values: object = json.loads(text, parse_constant=_finite, parse_float=_finite)
        _shallow(values)
    except GeometryError:
        raise
    except RecursionError:
        raise GeometryError(
            "the JSON is nested too deeply to be a network: give what model.to_json() returns."
        ) from None
    except json.JSONDecodeError as error:
        raise GeometryError(
            f"this is no JSON: {error.msg} in line {error.lineno}, column {error.colno}. Give the "
            "whole text that model.to_json() returns."
        ) from None
    except ValueError:  # an integer of more digits than Python is willing to read
        raise GeometryError(
            "a number in the JSON has thousands of digits: give what model.to_json() returns."
        ) from None
    return values


def _shallow(values: object) -> None:
    """Raise RecursionError where later work on the values could run into one."""
    level = [values]
    for _ in range(_DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise RecursionError


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise GeometryError(f"the JSON holds {shown(text)[1:-1]}: every number must be finite.")
    return number
