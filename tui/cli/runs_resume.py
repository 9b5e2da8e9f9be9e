"""`cnn-tui runs resume`: a training that ended goes on."""

from __future__ import annotations

import sys

import click

from tui.cli.confirming import confirm, yes_option
from tui.cli.train_run import follow_run, tell_queued
from tui.common.paths import StateError
from tui.common.text import clean
from tui.runs.events.follow import RunFollower
from tui.runs.process.launch import Launcher
from tui.runs.queue.resume import change_waiting, queue_run, resume_run
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.store.find_runs import find_run
from tui.runs.store.run_access import RunError


@click.command()
@click.argument("name", metavar="RUN")
@click.option("--epochs", type=int, help="Train so many epochs in all, those before included.")
@click.option("--learning-rate", type=float, help="From now on.")
@click.option("--detach", is_flag=True, help="Start it, and do not wait for its end.")
@click.option("--queue", "queued", is_flag=True, help="Start it after the other runs; go on now.")
@yes_option
@click.option("--json", "as_json", is_flag=True, help="Print the events as JSON lines.")
def resume(
    name: str,
    epochs: int | None,
    learning_rate: float | None,
    detach: bool,
    queued: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Train RUN further, from its last whole epoch.

    A run that was stopped, failed or died goes on as it is; one that is over needs --epochs. The
    history goes on in the same run, with the same random numbers as if it had never ended. Exit
    status: 0 trained, 1 it failed or cannot go on, 130 stopped.

    A run that waits in the queue, or was set aside, starts now. With --queue RUN goes on when no
    other run is at work any more; until then it stays what it is, and `runs unqueue` takes it out
    again. Of one that waits already, --queue with --epochs or --learning-rate changes these; it
    keeps its place. An odd --learning-rate is asked about, or needs --yes where nobody can answer.
    """
    try:
        run = find_run(name)
        if learning_rate is not None and learning_rate > 0:
            odd = judge_rate(learning_rate, run.spec().optimizer)
            confirm(odd, yes=yes, asks=not as_json)
        if queued:
            changes = epochs is not None or learning_rate is not None
            put = change_waiting if changes and run.state(None) == "queued" else queue_run
            put(run, epochs=epochs, learning_rate=learning_rate)
            tell_queued(run, as_json=as_json)
            return
        follower = RunFollower(run)
        while follower.poll():
            pass
        resume_run(run, epochs=epochs, learning_rate=learning_rate)
        Launcher().start(run)
    except (RunError, StateError) as error:
        raise click.ClickException(str(error)) from error
    if detach:
        click.echo(f"run {clean(run.path)}")
        return
    follower.state = "starting"
    sys.exit(follow_run(follower, as_json=as_json))
