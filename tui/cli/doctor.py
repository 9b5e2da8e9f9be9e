"""`cnn-tui doctor`: check this machine, and advise what to change."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from tui import __version__
from tui.common.installed import install_command, is_installed, library_name, not_installed
from tui.common.paths import StateError, not_saved, state_dir
from tui.common.text import clean
from tui.runs.process.gpu_doctor.look import library_views, look
from tui.runs.process.gpu_doctor.report import gpu_rows
from tui.runs.process.logout import after_logout
from tui.runs.process.memory import memory_limits
from tui.runs.process.trainer_environment import ONEDNN_VARIABLE, trainer_environment

_ALLOCATOR = ("MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD")
_NEEDED = {
    "tensorflow": "Training",
    "scipy": "Training",
    "sklearn": "The sample of handwritten digits",
}
"""What the program comes without, and what needs it."""
_MIN_FREE_BYTES = 2_000_000_000
"""A run of the course's network may keep half a gigabyte."""


@dataclass(frozen=True)
class Check:
    """One thing that was checked.

    Args:
        name: what was checked.
        value: what was found.
        advice: what to do; empty if nothing.
    """

    name: str
    value: str
    advice: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Report what this machine offers, and what could end a training.

    Where there is an NVIDIA GPU, TensorFlow and JAX are asked whether they see it: some seconds.

    Exit status: 0 nothing to do, 1 there is advice.

    \b
    For example:
      cnn-tui doctor
    """
    lines = list(examine())
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2))
    else:
        for line in lines:
            click.echo(f"{'!' if line.advice else ' '} {line.name:<13} {clean(line.value, 2000)}")
            if line.advice:
                click.echo(f"{'':16}{clean(line.advice, 2000)}")
    sys.exit(any(line.advice for line in lines))


def examine() -> Iterator[Check]:
    """Check everything. Where a GPU is, its libraries are asked in processes of their own."""
    yield Check("cnn-tui", __version__)
    yield Check("Python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield _library("textual", f"Install the program again: {install_command('tensorflow')}")
    yield _library("keras", f"Install the program again: {install_command('tensorflow')}")
    for module, purpose in _NEEDED.items():
        there = is_installed(module)
        if module == "tensorflow" or not there:
            yield _library(module, not_installed(purpose, module))
        if not there:
            break  # what is missing besides comes along with it
    for module in ("jax", "torch"):
        if is_installed(module):
            yield _library(module, "")
    machine = look()
    for name, value, advice in gpu_rows(machine, library_views() if machine.any_sign else ()):
        yield Check(name, value, advice)
    yield _state()
    yield _memory()
    yield _terminal()
    yield _allocator()
    yield _onednn()
    logout = after_logout()
    yield Check("after logout", logout.sentence, logout.cure)


def _library(module: str, advice: str) -> Check:
    """Check one library.

    Args:
        module: its module; the package may have another name, such as tensorflow-cpu.
        advice: what to do where it is missing.
    """
    name = library_name(module)
    if not is_installed(module):
        return Check(name, "not installed", advice)
    packages = [module, *importlib.metadata.packages_distributions().get(module, ())]
    for package in packages:
        try:
            return Check(name, importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            continue
    return Check(name, "installed, version unknown")


def _state() -> Check:
    try:
        folder = state_dir(to_read=True)
        free = shutil.disk_usage(folder).free
    except StateError as error:
        return Check("kept in", "nowhere", str(error))
    except OSError as error:
        return Check("kept in", "nowhere", f"{error.strerror or error}.")
    advice = "" if free > _MIN_FREE_BYTES else "Free some space: a run may take half a gigabyte."
    advice = not_saved() or advice
    return Check("kept in", f"{folder} ({free / 1e9:,.1f} GB free)", advice)


def _memory() -> Check:
    limits = memory_limits()
    said = "; ".join(limit.words for limit in limits) or "the system does not say"
    tight = next((limit.cure for limit in limits if limit.tight), "")
    if tight:
        tight = f"Too little for a training, which takes about 1 GB: {tight}"
    return Check("memory", said, tight)


def _terminal() -> Check:
    if not sys.stdout.isatty():
        return Check("terminal", "none: the output goes elsewhere")
    columns, rows = shutil.get_terminal_size()
    small = columns < 80 or rows < 24
    advice = "The app needs 80 columns and 24 rows: make the window larger." if small else ""
    return Check("terminal", f"{columns} columns × {rows} rows, {_colours()}", advice)


def _colours() -> str:
    if os.environ.get("NO_COLOR"):
        return "no colours (NO_COLOR is set)"
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    term = os.environ.get("TERM", "")
    return f"256 colours (TERM={term})" if "256" in term else f"few colours (TERM={term})"


def _allocator() -> Check:
    set_up = {
        name: value
        for name, value in sorted(trainer_environment().items())
        if name.startswith(_ALLOCATOR)
    }
    said = ", ".join(f"{name}={value}" for name, value in set_up.items())
    return Check("allocator", said or "the system's own settings")


def _onednn() -> Check:
    said = trainer_environment().get(ONEDNN_VARIABLE)
    return Check("oneDNN", f"{ONEDNN_VARIABLE}={said}" if said else "as TensorFlow decides")
