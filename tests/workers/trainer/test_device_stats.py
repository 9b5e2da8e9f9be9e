"""What is told of the GPU, with the driver's library and without."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from tests.workers.shell import wait_for
from tui.runs.events.event_types import DeviceStats, Event
from tui.trainer.callbacks.device_stats import report_device_stats


class Library(ModuleType):
    """Stands in for NVML on a machine without a GPU: the calls that are made, and no other."""

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.asked: list[object] = []
        self.open = 0
        self.breaks_after = 10**9

    def nvmlInit(self) -> None:
        self.open += 1

    def nvmlShutdown(self) -> None:
        self.open -= 1

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetHandleByUUID(self, name: str) -> str:
        return name

    def nvmlDeviceGetMemoryInfo(self, device: object) -> SimpleNamespace:
        self.asked.append(device)
        if len(self.asked) > self.breaks_after:
            raise RuntimeError("GPU is lost")
        return SimpleNamespace(used=3 << 30, total=16 << 30)

    def nvmlDeviceGetUtilizationRates(self, device: object) -> SimpleNamespace:
        return SimpleNamespace(gpu=71)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    found = Library()
    monkeypatch.setitem(sys.modules, "pynvml", found)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return found


def test_the_gpu_is_told_of_again_and_again_until_the_end(library: Library) -> None:
    told: list[Event] = []
    with report_device_stats(told.append, gpu=True, every=0.02):
        wait_for("three looks", lambda: len(told) >= 3)
    assert library.open == 0
    count = len(told)
    for event in told:
        assert isinstance(event, DeviceStats)
        assert (event.gpu_percent, event.memory_used) == (71.0, 3 << 30)
        assert event.memory_total == 16 << 30
    assert len(told) == count


@pytest.mark.parametrize(("visible", "device"), [("2,0", 2), ("GPU-5e1f,1", "GPU-5e1f")])
def test_the_gpu_that_computes_is_the_one_that_is_looked_at(
    library: Library, monkeypatch: pytest.MonkeyPatch, visible: str, device: object
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    with report_device_stats(lambda event: None, gpu=True, every=0.02):
        wait_for("a look", lambda: library.asked)
    assert set(library.asked) == {device}


def test_a_gpu_that_goes_away_ends_the_figures_and_nothing_else(library: Library) -> None:
    library.breaks_after = 2
    told: list[Event] = []
    with report_device_stats(told.append, gpu=True, every=0.02):
        wait_for("its end", lambda: library.open == 0)
    assert len(told) == 2


def test_on_a_cpu_nobody_asks(library: Library) -> None:
    with report_device_stats(lambda event: pytest.fail("told"), gpu=False):
        assert not library.asked and library.open == 0


def test_without_the_library_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with report_device_stats(lambda event: pytest.fail("told"), gpu=True):
        pass
