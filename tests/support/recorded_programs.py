"""Results of programs that were recorded, in the place of the process that runs them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui.code_client.messages import Judged, RunResult
from tui.code_client.runner import CodeRunner, RunnerError
from tui.course.exercises import WholeProgram

WRONG = RunResult(
    Judged(False, "The + 1 is missing.", "no-plus-one"), "(150, 3, 1, 0) 147\n[/] \u241b[2J", 0.4
)
RIGHT = RunResult(Judged(True, "For 216 settings it gives the width."), "(150, 3, 1, 0) 148", 0.4)
FAILED = RunResult(
    Judged(False, "The program stopped with an error in line 6, which is yours.", "",
           "NameError: name 'sze' is not defined", 1, 6, "", counts=False)
)  # fmt: skip


class RecordedRuns(CodeRunner):
    """Gives back results that were recorded, in order; at the end the last one again and again."""

    def __init__(self, *results: RunResult | RunnerError) -> None:
        super().__init__(("false",))
        self.results = list(results)
        self.programs: list[WholeProgram] = []
        self.wait = False
        self.cancelled = False

    def prepare(self) -> None:
        """Nothing has to be loaded."""

    async def run(
        self, exercise: str, program: WholeProgram, on_begin: Callable[[], None] = lambda: None
    ) -> RunResult:
        self.programs.append(program)
        on_begin()
        try:
            while self.wait:
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, RunnerError):
            raise result
        return result
