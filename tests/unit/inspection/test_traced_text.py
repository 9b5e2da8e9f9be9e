"""One traced value as numbers and sentences."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from tui.inspection.answers import LayerInfo, Opened, Traced
from tui.inspection.traced_terms import TracedTerm
from tui.inspection.traced_text import (
    agrees,
    calculation_lines,
    comparison_text,
    first_choice,
    short_place,
    term_place,
    traced_window,
)


def layer(name: str, kind: str, width: int, height: int, depth: int) -> LayerInfo:
    """Return a layer's description."""
    return LayerInfo(name=name, kind=kind, width=width, height=height, depth=depth, parameters=0)


OPENED = Opened(
    id=1,
    layers=(
        layer("conv2d", "Conv2D", 3, 2, 4),
        layer("flatten", "Flatten", 0, 0, 24),
        layer("dense", "Dense", 0, 0, 5),
    ),
    input_height=4,
    input_width=5,
    input_depth=3,
    classes=(),
    weights="best",
    epoch=1,
    snapshots=(),
)


def floats(*values: float) -> bytes:
    """Return values as the inspector sends them."""
    return struct.pack(f"<{len(values)}f", *values)


def traced(rule: Any, **changes: Any) -> Traced:
    """Return an answer."""
    usual: dict[str, Any] = {
        "layer": 0, "x": 0, "y": 0, "channel": 0, "sources": (-1,), "output": 1.0, "computed": 1.0,
        "total": 1.0,
    }  # fmt: skip
    return Traced(id=1, rule=rule, **{**usual, **changes})


def term(value: float, channel: int = 0, source: int = 0, **place: int) -> TracedTerm:
    """Return a term of weight 1."""
    return TracedTerm(
        source=source, channel=channel, value=value, weight=1.0, **{"x": 0, "y": 0, **place}
    )


def test_the_sums_of_the_channels_are_the_sum() -> None:
    answer = traced(
        "window sum",
        rows=(0, 1),
        columns=(-1,),
        read=(0, 2),
        values=floats(1, 2, 3, 4),
        weights=floats(1, -1, 0.5, 2),
    )
    window = traced_window(answer)
    assert window is not None
    assert [window.sum_of(0), window.sum_of(1)] == [-1, 9.5]
    assert first_choice(answer, window) == 3 and window.place(3) == (1, 1, 0)
    with pytest.raises(ValueError, match="12 bytes do not make 4 values"):
        traced_window(
            traced("window sum", rows=(0, 1), columns=(0,), read=(0, 1), values=bytes(12))
        )


def test_the_winner_of_a_pooling_is_pointed_at() -> None:
    answer = traced(
        "window maximum",
        rows=(0, 1),
        columns=(0, 1),
        read=(0,),
        values=floats(-5, 0.25, 1, -9),
        count=4,
    )
    assert first_choice(answer, traced_window(answer)) == 2
    assert next(calculation_lines(answer, OPENED)) == "largest of 4 values: 1"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            traced("window sum", count=27, total=-0.5, bias=-0.25, activation="relu", computed=0.0),
            "sum of 27 products −0.25 + bias (−0.25) = −0.5 → relu → 0",
        ),
        (
            traced("sum", layer=2, count=24, total=2.0, activation="softmax", computed=0.75),
            "sum of 24 products 2 + bias 0 = 2 → softmax over the 5 units → 0.75",
        ),
        (traced("mean", count=4, total=0.5, computed=0.5), "mean of 4 values: 2 / 4 = 0.5"),
        (traced("addition", terms=(term(1.5), term(-0.5))), "1.5 + (−0.5) = 1"),
        (
            traced(
                "batch normalization",
                terms=(term(3.0),),
                numbers=(("mean", 1.0), ("variance", 4.0), ("epsilon", 0.0), ("gamma", 1.0),
                         ("beta", 0.0)),
            ),
            "gamma · (value − mean) / √(variance + epsilon) + beta = "
            "1 · (3 − 1) / √(4 + 0) + 0 = 1",
        ),
        (
            traced("flatten", layer=1, channel=22, terms=(term(1.0, 2, x=2, y=1),)),
            "index 22 = ((row 2 − 1) · width 3 + column 3 − 1) · depth 4 + channel 2",
        ),
        (traced("copy", terms=(term(1.0),)), "the value of conv2d, unchanged: 1"),
        (traced("unknown"), "1. How Conv2D computes its values is not known here."),
    ],
)  # fmt: skip
def test_how_a_value_comes_about(answer: Traced, sentence: str) -> None:
    assert next(calculation_lines(answer, OPENED)) == sentence


def test_the_index_of_a_flatten_is_the_one_of_its_sentence() -> None:
    assert ((2 - 1) * 3 + 3 - 1) * 4 + 2 == 22
    flat = term(1.0, channel=22, source=1)
    assert term_place(OPENED, flat) == "unit 22 (column 3, row 2, channel 2)"
    assert short_place(OPENED, flat) == "unit 22: 2 (3, 2)"
    assert term_place(OPENED, term(1.0, 1, -1, x=4)) == "column 5, row 1, channel 1 (green)"


def test_a_difference_from_keras_is_stated() -> None:
    assert comparison_text(traced("sum")) == "Keras computed 1: the same."
    rounded = traced("sum", computed=1.00001)
    assert agrees(rounded) and "the same but for rounding (1e−5)" in comparison_text(rounded)
    wrong = traced("sum", computed=1.25)
    assert not agrees(wrong) and "differs by 0.25" in comparison_text(wrong)
    nothing = float("nan")
    assert comparison_text(traced("sum", output=nothing, computed=nothing)).endswith("the same.")
