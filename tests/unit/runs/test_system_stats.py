"""The reports on the machine's load: with the driver's library and without, and their thread."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.support.waiting import until
from tui.runs.events.event_log import decode, encode
from tui.runs.events.event_types import SystemStats
from tui.runs.process import system_stats
from tui.runs.process.gpu_stats import GpuMonitor
from tui.runs.process.system_stats import SystemSampler

IDS = ("GPU-5e1f00", "GPU-5e2f00", "GPU-a00000", "GPU-b00000")


class Library(ModuleType):
    """Stands in for NVML on a machine without a GPU: the calls that are made, and no other."""

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.open = 0
        self.lost: set[int] = set()
        self.silent = False

    def nvmlInit(self) -> None:
        self.open += 1

    def nvmlShutdown(self) -> None:
        self.open -= 1

    def nvmlDeviceGetCount(self) -> int:
        return len(IDS)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetUUID(self, device: int) -> bytes:
        return IDS[device].encode()

    def nvmlDeviceGetName(self, device: int) -> str:
        return f"Card\x1b {device}"

    def nvmlDeviceGetMemoryInfo(self, device: int) -> SimpleNamespace:
        if device in self.lost:
            raise RuntimeError("GPU is lost")
        return SimpleNamespace(used=3 << 30, total=16 << 30)

    def nvmlDeviceGetUtilizationRates(self, device: int) -> SimpleNamespace:
        if device in self.lost:
            raise RuntimeError("GPU is lost")
        return SimpleNamespace(gpu=71)

    def nvmlDeviceGetPowerUsage(self, device: int) -> int:
        if self.silent:
            raise RuntimeError("Not Supported")
        return 250_400

    def nvmlDeviceGetTemperature(self, device: int, sensor: int) -> int:
        if self.silent:
            raise RuntimeError("Not Supported")
        return 65


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    found = Library()
    monkeypatch.setitem(sys.modules, "pynvml", found)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return found


def reports(directory: Path, count: int = 3, *, gpus: bool = True) -> list[SystemStats]:
    """Return the first reports of a sampler."""
    reported: list[SystemStats] = []
    with SystemSampler(reported.append, directory, gpus=gpus, every=0.02):
        until(lambda: len(reported) >= count)
    return reported


def test_the_machine_is_reported_again_and_again_until_the_end(tmp_path: Path) -> None:
    reported = reports(tmp_path, gpus=False)
    count = len(reported)
    last = reported[-1]
    assert [one.seconds for one in reported] == sorted(one.seconds for one in reported)
    assert last.cpu_percent is not None and 0 <= last.cpu_percent <= 100
    assert last.process_cores is not None and last.process_cores >= 0
    assert last.memory_used and last.memory_total and last.memory_used < last.memory_total
    assert last.process_memory and last.process_memory < last.memory_total
    assert last.disk_free and last.cores == os.cpu_count()
    assert last.gpus == ()
    time.sleep(0.1)
    assert len(reported) == count, "none after the end"
    assert "system stats" not in [thread.name for thread in threading.enumerate()]


def test_a_report_is_one_line_that_reads_back_the_same(tmp_path: Path, library: Library) -> None:
    for report in reports(tmp_path):
        assert b"\n" not in encode(report) and len(encode(report)) < 1500
        assert decode(encode(report)) == report


def test_every_gpu_is_reported(tmp_path: Path, library: Library) -> None:
    last = reports(tmp_path)[-1]
    assert library.open == 0, "the driver is released"
    assert [gpu.index for gpu in last.gpus] == [0, 1, 2, 3]
    one = last.gpus[1]
    assert (one.percent, one.memory_used, one.memory_total) == (71.0, 3 << 30, 16 << 30)
    assert (one.watts, one.celsius) == (250.4, 65.0)
    assert one.name == "Card␛ 1", "safe to show"


@pytest.mark.parametrize(
    ("visible", "indices"),
    [
        ("2,0", [2, 0]),
        (" 1 , 3 ", [1, 3]),
        ("GPU-a00000,1", [2, 1]),
        ("GPU-b", [3]),
        ("GPU-5e", []),  # the beginning of two ids
        ("", []),
        ("-1", []),
        ("0,-1,2", [0]),  # as CUDA does: up to the first that is none
        ("1,9,2", [1]),
        ("NoDevFiles", []),
    ],
)
def test_the_gpus_are_those_that_cuda_uses(
    library: Library, monkeypatch: pytest.MonkeyPatch, visible: str, indices: list[int]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert [gpu.index for gpu in GpuMonitor().read()] == indices


def test_a_gpu_that_is_lost_is_left_out_and_the_others_stay(library: Library) -> None:
    gpus = GpuMonitor()
    library.lost = {1}
    assert [gpu.index for gpu in gpus.read()] == [0, 2, 3]
    library.lost = {0, 1, 2, 3}
    assert gpus.read() == ()


def test_what_a_gpu_does_not_say_is_none(library: Library) -> None:
    library.silent = True
    gpu = GpuMonitor().read()[0]
    assert (gpu.percent, gpu.watts, gpu.celsius) == (71.0, None, None)


def test_where_no_gpu_computes_the_driver_is_not_asked(tmp_path: Path, library: Library) -> None:
    assert reports(tmp_path, gpus=False)[-1].gpus == ()
    assert library.open == 0


@pytest.mark.parametrize("missing", ["pynvml", "psutil"])
def test_without_a_library_the_rest_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    last = reports(tmp_path)[-1]
    assert last.disk_free and last.load is not None
    assert (last.memory_total is None) == (missing == "psutil")


def test_the_disk_is_that_of_a_folder_that_was_renamed(tmp_path: Path) -> None:
    assert reports(tmp_path / "gone")[-1].disk_free
    assert reports(tmp_path / "gone" / "deeper")[-1].disk_free is None


def test_an_error_of_the_receiver_ends_nothing(tmp_path: Path) -> None:
    calls = []

    def full(report: SystemStats) -> None:
        calls.append(report)
        raise OSError(28, "No space left on device")

    with SystemSampler(full, tmp_path, every=0.01):
        until(lambda: len(calls) >= 3)


def test_it_can_be_stopped_twice_and_never_started(tmp_path: Path) -> None:
    reported: list[SystemStats] = []
    sampler = SystemSampler(reported.append, tmp_path, every=0.01)
    sampler.stop()
    sampler.start().stop()
    assert reported == []


def test_a_disk_that_hangs_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, go_on = threading.Event(), threading.Event()

    def answer(place: Path) -> int:
        hangs.set()
        go_on.wait(30)
        return 1

    monkeypatch.setattr(system_stats, "_disk_free", answer)
    monkeypatch.setattr(system_stats, "STOP_SECONDS", 0.05)
    reported: list[SystemStats] = []
    with SystemSampler(reported.append, tmp_path, every=0.01):
        assert hangs.wait(30)
    go_on.set()
    until(lambda: "system stats" not in [thread.name for thread in threading.enumerate()])
    assert reported == [], "what was not reported by the end is not reported after it"


def test_nothing_is_imported_for_it_before_it_starts(python: Callable[[str], str]) -> None:
    code = "import sys, tui.runs.process.system_stats; print('psutil' in sys.modules)"
    assert python(code) == "False\n"


def test_a_script_may_end_without_stopping_it(python: Callable[[str], str]) -> None:
    code = (
        "from pathlib import Path\n"
        "from tui.runs.process.system_stats import SystemSampler\n"
        "import time\n"
        "found = []\n"
        "SystemSampler(found.append, Path('.'), every=0.01).start()\n"
        "while not found: time.sleep(0.01)\n"
        "print('over')\n"
    )
    assert python(code) == "over\n"
