"""Why the driver shows no GPU, or CUDA's library finds none: what the system says."""

from __future__ import annotations

import re

from tui.runs.process.gpu_doctor.driver_version import driver_command
from tui.runs.process.gpu_doctor.facts import Machine
from tui.runs.process.gpu_doctor.problem import Problem

_STARTS = {
    "docker": "docker run --gpus all …",
    "podman": "podman run --device nvidia.com/gpu=all …",
    "apptainer": "apptainer exec --nv …",
    "lxc": "lxc config device add NAME gpu gpu",
}
_UVM = "/dev/nvidia-uvm"
_CONTROL = "/dev/nvidiactl"


def driver_problem(machine: Machine, *, cuda: bool = False) -> Problem | None:
    """Return why no GPU can be used; None where nothing is wrong, or there is no GPU at all.

    Args:
        machine: what the system says.
        cuda: whether the driver shows GPUs, and only CUDA's library does not start.
    """
    said = machine.smi or ""
    if "version mismatch" in said:
        return Problem(
            "The driver was updated: its library and the kernel's part have different versions.",
            "Load the new one with: sudo reboot"
            if not machine.container
            else "The machine outside this container has to be restarted.",
        )
    if machine.container and "Unknown Error" in said:
        return Problem(
            "This container has lost its GPUs, as when systemd was reloaded outside.",
            f"Restart it, from outside: {machine.container} restart {_own_name(machine)}"
            if machine.container in ("docker", "podman")
            else "Restart it.",
        )
    needed = [file for file in (*_of_gpus(machine), _CONTROL) if file in machine.files]
    refused = [file for file in needed if file in machine.refused]
    if refused and (len(refused) == len(needed) or _CONTROL in refused):
        file = refused[0]
        group = machine.refused[file]
        if group not in ("", "root"):
            return Problem(
                f"This user may not open {file}; the group {group} may.",
                f"Join it, and log in again: sudo usermod -aG {group} $USER",
            )
        return Problem(
            f"This user may not open {file}.", f"Allow it with: sudo chmod a+rw {' '.join(refused)}"
        )
    if "No MIG devices found" in said and (cuda or not machine.gpus):
        return Problem(
            "The GPU is divided (MIG is on), and no part of it was made.",
            "Make one part of all of it with: sudo nvidia-smi mig -cgi 0 -C",
        )
    if not machine.wsl and machine.container and not _of_gpus(machine):
        return _not_passed(machine)
    if not cuda and machine.kernel_driver and "SLURM_JOB_ID" in machine.environment:
        return Problem(
            "This SLURM job was given no GPU.",
            "Ask for one where the job is started: srun --gpus=1 …",
        )
    if cuda:
        return _no_memory_module(machine)
    if machine.wsl:
        return Problem("Windows passes no GPU to Linux.", driver_command(machine, None))
    return _no_driver(machine, said)


def _of_gpus(machine: Machine) -> list[str]:
    """Return the device files of single GPUs: `/dev/nvidia0` and so on."""
    return [file for file in machine.files if re.fullmatch(r"/dev/nvidia\d+", file)]


def _own_name(machine: Machine) -> str:
    return machine.environment.get("HOSTNAME", "NAME")


def _not_passed(machine: Machine) -> Problem | None:
    wanted = machine.environment.get("NVIDIA_VISIBLE_DEVICES", "")
    if not (machine.any_sign or machine.cuda_packages or wanted):
        return None  # nothing says that this machine has a GPU
    if machine.container == "kubernetes":
        return Problem(
            "This container was given no GPU.",
            "Ask for one in its description: resources: {limits: {nvidia.com/gpu: 1}}",
        )
    hidden = f" (NVIDIA_VISIBLE_DEVICES={wanted})" if wanted in ("void", "none") else ""
    start = _STARTS.get(machine.container)
    return Problem(
        f"This container was given no GPU{hidden}.",
        f"Start it with: {start}" if start else "Start it with the files /dev/nvidia* of its host.",
    )


def _no_memory_module(machine: Machine) -> Problem | None:
    """Return that the device for CUDA's memory is missing."""
    if _UVM in machine.files or machine.wsl:
        return None
    if machine.container:
        return Problem(
            f"This container was given the GPUs without {_UVM}, which CUDA needs.",
            "Start it with: docker run --gpus all …",
        )
    return Problem(
        f"{_UVM}, which CUDA needs, is missing.",
        "Make it with: sudo nvidia-modprobe -u -c=0",
    )


def _no_driver(machine: Machine, said: str) -> Problem | None:
    count = len(machine.on_bus)
    there = f"{count} NVIDIA GPU{'s' * (count != 1)}" if count else "An NVIDIA GPU"
    if machine.kernel_driver:
        if not _of_gpus(machine):
            return Problem(
                "The driver is loaded, and its files /dev/nvidia* are missing.",
                "Make them with: sudo nvidia-modprobe -c=0 -u",
            )
        if count or "No devices were found" in said:
            return Problem(
                "The driver is loaded, and cannot start any GPU.",
                "See what it says of them with: sudo dmesg | grep -i nvrm",
            )
        return None
    if machine.smi is not None and (count or "couldn't communicate" in said):
        return Problem(
            "The driver is installed and not running, as after an update of the kernel.",
            "Start it with: sudo modprobe nvidia",
        )
    if count:
        return Problem(
            f"{there} {'is' if count == 1 else 'are'} in this machine, and no driver is installed.",
            driver_command(machine, None),
        )
    return None
