"""A question before a training that is probably a mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import App

from tui.common.text import clean
from tui.runs.settings.findings import Finding
from tui.ui.dialogs.question_windows import Question


def when_confirmed(
    app: App[None], findings: Iterable[Finding], start: Callable[[], object]
) -> None:
    """Start at once where nothing is questioned, else when the questions are answered with yes."""
    questions = [clean(one) for one in findings if one.severity == "question"]
    if not questions:
        start()
        return

    def answered(sure: bool | None) -> None:
        if sure:
            start()

    asked = "\n\n".join([*questions, "All the same?"])
    app.push_screen(Question(asked), answered)
