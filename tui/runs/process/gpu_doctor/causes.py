"""Why a library does not see a GPU that is there: the usual causes, each with its cure.

Each cause is recognised by what the system and CUDA's driver library say, not by what TensorFlow
or JAX print, which changes with their versions. Numbers are those of `cuInit` (CUresult).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from tui.common.installed import install_command, library_name
from tui.runs.process.gpu_doctor.compute_capability import without_code
from tui.runs.process.gpu_doctor.driver_causes import driver_problem
from tui.runs.process.gpu_doctor.driver_version import (
    cuda_major,
    cuda_of_driver,
    driver_command,
    driver_version,
    too_old,
)
from tui.runs.process.gpu_doctor.facts import LibraryView, Machine
from tui.runs.process.gpu_doctor.problem import Problem
from tui.runs.process.gpu_doctor.repair import gpu_tensorflow_command, jax_command
from tui.runs.process.gpus import Gpu, visible_gpus

_RELEVANT = re.compile(r"cuda|gpu|nvidia|dlopen|driver", re.IGNORECASE)
_NOISE = re.compile(r"oneDNN custom operations|cpu_feature_guard|Could not find cuda drivers")
_PASSED = "docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=compute,utility …"


def library_problem(machine: Machine, view: LibraryView) -> Problem | None:
    """Return why a library sees no GPU, or fewer than it may use; None where all is well."""
    name = library_name(view.library)
    if view.error:
        return Problem(
            f"{name} cannot be asked: {view.error}",
            f'See all that it says with: python -c "import {view.library}"',
        )
    if not machine.gpus:
        return None if view.devices else driver_problem(machine)
    return next(iter(_problems(machine, view, name)), None)


def _problems(machine: Machine, view: LibraryView, name: str) -> Iterator[Problem]:
    """Yield the causes that apply, the first one to be cured first."""
    allowed = visible_gpus(machine.environment, machine.gpus)
    if not view.devices:
        if not view.cuda_build:
            yield _cpu_only(machine, view, name)
        yield from _switched_off(machine, view, allowed)
    yield from _too_old(machine, view, name)
    if not view.devices:
        yield from _no_driver_library(machine, view, name)
        yield from _refused_by_cuda(machine, view, name)
        yield from _files_missing(machine, view, name)
    yield from without_code(view, name)
    if len(view.devices) < len(allowed):
        yield _unknown(view, name, len(allowed))


def _cpu_only(machine: Machine, view: LibraryView, name: str) -> Problem:
    if view.library == "jax":
        return Problem(
            "JAX is installed for the CPU alone: its CUDA plugin is missing.",
            f"Install it with: {jax_command(machine)}",
        )
    if machine.processor != "x86_64":
        return Problem(
            f"TensorFlow's packages for {machine.processor} compute on the CPU alone.",
            "On this processor JAX has packages with CUDA; install them with: "
            f"{jax_command(machine)}",
        )
    which = f" ({machine.cpu_package})" if machine.cpu_package else ""
    return Problem(
        f"This {name}{which} is built for the CPU alone.",
        f"Replace it with: {gpu_tensorflow_command(machine)}",
    )


def _switched_off(
    machine: Machine, view: LibraryView, allowed: tuple[Gpu, ...]
) -> Iterator[Problem]:
    """Yield the variable that hides all GPUs."""
    platforms = machine.environment.get("JAX_PLATFORMS", "")
    if view.library == "jax" and platforms and not re.search("cuda|gpu", platforms):
        yield Problem(
            f"JAX_PLATFORMS={platforms} keeps JAX from using GPUs.",
            "Undo it with: unset JAX_PLATFORMS",
        )
    said = machine.environment.get("CUDA_VISIBLE_DEVICES")
    if said is None or allowed:
        return
    if "SLURM_JOB_ID" in machine.environment:
        yield Problem(
            f"CUDA_VISIBLE_DEVICES={said!r} names no GPU: this SLURM job was given none.",
            "Ask for one where the job is started: srun --gpus=1 …",
        )
        return
    first, last = machine.gpus[0].index, machine.gpus[-1].index
    numbers = f"the only GPU has the number {first}"
    if first != last:
        numbers = f"the GPUs have the numbers {first} to {last}"
    yield Problem(
        f"CUDA_VISIBLE_DEVICES={said!r} names no GPU of this machine, so all are hidden; "
        f"{numbers}.",
        "Undo it with: unset CUDA_VISIBLE_DEVICES",
    )


def _too_old(machine: Machine, view: LibraryView, name: str) -> Iterator[Problem]:
    if not too_old(machine, view):
        return
    driver = driver_version(machine) or "an unknown version"
    yield Problem(
        f"The driver ({driver}, up to CUDA {cuda_of_driver(machine, view) or 'not known'}) is too "
        f"old for {name}'s CUDA {view.cuda}.",
        driver_command(machine, cuda_major(view)),
    )


def _no_driver_library(machine: Machine, view: LibraryView, name: str) -> Iterator[Problem]:
    if not view.driver.not_loaded:
        return
    found = f"{name} does not find the driver's library libcuda.so.1"
    if machine.driver_folder:
        yield Problem(
            f"{found}, which lies in {machine.driver_folder}: the library path leads elsewhere.",
            f"Set it with: export LD_LIBRARY_PATH={shlex.quote(machine.driver_folder)}"
            "${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}",
        )
    elif machine.container:
        yield Problem(
            f"{found}: this container was given the driver's tools (nvidia-smi) without CUDA.",
            f"Start it with: {_PASSED}"
            if machine.container in ("docker", "kubernetes")
            else "Start it with NVIDIA_DRIVER_CAPABILITIES=compute,utility set.",
        )
    else:
        major = driver_version(machine).partition(".")[0]
        package = f"libnvidia-compute-{major}" if machine.system == "ubuntu" else "libcuda1"
        debian = machine.system in ("ubuntu", "debian")
        yield Problem(
            f"{found}: a part of the driver is not installed.",
            f"Install it with: sudo apt install {package}"
            if debian
            else "Install the package of your driver that holds it (NVIDIA's own name: "
            "nvidia-driver-cuda-libs) with the system's package manager.",
        )


_MEANINGS = {
    2: ("out of memory: others hold all memory of the GPU", "See whose processes: nvidia-smi"),
    46: ("the GPU is busy: it serves one process at a time", "See whose processes: nvidia-smi"),
    802: (
        "the GPUs are not ready: the service that connects them is not running",
        "Start it with: sudo systemctl restart nvidia-fabricmanager",
    ),
    803: (
        "CUDA's driver library and the kernel's driver have different versions",
        "Load the new driver with: sudo reboot",
    ),
    804: (
        "CUDA's compatibility library does not work with this GPU's model",
        "Leave its folder out with: unset LD_LIBRARY_PATH",
    ),
}


def _refused_by_cuda(machine: Machine, view: LibraryView, name: str) -> Iterator[Problem]:
    status = view.driver.status
    if not status:
        return
    if status in _MEANINGS:
        meaning, cure = _MEANINGS[status]
        yield Problem(f"CUDA cannot start: {meaning} (cuInit: {status}).", cure)
    elif status in (100, 999):  # no device, unknown error: the system knows more
        problem = driver_problem(machine, cuda=True)
        if problem is not None:
            yield problem
        elif status == 999:
            yield Problem(
                "CUDA cannot start (cuInit: 999), as after the machine was asleep.",
                "Load its module again: sudo modprobe -r nvidia_uvm && sudo modprobe nvidia_uvm",
            )
        elif "SLURM_JOB_ID" in machine.environment:
            yield Problem(
                "CUDA finds no GPU (cuInit: 100): this SLURM job may use none.",
                "Ask for one where the job is started: srun --gpus=1 …",
            )


def _files_missing(machine: Machine, view: LibraryView, name: str) -> Iterator[Problem]:
    """Yield what is wrong with CUDA's own files, where its driver library works."""
    if view.library == "jax":
        yield from _jax_plugin(machine, view)
    if view.driver.status != 0 or not view.missing:
        return
    files = _some([f"{file}.so" for file in view.missing])
    if machine.absent_packages:
        yield Problem(
            f"{name} does not find CUDA's files {files}; not installed: "
            f"{_some(machine.absent_packages)}.",
            f"Install them with: {install_command('gpu')}",
        )
    elif "LD_LIBRARY_PATH" in machine.environment:
        yield Problem(
            f"{name} does not load CUDA's files {files}, which are installed. "
            f"LD_LIBRARY_PATH={machine.environment['LD_LIBRARY_PATH']} leads to others.",
            "Undo it with: unset LD_LIBRARY_PATH",
        )
    elif machine.cuda_folder:
        folder = shlex.quote(machine.cuda_folder)
        yield Problem(
            f"{name} does not find CUDA's files {files}, which lie in {machine.cuda_folder}: the "
            "library path leads elsewhere.",
            f"Set it with: export LD_LIBRARY_PATH=$(echo {folder}/*/lib | tr ' ' :)",
        )


