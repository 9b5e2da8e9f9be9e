"""The program that a training runs in: its name, arguments, commit, and its rank among others."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

_SECONDS = 3.0
_RANKS = (
    ("KERAS_DISTRIBUTION_PROCESS_ID", "KERAS_DISTRIBUTION_NUM_PROCESSES"),
    ("RANK", "WORLD_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
)
"""Variables that launchers of several processes set: the process's rank, and how many there are."""


@dataclass(frozen=True)
class Program:
    """The program of a training.

    Args:
        path: of the script; empty for an interpreter or a notebook.
        arguments: without the script's name.
        directory: in which it was started.
        commit: of the repository there, with `+` after changes; empty where there is none.
    """

    path: str = ""
    arguments: tuple[str, ...] = ()
    directory: str = ""
    commit: str = ""


def this_program() -> Program:
    """Return the program that runs now; what cannot be found out is empty."""
    directory = ""
    with contextlib.suppress(OSError):  # it may have been deleted
        directory = os.getcwd()
    script = str(getattr(sys.modules.get("__main__"), "__file__", "") or "")
    if not script or in_notebook():
        return Program(directory=directory, commit=commit_of(directory))
    path = os.path.abspath(script)
    return Program(
        path,
        tuple(str(argument) for argument in sys.argv[1:]),
        directory,
        commit_of(os.path.dirname(path)),
    )


def commit_of(directory: str) -> str:
    """Return the commit that is checked out in a folder, with `+` where files differ from it.

    Returns:
        Twelve digits; empty where there is no repository or no git.
    """
    if not directory or not _in_repository(Path(directory)):
        return ""
    commit = _git(directory, "rev-parse", "--short=12", "HEAD")
    if not commit:
        return ""
    changes = _git(directory, "status", "--porcelain", "--untracked-files=no")
    return commit + "+" * bool(changes)


def _in_repository(directory: Path) -> bool:
    """Return whether a folder lies in a repository, without starting git."""
    with contextlib.suppress(OSError):
        return any((folder / ".git").exists() for folder in (directory, *directory.parents))
    return False


def _git(directory: str, *arguments: str) -> str:
    # No optional locks: a `git` of the user's own must not be disturbed.
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", directory, *arguments],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def in_notebook() -> bool:
    """Return whether the program is an IPython session: its cells end before the process does."""
    return interactive_shell() is not None


def interactive_shell() -> Any:
    """Return the IPython shell; None without one."""
    module = sys.modules.get("IPython")
    if module is None:
        return None
    try:
        return module.get_ipython()
    except Exception:
        return None


@dataclass(frozen=True)
class Rank:
    """The process's place among the processes that train together.

    Args:
        number: from 0; only process 0 writes the run.
        processes: how many there are.
    """

    number: int = 0
    processes: int = 1


def rank() -> Rank:
    """Return the rank of this process: from JAX or PyTorch, else from the launcher's variables."""
    found = _jax_rank() or _torch_rank() or _tensorflow_rank()
    if found is not None:
        return found
    for number, processes in _RANKS:
        with contextlib.suppress(KeyError, ValueError):
            place, count = int(os.environ[number]), int(os.environ[processes])
            # A variable of SLURM is set for a job of one task as well.
            if count > 1 and 0 <= place < count:
                return Rank(place, count)
    return Rank()


def _jax_rank() -> Rank | None:
    """Return the rank that JAX has, if it has connected its processes."""
    jax = sys.modules.get("jax")
    if jax is None:
        return None
    try:
        state = jax._src.distributed.global_state
        if state.client is None and state.service is None:
            return None
        return Rank(int(jax.process_index()), int(jax.process_count()))
    except Exception:  # another version of JAX
        return None


def _torch_rank() -> Rank | None:
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    try:
        distributed = torch.distributed
        if distributed.is_available() and distributed.is_initialized():
            return Rank(int(distributed.get_rank()), int(distributed.get_world_size()))
    except Exception:
        return None
    return None


class _Task(msgspec.Struct):
    type: str = "worker"
    index: int = 0


class _Cluster(msgspec.Struct):
    cluster: dict[str, list[str]] = {}
    task: _Task = msgspec.field(default_factory=_Task)


def _tensorflow_rank() -> Rank | None:
    """Return the rank in `TF_CONFIG`: the chief is the first, then the workers."""
    text = os.environ.get("TF_CONFIG", "")
    if not text:
        return None
    try:
        found = msgspec.json.decode(text, type=_Cluster)
    except (msgspec.DecodeError, UnicodeError):
        return None
    chiefs, workers = len(found.cluster.get("chief", [])), len(found.cluster.get("worker", []))
    if chiefs + workers < 2 or found.task.type not in ("chief", "worker"):
        return None
    number = found.task.index + (chiefs if found.task.type == "worker" else 0)
    return Rank(number, chiefs + workers)
