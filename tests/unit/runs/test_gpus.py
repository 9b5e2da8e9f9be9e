"""The GPUs of a machine, as NVIDIA's driver describes them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.support.fake_gpus import FakeGpus
from tui.common.safe_files import user_name
from tui.runs.process import read_gpus as reading
from tui.runs.process.gpu_stats import GpuMonitor
from tui.runs.process.gpus import Gpu, visible_gpus
from tui.runs.process.nvidia_smi import gpus_from_csv, processes_from_csv, with_parts
from tui.runs.process.read_gpus import read_gpus


@pytest.fixture(autouse=True)
def opened_again() -> Iterator[None]:
    reading._nvml.cache_clear()
    yield
    reading._nvml.cache_clear()


def test_without_a_driver_there_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_gpus() == ()


@pytest.mark.parametrize(
    "script",
    [
        "echo 'NVIDIA-SMI has failed because it could not communicate with the driver.'; exit 9",
        "echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18",
        "echo No devices were found",
        "exit 1",
    ],
)
def test_a_driver_that_does_not_work_has_none(
    script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert read_gpus() == ()


def test_they_are_read_from_nvidia_smi_with_their_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeGpus(tmp_path / "gpus", monkeypatch, 2)
    fake.change(1, used=70_000, use=99, pids=(os.getpid(), 2**22 + 1))
    first, second = read_gpus()
    assert (first.index, first.uuid, first.use, first.processes) == (0, fake.uuid(0), 0.0, ())
    assert second.memory_used == 70_000 * 1024 * 1024 and second.use == 99
    mine, gone = second.processes
    assert mine.user == user_name(os.getuid()) and mine.memory == 500 * 1024 * 1024
    assert gone.user == "", "a process of outside the container"


def test_what_the_driver_does_not_say_is_not_known() -> None:
    [gpu] = gpus_from_csv("0, GPU-a, NVIDIA GB10, [N/A], [N/A], [Not Supported]\n\nnonsense, x\n")
    assert (gpu.memory_total, gpu.memory_used, gpu.use) == (None, None, None)
    [process] = processes_from_csv("GPU-a, 12, [N/A]\nGPU-a, [Not Found], 3\n")["GPU-a"]
    assert (process.pid, process.memory) == (12, None)


def test_a_divided_gpu_is_its_parts() -> None:
    listed = (
        "GPU 0: NVIDIA A100 (UUID: GPU-a)\n"
        "  MIG 3g.20gb     Device  0: (UUID: MIG-b)\n"
        "  MIG 3g.20gb     Device  1: (UUID: MIG-c)\n"
        "GPU 1: NVIDIA A100 (UUID: GPU-d)\n"
    )
    found = with_parts([Gpu(0, "GPU-a", "NVIDIA A100"), Gpu(1, "GPU-d", "NVIDIA A100")], listed)
    assert [(gpu.index, gpu.key) for gpu in found] == [(0, "MIG-b"), (0, "MIG-c"), (1, "GPU-d")]
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": "MIG-c"}, found) == (found[1],)


@pytest.mark.parametrize(
    ("variable", "numbers"),
    [
        (None, [0, 1, 2]),
        ("", []),
        ("-1", []),
        ("1", [1]),
        ("2,0", [2, 0]),
        (" 2 , 0", [2, 0]),
        ("0,0,1", [0, 1]),
        ("1,9,0", [1]),
        ("NoDevFiles", []),
        ("GPU-bb", [1]),
        ("GPU-b,0", [1, 0]),
        ("GPU-", []),
        ("GPU-cc,GPU-zz,0", [2]),
    ],
)
def test_the_variable_says_which_are_visible(variable: str | None, numbers: list[int]) -> None:
    three = [Gpu(0, "GPU-aa"), Gpu(1, "GPU-bb"), Gpu(2, "GPU-cc")]
    environment = {} if variable is None else {"CUDA_VISIBLE_DEVICES": variable}
    assert [gpu.index for gpu in visible_gpus(environment, three)] == numbers


class Nvml(ModuleType):
    """Stands in for NVML: two GPUs, of which the second is divided."""

    def __init__(self) -> None:
        super().__init__("pynvml")

    def nvmlInit(self) -> None:
        pass

    def nvmlDeviceGetCount(self) -> int:
        return 3

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:
        if index == 2:
            raise RuntimeError("GPU is lost")
        return "ab"[index]

    def nvmlDeviceGetMigMode(self, device: str) -> tuple[int, int]:
        if device == "a":
            raise RuntimeError("Not Supported")
        return 1, 1

    def nvmlDeviceGetMaxMigDeviceCount(self, device: str) -> int:
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, device: str, number: int) -> str:
        if number > 1:
            raise RuntimeError("Not Found")
        return f"{device}{number}"

    def nvmlDeviceGetUUID(self, device: str) -> bytes:
        return f"{'GPU' if len(device) == 1 else 'MIG'}-{device}".encode()

    def nvmlDeviceGetName(self, device: str) -> str:
        return "NVIDIA Fake"

    def nvmlDeviceGetMemoryInfo(self, device: str) -> SimpleNamespace:
        return SimpleNamespace(total=100, used=7)

    def nvmlDeviceGetUtilizationRates(self, device: str) -> SimpleNamespace:
        if len(device) > 1:
            raise RuntimeError("Not Supported")
        return SimpleNamespace(gpu=3)

    def nvmlDeviceGetComputeRunningProcesses(self, device: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(pid=os.getpid(), usedGpuMemory=None)]


def test_nvml_is_asked_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Nvml())
    found = read_gpus()
    assert [(gpu.index, gpu.uuid, gpu.use) for gpu in found] == [
        (0, "GPU-a", 3.0),
        (1, "MIG-b0", None),
        (1, "MIG-b1", None),
    ]
    assert found[0].memory_used == 7 and found[0].processes[0].user == user_name(os.getuid())


def test_the_load_of_a_part_of_a_gpu_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Nvml())
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-b1")
    [part] = GpuMonitor().read()
    assert (part.index, part.percent, part.memory_used, part.memory_total) == (1, None, 7, 100)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert [gpu.index for gpu in GpuMonitor().read()] == [0, 1], "whole GPUs, without the lost one"
