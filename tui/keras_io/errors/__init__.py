"""Error messages of Keras and TensorFlow of every version, explained; a `model.summary()` read.

`PATTERNS` in `explain_error.py` has a row for each wording, with an example, its versions, and what
it means; the rows are in `messages/`. Neither Keras nor NumPy is imported.
"""

from tui.keras_io.errors.explain_error import ERROR_KINDS, PATTERNS, explain_keras_error
from tui.keras_io.errors.message_patterns import Explanation
from tui.keras_io.errors.pasted_text import PastedText, read_pasted_text

__all__ = [
    "ERROR_KINDS",
    "PATTERNS",
    "Explanation",
    "PastedText",
    "explain_keras_error",
    "read_pasted_text",
]
