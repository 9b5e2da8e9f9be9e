"""Machines with GPUs, and what libraries see of them.

What TensorFlow 2.21 and JAX 0.10 printed was recorded on a machine without a GPU, with a library in
the place of libcuda.so.1 that returns one number for each cause. The texts of nvidia-smi are those
that it prints for each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tui.runs.process.gpu_doctor.facts import CudaDriver, LibraryView, Machine, SeenDevice
from tui.runs.process.gpu_doctor.look import view_in
from tui.runs.process.gpu_doctor.report import Row, gpu_rows
from tui.runs.process.gpus import Gpu, GpuProcess

RECORDINGS = Path(__file__).parent / "recordings"
UUID = "11111111-1111-1111-1111-111111111100"
H200 = Gpu(0, f"GPU-{UUID}", "NVIDIA H200", 150_754_820_096, 4_194_304, 0.0)
OTHER = Gpu(
    1,
    "GPU-11111111-1111-1111-1111-111111111101",
    "NVIDIA H200",
    150_754_820_096,
    93_000_000_000,
    37.0,
    (GpuProcess(4711, 57_000_000_000, "anna"), GpuProcess(12)),
)
DEVICES = ("/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidiactl")
ABSENT = ("nvidia-cublas-cu12", "nvidia-cudnn-cu12")


def recorded(name: str) -> str:
    return (RECORDINGS / f"{name}.txt").read_text()


def viewed(name: str) -> LibraryView:
    return view_in(name.partition("_")[0], recorded(name))


def working(**changes: Any) -> Machine:
    """Return a machine with one H200 whose driver works."""
    machine = Machine(
        gpus=(H200,),
        on_bus=("0000:01:00.0",),
        smi=recorded("smi_h200"),
        kernel_driver="580.159.03",
        files=DEVICES,
        system="ubuntu",
    )
    return msgspec.structs.replace(machine, **changes)


def without_driver(**changes: Any) -> Machine:
    """Return the same machine where the driver shows no GPU."""
    return working(**{"gpus": (), "smi": None, "kernel_driver": "", "files": (), **changes})


SEES = LibraryView(
    "tensorflow",
    "2.21.0",
    cuda_build=True,
    cuda="12.5.1",
    devices=(SeenDevice(0, "NVIDIA H200", "9.0"),),
    driver=CudaDriver(status=0, cuda="13.0", uuids=(UUID,)),
)
CPU_WHEEL = msgspec.structs.replace(
    viewed("tensorflow_no_libcuda"), cuda_build=False, cuda="", driver=CudaDriver(status=0)
)
NO_DEVICE, UNKNOWN = viewed("tensorflow_no_device"), viewed("tensorflow_unknown_error")
NO_LIBCUDA, NO_FILES = viewed("tensorflow_no_libcuda"), viewed("tensorflow_no_cuda_files")
NOT_READY = msgspec.structs.replace(NO_DEVICE, driver=CudaDriver(status=802, cuda="13.0"))
OLD = msgspec.structs.replace(NO_DEVICE, driver=CudaDriver(status=0, cuda="11.4"))
FULL = msgspec.structs.replace(NO_DEVICE, driver=CudaDriver(status=2, cuda="13.0"))


def rows(machine: Machine, *views: LibraryView, backend: str = "tensorflow") -> list[Row]:
    return list(gpu_rows(machine, views, backend))
