"""The base class of windows."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.ui.commands import DelegatesCommands
from tui.ui.textual_patches.cancel_workers import CancelsWorkers

T = TypeVar("T")


class Window(CancelsWorkers, DelegatesCommands, ModalScreen[T]):
    """A modal screen with a help key, as Textual blocks the app's own bindings there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark,f1",
            "app.help",
            "Help",
            show=False,
            id="window.help",
            tooltip="What can be done here",
        ),
    ]
