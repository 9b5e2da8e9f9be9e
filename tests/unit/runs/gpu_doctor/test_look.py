"""Facts about GPUs: read from the system's files, and asked of the libraries."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.fake_gpus import FakeGpus
from tui.runs.process import read_gpus as reading
from tui.runs.process.gpu_doctor import look as look_module
from tui.runs.process.gpu_doctor.look import look


def test_the_system_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The GPUs by nvidia-smi, everything else by files."""
    FakeGpus(tmp_path / "fake", monkeypatch, 2)
    reading._nvml.cache_clear()
    root = tmp_path / "root"
    files = {
        "proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01"
        "  Sun May 12 19:39:15 UTC 2024\nGCC version:  gcc version 12.3.0\n",
        "sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
        "sys/bus/pci/devices/0000:01:00.0/class": "0x030200\n",
        "sys/bus/pci/devices/0000:01:00.1/vendor": "0x10de\n",
        "sys/bus/pci/devices/0000:01:00.1/class": "0x040300\n",
        "dev/nvidia0": "",
        "dev/nvidia-caps/nvidia-cap1": "",
        "run/.containerenv": "",
        "etc/os-release": 'PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\n',
        "usr/local/nvidia/lib64/libcuda.so.1": "",
        "proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    machine = look(root, {"CUDA_VISIBLE_DEVICES": "1", "HOME": "/"})
    assert len(machine.gpus) == 2 and machine.on_bus == ("0000:01:00.0",)
    assert machine.kernel_driver == "535.183.01" and machine.files == ("/dev/nvidia0",)
    assert (machine.container, machine.system, machine.wsl) == ("podman", "ubuntu", True)
    assert machine.driver_folder == "/usr/local/nvidia/lib64"
    assert machine.environment == {"CUDA_VISIBLE_DEVICES": "1"}


def test_open_kernel_modules_say_their_version_too(tmp_path: Path) -> None:
    file = tmp_path / "proc/driver/nvidia/version"
    file.parent.mkdir(parents=True)
    file.write_text(
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.03  Release Build\n"
    )
    assert look(tmp_path, {}).kernel_driver == "580.159.03"


def test_a_library_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    waiting = tmp_path / "python"
    waiting.write_text("#!/bin/sh\nexec sleep 60\n")
    waiting.chmod(0o755)
    monkeypatch.setattr(look_module, "_PROBE_SECONDS", 0.05)
    monkeypatch.setattr(sys, "executable", str(waiting))
    (view,) = look_module.library_views(["keras"])
    assert view.error.startswith("no answer within")
