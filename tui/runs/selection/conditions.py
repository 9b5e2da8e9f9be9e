"""One condition of a filter, such as `lr>=0.001`: a field, an operator, and values."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tui.common.text import clean
from tui.geometry.errors import did_you_mean
from tui.runs.selection.run_fields import STATES, Field, Value, number_text
from tui.runs.settings.ready_networks import EARLIER_NAMES
from tui.runs.store.run_summary import RunSummary
from tui.runs.store.start_time import moment_of

Test = Callable[[RunSummary], bool]
OPERATORS = (">=", "<=", "!=", "!~", "==", "=~", "=", "<", ">", "~")
"""Longer ones first, as they are looked for."""
_SAME = {"==": "=", "=~": "~"}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NONE = frozenset({"", "none", "null", "unknown"})
_SCALES = {"k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12}
_NUMBER = re.compile(r"([-+]?(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:e[-+]?\d+)?)\s*([kmgbt%])?", re.I)
_FRACTION = re.compile(r"(\d+)\s*/\s*(\d+)")
_DURATION = re.compile(r"([\d.]+)\s*([a-z]+)", re.I)
_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 86_400.0),
    **dict.fromkeys(("mo", "month", "months"), 30 * 86_400.0),
    **dict.fromkeys(("y", "year", "years"), 365 * 86_400.0),
}
_DATE = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?(?:[T ](\d\d?):?(\d\d))?")


class ConditionError(ValueError):
    """A condition is not possible; the message says which, and what to write."""


def condition(field: Field, written: str, values: Sequence[str]) -> Test:
    """Return the test that a condition makes.

    Args:
        field: what is compared.
        written: the operator.
        values: one or more, of which one has to fit.

    Raises:
        ConditionError: when the field has no such values, or no such order.
    """
    sign = _SAME.get(written, written)
    if sign.startswith("!"):
        wanted = condition(field, sign[1:], values)
        return lambda run: not wanted(run)
    if field.name == "model":
        values = [EARLIER_NAMES.get(value.strip(), value) for value in values]
    make = {"=": _equals, "~": _contains}.get(sign, partial(_ordered, sign=sign))
    tests = [make(field, value) for value in values]
    return tests[0] if len(tests) == 1 else lambda run: any(test(run) for test in tests)


def read_number(text: str) -> float | None:
    """Return the number that a text means; None if it is none.

    >>> [read_number(one) for one in ("1e-3", ".9", "90%", "1/10", "1.5M", "nine")]
    [0.001, 0.9, 0.9, 0.1, 1500000.0, None]
    """
    text = text.strip()
    fraction = _FRACTION.fullmatch(text)
    if fraction is not None:
        return int(fraction[1]) / int(fraction[2]) if int(fraction[2]) else None
    if text.casefold() in ("inf", "-inf", "nan"):
        return float(text)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    unit = (found[2] or "").lower()
    number = float(found[1])
    return number / 100 if unit == "%" else number * _SCALES.get(unit, 1.0)


def _contains(field: Field, text: str) -> Test:
    part = text.casefold()
    if field.kind in ("time", "age"):
        raise ConditionError(f"{field.name} is a time: compare it with = < <= > >=.")

    def test(run: RunSummary) -> bool:
        value = field.read(run)
        if value is None:
            return False
        shown = value if isinstance(value, str) else number_text(value)
        return part in shown.casefold() or (
            field.search is not None and part in field.search(run).casefold()
        )

    return test


def _equals(field: Field, text: str) -> Test:
    plain = text.strip().casefold()
    read = field.read
    if field.kind == "state":
        wanted = STATES.get(plain) or STATES.get(plain.replace("set ", ""))
        if wanted is None:
            raise ConditionError(f"{clean(text, 30)!r} is no state: {did_you_mean(plain, STATES)}.")
        return lambda run: read(run) in wanted
    if field.kind == "time":
        begin, end = _interval(field, text)
        return lambda run: begin <= _moment(read(run)) < end
    if field.kind == "age":
        raise ConditionError(
            f"An age is never exactly {clean(text, 20)!r}: compare it with < or >."
        )
    if plain in _NONE:
        return lambda run: read(run) is None
    first, dots, last = text.partition("..")
    if dots and field.numeric:
        above, below = _ordered(field, first, ">="), _ordered(field, last, "<=")
        return lambda run: above(run) and below(run)
    number = read_number(text)
    if field.kind in ("number", "metric"):
        number = _number_of(field, text)
    if field.kind == "text" or number is None:
        search = field.search
        return lambda run: (
            str(read(run) or "").casefold() == plain
            or (search is not None and search(run).casefold() == plain)
        )
    if math.isnan(number):
        return lambda run: _is_nan(read(run))
    return lambda run: _close(read(run), number)


def _ordered(field: Field, text: str, sign: str) -> Test:
    compare, read = _ORDER[sign], field.read
    if field.kind in ("text", "state"):
        raise ConditionError(
            f"{field.name} is a text and has no order: compare it with = != ~ (contains) or !~."
        )
    if field.kind == "age":
        # An age below two days is a start after the moment two days ago.
        moment = _ago(field, text)
        turned = _ORDER[_TURNED[sign]]
        return lambda run: bool(at := _moment(read(run))) and turned(at, moment)
    if field.kind == "time":
        begin, end = _interval(field, text)
        # Not later than a day is before the day after it.
        bound = begin if sign in ("<", ">=") else end
        fits = operator.lt if sign in ("<", "<=") else operator.ge
        return lambda run: bool(at := _moment(read(run))) and fits(at, bound)
    number = _number_of(field, text)
    if math.isnan(number):
        raise ConditionError(f"nan has no order: write {field.name}=nan.")

    def test(run: RunSummary) -> bool:
        value = read(run)
        return isinstance(value, (int, float)) and compare(value, number)

    return test


def _number_of(field: Field, text: str) -> float:
    number = read_number(text)
    if number is None:
        example = "0.9" if field.kind == "metric" else "0.001"
        raise ConditionError(
            f"{field.name} is a number, and {clean(text, 30)!r} is none. Write for example "
            f"{field.name}>{example}."
        )
    return number


def _is_nan(value: Value | None) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _close(value: Value | None, number: float) -> bool:
    """Return whether a value is a number, apart from its last digits."""
    return isinstance(value, (int, float)) and math.isclose(value, number, rel_tol=1e-6)


def _moment(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _ago(field: Field, text: str) -> str:
    """Return the moment a duration ago."""
    found = _DURATION.fullmatch(text.strip())
    unit = _UNITS.get(found[2].lower()) if found is not None else None
    number = read_number(found[1]) if found is not None else None
    if unit is None or number is None:
        raise ConditionError(
            f"{clean(text, 30)!r} is no {field.name}. Write a number with a unit: "
            f"{field.name}<30min, 5h, 2d, 3w."
        )
    try:
        return moment_of(datetime.now() - timedelta(seconds=unit * number))
    except (OverflowError, ValueError):
        return ""


def _interval(field: Field, text: str) -> tuple[str, str]:
    """Return the first moment of a day, month, year or minute, and the first one after it."""
    plain = text.strip().casefold()
    today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    if plain in ("today", "yesterday"):
        begin = today - timedelta(days=plain == "yesterday")
        return moment_of(begin), moment_of(begin + timedelta(days=1))
    found = _DATE.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute = (int(one) if one else None for one in found.groups())
        begin = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0)
        if hour is not None:
            end = begin + timedelta(minutes=1)
        elif day is not None:
            end = begin + timedelta(days=1)
        elif month is not None:
            end = datetime(begin.year + month // 12, month % 12 + 1, 1)
        else:
            end = datetime(begin.year + 1, 1, 1)
    except (ValueError, OverflowError):
        raise ConditionError(
            f"{clean(text, 30)!r} is no date. Write {field.name}>=2026-11-30, "
            f"{field.name}=today or age<2d."
        ) from None
    return moment_of(begin), moment_of(end)
