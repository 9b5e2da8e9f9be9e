"""The outcome of a program to complete: verdict and hints, and apart from them what it printed."""

from __future__ import annotations

from typing import Literal

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.areas.lessons.program_text import output_text, verdict_text
from tui.code_client.messages import RunResult

Line = Literal["state", "verdict", "hint", "output"]


class ProgramOutcome:
    """The lines below a program, each hidden while there is nothing to say."""

    def __init__(self, exercise: Widget) -> None:
        """Make the lines.

        Args:
            exercise: the widget that composes them.
        """
        self._exercise = exercise
        self.solution_visible = False
        """Whether a solution stands in the place of the verdict."""
        self.to_correct = False
        """Whether the verdict asks for a correction."""

    def compose(self) -> ComposeResult:
        """Compose the lines; what was printed scrolls by itself, and pushes no verdict away."""
        with VerticalScroll(id="said", can_focus=False):
            yield Static(id="state")
            yield Static(id="verdict")
            yield Static(id="hint")
        with VerticalScroll(id="printed"):
            yield Static(id="output")

    def hide(self) -> None:
        """Hide all lines."""
        for line in self._exercise.query("#said Static, #printed Static"):
            line.display = False

    def say(self, name: Line, text: Content | None) -> None:
        """Show a line, or hide it where there is no text."""
        if name == "verdict":
            self.solution_visible = self.to_correct = False
        line = self._exercise.query_one(f"#{name}", Static)
        line.update(text or "")
        line.display = text is not None
        for place in self._exercise.query("#said, #printed"):
            place.display = any(one.display for one in place.query(Static))

    def show(self, result: RunResult, after: str) -> None:
        """Show the outcome of a run of the program.

        Args:
            result: of the run.
            after: how to go on when it is right.
        """
        self.say("verdict", verdict_text(result, after))
        self.say("output", output_text(result))
        self.to_correct = not result.judged.correct
        self._exercise.call_after_refresh(self._to_top)

    def show_solution(self, solution: Content) -> None:
        """Show a solution in the place of the verdict."""
        self.say("verdict", solution)
        self.say("output", None)
        self.solution_visible = True
        self._exercise.call_after_refresh(self._to_top)

    def show_hint(self, hint: str) -> None:
        """Show a hint, and scroll to it."""
        self.say("hint", Content.styled(hint, "$text-accent"))
        self._exercise.call_after_refresh(self._to_hint)

    def warn(self, text: str) -> None:
        """Say in the place of the verdict why there is none."""
        self.say("verdict", Content.styled(f"… {text}", "$text-warning"))

    def _to_top(self) -> None:
        if self._exercise.is_attached:
            for place in self._exercise.query("#said, #printed"):
                place.scroll_home(animate=False)

    def _to_hint(self) -> None:
        if self._exercise.is_attached:
            hint = self._exercise.query_one("#hint")
            said = self._exercise.query_one("#said", VerticalScroll)
            said.scroll_to_widget(hint, animate=False, top=True)
