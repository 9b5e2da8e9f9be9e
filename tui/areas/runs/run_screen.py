"""One run, live or ended: its curves, its progress, its history, and what it obeys."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from tui.areas.runs.control_text import request_lines
from tui.areas.runs.diagnosis_text import diagnosis_text
from tui.areas.runs.insight_window import Insight
from tui.areas.runs.run_again import RunAgain
from tui.common.safe_files import open_reading
from tui.common.text import clean
from tui.runs.store.run_folder import RunFolder
from tui.ui.dialogs.question_windows import Reading
from tui.ui.runs.time_text import time_text

LOG_BYTES = 64 * 1024


class RunScreen(RunAgain):
    """Shows a run and hands over what is requested of it."""

    CSS_PATH = "run_screen.tcss"
    HELP = """
# A training run

The left chart shows **accuracy**, the right one **loss**; the fine line is training, the dots are
validation, one each epoch, and ▲ is the best epoch. Within the epoch at work the line is Keras's
running mean. The dotted line is the stop rule. The ground is another from the epoch on where it
**overfits**, and ▸ names it; **d** says why, what to try, and where the time goes.

**Charts.** **← →** bring a cursor whose values stand below (**escape** puts it away), **+ −** zoom,
**, .** pan, **f** is all or the last epochs, **y** a logarithmic loss, **o** smooths in steps,
**b** draws every batch, **m** draws something else on the right (the learning rate, for example),
**z** makes one chart large, **h** shows the history as a table.

**Obeys.** **space** pauses between two batches and goes on, **s** stops after the current batch and
saves the model (a second **s** kills the trainer, after a question), **S** stops after the epoch at
work. **t** sets the stop rule and the patience, **l** the learning rate, **e** how many epochs,
**k** saves the weights. Each request says when the trainer has received it (→) and since when it
is in force (✓). Of an ended run **t** tells where another rule would have stopped it.

**r** takes up a run that ended, from its last whole epoch: now, or after the others where there are
some; **u** takes one that waits out of the queue, as it was before, and **l** and **e** change
with what it starts. **a** fills the form under
4 Train with its settings; **i** looks inside its network; **x** exports it as CSV, JSON, SVG,
TensorBoard's logs or a Keras script.

**escape** and **5** lead back to the list and leave it running, and so does quitting. The run's
folder holds `events.jsonl`, `history.csv` (epochs counted from 1), `best.keras` (best validation
accuracy) and `final.keras`.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "d",
            "insight",
            "Diagnosis",
            id="run.insight",
            tooltip="What the curves say, and where the time goes",
        ),
        Binding("i,g", "look", "Look inside", id="run.look", tooltip="Look into its network"),
        Binding("h", "history", "History", id="run.history", tooltip="History table or charts"),
        Binding("v", "log", "Log", show=False, id="run.log", tooltip="What the trainer printed"),
        Binding(
            "w", "folder", "Where", show=False, id="run.folder", tooltip="Say where the run lies"
        ),
        Binding("escape", "back", "Back", id="run.leave", tooltip="Back; the training goes on"),
    ]

    show_history: reactive[bool] = reactive(False)

    def watch_show_history(self, show: bool) -> None:
        self.set_class(show, "-history")
        if show:
            self.query_one("#history").focus()
        else:
            self.set_focus(None)
            self.call_after_refresh(self.refresh_run)

    def action_history(self) -> None:
        """Show the history table in the charts' place, or the charts again."""
        self.show_history = not self.show_history

    def action_look(self) -> None:
        """Look into its network."""
        self.host.look_inside(self.run)

    def action_folder(self) -> None:
        self.notify(clean(self.run.path), title="The run's folder", markup=False, timeout=10)

    def action_insight(self) -> None:
        """Show at length what the curves say, where the time goes, and every request."""
        requests = request_lines(
            self.asked, self.progress.requests, over=self.ended, read=self.progress.control_read
        )
        self.app.push_screen(
            Insight(
                [
                    ("Note", Content(f" {self.label.note}" if self.label.note else "")),
                    ("What the curves say", diagnosis_text(self.diagnoses)),
                    ("Where the time goes", time_text(self.shares, self.progress.device)),
                    ("What was requested", Content("\n").join(requests)),
                ]
            )
        )

    @work
    async def action_log(self) -> None:
        text = await asyncio.to_thread(read_log, self.run)
        self.app.push_screen(Reading("trainer.log", text))


def read_log(run: RunFolder) -> str:
    """Return the end of what the trainer printed, safe to show."""
    try:
        with open_reading(run.log) as file:
            size = file.seek(0, 2)
            file.seek(max(size - LOG_BYTES, 0))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"There is no log: {error.strerror}."
    return "\n".join(clean(line) for line in text.split("\n")) or "The trainer printed nothing."
