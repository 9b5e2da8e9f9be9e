"""Two real trainings that wait for each other, with nobody left who started them."""

from __future__ import annotations

from tests.trainer.shell import Shell, last_of, wait_for, wait_for_event
from tui.training.control import change_control
from tui.training.events import Finished, RunStarted, WishTook

COMMON = ("--sample", "digits", "--model", "8x8x1 flatten dense:k=10,a=softmax", "--queue")


def test_two_queued_trainings_run_one_after_the_other_and_alone(shell: Shell) -> None:
    first = shell.call("train", *COMMON, "--epochs", 3, "--name", "first", "--stop-when", "never")
    change_control(first.run.control, want="pause")  # long enough to be looked at
    second = shell.call(
        "train", *COMMON, "--epochs", 1, "--name", "second", "--note", "is it next?", "--seed", 7
    )
    assert (first.status, second.status) == (0, 0)
    assert "it starts by itself when no other run is at work" in second.out
    # Both commands have ended, and no app is there. The second waits while the first trains.
    wait_for_event(first.run, WishTook)
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
