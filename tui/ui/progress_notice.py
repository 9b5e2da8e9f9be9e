"""What is wrong with the file of the learner's progress, said once while the app is open."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App

_SAID: WeakKeyDictionary[App[Any], set[str]] = WeakKeyDictionary()


def say_of_progress(app: App[Any], message: str) -> None:
    """Notify the learner of a message about the file, unless it was said before.

    Every screen that reads the progress may be the one that finds it damaged, so each of them
    says so; rows that cannot be read are found anew by all of them.

    Args:
        app: the app.
        message: from :func:`tui.course.read_progress`; mostly empty.
    """
    said = _SAID.setdefault(app, set())
    if message and message not in said:
        said.add(message)
        app.notify(message, severity="warning", markup=False, timeout=10)


def saved_again(app: App[Any]) -> None:
    """Forget what was said of a disk that took nothing: should it happen again, it is said again.

    Args:
        app: the app.
    """
    said = _SAID.setdefault(app, set())
    _SAID[app] = {one for one in said if not one.startswith(("Nothing is saved", "Progress is"))}
