"""Numbers as text of a given width: a number changes its form and is never cut.

Metrics have one rule everywhere: four places, rounded to the nearest. There are more places where
four would put the value on the wrong side of a stop rule's value, or make it 1; and a power of ten,
`3.2e17`, where that is too long or the value is tiny.
"""

from __future__ import annotations

import itertools
import math
import re
import sys
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

PLACES = 4
"""Decimal places of a metric, as Keras prints them."""
WIDTH = 10
"""Columns of a metric by default."""
LEAST_WIDTH = 7
"""Columns that are enough for every float, such as -2e-308."""
_TINY = Decimal("0.001")
"""Below it, four places would show one digit or none of a value."""
_GREATEST = Decimal(sys.float_info.max)
_SIDE = re.compile(r"-?\d+")
_UNITS = (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3))


def metric_value(value: float | None, width: int = WIDTH, against: Iterable[float] = ()) -> str:
    """Return a metric in at most so many columns.

    Args:
        value: None stands for one that is not finite, as in the files of a run.
        width: columns, :data:`LEAST_WIDTH` or more.
        against: values that it is compared with, such as a stop rule's; the text lies on the same
            side of each of them as the value.

    >>> [metric_value(one) for one in (0.98587, -0.0, 12.5, 324_467e12, 0.0000321)]
    ['0.9859', '0.0000', '12.5000', '3.2447e17', '3.21e-5']
    >>> metric_value(0.99696), [metric_value(one, against=[0.997]) for one in (0.99696, 0.99704)]
    ('0.9970', ['0.99696', '0.99704'])
    >>> metric_value(0.99996), metric_value(None), metric_value(float("-inf"), 7)
    ('0.99996', 'not finite', '-inf')
    """
    if value is None:
        return "not finite" if width >= 10 else "nan/inf"
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(value)
    # The decimal number is meant, such as 0.997, not the binary number next to it.
    limits = [Decimal(repr(float(one))) for one in against if math.isfinite(one)]
    written = Decimal(repr(float(value)))
    if written in limits:
        exact = written
    if 0 < abs(exact) < _TINY:
        return _power(exact, width, 3, limits)
    if 0 <= exact < 1:
        limits.append(Decimal(1))
    for places in range(PLACES, max(width, PLACES + 1)):
        text = _fixed(exact, places)
        if _same_side(text, exact, limits):
            if len(text) <= width:
                return text
            break
    for places in (PLACES, 3, 2):
        # With fewer places than would distinguish it from a limit it stays on its side.
        for rounding in (ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING):
            text = _fixed(exact, places, rounding)
            if len(text) <= width and _same_side(text, exact, limits):
                return text
    return _power(exact, width, 5, limits)


def count(value: int, width: int = 15) -> str:
    """Return a whole number in at most so many columns.

    Args:
        value: of any size.
        width: columns, :data:`LEAST_WIDTH` or more.

    >>> count(1234), count(9_470_464, 7), count(64_128_256, 7), count(-1_234_567, 8)
    ('1,234', '9.47M', '64.1M', '-1.23M')
    >>> count(3 * 10**17, 12), count(10**400)
    ('3e17', '1e400')
    """
    text = f"{value:,}" if abs(value) < 10 ** (width + 1) else ""
    if text and len(text) <= width:
        return text
    for unit, size in _UNITS:
        if size <= abs(value) < 1000 * size:
            for digits in (3, 2):
                text = _significant(Decimal(value) / size, digits) + unit
                if len(text) <= width and "e" not in text:
                    return text
    return _power(Decimal(value), width, 3)


def figure(value: float, digits: int = 3, width: int = WIDTH) -> str:
    """Return a measured number with this many significant digits, grouped where it is large.

    Args:
        value: any number, finite or not.
        digits: significant digits; all those before the point are shown while there is room.
        width: columns, :data:`LEAST_WIDTH` or more.

    >>> figure(0.6249), figure(1234.5), figure(0.00061), figure(1_234_567.0, 2, 7)
    ('0.625', '1,234', '0.00061', '1.2e6')
    >>> figure(0.0), figure(2.5e7), figure(float("nan"))
    ('0', '25,000,000', 'nan')
    """
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(value)
    if exact == 0:
        return "0"
    size = exact.copy_abs()
    if size >= 10**digits:
        text = f"{exact.quantize(Decimal(1), ROUND_HALF_EVEN):,}" if size < 10**27 else ""
    else:
        text = _significant(exact, digits)
    if text and len(text) <= width and size >= Decimal("0.0001"):
        return text
    return _power(exact, width, digits)


def finite_or_none(value: float | None) -> float | None:
    """Return a number as JSON can hold it; None for one that is not finite.

    >>> finite_or_none(0.5), finite_or_none(float("nan")), finite_or_none(None)
    (0.5, None, None)
    """
    return value if value is not None and math.isfinite(value) else None


def epoch_count(epoch: int, epochs: int) -> str:
    """Return an epoch, or a batch, and their number, as far as that is known.

    >>> epoch_count(3, 20), epoch_count(3, 0)
    ('3/20', '3')
    """
    return f"{epoch}/{epochs}" if epochs else str(epoch)


def progress_bar(fraction: float, width: int) -> str:
    """Return a bar of `width` characters, filled up to a fraction from 0 to 1.

    >>> progress_bar(0.5, 8)
    '████░░░░'
    """
    full = round(min(max(fraction, 0.0), 1.0) * width)
    return "█" * full + "░" * (width - full)


