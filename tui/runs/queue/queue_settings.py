"""The settings of the queue: how many runs at once, and when a GPU counts as free.

`queue.json` in the state folder holds them; environment variables come before it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, state_dir, write_cure
from tui.common.safe_files import read_small
from tui.common.text import clean, exact

MOST_SLOTS = 1000
_FILE = "queue.json"
_VARIABLES = {
    "slots": "CNN_TUI_SLOTS",
    "gpu_memory_gb": "CNN_TUI_GPU_MEMORY_GB",
    "gpu_memory_percent": "CNN_TUI_GPU_MEMORY_PERCENT",
    "gpu_use_percent": "CNN_TUI_GPU_USE_PERCENT",
}


class QueueSettingsError(ValueError):
    """A setting of the queue cannot be used; the message says why, and what can be."""


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the queue starts runs."""

    version: int = 1
    slots: int = 0
    """The most runs that are trained at once; 0: one on each GPU, and without GPUs one."""
    gpu_memory_gb: float = 1.0
    """A GPU of which less than this is used (1 GB is 1e9 bytes) counts as free."""
    gpu_memory_percent: float = 10.0
    """So does one of which less than this part of its memory is used."""
    gpu_use_percent: float = 10.0
    """A GPU that computes for this part of the time, or more, does not count as free."""

    def __post_init__(self) -> None:
        if not 0 <= self.slots <= MOST_SLOTS:
            raise QueueSettingsError(
                f"{self.slots} runs at once cannot be; choose 1 to {MOST_SLOTS:,}, or 0 for one "
                "on each GPU."
            )
        if not 0 <= self.gpu_memory_gb <= 1e6:
            raise QueueSettingsError(
                f"{exact(self.gpu_memory_gb)} GB of a GPU's memory cannot be; choose 0 or more, "
                "for example 1."
            )
        for percent in (self.gpu_memory_percent, self.gpu_use_percent):
            if not 0 <= percent <= 100:
                raise QueueSettingsError(
                    f"{exact(percent)} percent of a GPU cannot be; choose 0 to 100, for example 10."
                )


def read_settings(environment: Mapping[str, str] | None = None) -> QueueSettings:
    """Return the settings in force; those that cannot be read are the default ones.

    Args:
        environment: variables that come before the file; None: this process's.
    """
    settings = QueueSettings()
    with contextlib.suppress(OSError, StateError, ValueError, RecursionError):
        text = read_small(state_dir(to_read=True) / _FILE)
        settings = msgspec.json.decode(text, type=QueueSettings)
    return _with_variables(settings, environment)[0]


def settings_problem(environment: Mapping[str, str] | None = None) -> str:
    """Return why a setting is not used, in a sentence; empty where all are.

    Args:
        environment: as for `read_settings`.
    """
    try:
        text = read_small(state_dir(to_read=True) / _FILE)
        msgspec.json.decode(text, type=QueueSettings)
    except (FileNotFoundError, StateError):
        pass
    except OSError as error:
        return f"{_FILE} cannot be read: {error.strerror}. The default settings are used."
    except (ValueError, RecursionError) as error:
        return f"{_FILE} is damaged: {clean(error, 200)} The default settings are used."
    return _with_variables(QueueSettings(), environment)[1]


def _with_variables(
    settings: QueueSettings, environment: Mapping[str, str] | None
) -> tuple[QueueSettings, str]:
    """Return settings with those that variables name, and why one of these is not used; else ''."""
    problem = ""
    variables = os.environ if environment is None else environment
    for name, variable in _VARIABLES.items():
        text = variables.get(variable, "").strip()
        if not text:
            continue
        try:
            value = int(text) if name == "slots" else float(text)
        except ValueError:
            problem = problem or (
                f"{variable} is {clean(text, 30)!r}, which is no number: write for example "
                f"{variable}=1. It is not used."
            )
            continue
        try:
            settings = msgspec.structs.replace(settings, **{name: value})
        except QueueSettingsError as error:
            problem = problem or str(error)
    return settings, problem


def write_settings(settings: QueueSettings) -> None:
    """Keep settings for the next starts; the queue's process takes them up within seconds.

    Raises:
        StateError: when they cannot be written.
    """
    path = state_dir() / _FILE
    try:
        text = msgspec.json.format(msgspec.json.encode(settings), indent=2)
        replace_file(path, text + b"\n")
    except OSError as error:
        raise StateError(
            f"Cannot write {path}: {error.strerror or error}. {write_cure(error)}"
        ) from error
