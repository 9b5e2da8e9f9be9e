"""Read the number that a learner typed."""

from __future__ import annotations

import re

from tui.common.text import clean

_SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_PLAIN = re.compile(r"\+?([0-9]+)")
_GROUPED = re.compile(rf"\+?([0-9]{{1,3}}(?P<sign>[{_SPACES},'_])[0-9]{{3}}((?P=sign)[0-9]{{3}})*)")
_LONGEST = 30


class NotANumber(ValueError):
    """What was typed is not a whole number; the message says what to type."""


def read_number(text: str) -> int:
    """Return the whole number in what a learner typed.

    Args:
        text: digits, perhaps grouped by threes with a comma or a space.

    Returns:
        The number, 0 or more.

    Raises:
        NotANumber: anything else, with a sentence for the learner.

    >>> read_number(" 9,470,464 "), read_number("18 496"), read_number("007")
    (9470464, 18496, 7)
    """
    typed = text.strip().strip(_SPACES)
    seen = clean(typed, 24)
    if not typed:
        raise NotANumber("Type a whole number, such as 148.")
    if len(typed) > _LONGEST:
        raise NotANumber(f"“{seen}” is longer than any answer here: type one whole number.")
    if match := _PLAIN.fullmatch(typed) or _GROUPED.fullmatch(typed):
        return int(re.sub("[^0-9]", "", match[1]))
    if re.fullmatch(r"[-−–]\s*[0-9][0-9,. ]*", typed):
        raise NotANumber(f"“{seen}” is negative, but a count is 0 or more: type a whole number.")
    if re.fullmatch(r"[0-9]+[.,][0-9]+", typed):
        raise NotANumber(
            f"“{seen}” is read as a fraction: type a whole number, such as 148 or 9,470,464."
        )
    if re.fullmatch(r"[0-9.,]+\s*[kKmMgG]", typed):
        raise NotANumber(f"“{seen}” is rounded: type all digits, such as 9,470,464.")
    if re.fullmatch(r"[0-9]+\s*[xX×*·]\s*[0-9].*", typed):
        raise NotANumber(f"“{seen}” is more than one number: type one, such as 148.")
    raise NotANumber(f"“{seen}” is not a whole number: type digits, such as 148 or 9,470,464.")
