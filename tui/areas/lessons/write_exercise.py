"""A program to complete: written in the page, run in a process of its own, judged by its check."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Protocol, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.highlight import highlight
from textual.message import Message
from textual.widgets import Static, TextArea

from tui.areas.lessons.program_editor import EditorError, edit_lines
from tui.areas.lessons.program_field import ProgramField, ProgramView
from tui.areas.lessons.program_outcome import ProgramOutcome
from tui.areas.lessons.program_text import NUMBERS, numbered
from tui.code_client.messages import RunResult
from tui.code_client.runner import CodeRunner, RunnerError
from tui.common.text import clean
from tui.course import Verdict, WriteBlock, record_program
from tui.course.exercises import (
    fill_in,
    is_empty,
    saved_exercise,
    saved_notebook,
    stand_ins,
)
from tui.course.exercises.notebook_exercises import STEPS
from tui.runs.export.export_file import write_whole
from tui.ui.commands import bindings
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.textual_patches.cancel_workers import CancelsWorkers

KEEP_READY_SECONDS = 120.0
_SAVE_AFTER = 1.0
"""Seconds without a key after which what is written is kept."""
WRITE_KEYS = (
    ("ctrl+r,f5", "run", "run", "Run", "Run the program; while it runs, stop it"),
    ("e", "edit", "edit", "Editor", "Open the whole program in $EDITOR"),
    ("s", "save", "save", "Save", "Write the whole program to a file"),
)


class ProgramHost(Protocol):
    """What of the app a program needs."""

    code_runner: CodeRunner

    def warn_once(self, message: str) -> None:
        """Show a warning unless it is empty or was shown before."""


class WriteExercise(CancelsWorkers, Vertical):
    """Shows a program with a field in it, runs it, and says what the check says."""

    HELP = """
## A program to complete

