"""Real trainings that wait for each other, with nobody left who started them."""

from __future__ import annotations

from tests.workers.shell import Shell, last_of, wait_for, wait_for_event
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.events.event_types import (
    CheckpointWritten,
    ControlApplied,
    Finished,
    Resumed,
    RunStarted,
)
from tui.runs.store.run_folder import RunFolder

COMMON = ("--sample", "digits", "--model", "8x8x1 flatten dense:k=10,a=softmax", "--queue")


def test_two_queued_trainings_run_one_after_the_other_and_alone(shell: Shell) -> None:
    first = shell.call("train", *COMMON, "--epochs", 3, "--name", "first", "--stop-when", "never")
    change_control(first.run.control, want="pause")  # long enough to be looked at
    second = shell.call(
        "train", *COMMON, "--epochs", 1, "--name", "second", "--note", "is it next?", "--seed", 7
    )
    assert (first.status, second.status) == (0, 0)
    assert "it starts by itself when there is a place for it" in second.out
    # Both commands have ended, and no app is there. The second waits while the first trains.
    wait_for_event(first.run, ControlApplied)
    assert second.run.state(None) == "queued"
    listed = {one["name"]: one["state"] for one in shell.call("runs", "--json").json()}
    assert listed == {"first": "running", "second": "queued"}
    change_control(first.run.control, want="run")
    ended = wait_for_event(second.run, Finished)
    before, after = last_of(first.run, Finished), last_of(second.run, RunStarted)
    assert before is not None and after is not None
    assert (before.epochs, ended.epochs) == (3, 1)
    assert before.at <= after.at
    wait_for("the mark's end", lambda: not second.run.queue_mark.exists())


def test_a_stopped_training_goes_on_after_the_one_that_is_at_work(shell: Shell) -> None:
    """Its resuming waits in the queue, and its history goes on in the same run."""
    stopped = shell.start("train", *COMMON[:-1], "--epochs", 400, "--stop-when", "never")
    run = stopped.run
    wait_for_event(run, CheckpointWritten, lambda event: event.epoch >= 2)
    stopped.interrupt()
    assert stopped.status == 130
    done = run.epochs_done()
    before = history(run)
    total = done + 3

    other = shell.call("train", *COMMON, "--epochs", 2, "--name", "other").run
    change_control(other.control, want="pause")
    wait_for_event(other, ControlApplied)
    queued = shell.call("runs", "resume", run.name, "--queue", "--epochs", total)
    assert queued.status == 0 and "Queued as number 1" in queued.out
    [line] = [one for one in shell.call("runs", "--json").json() if one["run"] == str(run.path)]
    assert (line["state"], line["place"]) == ("queued", 1)
    assert (line["epochs_done"], line["epochs"]) == (done, total)
    assert ControlReader(run.control).read().want == "stop", "nothing is requested of it yet"
    change_control(other.control, want="run")

    ended = wait_for_event(run, Finished, lambda event: event.reason == "completed")
    resumed, first = last_of(run, Resumed), last_of(other, Finished)
    assert resumed is not None and first is not None
    assert first.at <= resumed.at and resumed.epoch == done and ended.epochs == total
    after = history(run)
    assert after[: len(before)] == before and len(after) == total + 1, "one history, one run"
    wait_for("the mark's end", lambda: not run.queue_mark.exists())


def history(run: RunFolder) -> list[str]:
    return run.history_csv.read_text().splitlines()
