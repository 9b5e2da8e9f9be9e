"""Networks kept by name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui.common.paths import state_dir
from tui.geometry import GeometryError, parse_network
from tui.keras_io.saved_networks import delete_network, save_network, saved_networks

NETWORK = parse_network("28x28x1 conv:k=8,f=3x5,p=same flatten dense:k=10,a=softmax")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path))


def test_a_network_comes_back_as_it_was_kept() -> None:
    save_network("my digits", NETWORK)
    assert saved_networks() == {"my digits": NETWORK}
    assert delete_network("my digits")
    assert saved_networks() == {}


@pytest.mark.parametrize("name", ["", "../escape", "a/b", ".hidden", "x" * 41, "a\x1b[2J"])
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(GeometryError, match="cannot be the name of a network"):
        save_network(name, NETWORK)


def test_a_damaged_file_does_not_hide_the_others() -> None:
    save_network("good", NETWORK)
    (state_dir() / "networks" / "bad.json").write_text("{not json")
    (state_dir() / "networks" / "odd.json").write_text('{"input": [1, 2], "layers": 7}')
    assert list(saved_networks()) == ["good"]


def test_one_of_another_form_of_name_is_never_deleted() -> None:
    save_network("good", NETWORK)
    assert not delete_network("none") and not delete_network("../networks/good")
    assert list(saved_networks()) == ["good"]


SAVES = """
from tui.geometry import parse_network
from tui.keras_io.saved_networks import save_network
networks = [parse_network("28x28x1 " + "conv:k=8,f=1 " * n) for n in (1, 150)]
print("ready", flush=True)
while True:
    for network in networks:
        save_network("mine", network)
"""


def test_a_saving_that_is_killed_leaves_the_old_one_or_the_new_one() -> None:
    save_network("mine", NETWORK)
    folder = state_dir() / "networks"
    for number in range(12):
        child = subprocess.Popen([sys.executable, "-c", SAVES], stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline() == b"ready\n"
        until = time.monotonic() + 0.003 * number  # at another moment each time
        while time.monotonic() < until:
            pass
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        json.loads((folder / "mine.json").read_text())
        assert list(saved_networks()) == ["mine"]
    for left in folder.glob("*.new-*"):
        os.utime(left, (0, 0))
    save_network("other", NETWORK)
    assert sorted(path.name for path in folder.iterdir()) == ["mine.json", "other.json"]


FULL = """
import resource, signal
from tui.geometry import parse_network
from tui.keras_io.saved_networks import save_network
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))  # as on a disk that takes no more
try:
    save_network("mine", parse_network("28x28x1 flatten"))
except OSError as error:
    print(error.strerror)
"""


def test_a_disk_that_takes_no_more_leaves_what_was_kept() -> None:
    save_network("mine", NETWORK)
    done = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True, check=True)
    assert done.stdout == "File too large\n"
    assert saved_networks() == {"mine": NETWORK}
    assert [path.name for path in (state_dir() / "networks").iterdir()] == ["mine.json"]
