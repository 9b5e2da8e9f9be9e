"""Preferences last, do not disturb each other, and a damaged file does no harm."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from tui.common.paths import state_dir
from tui.common.preferences import PreferenceError, read_preference, write_preference


class Columns(msgspec.Struct, frozen=True):
    names: tuple[str, ...] = ()


def file() -> Path:
    return state_dir() / "preferences.json"


def test_a_preference_lasts() -> None:
    assert read_preference("columns", Columns, Columns()) == Columns()
    write_preference("columns", Columns(("lr", "seed")))
    write_preference("sound", False)
    assert read_preference("columns", Columns, Columns()) == Columns(("lr", "seed"))
    assert read_preference("sound", bool, True) is False
    assert json.loads(file().read_text())["version"] == 1


def test_what_a_newer_version_kept_stays() -> None:
    newer = {"version": 7, "entries": {"sound": {"level": 3}}, "more": 1}
    file().write_text(json.dumps(newer))
    assert read_preference("sound", bool, True) is True
    write_preference("columns", Columns(("lr",)))
    kept = json.loads(file().read_text())
    assert kept["version"] == 7 and kept["entries"]["sound"] == {"level": 3}


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b'{"entries": 3}', b"[" * 100_000])
def test_a_damaged_file_is_as_none(text: bytes) -> None:
    file().write_bytes(text)
    assert read_preference("columns", Columns, Columns(("lr",))) == Columns(("lr",))
    write_preference("columns", Columns(("seed",)))
    assert read_preference("columns", Columns, Columns()) == Columns(("seed",))


def test_a_file_that_cannot_be_written_is_said_with_the_cure() -> None:
    file().mkdir()
    with pytest.raises(PreferenceError, match="only until the app is closed"):
        write_preference("columns", Columns())
    assert read_preference("columns", Columns, Columns(("lr",))) == Columns(("lr",))
