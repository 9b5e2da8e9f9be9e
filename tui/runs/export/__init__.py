"""Runs on their way out: tables, pictures, TensorBoard's logs, a Keras script."""

from tui.runs.export.export_file import AlreadyThereError, cannot_write, write_whole
from tui.runs.export.export_runs import FORMATS, ExportError, Format, default_path, export_runs

__all__ = [
    "FORMATS",
    "AlreadyThereError",
    "ExportError",
    "Format",
    "cannot_write",
    "default_path",
    "export_runs",
    "write_whole",
]
