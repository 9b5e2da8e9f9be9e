"""The commands that install libraries with CUDA."""

from __future__ import annotations

from tui.common.installed import install_beside, install_command, uninstall_command
from tui.runs.process.gpu_doctor.driver_version import driver_version
from tui.runs.process.gpu_doctor.facts import Machine

_CUDA_13 = 580
"""The first driver that runs CUDA 13."""


def jax_command(machine: Machine, cuda: str = "") -> str:
    """Return the command that installs JAX's plugin for the CUDA that fits.

    CUDA 12 where TensorFlow's files of it are there already, else the newest that the driver runs.

    Args:
        machine: whose driver and packages count.
        cuda: the first number of CUDA, where the plugin is there already; empty: to be found.
    """
    if cuda:
        return install_beside(f"jax[cuda{cuda}]")
    major = driver_version(machine).partition(".")[0]
    twelve = any(name.endswith("-cu12") for name in machine.cuda_packages)
    newest = major.isdecimal() and int(major) >= _CUDA_13 and not twelve
    return install_beside(f"jax[cuda{13 if newest else 12}]")


def gpu_tensorflow_command(machine: Machine) -> str:
    """Return the command that puts TensorFlow with CUDA in the place of one for the CPU.

    Both packages hold the same files, so the old one goes first.
    """
    names = [name for name in (machine.cpu_package, "tensorflow") if name]
    removing = uninstall_command(*names)
    return f"{removing} && {install_command('gpu')}" if removing else install_command("gpu")
