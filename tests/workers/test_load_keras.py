"""What a worker leaves out when it imports Keras."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest


def loaded(monkeypatch: pytest.MonkeyPatch, backend: str) -> list[str]:
    """Return which of the libraries are there after Keras was imported, and then by themselves."""
    monkeypatch.setenv("KERAS_BACKEND", backend)
    code = """
        import sys
        from tui.keras_worker.load_keras import load_keras
        load_keras()
        found = [name for name in ("keras", "jax", "sklearn") if name in sys.modules]
        import keras, jax, sklearn
        print(keras.backend.backend(), *found)
    """
    command = [sys.executable, "-c", dedent(code)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_what_no_worker_uses_is_not_loaded_and_can_be_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert loaded(monkeypatch, "tensorflow") == ["tensorflow", "keras"]


def test_the_backend_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, "jax") == ["jax", "keras", "jax"]