def percent(share: float, places: int = 0, sign: str = "%") -> str:
    """Return a share of 1 in percent; only exactly 0 reads as 0, and only exactly 1 as 100.

    Args:
        share: 0 to 1; other values are shown too.
        places: decimal places.
        sign: written after the number.

    >>> percent(0.9859), percent(0.9859, 1), percent(1.0), percent(0.0, 1)
    ('99%', '98.6%', '100%', '0.0%')
    >>> percent(0.9996), percent(0.9996, 1, " %"), percent(2e-6), percent(float("nan"))
    ('>99%', '>99.9 %', '<1%', 'nan')
    """
    if not math.isfinite(share):
        return str(share)
    exact, unit = Decimal(share) * 100, Decimal(1).scaleb(-places)
    text = _fixed(exact, places)
    if exact > 0 and not text.strip("0."):
        return f"<{unit:f}{sign}"
    if exact < 100 and text.startswith("100"):
        return f">{100 - unit:f}{sign}"
    return f"{text}{sign}" if len(text) <= 9 else f"{_power(exact, 9, 3)}{sign}"


def tenths(value: float, width: int = WIDTH) -> str:
    """Return a number with one decimal place, with more for a small one, else as a power of ten.

    >>> tenths(28.03), tenths(1234.56), tenths(0.0), tenths(0.0374), tenths(4e-5)
    ('28.0', '1,234.6', '0.0', '0.04', '4e-5')
    >>> tenths(7_984_051_943_956_097_024.0)
    '7.98e18'
    """
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(value)
    if 0 < abs(exact) < Decimal("0.05"):
        return figure(value, 1, width)
    if abs(exact) < 10**width:
        text = f"{exact.quantize(Decimal('0.1'), ROUND_HALF_EVEN):,}"
        if len(text) <= width:
            return text
    return _power(exact, width, 3)


def sides(shape: object, width: int) -> str:
    """Return a shape in at most so many columns, with its sides shortened if necessary.

    Args:
        shape: a shape or a pair, whose text has its sides between signs, such as `150×150×3`.
        width: columns; the text is longer if not even `1e6` has room for each side.

    >>> sides("150×150×3", 10), sides("999002×999002×1000000", 15)
    ('150×150×3', '999k×999k×1M')
    >>> sides("999002×999002×1000000", 11), sides("-1234567×0", 8)
    ('1e6×1e6×1M', '-1.23M×0')
    """
    text = str(shape)
    if len(text) <= width:
        return text
    for room in range(10, 2, -1):
        text = _SIDE.sub(lambda side, room=room: _side(int(side[0]), room), str(shape))  # type: ignore[misc]
        if len(text) <= width:
            break
    return text


def _side(value: int, width: int) -> str:
    return str(value) if len(str(value)) <= width else count(value, width)


def axis_texts(values: Sequence[float]) -> list[str]:
    """Return short texts for the values of an axis, all different.

    >>> axis_texts([6000, 12000]), axis_texts([0.25, 2.5e7]), axis_texts([0.98585, 0.9859])
    (['6,000', '12,000'], ['0.25', '2.5e7'], ['0.98585', '0.9859'])
    """
    gap = min((abs(b - a) for a, b in itertools.pairwise(values)), default=0.0)
    texts: list[str] = []
    for digits in range(3, 10):
        texts = [figure(value, digits, max(8, digits + 3)) for value in values]
        wrong = (abs(float(t.replace(",", "")) - v) for t, v in zip(texts, values, strict=True))
        if max(wrong, default=0.0) <= gap / 20:
            break
    return texts


def _fixed(exact: Decimal, places: int, rounding: str = ROUND_HALF_EVEN) -> str:
    if exact.adjusted() > 11:
        return "9" * 30  # longer than any width, and its last digits would mean nothing
    text = f"{exact.quantize(Decimal(1).scaleb(-places), rounding):f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def _significant(exact: Decimal, digits: int) -> str:
    """Return a number below about 1000 with this many digits, without zeros at its end."""
    places = max(digits - 1 - exact.adjusted(), 0)
    text = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _power(exact: Decimal, width: int, digits: int, limits: Iterable[Decimal] = ()) -> str:
    """Return a number as a power of ten, with as many digits as there is room for, at least one."""
    limits = list(limits)
    if exact == 0:
        return "0"
    fallback = "…"
    for number in range(digits, 0, -1):
        for rounding in (ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING):
            text = _scientific(exact, number, rounding)
            if len(text) <= width and not _reads_as_infinite(text, exact):
                if _same_side(text, exact, limits):
                    return text
                fallback = text if fallback == "…" else fallback
    return fallback


def _scientific(exact: Decimal, digits: int, rounding: str) -> str:
    unit = Decimal(1).scaleb(-(digits - 1))
    power = exact.adjusted()
    mantissa = exact.scaleb(-power).quantize(unit, rounding)
    if abs(mantissa) >= 10:
        mantissa, power = (mantissa / 10).quantize(unit, rounding), power + 1
    text = f"{mantissa:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}e{power}"


def _reads_as_infinite(text: str, exact: Decimal) -> bool:
    """Return whether a number was rounded so far up that a program reads it as infinite."""
    return math.isinf(float(text)) and not abs(exact) > _GREATEST


def _same_side(text: str, exact: Decimal, limits: Iterable[Decimal]) -> bool:
    shown = Decimal(text)
    return all(_sign(shown - limit) == _sign(exact - limit) for limit in limits)


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)
