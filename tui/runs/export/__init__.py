"""Runs on their way out: tables, pictures, TensorBoard's logs, a Keras script."""

from tui.runs.export.export import FORMATS, ExportError, Format, default_path, export_runs
from tui.runs.export.writing import AlreadyThereError, cannot_write, write_whole

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
