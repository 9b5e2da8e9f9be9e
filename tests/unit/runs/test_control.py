"""The user's request, replaced whole and read only when it was."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runs.control.control_file import Control, ControlReader, change_control, write_control
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder


def test_without_a_file_the_run_goes_on(tmp_path: Path) -> None:
    assert ControlReader(tmp_path / "control.json").read() == Control(want="run")


def test_a_request_is_read_and_may_change(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    reader = ControlReader(path)
    for want in (Control(want="stop"), Control(want="run"), Control(want="stop")):
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
def test_a_damaged_file_leaves_the_last_request(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "control.json"
    reader = ControlReader(path)
    path.write_bytes(damage)
    assert reader.read() == Control(want="run")
    write_control(path, Control(want="stop"))
    assert reader.read() == Control(want="stop")
    path.write_bytes(damage)
    assert reader.read() == Control(want="stop")
    path.unlink()
    assert reader.read() == Control(want="stop")


@given(st.binary(max_size=60))
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "control.json"
    path.write_bytes(data)
    ControlReader(path).read()


def test_a_field_of_a_newer_version_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    path.write_bytes(b'{"want":"stop","mood":"good"}')
    assert ControlReader(path).read() == Control(want="stop")


def test_an_unchanged_file_is_not_decoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "control.json"
    write_control(path, Control(want="stop"))
    reader = ControlReader(path)
    assert reader.read() == Control(want="stop")

    def refuse(self: Path) -> bytes:
        raise AssertionError("read again")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert reader.read() == Control(want="stop")


def test_a_stop_is_asked_for_and_seen(run: RunFolder) -> None:
    assert not run.stop_requested()
    run.request_stop()
    assert run.stop_requested()
    assert ControlReader(run.control).read() == Control(want="stop")


def test_a_request_that_cannot_be_written_names_the_file_and_the_cure(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"gone/control\.json: No such file.*Check"):
        RunFolder(tmp_path / "gone").request_stop()


def test_a_request_that_cannot_be_written_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "control.json").mkdir()
    with pytest.raises(OSError):
        change_control(tmp_path / "control.json", want="stop")
    assert sorted(os.listdir(tmp_path)) == ["control.json", "control.lock"]


def test_a_changed_request_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    change_control(path, learning_rate=0.0003)
    change_control(path, want="pause")
    change_control(path, saves=1)
    assert change_control(path, saves=1) == ControlReader(path).read()
    assert ControlReader(path).read() == Control(
        want="pause", learning_rate=0.0003, saves=2, rates=1
    )


def test_two_apps_at_once_lose_no_request(tmp_path: Path) -> None:
    path = tmp_path / "control.json"

    def many(_: int) -> None:
        for _ in range(20):
            change_control(path, saves=1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(many, range(4)))
    assert ControlReader(path).read().saves == 80
