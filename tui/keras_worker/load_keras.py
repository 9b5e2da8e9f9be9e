"""Importing Keras without libraries that it has interfaces for and that no worker uses.

`keras.wrappers` imports scikit-learn, which imports much of SciPy, and TensorFlow's converter for
phones imports JAX. Without the two, Keras is there in two thirds of the time, and 170 MB smaller.
"""

from __future__ import annotations

import importlib
import sys

from tui.runs.process.needs import chosen_backend


def load_keras() -> None:
    """Import Keras; what is left out can be imported afterwards as ever.

    JAX is left out where Keras computes with TensorFlow, scikit-learn always.

    Raises:
        Exception: whatever the import raises.
    """
    names = ["sklearn", "jax"] if chosen_backend() == "tensorflow" else ["sklearn"]
    # An entry of None makes an import raise ImportError, as where the library is not installed.
    left_out = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]
    try:
        importlib.import_module("keras")
    finally:
        for name in left_out:
            if sys.modules[name] is None:
                del sys.modules[name]
