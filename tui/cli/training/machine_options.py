"""The options of a training by several processes, on one machine or many."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from tui.common.text import clean
from tui.runs.process.machines import (
    JOIN_FOLDER,
    Machines,
    MachinesError,
    chosen_machines,
    machines,
)
from tui.runs.process.needs import training_problem
from tui.runs.process.trainer_environment import trainer_environment
from tui.runs.queue.shared_gpus import check_sharing, sharable_gpus
from tui.runs.settings.spec import SpecError, TrainingSpec

_Command = TypeVar("_Command", bound=Callable[..., Any])


def machine_options(command: _Command) -> _Command:
    """Add `--processes`, `--process-id` and `--coordinator` to a command."""
    for option in (
        click.option(
            "--coordinator",
            metavar="HOST:PORT",
            help="With --processes: the machine of process 0, and a free port there.",
        ),
        click.option(
            "--process-id", type=int, help="With --processes: which of them this is, from 0."
        ),
        click.option(
            "--processes",
            type=int,
            help="Train with this many processes, on one or several machines; run the command once "
            "for each. Under srun all three are set by themselves.",
        ),
    ):
        command = option(command)
    return command


def take_part(
    processes: int | None, number: int | None, coordinator: str | None, folder: Path | None = None
) -> int | None:
    """Prepare this process for a training by several.

    Args:
        processes: how many there are; None where that was not given.
        number: of this one.
        coordinator: the address of process 0.
        folder: of the images on this machine.

    Returns:
        The exit status, where this is not process 0 and has trained its part; None where the
        command goes on: as process 0, or alone.

    Raises:
        click.UsageError: when the options do not fit together.
    """
    try:
        found = chosen_machines(processes, number, coordinator)
    except MachinesError as error:
        raise click.UsageError(str(error)) from error
    if found is None:
        _refuse_tf_config()
        return None
    os.environ.update(found.variables())
    if problem := training_problem():
        raise click.ClickException(problem)
    return None if found.writes else _join(found, folder)


def check_processes(specs: Iterable[TrainingSpec]) -> None:
    """Check that several processes, where there are several, can train these together.

    Raises:
        click.UsageError: when they cannot.
    """
    together = machines()
    if together is None:
        return
    for spec in specs:
        if spec.layers_unlisted:
            file = spec.model_file
            name = clean(file.name, 60) if file is not None else ""
            what = (
                f"The network of {name}" if spec.base is None else f"A network on {spec.base.name}"
            )
            raise click.UsageError(
                f"{what} is trained by one process, not by "
                f"{together.processes} together. Leave out --processes."
            )


def _join(found: Machines, folder: Path | None) -> int:
    environment = trainer_environment()
    if folder is not None:
        environment[JOIN_FOLDER] = str(folder.absolute())
    command = [sys.executable, "-P", "-m", "tui.trainer", "--join"]
    with subprocess.Popen(command, env=environment) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the process got it too, and stops after its batch


def _refuse_tf_config() -> None:
    """Refuse TensorFlow's own variable for several machines, which does not work with Keras 3."""
    if "TF_CONFIG" in os.environ and '"worker"' in os.environ["TF_CONFIG"]:
        raise click.UsageError(
            "TF_CONFIG is set, and TensorFlow's MultiWorkerMirroredStrategy does not work with "
            "Keras 3. Several machines train on JAX instead: unset TF_CONFIG, and give each "
            "process --processes N --process-id I --coordinator HOST:PORT."
        )


def check_gpus(specs: Sequence[TrainingSpec]) -> None:
    """Check that this machine has the GPUs that share the batches of trainings.

    Raises:
        click.UsageError: when it has fewer, or a batch cannot be divided among them.
    """
    if not specs[0].several_gpus:
        return
    there = sharable_gpus()
    try:
        for spec in specs:
            check_sharing(spec.gpus, spec.data.batch_size, there)
    except SpecError as error:
        raise click.UsageError(str(error)) from error
