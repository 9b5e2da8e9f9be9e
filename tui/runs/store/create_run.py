"""Creating the folder of a new run."""

from __future__ import annotations

import re
import secrets
import shutil
from datetime import datetime
from pathlib import Path

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, private_folder, runs_dir, write_cure
from tui.runs.queue.mark import place_at_end
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.initial_model import copy_model_file
from tui.runs.store.on_end_mark import sign_command
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.start_time import moment_of


def create_run(
    spec: TrainingSpec | ExternalSpec,
    *,
    now: datetime | None = None,
    queued: bool = False,
    after: float = 0.0,
) -> RunFolder:
    """Create the folder of a new run and write its spec.

    Args:
        spec: what to train.
        now: the time in the folder's name.
        queued: whether it waits for other runs.
        after: the queue position (`QueueMark.at`) that it comes after.

    Raises:
        StateError: when the folder cannot be created or written to, or the file of its network is
            not there any more.
    """
    base = runs_dir()
    slug = re.sub(r"[^a-z0-9]+", "-", spec.name.lower()).strip("-")[:40] or "run"
    moment = moment_of(now or datetime.now())
    path = private_folder(base / f"{moment}-{slug}-{secrets.token_hex(2)}")
    try:
        if queued:  # before the spec, so that it never looks like a run that died
            replace_file(RunFolder(path).queue_mark, f"{place_at_end(after):.6f}".encode())
        if isinstance(spec, ExternalSpec) and spec.source == "log":
            replace_file(RunFolder(path).watched, b"{}\n")
        if spec.on_end:
            sign_command(path, spec.on_end)
        if isinstance(spec, TrainingSpec):
            spec = copy_model_file(path, spec)
        write_spec(path, spec)  # last: it makes the folder a run
    except StateError:
        shutil.rmtree(path, ignore_errors=True)
        raise
    except OSError as error:
        raise StateError(
            f"Cannot write the run's spec into {path}: {error.strerror}. {write_cure(error)} "
            "Or set CNN_TUI_HOME to another folder."
        ) from error
    RunFolder(path).announce()
    return RunFolder(path)


def write_spec(path: Path, spec: TrainingSpec | ExternalSpec) -> None:
    """Write the spec of a run, whole or not at all.

    Args:
        path: of the run's folder.
        spec: what to write.

    Raises:
        OSError: when it cannot be written; the earlier one stays.
    """
    text = msgspec.json.format(msgspec.json.encode(spec), indent=2) + b"\n"
    replace_file(path / "spec.json", text)
