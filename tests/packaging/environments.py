"""Environments without a download: their packages are links to those that run the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROGRAM = "cnn-tui"


def run(*command: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


def install(wheel: Path, environment: Path) -> Path:
    """Make an environment that holds the wheel alone; return its Python."""
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    done = run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=environment)
    assert done.returncode == 0, done.stderr
    return python


def site_packages(python: Path) -> Path:
    """Return the folder of an environment's packages."""
    (found,) = python.parents[1].glob("lib/python*/site-packages")
    return found


def link_packages(python: Path, more: Iterable[str]) -> None:
    """Link what the program requires, and what that requires, into its environment.

    Args:
        python: the environment's, with the program installed.
        more: further packages, with what they require.
    """
    target = site_packages(python)
    (own,) = metadata.distributions(name=PROGRAM, path=[str(target)])
    todo = [*_required(own, ""), *((name, "") for name in more)]
    done: set[tuple[str, str]] = set()
    while todo:
        name, extra = one = todo.pop()
        if one in done:
            continue
        done.add(one)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # what cannot do without it fails
        todo += _required(found, extra)
        for part in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            link = target / part
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(part))))


def _required(one: metadata.Distribution, extra: str) -> list[tuple[str, str]]:
    """Return what a package requires: names, each with an extra of it or with none."""
    found = []
    for wanted in map(Requirement, one.requires or ()):
        if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
            found += [(wanted.name.lower(), each) for each in ("", *wanted.extras)]
    return found
