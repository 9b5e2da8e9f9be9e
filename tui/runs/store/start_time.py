"""When a run was created: the name of its folder begins with that, such as 2026-11-22T161200."""

from __future__ import annotations

import re
from datetime import datetime

FORMAT = "%Y-%m-%dT%H%M%S"
"""The form of such a moment, in local time; as a text it sorts by time."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d{6}")


def start_of(name: str) -> str:
    """Return the moment that a folder's name begins with; empty if it begins with none.

    >>> start_of("2026-11-22T161200-pets-3f2a"), start_of("pets")
    ('2026-11-22T161200', '')
    """
    found = _MOMENT.match(name)
    return found[0] if found is not None else ""


def moment_of(time: datetime) -> str:
    """Return a time in that form."""
    return time.strftime(FORMAT)


def date_and_time(moment: str) -> str:
    """Return a moment as it is shown; that of a day alone is the day.

    >>> date_and_time("2026-11-22T161200"), date_and_time("2026-11-22"), date_and_time("")
    ('2026-11-22 16:12', '2026-11-22', '')
    """
    day, _, clock = moment.partition("T")
    return f"{day} {clock[:2]}:{clock[2:4]}" if clock else day
