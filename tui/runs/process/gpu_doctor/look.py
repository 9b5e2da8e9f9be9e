"""Looking for GPUs: what the system says of them, and what each library sees."""

from __future__ import annotations

import grp
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from tui.common.installed import is_installed
from tui.common.text import clean
from tui.runs.process.gpu_doctor.facts import LibraryView, Machine
from tui.runs.process.nvidia_smi import ANSWER_SECONDS
from tui.runs.process.read_gpus import read_gpus
from tui.runs.process.trainer_environment import trainer_environment

LIBRARIES = ("tensorflow", "jax")
VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES",
    "JAX_PLATFORMS",
    "LD_LIBRARY_PATH",
    "SLURM_JOB_ID",
    "HOSTNAME",
)
_PROBE_SECONDS = 120.0
"""The longest to wait for a library: from a slow disk TensorFlow takes a minute to import."""
_LOG = 6000
_NVIDIA = "0x10de"
_GRAPHICS = ("0x0300", "0x0302")
"""PCI classes: a graphics processor with and without a connector for a screen."""
_CONTAINERS = {"kubepods": "kubernetes", "docker": "docker", "libpod": "podman", "lxc": "lxc"}
_DRIVER_FOLDERS = (
    "usr/lib/wsl/lib",
    "usr/local/nvidia/lib64",
    "usr/lib/x86_64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "usr/lib64",
    "run/opengl-driver/lib",
)
_VERSION = re.compile(r"Kernel Module\b.*?\s(\d+(?:\.\d+)+)\s")


def look(root: Path = Path("/"), environment: Mapping[str, str] | None = None) -> Machine:
    """Ask the system; no library is loaded.

    Args:
        root: of the file system.
        environment: the variables; None: those of this process.
    """
    variables = os.environ if environment is None else environment
    files = sorted((root / "dev").glob("nvidia*"))
    files = [file for file in files if not file.is_dir()]
    packages = _cuda_packages()
    return Machine(
        gpus=read_gpus(),
        on_bus=_on_bus(root),
        smi=_smi(),
        kernel_driver=_kernel_driver(root),
        files=tuple(f"/dev/{file.name}" for file in files),
        refused={
            f"/dev/{file.name}": _group(file)
            for file in files
            if not os.access(file, os.R_OK | os.W_OK)
        },
        container=_container(root, variables),
        wsl="microsoft" in _text(root / "proc/sys/kernel/osrelease").lower(),
        system=_distribution(root),
        processor=platform.machine(),
        environment={name: variables[name] for name in VARIABLES if name in variables},
        cuda_packages=packages,
        cuda_folder=_cuda_folder(),
        absent_packages=_absent(packages),
        driver_folder=next(
            (f"/{name}" for name in _DRIVER_FOLDERS if (root / name / "libcuda.so.1").exists()), ""
        ),
        cpu_package=_cpu_package(),
    )


def library_views(libraries: Sequence[str] = LIBRARIES) -> tuple[LibraryView, ...]:
    """Ask each library that is installed which GPUs it sees, in the trainer's environment.

    All are asked at the same time. Nothing here raises: what goes wrong is the view's error.
    """
    environment = trainer_environment() | {
        "TF_CPP_MIN_LOG_LEVEL": "0",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    started: list[tuple[str, subprocess.Popen[bytes] | OSError]] = []
    for library in libraries:
        if not is_installed(library):
            continue
        command = [sys.executable, "-P", "-m", "tui.keras_worker.gpu_probe", library]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
            )
        except OSError as error:
            started.append((library, error))
            continue
        started.append((library, process))
    return tuple(_answer(library, process) for library, process in started)


def _answer(library: str, process: subprocess.Popen[bytes] | OSError) -> LibraryView:
    if isinstance(process, OSError):
        return LibraryView(library, error=f"no process could be started: {process}")
    try:
        printed = process.communicate(timeout=_PROBE_SECONDS)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return LibraryView(library, error=f"no answer within {_PROBE_SECONDS:.0f} seconds")
    return view_in(library, printed, process.returncode)


def view_in(library: str, printed: str, status: int = 0) -> LibraryView:
    """Return the view in what a process printed: one line of it, anywhere among other lines.

    Args:
        library: that was asked.
        printed: output and errors together.
        status: with which the process ended.
    """
    others = []
    view = None
    for line in printed.splitlines():
        try:
            view = msgspec.json.decode(line, type=LibraryView)
        except msgspec.MsgspecError:
            others.append(line)
    log = "\n".join(others).strip()[-_LOG:]
    if view is None:
        last = next((line for line in reversed(others) if line.strip()), "nothing was printed")
        return LibraryView(library, error=f"it ended with status {status}: {last}", log=log)
    return msgspec.structs.replace(view, log="\n".join(part for part in (log, view.log) if part))


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _on_bus(root: Path) -> tuple[str, ...]:
    found = []
    for device in sorted((root / "sys/bus/pci/devices").glob("*")):
        kind = _text(device / "class").strip()
        if _text(device / "vendor").strip() == _NVIDIA and kind.startswith(_GRAPHICS):
            found.append(clean(device.name, 20))
    return tuple(found)


def _smi() -> str | None:
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=ANSWER_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {ANSWER_SECONDS:.0f} seconds"
    except OSError as error:
        return str(error)
    return done.stdout.decode("utf-8", "replace")[:_LOG]


def _kernel_driver(root: Path) -> str:
    match = _VERSION.search(_text(root / "proc/driver/nvidia/version"))
    return match[1] if match else ""


def _group(file: Path) -> str:
    try:
        return grp.getgrgid(file.stat().st_gid).gr_name
    except (OSError, KeyError):
        return ""


def _container(root: Path, variables: Mapping[str, str]) -> str:
    if "APPTAINER_CONTAINER" in variables or "SINGULARITY_CONTAINER" in variables:
        return "apptainer"
    if "KUBERNETES_SERVICE_HOST" in variables:
        return "kubernetes"
    if (root / "run/.containerenv").exists():
        return "podman"
    if (root / ".dockerenv").exists():
        return "docker"
    groups = _text(root / "proc/1/cgroup")
    for word, name in _CONTAINERS.items():
        if word in groups:
            return name
    return clean(variables.get("container", ""), 20)


def _distribution(root: Path) -> str:
    lines = _text(root / "etc/os-release").splitlines()
    names = (line.partition("=")[2] for line in lines if line.startswith("ID="))
    return clean(next(names, "").strip("\"'"), 20)


def _cuda_packages() -> dict[str, str]:
    found = {}
    for one in metadata.distributions():
        name = str(one.metadata["Name"] or "").lower()
        if name.startswith(("nvidia-cu", "nvidia-nccl")) or re.match(r"jax[-_]cuda\d", name):
            found[name] = one.version
    return dict(sorted(found.items()))


def _cuda_folder() -> str:
    places = (Path(place) / "nvidia" for place in sys.path if place)
    return next((str(place) for place in places if list(place.glob("*/lib/lib*.so*"))), "")


def _absent(packages: Mapping[str, str]) -> tuple[str, ...]:
    try:
        needs = metadata.requires("tensorflow") or []
    except metadata.PackageNotFoundError:
        return ()
    wanted = (re.split(r"[<>=!~; \[]", need)[0] for need in needs if "and-cuda" in need)
    return tuple(sorted(name for name in wanted if name.lower() not in packages))


def _cpu_package() -> str:
    for name in ("tensorflow-cpu", "tf-nightly-cpu", "intel-tensorflow", "tensorflow-cpu-aws"):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        return name
    return ""
