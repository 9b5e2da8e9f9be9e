"""The runs that logs are shown as: each log has one, found again by the log's path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tui.common.file_locks import locked
from tui.common.paths import StateError, runs_dir, state_dir, write_cure
from tui.common.text import clean, stored_path
from tui.runs.settings.external_spec import CurveRoles, ExternalSpec
from tui.runs.store.create_run import create_run, write_spec
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_access import RunError, check_owner
from tui.runs.store.run_folder import RunFolder
from tui.runs.watched.find_logs import FoundLog


def runs_of(
    logs: Sequence[FoundLog], roles: Mapping[str, CurveRoles] | None = None
) -> list[RunFolder]:
    """Return the run of each log, created where there is none; two apps at once make one.

    Args:
        logs: the logs.
        roles: by the log's path, which series the user chose to be what; None: as it was.

    Raises:
        StateError: when a folder cannot be created or written to.
        RunError: when the roles of a run cannot be changed.
    """
    try:
        with locked(state_dir() / "watched.lock"):
            known = _known_runs()
            found = []
            for log in logs:
                chosen = (roles or {}).get(log.path)
                run = known.get(stored_path(log.path))
                if run is None:
                    run = create_run(
                        ExternalSpec(
                            name=clean(log.name, 80),
                            source="log",
                            path=stored_path(log.path),
                            format=log.format,
                            roles=chosen or CurveRoles(),
                        )
                    )
                elif chosen is not None:
                    change_roles(run, chosen)
                found.append(run)
            return found
    except OSError as error:
        raise StateError(
            f"Cannot lock {error.filename}: {error.strerror}. {write_cure(error)}"
        ) from error


def _known_runs() -> dict[str, RunFolder]:
    """Return the runs that are read from logs, by the paths of the logs."""
    found: dict[str, RunFolder] = {}
    for run in iter_runs(runs_dir()):
        if run.is_log and (spec := run.external()) is not None:
            found.setdefault(spec.path, run)
    return found


def change_roles(run: RunFolder, roles: CurveRoles) -> None:
    """Change the roles of the series in a run's log; its reader notices it.

    Raises:
        RunError: when it is no run of a log, belongs to another user, or cannot be written to.
    """
    check_owner(run.path)
    spec = run.external()
    if spec is None or spec.source != "log":
        raise RunError(f"{clean(run.name)} is not read from a log.")
    if spec.roles == roles:
        return
    changed = msgspec.structs.replace(spec, roles=roles)
    try:
        write_spec(run.path, changed)
    except OSError as error:
        raise RunError(
            f"Cannot write {run.path / 'spec.json'}: {error.strerror}. {write_cure(error)}"
        ) from error
    run.announce()
