"""`cnn-tui doctor`: what the program finds on this machine, and what to do about it."""

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
from tui.common.paths import StateError, not_saved, state_dir
from tui.common.text import clean
from tui.runs.process.logout import after_logout
from tui.runs.process.memory import memory_limits
from tui.runs.process.trainer_environment import ONEDNN_VARIABLE, trainer_environment

_ALLOCATOR = ("MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD")
_LITTLE = 2_000_000_000
"""Bytes: a run of the course's network may keep half a gigabyte."""


@dataclass(frozen=True)
class Line:
    """One thing that was looked at.

    Args:
        name: what.
        value: what was found.
        advice: what to do about it; empty where all is well.
    """

    name: str
    value: str
    advice: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Say what is here to work with, and what could end a training.

    Exit status: 0 nothing to do, 1 there is some advice.
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


def examine() -> Iterator[Line]:
    """Look at everything, without loading Keras."""
    yield Line("cnn-tui", __version__)
    yield Line("Python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    for name, package in (("Textual", "textual"), ("Keras", "keras"), ("TensorFlow", "tensorflow")):
        yield _package(name, package)
    yield _state()
    yield _memory()
    yield _terminal()
    yield _allocator()
    yield _onednn()
    logout = after_logout()
    yield Line("after logout", logout.sentence, logout.cure)


def _package(name: str, package: str) -> Line:
    try:
        return Line(name, importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        advice = f"Install the program again: `pipx reinstall cnn-tui` brings {name} along."
        return Line(name, "not installed", advice)


def _state() -> Line:
    try:
        folder = state_dir(to_read=True)
        free = shutil.disk_usage(folder).free
    except StateError as error:
        return Line("kept in", "nowhere", str(error))
    except OSError as error:
        return Line("kept in", "nowhere", f"{error.strerror or error}.")
    advice = "" if free > _LITTLE else "Free some space: a run may take half a gigabyte."
    advice = not_saved() or advice
    return Line("kept in", f"{folder} ({free / 1e9:,.1f} GB free)", advice)


def _memory() -> Line:
    limits = memory_limits()
    said = "; ".join(limit.words for limit in limits) or "the system does not say"
    tight = next((limit.cure for limit in limits if limit.tight), "")
    if tight:
        tight = f"Too little for a training, which takes about 1 GB: {tight}"
    return Line("memory", said, tight)


def _terminal() -> Line:
    if not sys.stdout.isatty():
        return Line("terminal", "none: the output goes elsewhere")
    columns, rows = shutil.get_terminal_size()
    small = columns < 80 or rows < 24
    advice = "The app needs 80 columns and 24 rows: make the window larger." if small else ""
    return Line("terminal", f"{columns} columns × {rows} rows, {_colours()}", advice)


def _colours() -> str:
    if os.environ.get("NO_COLOR"):
        return "no colours (NO_COLOR is set)"
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    term = os.environ.get("TERM", "")
    return f"256 colours (TERM={term})" if "256" in term else f"few colours (TERM={term})"


def _allocator() -> Line:
    set_up = {
        name: value
        for name, value in sorted(trainer_environment().items())
        if name.startswith(_ALLOCATOR)
    }
    said = ", ".join(f"{name}={value}" for name, value in set_up.items())
    return Line("allocator", said or "the system's own settings")


def _onednn() -> Line:
    said = trainer_environment().get(ONEDNN_VARIABLE)
    return Line("oneDNN", f"{ONEDNN_VARIABLE}={said}" if said else "as TensorFlow decides")
