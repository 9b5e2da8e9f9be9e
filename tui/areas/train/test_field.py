"""The field for the folder of test images."""

from __future__ import annotations

from tui.common.typed_paths import shown_name
from tui.datasets import LoaderSettings
from tui.runs.settings.test_folder import named_test_folder
from tui.ui.forms.fields import FieldRow
from tui.ui.forms.line_input import LineInput


class TestField(FieldRow):
    """Takes the path of a folder with a folder for each class, or nothing."""

    __test__ = False  # pytest takes a class of this name for tests

    def __init__(self) -> None:
        self._typed = LineInput(compact=True, id="test")
        super().__init__("test images", self._typed, role="text")
        self._found: tuple[str, LoaderSettings, str | None] | None = None
        """What was typed, and for which images, when the folder was found, and its path."""

    def fill(self, directory: str | None) -> None:
        """Show the folder of a spec."""
        self._typed.value = shown_name(directory) if directory else ""

    def directory(self, settings: LoaderSettings) -> str | None:
        """Return the folder; None for none. One that was found is not looked into again.

        Raises:
            SpecError: when it cannot be used.
        """
        typed = self._typed.value
        if self._found is None or self._found[:2] != (typed, settings):
            self._found = (typed, settings, named_test_folder(typed, settings))
        return self._found[2]
