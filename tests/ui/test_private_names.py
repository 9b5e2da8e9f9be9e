"""Textual's private names are used in one folder alone."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from textual import events, on
from textual.widget import Widget

import tui
import tui.app
import tui.areas
import tui.ui
from tests.support.private_names import overrides, private_names, uses

FOLDER = Path(tui.__file__).parent
PATCHES = "tui.ui.textual_patches"


ON_SCREEN = ("app", "areas", "ui", "cli")
"""The folders that may know Textual, as import-linter holds."""


def test_no_other_folder_names_what_textual_keeps_to_itself() -> None:
    assert len(private_names()) > 1000
    found = []
    for file in sorted(FOLDER.rglob("*.py")):
        if file.parent == FOLDER / "ui" / "textual_patches":
            continue
        place = file.relative_to(FOLDER)
        for line, name in uses(file.read_text("utf-8"), strings=place.parts[0] in ON_SCREEN):
            found.append(f"tui/{place}:{line}: {name}")
    assert found == []


def test_no_class_elsewhere_uses_or_replaces_what_its_base_in_textual_keeps_to_itself() -> None:
    found: set[str] = set()
    looked_at = 0
    for package in (tui.app, tui.areas, tui.ui):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.startswith(PATCHES):
                continue
            for _, one in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if one.__module__ == module.name:
                    looked_at += 1
                    found.update(overrides(one, PATCHES))
    assert looked_at > 100
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        "from textual._compositor import LayoutUpdate",
        "import textual._compositor",
        "from textual_image import _terminal",
        "def f(app): return app._driver",
        "def f(app): return getattr(app, '_driver', None)",
        "def f(widget): widget.screen._compositor.visible_widgets",
        "def f(app): app._driver = None",
    ],
)
def test_each_way_to_a_private_name_is_found(source: str) -> None:
    assert len(list(uses(source))) == 1


def test_what_is_ones_own_or_of_another_library_is_left_alone() -> None:
    assert not list(uses("import os\nos._exit(0)"))
    assert not list(uses("class A:\n    _driver = 0\n    def f(self, a): return a._driver"))


class Replaces(Widget):
    def _render(self) -> None:  # type: ignore[override]
        """As Textual has it."""


class Uses(Widget):
    def f(self) -> object:
        return self._size


class Handles(Widget):
    def _on_tick(self) -> None:
        """Textual would call it."""


class Mixin:
    def _render(self) -> None:
        """Nothing of Textual's by itself."""


class Mixed(Mixin, Widget):  # type: ignore[misc]
    pass


class Fine(Widget):
    @on(events.Resize)
    def _on_new_size(self) -> None:
        self._mine = 1


def test_each_way_to_replace_a_private_name_is_found() -> None:
    for kind, name in (
        (Replaces, "_render"),
        (Uses, "_size"),
        (Handles, "_on_tick"),
        (Mixed, "_render"),
    ):
        assert [one.rpartition(" ")[2] for one in overrides(kind, PATCHES)] == [name]
    assert not list(overrides(Fine, PATCHES))
    assert not list(overrides(Mixin, PATCHES))
