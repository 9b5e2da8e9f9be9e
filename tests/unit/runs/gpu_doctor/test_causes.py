"""Why a GPU is not seen: each usual cause, from what the system and the libraries reported."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.runs.gpu_doctor.machines import (
    ABSENT,
    CPU_WHEEL,
    DEVICES,
    FULL,
    H200,
    NO_DEVICE,
    NO_FILES,
    NO_LIBCUDA,
    NOT_READY,
    OLD,
    OTHER,
    SEES,
    UNKNOWN,
    recorded,
    rows,
    without_driver,
    working,
)
from tui.common.installed import install_command
from tui.runs.process.gpu_doctor.facts import LibraryView, Machine, SeenDevice

CASES: dict[str, tuple[Machine, LibraryView, str, str]] = {
    "CPU-only package": (
        working(cpu_package="tensorflow-cpu"),
        CPU_WHEEL,
        "(tensorflow-cpu) is built for the CPU alone",
        "uninstall -y tensorflow-cpu tensorflow && ",
    ),
    "CPU-only processor": (
        working(processor="aarch64"),
        CPU_WHEEL,
        "for aarch64 compute on the CPU alone",
        "jax[cuda13]",
    ),
    "CUDA's files not installed": (
        working(absent_packages=ABSENT),
        NO_FILES,
        "not installed: nvidia-cublas-cu12, nvidia-cudnn-cu12",
        install_command("gpu"),
    ),
    "library path leads to others": (
        working(
            environment={"LD_LIBRARY_PATH": "/usr/local/cuda-11/lib64"}, cuda_folder="/e/nvidia"
        ),
        NO_FILES,
        "LD_LIBRARY_PATH=/usr/local/cuda-11/lib64 leads to others",
        "unset LD_LIBRARY_PATH",
    ),
    "library path leads nowhere": (
        working(cuda_folder="/my env/nvidia"),
        NO_FILES,
        "lie in /my env/nvidia",
        "export LD_LIBRARY_PATH=$(echo '/my env/nvidia'/*/lib | tr ' ' :)",
    ),
    "libcuda elsewhere": (
        working(driver_folder="/usr/lib/wsl/lib", wsl=True),
        NO_LIBCUDA,
        "which lies in /usr/lib/wsl/lib",
        "export LD_LIBRARY_PATH=/usr/lib/wsl/lib",
    ),
    "libcuda not installed": (
        working(),
        NO_LIBCUDA,
        "a part of the driver is not installed",
        "sudo apt install libnvidia-compute-580",
    ),
    "container without CUDA": (
        working(container="docker"),
        NO_LIBCUDA,
        "without CUDA",
        "NVIDIA_DRIVER_CAPABILITIES=compute,utility",
    ),
    "driver too old": (
        working(smi=recorded("smi_old_driver"), kernel_driver="470.256.02"),
        OLD,
        "(470.256.02, up to CUDA 11.4) is too old for TensorFlow's CUDA 12.5.1",
        "driver 525.60 or later with: sudo ubuntu-drivers install",
    ),
    "driver too old, outside of the container": (
        working(smi=recorded("smi_old_driver"), container="docker"),
        OLD,
        "too old",
        "outside this container: driver 525.60 or later",
    ),
    "all hidden": (
        working(environment={"CUDA_VISIBLE_DEVICES": "-1"}),
        NO_DEVICE,
        "CUDA_VISIBLE_DEVICES='-1' names no GPU of this machine",
        "unset CUDA_VISIBLE_DEVICES",
    ),
    "a number that is not there": (
        working(environment={"CUDA_VISIBLE_DEVICES": "3"}, gpus=(H200, OTHER)),
        NO_DEVICE,
        "sees 0 of 2 GPUs. CUDA_VISIBLE_DEVICES='3' names no GPU of this machine, so all are "
        "hidden; the GPUs have the numbers 0 to 1",
        "unset CUDA_VISIBLE_DEVICES",
    ),
    "SLURM gave none": (
        working(environment={"CUDA_VISIBLE_DEVICES": "NoDevFiles", "SLURM_JOB_ID": "7"}),
        NO_DEVICE,
        "this SLURM job was given none",
        "srun --gpus=1",
    ),
    "container without devices": (
        without_driver(container="docker"),
        NO_LIBCUDA,
        "This container was given no GPU",
        "docker run --gpus all",
    ),
    "apptainer without devices": (
        without_driver(container="apptainer"),
        NO_LIBCUDA,
        "This container was given no GPU",
        "apptainer exec --nv",
    ),
    "pod without devices": (
        without_driver(container="kubernetes"),
        NO_LIBCUDA,
        "This container was given no GPU",
        "nvidia.com/gpu: 1",
    ),
    "container that lost them": (
        without_driver(
            container="docker",
            smi=recorded("smi_lost"),
            files=DEVICES,
            environment={"HOSTNAME": "3f2a"},
        ),
        NO_DEVICE,
        "has lost its GPUs",
        "docker restart 3f2a",
    ),
    "SLURM gave none, where it hides them from the driver": (
        without_driver(
            smi=recorded("smi_no_devices"),
            kernel_driver="550.120",
            files=DEVICES,
            environment={"SLURM_JOB_ID": "7"},
        ),
        NO_DEVICE,
        "This SLURM job was given no GPU",
        "srun --gpus=1",
    ),
    "MIG without parts": (
        working(smi=recorded("smi_h200") + "|  No MIG devices found |\n"),
        NO_DEVICE,
        "MIG is on",
        "sudo nvidia-smi mig -cgi 0 -C",
    ),
    "GPU too old": (
        working(),
        msgspec.structs.replace(
            SEES, capabilities=("sm_60", "compute_90"), devices=(SeenDevice(0, "GTX 980", "5.2"),)
        ),
        "leaves GTX 980 out: its compute capability is 5.2, and this TensorFlow is built for 6.0",
        "A newer GPU is needed",
    ),
    "no driver": (
        without_driver(),
        NO_LIBCUDA,
        "1 NVIDIA GPU is in this machine, and no driver is installed",
        "sudo ubuntu-drivers install",
    ),
    "driver not running": (
        without_driver(smi=recorded("smi_not_running")),
        NO_LIBCUDA,
        "installed and not running",
        "sudo modprobe nvidia",
    ),
    "driver updated": (
        without_driver(smi=recorded("smi_mismatch"), kernel_driver="550.120", files=DEVICES),
        NO_DEVICE,
        "different versions",
        "sudo reboot",
    ),
    "GPU broken": (
        without_driver(smi=recorded("smi_no_devices"), kernel_driver="550.120", files=DEVICES),
        NO_DEVICE,
        "cannot start any GPU",
        "dmesg",
    ),
    "not permitted": (
        working(refused={file: "video" for file in DEVICES}),
        NO_DEVICE,
        "may not open /dev/nvidia0; the group video may",
        "sudo usermod -aG video $USER",
    ),
    "no uvm": (
        working(files=("/dev/nvidia0", "/dev/nvidiactl")),
        UNKNOWN,
        "/dev/nvidia-uvm, which CUDA needs, is missing",
        "sudo nvidia-modprobe -u -c=0",
    ),
    "after sleep": (
        working(),
        UNKNOWN,
        "cuInit: 999",
        "sudo modprobe -r nvidia_uvm && sudo modprobe nvidia_uvm",
    ),
    "fabric manager": (working(), NOT_READY, "cuInit: 802", "nvidia-fabricmanager"),
    "memory full": (working(), FULL, "others hold all memory", "nvidia-smi"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_cause_is_named_with_the_command_that_cures_it(case: str) -> None:
    machine, view, sentence, cure = CASES[case]
    advised = [row for row in rows(machine, view) if row[2]]
    assert len(advised) == 1, advised
    assert sentence in advised[0][1] and cure in advised[0][2]
