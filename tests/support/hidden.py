"""Libraries that are as if they were not installed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

TRAINING = ("tensorflow", "scipy", "sklearn")
"""What the extra `tensorflow` brings along."""


class Hidden:
    """A finder that finds nothing of some packages, which others would find."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = set(names)
        """May be changed, as by installing one."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> Hidden:
    """Hide packages from this process for the time of a test."""
    hidden = Hidden(names)
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [hidden, *sys.meta_path])
    return hidden
