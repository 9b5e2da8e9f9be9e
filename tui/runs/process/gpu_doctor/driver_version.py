"""The driver's version, and the CUDA that it runs.

A driver runs programs of every CUDA with the same first number, from the least version below on
(NVIDIA, CUDA Compatibility, minor version compatibility), and of every older CUDA.
"""

from __future__ import annotations

import re

from tui.runs.process.gpu_doctor.facts import LibraryView, Machine

_LEAST = {11: (450, 80), 12: (525, 60), 13: (580, 65)}
"""For CUDA's first number, the least driver on Linux."""
_SMI_DRIVER = re.compile(r"Driver Version:\s*([\d.]+)")
_SMI_CUDA = re.compile(r"CUDA Version:\s*([\d.]+)")


def driver_version(machine: Machine) -> str:
    """Return the version of the driver; empty where it is not known.

    >>> driver_version(Machine(smi="| NVIDIA-SMI 550.54.14   Driver Version: 550.54.14  |"))
    '550.54.14'
    """
    match = _SMI_DRIVER.search(machine.smi or "")
    return match[1] if match else machine.kernel_driver


def cuda_of_driver(machine: Machine, view: LibraryView | None = None) -> str:
    """Return the newest CUDA that the driver runs, as it says itself; empty where it does not.

    Args:
        machine: where `nvidia-smi` says it.
        view: of a library, in whose process CUDA's own library says it.
    """
    if view is not None and view.driver.cuda:
        return view.driver.cuda
    match = _SMI_CUDA.search(machine.smi or "")
    return match[1] if match else ""


def cuda_major(view: LibraryView) -> int | None:
    """Return the first number of the CUDA that a library was built for; None: not known."""
    first = view.cuda.partition(".")[0]
    return int(first) if view.cuda_build and first.isdecimal() else None


def too_old(machine: Machine, view: LibraryView) -> bool:
    """Return whether the driver is older than the library's CUDA asks for.

    A compatibility library can run a newer CUDA on an old driver: what CUDA says itself counts.
    """
    needed = cuda_major(view)
    if needed is None:
        return False
    cuda = cuda_of_driver(machine, view).partition(".")[0]
    if cuda.isdecimal():
        return int(cuda) < needed
    driver = tuple(int(part) for part in driver_version(machine).split(".") if part.isdecimal())
    return bool(driver) and driver < _LEAST.get(needed, (0,))


def least_driver(major: int | None) -> str:
    """Return the least driver for CUDA's first number; empty where it is not known here.

    >>> least_driver(12), least_driver(99)
    ('525.60', '')
    """
    least = _LEAST.get(major or 0)
    return ".".join(str(part) for part in least) if least else ""


def driver_command(machine: Machine, major: int | None) -> str:
    """Return a sentence with the command that installs a driver that is new enough.

    Args:
        machine: its system and container decide how.
        major: the first number of the CUDA that has to run; None: any.
    """
    least = least_driver(major)
    wanted = f"driver {least} or later" if least else "NVIDIA's driver"
    if machine.wsl:
        return f"Install {wanted} in Windows, then there: wsl --shutdown"
    if machine.container:
        return (
            f"The driver is that of the machine outside this container: {wanted} has to be "
            "installed there."
        )
    if machine.system == "ubuntu":
        return f"Install {wanted} with: sudo ubuntu-drivers install && sudo reboot"
    if machine.system == "debian":
        return f"Install {wanted} with: sudo apt install nvidia-driver && sudo reboot"
    return f"Install {wanted} as your system describes it, or from https://www.nvidia.com/drivers"
