"""`cnn-tui data get`: the folder on stdout, and the progress on a terminal only."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.datasets.fetch_server import Site, pets, picture, serving, zipped
from tui.cli.data.data import get
from tui.datasets.getting import Progress
from tui.datasets.getting.transfer_progress import SpeedMeter, progress_text

RUN = [sys.executable, "-m", "tui", "data", "get"]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_it_prints_the_folder_and_nothing_else(site: Site, tmp_path: Path) -> None:
    site.serve("pets.zip", zipped(pets("top/")))
    done = CliRunner().invoke(get, [site.url("pets.zip"), "--to", str(tmp_path / "sets")])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'sets' / 'pets' / 'top'}\n"


def test_what_was_left_out_goes_to_stderr(tmp_path: Path) -> None:
    (tmp_path / "pets.zip").write_bytes(zipped({**pets(), "Cats/9.png": picture()}))
    done = CliRunner().invoke(get, [str(tmp_path / "pets.zip")])
    assert done.stderr == "Note: 1 name changed to be safe or unique.\n"
    assert len(done.stdout.splitlines()) == 1


def test_a_failure_is_one_sentence_and_exit_1(site: Site) -> None:
    done = CliRunner().invoke(get, [site.url("gone.zip")])
    assert done.exit_code == 1
    assert done.stderr == "Error: 127.0.0.1 has no such file (404): check the address.\n"
    assert done.stdout == ""


def test_without_a_name_it_lists_what_can_be_had() -> None:
    done = CliRunner().invoke(get, [])
    assert done.exit_code == 0
    assert "generated-shapes" in done.stdout and "68.6 MB" in done.stdout
    assert "CC BY 2.0" in done.stdout


def test_on_a_terminal_the_line_grows_and_is_cleared(site: Site) -> None:
    hang = threading.Event()
    served = site.serve("pets.zip", zipped({**pets(), "x.bin": os.urandom(300_000)}))
    served.hang, served.break_at = hang, [200_000]
    seen = b""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*RUN, site.url("pets.zip")], stdout=subprocess.PIPE, stderr=slave, text=True
    ) as child:
        os.close(slave)
        while b"200 kB of " not in seen:
            seen += os.read(master, 4096)
        hang.set()
        out, _ = child.communicate(timeout=60)
    os.close(master)
    assert child.returncode == 0
    assert out.endswith("/sets/pets\n")
    assert "downloading pets.zip" in seen.decode() and "━" in seen.decode()


def test_ctrl_c_keeps_what_came_and_says_so(site: Site) -> None:
    hang = threading.Event()
    served = site.serve("pets.zip", zipped({**pets(), "x.bin": os.urandom(300_000)}))
    served.hang, served.break_at = hang, [200_000]
    with subprocess.Popen(
        [*RUN, site.url("pets.zip")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        part = Path(os.environ["CNN_TUI_HOME"]) / "cache" / "sets" / ".pets.part" / "part-0"
        while not (part.exists() and part.stat().st_size == 200_000):
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    hang.set()
    assert child.returncode == 130
    assert out == ""
    assert err.startswith("Stopped after 200 kB of ") and err.count("\n") == 1
    done = CliRunner().invoke(get, [site.url("pets.zip")])
    assert done.exit_code == 0
    assert served.asked[-1]["range"] == "bytes=200000-"


@pytest.mark.parametrize("width", [20, 40, 79, 200])
def test_the_line_is_never_wider_than_the_terminal(width: int) -> None:
    progress = Progress("downloading", "a-long-name-of-a-file.zip", 34_000_000, 68_606_236)
    line = progress_text(progress, 2.1e6, 16.0, width=width)
    assert len(line) <= width
    if width >= 79:
        assert "50 %" in line and "2.1 MB/s" in line and "16 s left" in line


def test_the_speed_is_that_of_the_last_seconds() -> None:
    meter = SpeedMeter()
    assert meter.speed is None and meter.seconds_left(100) is None
    for second in range(20):
        meter.add(float(second), 1_000 * second if second < 10 else 9_000 + 5_000 * (second - 9))
    assert meter.speed == pytest.approx(5_000)
    assert meter.seconds_left(69_000) == pytest.approx(2.0)
    meter.add(20.0, 0)  # another file
    assert meter.speed is None
