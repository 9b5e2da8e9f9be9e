"""Volumes, pairs and the errors that name a field."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.geometry.strategies import volumes
from tui.geometry import GeometryError, Pair, Vector, Volume


@given(volumes)
def test_a_volume_reads_back_what_it_writes(volume: Volume) -> None:
    assert Volume.parse(str(volume)) == volume
    assert Volume.parse(str(volume).replace("×", "x")) == volume


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("150x150", "depth"),
        ("0x5x3", "width"),
        ("5x0x3", "height"),
        ("5x5x0", "depth"),
        ("1000001x5x3", "width"),
        ("9" * 5000 + "x5x3", "width"),
        ("5", None),
        ("5x5x3x1", None),
        ("axbxc", None),
        ("", None),
        ("-5x5x3", None),
        ("٣x٣x٣", None),
        ("5.0x5x3", None),
    ],
)
def test_a_bad_volume_names_its_field(text: str, field: str | None) -> None:
    with pytest.raises(GeometryError) as caught:
        Volume.parse(text)
    assert caught.value.field == field
    assert len(caught.value.message) < 300


def test_the_missing_depth_is_said() -> None:
    with pytest.raises(GeometryError, match=r"lacks the depth: write 150x150x3"):
        Volume.parse("150x150")


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        Volume.parse(text)
    except GeometryError as error:
        assert str(error) == error.message


def test_texts_and_sizes() -> None:
    assert str(Vector(18496)) == "18496"
    assert str(Pair(3, 5)) == "3×5"
    assert Volume(150, 100, 3).size == 45_000
    assert Volume(150, 100, 3).plane == (150, 100)


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(GeometryError("no", field="stride")))
    assert (error.message, error.field) == ("no", "stride")
