"""A real training: what it reports on its machine, and the command at its end."""

from __future__ import annotations

from tests.workers.shell import Shell, wait_for, wait_for_event
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import CheckpointWritten, Notice, SystemStats
from tui.runs.store.run_folder import RunFolder

COMMON = ("--sample", "digits", "--model", "8x8x1 flatten dense:k=10,a=softmax")
SAY = 'echo "$CNN_TUI_STATE $CNN_TUI_EPOCHS $CNN_TUI_BEST_METRIC" >> "$CNN_TUI_RUN/said"'


def said(run: RunFolder) -> list[str]:
    """Return what the command has written."""
    path = run.path / "said"
    return path.read_text().splitlines() if path.exists() else []


def test_the_machine_is_reported_and_the_command_run_at_each_end(shell: Shell) -> None:
    run = shell.call(
        "train", *COMMON, "--epochs", 2, "--stop-when", "never", "--on-end", f"{SAY}; exit 3"
    ).run
    wait_for("the command", lambda: said(run))
    assert said(run) == ["finished 2 val_accuracy"]
    wait_for("the notice", lambda: notices(run))
    assert "failed (exit status 3)" in notices(run)[-1]
    reports = [one for one in EventReader(run.events).read() if isinstance(one, SystemStats)]
    assert reports and reports[0].process_memory and reports[0].disk_free
    shell.call("runs", "resume", run.name, "--epochs", 3)
    wait_for("the command", lambda: len(said(run)) == 2)
    assert said(run)[1] == "finished 3 val_accuracy"


def test_who_waits_for_a_training_that_is_killed_has_its_command_run(shell: Shell) -> None:
    started = shell.start(
        "train", *COMMON, "--epochs", 400, "--stop-when", "never", "--on-end", SAY
    )
    run = started.run
    wait_for_event(run, CheckpointWritten)
    run.kill()
    wait_for("the command", lambda: said(run))
    assert said(run)[0].startswith("died ")


def notices(run: RunFolder) -> list[str]:
    """Return the notices of a run."""
    return [one.text for one in EventReader(run.events).read() if isinstance(one, Notice)]
