"""Why a GPU is not seen: each usual cause, from what the system and the libraries said.

What TensorFlow 2.21 and JAX 0.10 printed was recorded on a machine without a GPU, with a library in
the place of libcuda.so.1 that returns one number for each cause. The texts of nvidia-smi are those
that it prints for each.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.fake_gpus import FakeGpus
from tui.common.installed import install_command
from tui.runs.process import gpus as gpus_module
from tui.runs.process.gpu_doctor import look as look_module
from tui.runs.process.gpu_doctor.facts import CudaDriver, LibraryView, Machine, SeenDevice
from tui.runs.process.gpu_doctor.look import look, view_in
from tui.runs.process.gpu_doctor.report import Row, gpu_rows
from tui.runs.process.gpus import Gpu, GpuProcess

RECORDINGS = Path(__file__).parent / "gpu_recordings"
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


def test_all_is_well() -> None:
    jax = msgspec.structs.replace(SEES, library="jax", cuda="13")
    told = rows(working(), SEES, jax)
    assert [name for name, _, _ in told] == ["GPU driver", "GPU 0", "GPUs seen", "GPUs seen"]
    assert told[0][1] == "580.159.03, runs CUDA up to 13.0"
    assert told[1][1] == (
        "NVIDIA H200, 151 GB of 151 GB free, 0 % in use; seen by the driver, TensorFlow and JAX"
    )
    assert told[2][1] == "TensorFlow, built for CUDA 12.5.1, sees 1 of 1 GPU"
    assert not any(advice for _, _, advice in told)


def test_it_says_whose_processes_hold_a_gpu_and_which_are_hidden() -> None:
    machine = working(gpus=(H200, OTHER), environment={"CUDA_VISIBLE_DEVICES": "0"})
    told = rows(machine, SEES)
    assert told[2][1].endswith("used by anna (process 4711, 57 GB), somebody (process 12)")
    assert "not by TensorFlow (CUDA_VISIBLE_DEVICES=0)" in told[2][1]
    assert not any(advice for _, _, advice in told)


def test_a_gpu_newer_than_the_code_is_no_problem_and_said() -> None:
    new = msgspec.structs.replace(
        SEES, capabilities=("sm_60", "compute_90"), devices=(SeenDevice(0, "RTX 5090", "12.0"),)
    )
    told = rows(working(), new)[-1]
    assert "no code for RTX 5090 (compute capability 12.0)" in told[1] and not told[2]


@pytest.mark.parametrize(
    ("said", "environment", "cure"),
    [
        (
            "JAX plugin jax_cuda12_plugin version 0.4.30 is installed, but it is not compatible "
            "with the installed jaxlib version 0.4.31, so it will not be used.",
            {},
            "jax[cuda12]",
        ),
        ("RuntimeError: Unable to load cuSPARSE. Is it installed?", {}, "jax[cuda12]"),
        (
            "RuntimeError: Unable to load cuSPARSE. Is it installed?",
            {"LD_LIBRARY_PATH": "/usr/local/cuda/lib64"},
            "unset LD_LIBRARY_PATH",
        ),
    ],
)
def test_jax_with_a_plugin_that_does_not_start(
    said: str, environment: dict[str, str], cure: str
) -> None:
    view = LibraryView(
        "jax", "0.4.31", cuda_build=True, cuda="12", driver=CudaDriver(status=0), log=said
    )
    told = rows(working(environment=environment), view, backend="jax")[-1]
    assert said[:40] in told[1] and cure in told[2]


def test_a_file_that_nobody_needs_is_not_the_cause() -> None:
    told = rows(without_driver(kernel_driver="550", files=DEVICES, refused={"/dev/nvidia-x": ""}))
    assert "may not open" not in told[0][1]


def test_memory_without_a_process_is_said() -> None:
    gpu = Gpu(0, H200.uuid, "NVIDIA H200", 150_000_000_000, 40_000_000_000, None)
    assert "does not show here whose processes use it" in rows(working(gpus=(gpu,)), SEES)[1][1]


def test_gpus_are_told_apart_by_their_ids_where_cuda_counts_otherwise() -> None:
    second = msgspec.structs.replace(
        SEES, driver=msgspec.structs.replace(SEES.driver, uuids=(OTHER.uuid[4:], UUID))
    )
    told = rows(working(gpus=(H200, OTHER)), second)
    assert "not by TensorFlow" in told[1][1] and "and TensorFlow" in told[2][1]
    assert "sees 1 of 2 GPUs, and none of the usual causes applies" in told[3][1]


def test_jax_for_the_cpu_is_a_fact_beside_tensorflow_and_advice_where_keras_uses_it() -> None:
    jax = viewed("jax_cpu")
    beside = rows(working(), SEES, jax)
    assert not any(advice for _, _, advice in beside)
    assert "its CUDA plugin is missing" in beside[-1][1]
    used = rows(working(), SEES, jax, backend="jax")
    assert "jax[cuda13]" in used[-1][2]
    old = working(smi=recorded("smi_h200").replace("580.159.03", "550.54.14"))
    assert "jax[cuda12]" in rows(old, jax, backend="jax")[-1][2]
    switched_off = working(environment={"JAX_PLATFORMS": "cpu"})
    for_cuda = msgspec.structs.replace(jax, cuda_build=True, cuda="13", driver=SEES.driver)
    assert "unset JAX_PLATFORMS" in rows(switched_off, for_cuda, backend="jax")[-1][2]


def test_what_is_not_known_is_said_with_the_librarys_own_words() -> None:
    view = msgspec.structs.replace(
        SEES, devices=(), log="I0000 port.cc oneDNN custom operations\nE0 gpu_device.cc: strange"
    )
    told = rows(working(), view)[-1]
    assert "none of the usual causes applies. It said: E0 gpu_device.cc: strange" in told[1]
    assert 'python -c "import tensorflow' in told[2]


def test_a_library_that_cannot_be_asked() -> None:
    broken = view_in("tensorflow", "Illegal instruction (core dumped)\n", -4)
    told = rows(working(), broken)[-1]
    assert "cannot be asked: it ended with status -4: Illegal instruction" in told[1]
    assert told[2].endswith('python -c "import tensorflow"')


def test_a_machine_without_a_gpu_needs_nothing() -> None:
    assert rows(Machine()) == [("GPU", "none: there is no NVIDIA GPU or driver here", "")]
    (told,) = rows(Machine(container="docker"))
    assert not told[2]
    (told,) = rows(Machine(container="docker", cuda_packages={"nvidia-cudnn-cu12": "9.3"}))
    assert "docker run --gpus all" in told[2]


def test_the_system_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The GPUs by nvidia-smi, everything else by files."""
    FakeGpus(tmp_path / "fake", monkeypatch, 2)
    gpus_module._library.cache_clear()
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
