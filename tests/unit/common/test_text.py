"""Text from outside, made safe for a terminal."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.common.text import clean

UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Surrogates too: Python carries undecodable bytes of file names as such.
anything = st.text(st.characters())
names_from_disk = st.binary().map(lambda name: name.decode("utf-8", "surrogateescape"))


@given(anything | names_from_disk)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert not {unicodedata.category(character) for character in clean(text)} & UNSAFE
    assert len(clean(text).splitlines()) <= 1


@given(anything | names_from_disk)
def test_each_character_keeps_its_place(text: str) -> None:
    safe = clean(text)
    assert len(safe) == len(text)
    for before, after in zip(text, safe, strict=True):
        assert after == before or unicodedata.category(before) in UNSAFE


@given(anything)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(anything | names_from_disk, st.integers(1, 40))
def test_no_more_characters_than_the_limit(text: str, limit: int) -> None:
    safe = clean(text, limit)
    assert len(safe) <= limit
    if len(text) <= limit:
        assert safe == clean(text)
    else:
        assert safe == clean(text)[: limit - 1] + "…"


def test_every_character_there_is() -> None:
    for code in range(0x110000):
        character = chr(code)
        safe = clean(character)
        if unicodedata.category(character) in UNSAFE:
            assert safe != character
        else:
            assert safe == character


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain name.jpg", "plain name.jpg"),
        ("größer 猫 🐈.png", "größer 猫 🐈.png"),
        ("[bold]no markup[/]", "[bold]no markup[/]"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("a\nb\tc\r", "a␊b␉c␍"),
        ("\x7f", "␡"),
        ("\x9b2J", "�2J"),
        ("invoice\u202egpj.exe", "invoice�gpj.exe"),
        ("zero\u200bwidth\u2028line", "zero�width�line"),
        ("caf\udce9", "caf�"),
        ("", ""),
    ],
)
def test_a_sign_stands_where_a_control_was(text: str, safe: str) -> None:
    assert clean(text) == safe


def test_anything_is_made_text_first() -> None:
    assert clean(Path("a\nb")) == "a␊b"
    assert clean(None) == "None"
    assert clean(ValueError("x\0")) == "x␀"
