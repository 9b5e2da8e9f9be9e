"""What each worker process needs besides the program itself, checked before it is started.

Training and the programs of the lessons need TensorFlow. Looking inside needs any backend of Keras.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from tui.common.installed import install_command, is_installed, not_installed, what_is_missing
from tui.common.paths import StateError
from tui.runs.process.machines import PROCESSES

BACKEND = "KERAS_BACKEND"
"""The variable from which Keras reads its backend."""
_BACKENDS = ("tensorflow", "jax", "torch")
"""The backends that can look inside, by their modules, in the order in which they are chosen."""


def training_problem() -> str:
    """Return why nothing can be trained here, with the cure; empty if it can."""
    if os.environ.get(PROCESSES):  # several processes train on JAX
        return what_is_missing("Training with several processes", "jax", "keras", extra="jax")
    # Keras trains on JAX where the user has chosen it.
    on_jax = chosen_backend() == "jax" and is_installed("jax")
    return what_is_missing("Training", "jax" if on_jax else "tensorflow", "keras", "scipy")


def check_can_train() -> None:
    """Raise an error if nothing can be trained here.

    Raises:
        StateError: when a library is missing; it says how to install it.
    """
    problem = training_problem()
    if problem:
        raise StateError(problem)


def program_problem() -> str:
    """Return why the programs of the lessons cannot be run here, with the cure; else empty."""
    return what_is_missing("This program", "tensorflow", "keras", "scipy")


def looking_problem() -> str:
    """Return why no network can be looked into here, with the cure; else empty."""
    if not is_installed("keras"):
        return not_installed("Looking inside", "keras")
    if backend_to_look_with():
        return ""
    return (
        "Looking inside needs TensorFlow, JAX or PyTorch, and none of them is installed. Install "
        f"TensorFlow with: {install_command('tensorflow')}"
    )


def chosen_backend(environment: Mapping[str, str] | None = None) -> str:
    """Return the backend that Keras takes by itself: the user's choice, or `tensorflow`.

    It is looked for as Keras does: in its variable, then in its own file of settings.

    Args:
        environment: the variables; None: this process's.
    """
    variables = os.environ if environment is None else environment
    if variables.get(BACKEND):
        return variables[BACKEND]
    home = os.path.expanduser("~")
    base = home if os.access(home, os.W_OK) else "/tmp"
    folder = Path(os.path.expanduser(variables.get("KERAS_HOME") or f"{base}/.keras"))
    try:
        settings = json.loads((folder / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return "tensorflow"
    found = settings.get("backend") if isinstance(settings, dict) else None
    return found if isinstance(found, str) else "tensorflow"


def backend_to_look_with(environment: Mapping[str, str] | None = None) -> str:
    """Return the backend for looking inside: the one that Keras takes, if it is installed.

    Otherwise the first that is installed; empty if none is.

    Args:
        environment: the variables; None: this process's.
    """
    chosen = chosen_backend(environment)
    if chosen not in _BACKENDS or is_installed(chosen):
        return chosen  # a backend that is not known here is Keras's own affair
    return next((one for one in _BACKENDS if is_installed(one)), "")
