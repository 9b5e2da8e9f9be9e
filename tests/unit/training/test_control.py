"""The user's wish, replaced whole and read only when it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.training.control import Control, ControlReader, write_control
from tui.training.runs import RunError, RunFolder


def test_without_a_file_the_run_goes_on(tmp_path: Path) -> None:
    assert ControlReader(tmp_path / "control.json").read() == Control("run")


def test_a_wish_is_read_and_may_change(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    reader = ControlReader(path)
    for want in (Control("stop"), Control("run"), Control("stop")):
        write_control(path, want)
        assert reader.read() == want
    assert not list(tmp_path.glob("control.new"))


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"want":"dance"}',
        b'{"want":1}',
        b'{"want":"\xff"}',
        b"\xff\xfe",
        b"\0" * 40,
    ],
)
def test_a_damaged_file_leaves_the_last_wish(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "control.json"
    reader = ControlReader(path)
    path.write_bytes(damage)
    assert reader.read() == Control("run")
    write_control(path, Control("stop"))
    assert reader.read() == Control("stop")
    path.write_bytes(damage)
    assert reader.read() == Control("stop")
    path.unlink()
    assert reader.read() == Control("stop")


@given(st.binary(max_size=60))
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "control.json"
    path.write_bytes(data)
    ControlReader(path).read()


def test_a_field_of_a_newer_version_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    path.write_bytes(b'{"want":"stop","learning_rate":0.1}')
    assert ControlReader(path).read() == Control("stop")


def test_an_unchanged_file_is_not_decoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "control.json"
    write_control(path, Control("stop"))
    reader = ControlReader(path)
    assert reader.read() == Control("stop")

    def refuse(self: Path) -> bytes:
        raise AssertionError("read again")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert reader.read() == Control("stop")


def test_a_stop_is_asked_for_and_seen(run: RunFolder) -> None:
    assert not run.stop_asked()
    run.ask_to_stop()
    assert run.stop_asked()
    assert ControlReader(run.control).read() == Control("stop")


def test_a_wish_that_cannot_be_written_names_the_file_and_the_cure(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"gone/control\.json: No such file.*space"):
        RunFolder(tmp_path / "gone").ask_to_stop()
