"""Numbers in a room: never longer than it, never far from the value, never on the wrong side."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.common.numbers import LEAST_WIDTH, count, figure, metric_value

FLOATS = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)
WIDTHS = st.integers(LEAST_WIDTH, 24)


def near(text: str, value: float, places: int = 4) -> bool:
    """Say whether a text is the value, rounded to the digits that it shows."""
    shown, exact = Decimal(text.replace(",", "")), Decimal(value)
    mantissa, _, power = text.replace(",", "").lstrip("-").partition("e")
    decimals = len(mantissa.partition(".")[2])
    unit = Decimal(1).scaleb(int(power or 0) - (decimals if "." in mantissa else 0))
    if not power:
        unit = max(unit, Decimal(1).scaleb(-places))
    # Trailing zeros of a power of ten are not written: one digit may stand for three.
    return abs(shown - exact) <= unit


@given(FLOATS, WIDTHS)
@example(-0.0, 7)
@example(5e-324, 7)
@example(-5e-324, 7)
@example(-1.7976931348623157e308, 7)
@example(9.99999e-4, 7)
@example(999999.99996, 11)
def test_a_metric_is_whole(value: float, width: int) -> None:
    text = metric_value(value, width)
    assert 0 < len(text) <= width
    if math.isnan(value):
        assert text == "nan"
    elif math.isinf(value):
        assert float(text) == value
    else:
        assert near(text, value) and math.isfinite(float(text))
        assert (float(text) == 0) == (value == 0) and text != "-0.0000"
        assert math.copysign(1, float(text)) == math.copysign(1, value) or value == 0


@given(st.floats(0, 2), st.floats(0, 2), WIDTHS)
@example(0.99696, 0.997, 10)
@example(0.99704, 0.997, 10)
@example(0.99696, 0.997, 7)
@example(0.9969999999999999, 0.997, 7)
@example(0.09999999, 0.1, 7)
def test_what_is_shown_lies_on_the_value_s_side_of_a_rule(
    value: float, rule: float, width: int
) -> None:
    rule = round(rule, 4)
    text = metric_value(value, width, [rule])
    assert len(text) <= width
    if value >= 0.001:
        shown = Decimal(text)
        assert (shown > Decimal(repr(rule))) <= (value > rule)
        assert (shown < Decimal(repr(rule))) <= (value < rule)
        assert not (shown >= 1 > value)


@given(st.floats(0, 1))
def test_it_is_what_keras_prints_where_no_rule_is_near(value: float) -> None:
    if 0.001 <= value < 0.99995:
        assert metric_value(value) == f"{value:.4f}"


@given(st.one_of(st.integers(), st.integers(-(10**600), 10**600)), WIDTHS)
def test_a_count_is_whole(value: int, width: int) -> None:
    text = count(value, width)
    assert len(text) <= width
    units = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
    plain = text.replace(",", "")
    shown = Decimal(plain.rstrip("kMGT")) * units.get(plain[-1], 1)
    assert abs(shown - value) <= abs(Decimal(value)) * Decimal("0.5")
    if len(f"{value:,}") <= width if abs(value) < 10**40 else False:
        assert int(plain) == value
    elif width >= 9:
        assert abs(shown - value) <= abs(Decimal(value)) * Decimal("0.05")


@given(FLOATS, st.integers(1, 6), WIDTHS)
def test_a_figure_is_whole(value: float, digits: int, width: int) -> None:
    text = figure(value, digits, width)
    assert 0 < len(text) <= width
    if math.isfinite(value):
        shown = float(text.replace(",", ""))
        assert (shown == 0) == (value == 0) and (shown < 0) == (value < 0)
        assert math.isclose(shown, value, rel_tol=0.5) or abs(value) < 1e-320
        if digits >= 3 and width >= 12 and abs(value) > 1e-300:
            assert math.isclose(shown, value, rel_tol=0.006)
    else:
        assert text in ("nan", "inf", "-inf")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.98587, "0.9859"),
        (324_467_000_000_000_000.0, "3.2447e17"),
        (1e-7, "1e-7"),
        (0.0012, "0.0012"),
        (123456.789, "123456.789"),
        (1.0, "1.0000"),
        (1.00001, "1.0000"),
        (None, "not finite"),
    ],
)
def test_forms(value: float | None, text: str) -> None:
    assert metric_value(value) == text