_PLUGIN_FAILED = re.compile(
    r"not compatible with the installed jaxlib|Unable to load cu|Is it installed\?"
    r"|cannot open shared object|plugin configuration error",
    re.IGNORECASE,
)


def _jax_plugin(machine: Machine, view: LibraryView) -> Iterator[Problem]:
    """Yield that JAX's plugin is of another version, or does not find CUDA's files."""
    lines = [line for line in view.log.splitlines() if _PLUGIN_FAILED.search(line)]
    if not lines:
        return
    if "LD_LIBRARY_PATH" in machine.environment and "compatible" not in lines[0]:
        cure = "Undo the library path with: unset LD_LIBRARY_PATH"
    else:
        cure = f"Install what fits with: {jax_command(machine, view.cuda)}"
    yield Problem(f"JAX's CUDA plugin does not start: {lines[0].strip()[:300]}", cure)


def _some(names: Sequence[str]) -> str:
    """Return names in a list, of more than three the first and how many more.

    >>> _some(["a", "b", "c"]), _some(["a", "b", "c", "d"])
    ('a, b, c', 'a and 3 more')
    """
    if len(names) <= 3:
        return ", ".join(names)
    return f"{names[0]} and {len(names) - 1} more"


def _unknown(view: LibraryView, name: str, allowed: int) -> Problem:
    """Say that the cause is not among those that are known here, and what the library printed."""
    lines = [
        line.strip()
        for line in view.log.splitlines()
        if _RELEVANT.search(line) and not _NOISE.search(line)
    ]
    said = f" It said: {lines[-1][:300]}" if lines else ""
    status = view.driver.status
    if status:
        said = f" cuInit returned {status}.{said}"
    question = "tensorflow as tf; print(tf.config.list_physical_devices('GPU'))"
    if view.library == "jax":
        question = "jax; print(jax.devices('cuda'))"
    return Problem(
        f"{name} sees {len(view.devices)} of {allowed} GPU{'s' * (allowed != 1)}, and none of the "
        f"usual causes applies.{said}",
        f'See all that it says with: python -c "import {question}"',
    )
