"""Start a training from the shell: confirm it, queue it or run it, and print its events."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterable

import click
import msgspec

from tui.cli.errors import run_errors
from tui.common.streams import json_text, terminals
from tui.common.text import clean
from tui.geometry import format_network
from tui.runs.events.event_log import encode
from tui.runs.events.event_types import Event, Failed
from tui.runs.events.run_follower import RunFollower, resume_advice
from tui.runs.export.run_formatting import log_lines
from tui.runs.process.launch import Launcher
from tui.runs.process.needs import check_can_train
from tui.runs.process.on_end import DeathWatch
from tui.runs.queue.waiting_runs import QueueStarter, last_place, waiting_runs
from tui.runs.settings.findings import HEAD, Finding, NetworkRefused
from tui.runs.settings.make_spec import unused_name
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import write_label
from tui.runs.store.run_list import RunList

YES = "--yes"
"""The flag that answers every question."""

yes_option = click.option(
    "-y", YES, "yes", is_flag=True, help="Start even if a value is questioned."
)


def with_model(text: str, finding: Finding) -> str:
    """Return a finding as text, with the corrected network as an option to copy."""
    if finding.network is None:
        return clean(text)
    line = format_network(finding.network)
    option = f"--head '{line.partition(' ')[2]}'" if finding.about == HEAD else f"--model '{line}'"
    return f"{clean(text)}\nCorrected: {option}"


def refused(error: NetworkRefused) -> click.UsageError:
    """Return the usage error for a network that cannot be trained."""
    return click.UsageError(with_model(str(error), error.finding))


def somebody_there() -> bool:
    """Return whether somebody can see a question and answer it."""
    return terminals(sys.stdin, sys.stderr)


def confirm(findings: Iterable[Finding], *, yes: bool, asks: bool = True) -> None:
    """Print findings; return only if every question is answered with yes.

    Args:
        findings: questions first, then remarks.
        yes: whether to answer every question with yes.
        asks: whether to ask on the terminal, if there is one.

    Raises:
        click.UsageError: when there is a question and nobody can answer it.
        click.Abort: when the answer is no.
    """
    for finding in findings:
        text = with_model(str(finding), finding)
        if finding.severity == "remark" or yes:
            click.echo(f"remark: {text}", err=True)
        elif asks and somebody_there():
            click.echo(text, err=True)
            click.confirm("Start anyway?", abort=True, err=True)
        else:
            raise click.UsageError(f"{text}\nTo start anyway, add {YES}.")


def make_run(spec: TrainingSpec, note: str = "", *, queued: bool = False) -> RunFolder:
    """Create a run folder with a name that no other run has, and write its note.

    Raises:
        StateError: if the folder cannot be written, or nothing can be trained here.
        RunError: if the note cannot be written.
    """
    check_can_train()
    name = unused_name(spec.name, [summary.title for summary in RunList().read()])
    after = last_place() if queued else 0.0
    run = create_run(msgspec.structs.replace(spec, name=name), queued=queued, after=after)
    if note:
        write_label(run, note=note)
    return run


def queue_training(spec: TrainingSpec, note: str = "", *, as_json: bool = False) -> None:
    """Add a training to the queue and make sure that the queue is running.

    Raises:
        click.ClickException: when it cannot be added.
    """
    with run_errors():
        tell_queued(make_run(spec, note, queued=True), as_json=as_json)


def tell_queued(run: RunFolder, *, as_json: bool = False) -> None:
    """Make sure that the queue is running, and print a run's place in it.

    Raises:
        StateError: when the queue cannot be started.
    """
    waiting = waiting_runs()
    QueueStarter().ensure()
    place = waiting.index(run) + 1 if run in waiting else 0  # it may have been started already
    if as_json:
        print(json.dumps({"run": str(run.path), "place": place}))
    else:
        print(f"run {clean(run.path)}")
        print(
            f"Queued as number {place}: it starts by itself when there is a place for it "
            "(`cnn-tui queue`)."
            if place
            else "There is a place for it: it starts now."
        )


def run_training(spec: TrainingSpec, note: str = "", *, as_json: bool = False) -> int:
    """Train a spec and print its events; Ctrl-C stops it after the current batch.

    Returns:
        The exit status for the shell.

    Raises:
        click.ClickException: when it cannot be started.
    """
    with run_errors():
        run = make_run(spec, note)
        Launcher().start(run)
    return follow_run(RunFollower(run), as_json=as_json)


def follow_run(follower: RunFollower, *, as_json: bool = False) -> int:
    """Print a training's events until it ends; Ctrl-C stops it after the current batch.

    Args:
        follower: events that it has already read are not printed.
        as_json: whether to print the events as JSON lines.

    Returns:
        The exit status for the shell.
    """
    run = follower.run
    print(f"run {clean(run.path)}", file=sys.stderr if as_json else sys.stdout, flush=True)
    stopping, problem, fate = False, "", "stops by itself"

    def stop(*_: object) -> None:
        nonlocal stopping, fate
        if stopping:  # a second Ctrl-C: leave at once
            print(f"Leaving; the run {fate}: {clean(run.path)}", file=sys.stderr)
            os._exit(130)
        stopping = True
        try:
            run.request_stop()
        except RunError as error:
            fate = "goes on"
            print(f"{error} Ctrl-C again leaves it as it is.", file=sys.stderr)

    before = signal.signal(signal.SIGINT, stop)
    try:
        while not follower.over:
            for event in follower.poll():
                _print(event, as_json)
            if follower.problem != problem:
                problem = follower.problem
                print(problem or "It can be read again.", file=sys.stderr, flush=True)
            time.sleep(0.1)
    except BrokenPipeError:
        # The reader of our output is gone (`| head`); the run goes on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        signal.signal(signal.SIGINT, before)
    if follower.deleted:
        print(f"The run was deleted: {clean(run.path)} is not there any more.", file=sys.stderr)
    elif follower.state == "died":
        DeathWatch().look_into(follower.run)
        print(
            f"Training failed: the trainer died at epoch {follower.progress.epoch_of_death} "
            f"without a word. {follower.cause} What it printed is in {clean(run.log)}. "
            f"{clean(resume_advice(run), 300)}",
            file=sys.stderr,
        )
    return {"finished": 0, "stopped": 130}.get(follower.state, 1)


def _print(event: Event, as_json: bool) -> None:
    if as_json:
        print(json_text(encode(event).decode()), flush=True)
        return
    for line in log_lines(event):
        print(line, file=sys.stderr if isinstance(event, Failed) else sys.stdout, flush=True)