Write the missing line and press **enter**; where several lines are asked for, **ctrl+r** (or
**f5**) runs the program. It runs in a process and a folder of its own, with a few pictures. Pressed
again, **ctrl+r** stops it. **tab** goes to what was printed, and **↑ ↓** scroll it. **escape**
leaves the field, in which letters, digits, **?** and **← →** belong to the text: then **h** gives a
hint, **x** shows the answer, **e** opens the whole program in your `$EDITOR`, **s** writes it to a
file. What you write is kept.
"""

    # What is round it, a wide or a tall screen, decides on its shape.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    WriteExercise { height: 1fr; padding: 0 1; border: round $panel-lighten-2; }
    WriteExercise:focus-within { border: round $primary; }
    WriteExercise #prompt { text-style: bold; height: auto; }
    WriteExercise #stand-ins { height: auto; }
    WriteExercise #program { height: 1fr; min-height: 3; background: $surface; }
    WriteExercise #program Static { height: auto; width: 100%; }
    WriteExercise #said { height: auto; max-height: 45%; display: none; }
    WriteExercise #printed { height: auto; max-height: 30%; display: none; }
    WriteExercise #said Static, WriteExercise #printed Static { height: auto; }
    WriteExercise #printed:focus { background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("program", *WRITE_KEYS, footer=("run", "edit", "save")),
    ]

    class Judged(Message):
        """A program was run and judged.

        Args:
            block: what was asked.
            verdict: on the learner's lines.
            counts: whether it is an answer, and not the wrong one that was given just before.
        """

        def __init__(self, block: WriteBlock, verdict: Verdict, *, counts: bool) -> None:
            super().__init__()
            self.block = block
            self.verdict = verdict
            self.counts = counts

    class HintRead(Message):
        """A hint was read before a right program was found."""

        def __init__(self, block: WriteBlock) -> None:
            super().__init__()
            self.block = block

    class Shown(Message):
        """A solution was shown."""

        def __init__(self, block: WriteBlock) -> None:
            super().__init__()
            self.block = block

    def __init__(
        self,
        block: WriteBlock,
        *,
        draft: str = "",
        answers: Mapping[str, str] | None = None,
        answered: bool = False,
        after: str = "n goes on.",
    ) -> None:
        """Make the exercise.

        Args:
            block: from the lesson.
            draft: what was written here before.
            answers: right answers to other exercises, which this one may build on.
            answered: whether it was answered rightly before.
            after: how to go on afterwards.
        """
        super().__init__()
        self._block = block
        self._exercise = block.exercise
        self._typed = self._kept = draft
        """The learner's lines, and as they were kept last."""
        self._first, self._below = 1, ""
        """The number of the field's first line, and what stands below it."""
        self._answers = dict(answers or {})
        self._answered = answered
        self._after = after
        self._hints = 0
        self._at_work = False
        self._asked = 0.0
        self._began: float | None = None
        """When the program itself began; None while Keras is loaded."""
        self._last: tuple[str, RunResult] | None = None
        self.outcome = ProgramOutcome(self)

    def compose(self) -> ComposeResult:
        exercise = self._exercise
        program = fill_in(exercise, self._kept or "pass", self._answers)
        self._first, self._below = program.first, program.after
        indent = len(program.answer) - len(program.answer.lstrip(" "))
        mark = "✓ " if self._answered else "? "
        yield Static(Content(mark + exercise.prompt), id="prompt")
        if standing := stand_ins(exercise, self._answers):
            yield Static(Content.styled(standing, "$text-muted"), id="stand-ins")
        with ProgramView(id="program", can_focus=False):
            yield Static(numbered(program.before, 1), id="program-before")
            yield ProgramField(self._kept, lines=exercise.lines, indent=NUMBERS + indent)
            yield Static(id="program-after")
        yield from self.outcome.compose()

    def on_mount(self) -> None:
        self.border_title = Content(clean(self._block.title or self._exercise.title))
        self.outcome.hide()
        self._number_below()
        self.set_interval(0.25, self._tick)
        self._save_timer = self.set_timer(_SAVE_AFTER, self._keep_draft, pause=True)
        if problem := self._host.code_runner.problem:
            self.outcome.say("verdict", Content.styled(f"… {problem}", "$text-warning"))
        self._host.code_runner.prepare()

    def on_unmount(self) -> None:
        self._keep_now()
        # The page may be turned back, or the next one has a program too: let the process wait.
        runner, app = self._host.code_runner, self.app
        app.set_timer(
            KEEP_READY_SECONDS,
            lambda: app.run_worker(runner.dismiss(unwanted_for=KEEP_READY_SECONDS)),
        )

    @property
    def _host(self) -> ProgramHost:
        return cast(ProgramHost, self.app)

    def take_focus(self) -> None:
        """Put the focus where the lines go."""
        field = self.query_one(ProgramField)
        field.focus()
        field.move_cursor(field.document.end)
        self.query_one(ProgramView).follow_cursor()

    # Keeping what is written

    @on(TextArea.SelectionChanged)
    def _cursor_moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self.query_one(ProgramView).follow_cursor()

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._typed = event.text_area.text
        self._number_below()
        self._save_timer.reset()
        self._save_timer.resume()

    def _number_below(self) -> None:
        """Number the lines below the field, however many it has."""
        count = self.query_one(ProgramField).document.line_count
        text = numbered(self._below, self._first + count)
        below = self.query_one("#program-after", Static)
        if below.content != text:
            below.update(text)

    def _keep_draft(self) -> None:
        self._save_timer.pause()
        self._keep()

    @work(group="program-draft")
    async def _keep(self) -> None:
        typed = self._typed
        if typed != self._kept:
            message = await asyncio.to_thread(record_program, self._block.id, typed)
            self._kept = typed
            self._host.warn_once(message)

    def _keep_now(self) -> None:
        """Keep it before the page is gone; a few milliseconds."""
        if self._typed != self._kept:
            self._kept = self._typed
            self._host.warn_once(record_program(self._block.id, self._typed))

    # Running

    @on(ProgramField.Submitted)
    def _submitted(self, event: ProgramField.Submitted) -> None:
        event.stop()
        if not self._at_work:
            self.action_run()

    def action_run(self) -> None:
        """Run the program; while it runs, stop it."""
        if self._at_work:
            self.workers.cancel_group(self, "program-run")
        elif is_empty(self._typed):
            self.outcome.warn("Nothing is written yet.")
        else:
            self._run_program()

    @work(group="program-run", exclusive=True)
    async def _run_program(self) -> None:
        typed = self._typed
        program = fill_in(self._exercise, typed, self._answers)
        self._at_work, self._began, self._asked = True, None, time.monotonic()
        self.outcome.say("verdict", None)
        self.outcome.say("output", None)
        self._tick()
        self.refresh_bindings()
        try:
            result = await self._host.code_runner.run(self._block.id, program, self._begins)
        except RunnerError as error:
            self.outcome.warn(clean(error))
        except asyncio.CancelledError:
            if self.is_attached:
                self.outcome.warn("Stopped.")
            raise
        else:
            await self._judged(typed, result)
        finally:
            self._at_work = False
            if self.is_attached:
                self.outcome.say("state", None)
                self.refresh_bindings()

    def _begins(self) -> None:
        self._began = time.monotonic()

    def _tick(self) -> None:
        """Say what goes on, and since when."""
        if not self._at_work:
            return
        now = time.monotonic()
        if self._began is None:
            text = f"Getting ready … {now - self._asked:.0f} s"
        else:
            text = f"Running … {now - self._began:.0f} s"
        self.outcome.say("state", Content.styled(f"… {text}   ctrl+r stops it", "$text-muted"))

    async def _judged(self, typed: str, result: RunResult) -> None:
        judged = result.judged
        repeated = self._last is not None and self._last[0] == typed
        self._last = typed, result
        self.outcome.show(result, self._goes_on)
        self._give_room()
        if judged.correct:
            self._answers[self._block.id] = typed
            self.query_one("#prompt", Static).update(Content(f"✓ {self._exercise.prompt}"))
        message = await asyncio.to_thread(
            record_program, self._block.id, typed, correct=judged.correct
        )
        self._kept = typed
        self._host.warn_once(message)
        verdict = Verdict(judged.correct, judged.counts, judged.sentence, judged.slip or None)
        counts = judged.counts and (judged.correct or not repeated)
        self.post_message(self.Judged(self._block, verdict, counts=counts))

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _give_room(self) -> None:
        """While the lines are corrected on a small terminal, the program takes the text's rows."""
        correcting = self.outcome.to_correct and self.query_one(ProgramField).has_focus
        self.screen.set_class(correcting, "-correcting")

    @property
    def _goes_on(self) -> str:
        """How to go on from where the focus is: in the field a letter is text."""
        if self.query_one(ProgramField).has_focus:
            return f"esc leaves the field, then {self._after}"
        return self._after

    def offers(self, command: str) -> bool:
        """Return whether a command is one of a program and would change something now."""
        if command == "window":
            return False
        return command != "steps" or not self.outcome.solution_visible

    # Hints, solution, editor, file

    def action_hint(self) -> None:
        """Show one more hint."""
        hints = self._exercise.hints
        self._hints = min(self._hints + 1, len(hints))
        self.outcome.show_hint(f"hint {self._hints} of {len(hints)}: {hints[self._hints - 1]}")
        if self._last is None or not self._last[1].judged.correct:
            self.post_message(self.HintRead(self._block))

    async def action_steps(self) -> None:
        """Show a solution; it does not count as answered."""
        text = Content("One that is right; other lines may be too:\n") + highlight(
            self._exercise.solution, language="python"
        )
        self.outcome.show_solution(text + Content(f"\n{self._goes_on}"))
        self.refresh_bindings()
        self.post_message(self.Shown(self._block))

    def action_edit(self) -> None:
        """Open the whole program in the learner's editor, and take the lines back."""
        program = fill_in(self._exercise, self._typed or "pass", self._answers)
        try:
            lines = edit_lines(f"{self._block.id}.py", program, self.app.suspend)
        except EditorError as error:
            self.app.notify(str(error), markup=False)
            return
        self.query_one(ProgramField).load_text(lines)
        self.take_focus()

    def action_save(self) -> None:
        """Ask for a place and write the whole program there."""
        name = self._block.id
        if any(step.name == name for step in STEPS):
            program = saved_notebook({**self._answers, name: self._typed}, self._answers)
            name = "notebook"
        else:
            program = saved_exercise(self._exercise, self._typed, self._answers)
        written: list[Path] = []

        def write(path: Path, force: bool) -> list[Path]:
            write_whole(path, program.text.encode("utf-8", "replace"), force=force)
            written.append(path)
            return [path]

        def show_notes(_: None) -> None:
            if written and program.notes:
                self.app.notify("\n".join(program.notes), markup=False, timeout=12)

        self.app.push_screen(SaveWindow("Write the program", f"{name}.py", write), show_notes)
