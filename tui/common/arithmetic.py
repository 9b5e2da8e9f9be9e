"""Numbers typed as arithmetic, such as `18497*512`."""

from __future__ import annotations

import re
from fractions import Fraction

MOST = 10**12
"""The largest number that a result, or a step on the way to it, may be."""
MOST_POWER = 64
LONGEST = 100
OPERATORS = "+-*/()"
SIGNS = f"0123456789.,_ ×−{OPERATORS}"
"""The characters that a typed number can have."""

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d{1,3})?|\.\d+)|(\*\*|[-+*/()]))")
_GROUPED = re.compile(r"(?<=\d)[,_ ](?=\d{3}(?!\d))")


class ArithmeticProblem(ValueError):
    """What is typed has no value; the message says why, and what can be typed."""


def evaluate(text: str) -> Fraction:
    """Return the value of a typed number or of arithmetic with + - * / ( ) and **.

    Args:
        text: what was typed; thousands may be grouped by commas, underscores or spaces.

    Raises:
        ArithmeticProblem: if it is not complete, divides by zero, or becomes too large.

    >>> evaluate("18497*512"), evaluate("2 * (150 - 3 + 1)"), evaluate("1,024 / 2**3")
    (Fraction(9470464, 1), Fraction(296, 1), Fraction(128, 1))
    >>> evaluate("3*")
    Traceback (most recent call last):
    tui.common.arithmetic.ArithmeticProblem: “3*” is not complete: a number is missing at the end.
    """
    if len(text) > LONGEST:
        raise ArithmeticProblem(f"It has {len(text)} characters; type at most {LONGEST}.")
    plain = _GROUPED.sub("", text.replace("×", "*").replace("−", "-"))
    return _Reader(text.strip(), plain.strip()).value()


def whole_number(text: str) -> int:
    """Return the value of a typed number or of arithmetic, which has to be a whole number.

    Raises:
        ArithmeticProblem: as :func:`evaluate`, or if it is not a whole number.

    >>> whole_number("7*4")
    28
    >>> whole_number("7/2")
    Traceback (most recent call last):
    tui.common.arithmetic.ArithmeticProblem: “7/2” is 3.5, not a whole number.
    """
    value = evaluate(text)
    if value.denominator != 1:
        what = f"“{text.strip()}”"
        plain = re.fullmatch(r"\s*-?[\d.]+\s*", text)
        words = "" if plain else f" is {float(value):.6g},"
        raise ArithmeticProblem(f"{what}{words or ' is'} not a whole number.")
    return int(value)


def typed_number(text: str) -> float:
    """Return a typed number of any size, or the result of arithmetic.

    Raises:
        ValueError: if it is neither; an `ArithmeticProblem` where it is arithmetic.

    >>> typed_number("1e-30"), typed_number("1/8")
    (1e-30, 0.125)
    """
    try:
        return float(text)
    except ValueError:
        if not is_arithmetic(text):
            raise
    return float(evaluate(text))


def is_arithmetic(text: str) -> bool:
    """Return whether a text is more than one number: one that has to be worked out.

    >>> is_arithmetic("3*3"), is_arithmetic("-3"), is_arithmetic("1,024"), is_arithmetic("5-2")
    (True, False, False, True)
    """
    return any(sign in text.strip().lstrip("-−") for sign in f"{OPERATORS}×−")


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, typed: str, plain: str) -> None:
        self._typed = typed
        self._tokens: list[str] = []
        position = 0
        while position < len(plain):
            found = _TOKEN.match(plain, position)
            if found is None:
                raise self._problem(
                    f"has “{plain[position:].strip()[:1]}” in it; "
                    "type a number, or arithmetic such as 18497*512"
                )
            self._tokens.append(found[1] or found[2])
            position = found.end()
        self._tokens.reverse()

    def _problem(self, what: str) -> ArithmeticProblem:
        return ArithmeticProblem(f"“{self._typed[:40]}” {what}.")

    def _next(self, *wanted: str) -> str:
        """Take the next token if it is one of these; else return an empty text."""
        return self._tokens.pop() if self._tokens and self._tokens[-1] in wanted else ""

    def value(self) -> Fraction:
        if not self._tokens:
            raise ArithmeticProblem("It is empty: type a number.")
        value = self._sum()
        if self._tokens:
            token = self._tokens[-1]
            where = "one ( is missing" if token == ")" else f"an operator is missing before {token}"
            raise self._problem(f"cannot be read: {where}")
        return value

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._next("+", "-"):
            other = self._product()
            value = self._within_bounds(value + other if sign == "+" else value - other)
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while sign := self._next("*", "/"):
            other = self._signed()
            if sign == "/" and not other:
                raise self._problem("divides by 0")
            value = self._within_bounds(value * other if sign == "*" else value / other)
        return value

    def _signed(self) -> Fraction:
        if sign := self._next("+", "-"):
            value = self._signed()
            return -value if sign == "-" else value
        value = self._operand()
        if self._next("**"):
            power = self._signed()
            if power.denominator != 1 or not 0 <= power <= MOST_POWER:
                raise self._problem(f"has the power {power}; take one from 0 to {MOST_POWER}")
            value = self._within_bounds(value ** int(power))
        return value

    def _operand(self) -> Fraction:
        if self._next("("):
            value = self._sum()
            if not self._next(")"):
                raise self._problem("is not complete: one ) is missing")
            return value
        if not self._tokens:
            raise self._problem("is not complete: a number is missing at the end")
        token = self._tokens.pop()
        if token in {*OPERATORS, "**"}:
            raise self._problem(f"cannot be read: a number is missing before {token}")
        return self._within_bounds(Fraction(token))

    def _within_bounds(self, value: Fraction) -> Fraction:
        if abs(value) > MOST:
            raise self._problem(f"is too large; take at most {MOST:,}")
        if value.denominator > MOST**2:
            raise self._problem("has too many decimals, or is too small; take fewer")
        return value
