"""Which of several processes this one is, where several train together (`--processes`)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tui.common.text import clean

PROCESSES, PROCESS_ID, COORDINATOR, JOIN_FOLDER = (
    "CNN_TUI_PROCESSES",
    "CNN_TUI_PROCESS_ID",
    "CNN_TUI_COORDINATOR",
    "CNN_TUI_JOIN_FOLDER",
)
"""Variables by which the command line passes this to the trainer."""
_MOST = 4096
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:\[\]\s]+):(\d{1,5})")


class MachinesError(ValueError):
    """The processes cannot train together as described; the message says why, with the cure."""


@dataclass(frozen=True)
class Machines:
    """The processes that train together, and which of them this one is.

    Args:
        processes: how many there are.
        number: of this process, from 0; process 0 writes the run.
        coordinator: `HOST:PORT` of process 0, which the others connect to.
    """

    processes: int
    number: int
    coordinator: str

    def __post_init__(self) -> None:
        if not 2 <= self.processes <= _MOST:
            raise MachinesError(
                f"{self.processes} processes cannot train together; choose 2 to {_MOST}."
            )
        if not 0 <= self.number < self.processes:
            raise MachinesError(
                f"There is no process {self.number} of {self.processes}; they are counted from 0 "
                f"to {self.processes - 1}."
            )
        found = _ADDRESS.fullmatch(self.coordinator)
        if found is None or not 0 < int(found[2]) < 65536:
            raise MachinesError(
                f"{clean(self.coordinator, 60)!r} is not the address of process 0. Write its host "
                "and a free port there: --coordinator node1:29400."
            )

    @property
    def writes(self) -> bool:
        """Whether this process writes the run."""
        return self.number == 0

    def variables(self) -> dict[str, str]:
        """Return the variables by which a trainer knows it."""
        return {
            PROCESSES: str(self.processes),
            PROCESS_ID: str(self.number),
            COORDINATOR: self.coordinator,
            "KERAS_BACKEND": "jax",
        }


def machines(environment: Mapping[str, str] | None = None) -> Machines | None:
    """Return what the variables of this process say; None where it trains alone.

    Raises:
        MachinesError: when they contradict each other.
    """
    variables = os.environ if environment is None else environment
    if not variables.get(PROCESSES):
        return None
    try:
        return Machines(
            int(variables[PROCESSES]), int(variables[PROCESS_ID]), variables[COORDINATOR]
        )
    except (KeyError, ValueError) as error:
        raise MachinesError(str(error)) from None


def chosen_machines(
    processes: int | None,
    number: int | None,
    coordinator: str | None,
    environment: Mapping[str, str] | None = None,
) -> Machines | None:
    """Return the processes of the command line, or of a step of SLURM; None for one process.

    Args:
        processes: `--processes`.
        number: `--process-id`.
        coordinator: `--coordinator`.
        environment: the variables; None: this process's.

    Raises:
        MachinesError: when an option is missing or has an impossible value.

    >>> step = {"SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "2",
    ...         "SLURM_STEP_NODELIST": "gpu[07-08]", "SLURM_JOB_ID": "70000"}
    >>> chosen_machines(None, None, None, step)
    Machines(processes=4, number=2, coordinator='gpu07:61808')
    """
    given = {"--processes": processes, "--process-id": number, "--coordinator": coordinator}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == len(given):
        return _slurm(os.environ if environment is None else environment)
    if processes == 1:
        return None
    if missing:
        raise MachinesError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing: each process "
            "needs --processes N --process-id I --coordinator HOST:PORT, where HOST is the machine "
            "of process 0."
        )
    assert processes is not None and number is not None and coordinator is not None
    return Machines(processes, number, coordinator)


def _slurm(variables: Mapping[str, str]) -> Machines | None:
    """Return the processes of a step of SLURM; in the batch script itself there is only one."""
    try:
        processes = int(variables["SLURM_STEP_NUM_TASKS"])
        number = int(variables["SLURM_PROCID"])
        nodes = variables["SLURM_STEP_NODELIST"]
        job = int(variables["SLURM_JOB_ID"])
    except (KeyError, ValueError):
        return None
    if processes < 2:
        return None
    # As JAX chooses it: high, and another one for each job.
    port = job % 2**12 + (65535 - 2**12 + 1)
    return Machines(processes, number, f"{first_node(nodes)}:{port}")


def first_node(nodes: str) -> str:
    """Return the first host of a list of nodes as SLURM writes it.

    >>> first_node("gpu[07-08,12],login1"), first_node("node3,node5"), first_node("a1")
    ('gpu07', 'node3', 'a1')
    """
    found = re.match(r"([^,\[]+)(?:\[([^\],-]+))?", nodes)
    return (found[1] + (found[2] or "")) if found is not None else nodes
