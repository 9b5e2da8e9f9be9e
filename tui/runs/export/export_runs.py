"""Exporting runs: the formats, their default paths, and writing one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, get_args

from tui.common.text import clean
from tui.runs.export.csv_json import runs_csv, runs_json, system_csv
from tui.runs.export.export_file import ExportError, write_whole
from tui.runs.export.run_script import run_script
from tui.runs.export.svg_drawing import runs_svg
from tui.runs.export.tensorboard_logs import folder_names, write_logs
from tui.runs.settings.settings_file import SettingsError, settings_text
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.run_access import RunError

__all__ = ["FORMATS", "ExportError", "Format", "default_path", "export_runs"]

Format = Literal[
    "csv", "json", "svg", "tensorboard", "script", "script-today", "settings", "system"
]
FORMATS: tuple[Format, ...] = get_args(Format)
_ENDINGS: dict[Format, str] = {
    "csv": ".csv",
    "json": ".json",
    "svg": ".svg",
    "script": ".py",
    "script-today": "-today.py",
    "settings": ".toml",
    "system": "-system.csv",
}
_TEXTS: dict[Format, Callable[[Sequence[LoadedRun]], str]] = {
    "csv": runs_csv,
    "json": runs_json,
    "svg": runs_svg,
    "script": lambda runs: run_script(runs[0]),
    "script-today": lambda runs: run_script(runs[0], today=True),
    "settings": lambda runs: _settings(runs[0]),
    "system": system_csv,
}
OF_ONE: frozenset[Format] = frozenset({"script", "script-today", "settings"})
"""The formats that are of one run only."""
TENSORBOARD_FOLDER = "tensorboard"


def default_path(runs: Sequence[LoadedRun], form: Format) -> Path:
    """Return the default path of an export.

    TensorBoard logs of one run go into its own folder, so that `tensorboard --logdir RUN` opens
    them; everything else goes into the working folder.

    Args:
        runs: one or several.
        form: one of `FORMATS`.
    """
    name = folder_names([runs[0].title])[0].lower() if len(runs) == 1 else "comparison"
    if form == "tensorboard":
        return runs[0].folder.path / TENSORBOARD_FOLDER if len(runs) == 1 else Path(f"{name}-logs")
    return Path(name + _ENDINGS[form])


def export_runs(
    runs: Sequence[LoadedRun], form: Format, out: Path | None = None, *, force: bool = False
) -> list[Path]:
    """Export one run or several in a format.

    Args:
        runs: in the order in which they are written.
        form: one of `FORMATS`; those in `OF_ONE` are of one run only.
        out: the file or a folder for it; for TensorBoard the folder of the logs.
        force: whether to replace existing files.

    Returns:
        The files written.

    Raises:
        ExportError: when it fails; nothing was overwritten.
    """
    if not runs:
        raise ExportError("There is no run to export. Name run; `cnn-tui runs` lists them.")
    if form in OF_ONE and len(runs) > 1:
        what = "Settings are" if form == "settings" else "A script is"
        raise ExportError(
            f"{what} of one training, and {len(runs)} runs were named. Export them one by one."
        )
    path = default_path(runs, form)
    if form == "tensorboard":
        return write_logs(runs, path if out is None else out, force=force)
    if out is not None:
        path = out / path.name if out.is_dir() else out
    folder = path.absolute().parent
    if not folder.is_dir():
        raise ExportError(
            f"There is no folder {clean(folder, 300)}. Create it, or name another one."
        )
    try:
        text = _TEXTS[form](runs)
    except (RunError, SettingsError) as error:
        raise ExportError(str(error)) from error
    write_whole(path, text.encode("utf-8", "replace"), force=force)
    return [path]


def _settings(run: LoadedRun) -> str:
    """Return the settings that a run was started with, as a settings file.

    Raises:
        RunError: when its spec is damaged, or it was trained by a program of the user's own.
        SettingsError: when they cannot be written.
    """
    if run.external is not None:
        raise RunError(
            "This run was not started by cnn-tui, so there are no settings of it to write; "
            "`--format json` has what is known."
        )
    return settings_text(run.spec if run.spec is not None else run.folder.spec())
