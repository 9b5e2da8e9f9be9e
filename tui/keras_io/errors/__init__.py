"""Error messages of Keras and TensorFlow of every version, explained; a `model.summary()` read.

One table (`table.py`) has a row for each wording, with an example, the version, and what it means.
Standard library and `tui.geometry` alone.
"""

from tui.keras_io.errors.explain import ErrorExplanation, explain_keras_error
from tui.keras_io.errors.pasted import Pasted, read_pasted
from tui.keras_io.errors.table import KINDS, TABLE

__all__ = [
    "KINDS",
    "TABLE",
    "ErrorExplanation",
    "Pasted",
    "explain_keras_error",
    "read_pasted",
]
