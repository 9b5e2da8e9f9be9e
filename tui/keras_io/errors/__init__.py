"""Error messages of Keras and TensorFlow of every version, explained; a `model.summary()` read.

One table (`table.py`) has a row for each wording, with an example, the version, and what it means.
Standard library and `tui.geometry` alone.
"""

from tui.keras_io.errors.explain_error import KINDS, TABLE, ErrorExplanation, explain_keras_error
from tui.keras_io.errors.pasted_text import Pasted, read_pasted

__all__ = [
    "KINDS",
    "TABLE",
    "ErrorExplanation",
    "Pasted",
    "explain_keras_error",
    "read_pasted",
]
