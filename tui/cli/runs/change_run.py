"""`cnn-tui runs rename`, `note`, `delete`, `move`, `unqueue` and `resume`."""

from __future__ import annotations

import sys

import click

from tui.cli.complete import complete_place, complete_run
from tui.cli.errors import run_errors
from tui.cli.runs.named_run import named_run
from tui.cli.training.machine_options import machine_options, take_part
from tui.cli.training.start_training import confirm, follow_run, tell_queued, yes_option
from tui.common.text import clean, disk_path, size_text
from tui.runs.events.run_follower import RunFollower
from tui.runs.export.run_formatting import ordinal
from tui.runs.process.launch import Launcher
from tui.runs.queue.order import leave_queue, move_run
from tui.runs.queue.resume import change_waiting, queue_run, resume_run
from tui.runs.queue.waiting_runs import at_work
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.store.delete_run import delete_run, run_bytes
from tui.runs.store.find_runs import find_run
from tui.runs.store.run_label import title_of, write_label


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("name")
def rename(run: str, name: str) -> None:
    """Rename RUN to NAME; an empty NAME restores its original name.

    The name of its folder and everything else stay the same.

    \b
    For example:
      cnn-tui runs rename digits "bigger kernels"
    """
    folder = named_run(run)
    with run_errors():
        write_label(folder, name=name)
    click.echo(f"{clean(folder.name)} is called {clean(title_of(folder))} now.")


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("text")
def note(run: str, text: str) -> None:
    """Keep a one-line TEXT with RUN; an empty TEXT deletes the note.

    \b
    For example:
      cnn-tui runs note digits "with the new images"
    """
    folder = named_run(run)
    with run_errors():
        label = write_label(folder, note=text)
    click.echo(f"{clean(folder.name)}: {clean(label.note) or 'no note any more'}")


@click.command()
@click.argument("run", shell_complete=complete_run, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(run: tuple[str, ...], yes: bool) -> None:
    """Delete RUN permanently: its curves, models and checkpoints.

    Asks first, for each run. A run that is training is not deleted; links are not followed.

    \b
    For example:
      cnn-tui runs delete digits
    """
    folders = [named_run(name, "none") for name in dict.fromkeys(run)]
    for folder in folders:
        if at_work(folder):
            raise click.ClickException(
                f"{clean(folder.name)} is being trained. Stop it first, then delete it."
            )
        said = f"{clean(title_of(folder))} ({clean(folder.name)}, {size_text(run_bytes(folder))})"
        external = folder.external()
        question = f"Delete {said} for good?"
        if external is not None and external.source == "log":
            log = clean(disk_path(external.path))
            question = f"Delete cnn-tui's copy of {said}? The log {log} stays as it is."
        if not yes and not click.confirm(question, default=False):
            click.echo("It stays.")
            continue
        with run_errors():
            delete_run(folder)
        click.echo(f"deleted {said}")


LAST = 1_000_000
"""A place behind every run that waits."""
_ENDS = {"first": 1, "last": LAST}


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("place", shell_complete=complete_place)
def move(run: str, place: str) -> None:
    """Move RUN, which waits in the queue, to another PLACE in it.

    PLACE is a number, 1 for the next to start, or `first` or `last`. `cnn-tui runs` shows the
    places.

    \b
    For example:
      cnn-tui runs move digits first
    """
    wanted = _ENDS.get(place) or (int(place) if place.isdecimal() and len(place) < 7 else 0)
    if not wanted:
        raise click.UsageError(
            f"{clean(place, 30)!r} is no place in the queue. Write 1 for the next to start, 2 for "
            "the one after it, or `first` or `last`."
        )
    folder = named_run(run)
    with run_errors():
        now, waiting = move_run(folder, wanted)
    others = "the only one" if waiting == 1 else f"the {ordinal(now)} of {waiting}"
    click.echo(f"{clean(title_of(folder))} is {others} to start.")


@click.command()
@click.argument("run", shell_complete=complete_run)
def unqueue(run: str) -> None:
    """Take RUN out of the queue, and keep it.

    A run that was queued to resume is again as it was before. One that has never started is set
    aside: `cnn-tui runs resume RUN` starts it, and with --queue after the others.

    \b
    For example:
      cnn-tui runs unqueue digits
    """
    folder = named_run(run)
    with run_errors():
        leave_queue(folder)
    aside = folder.queued() is not None
    now = "set aside" if aside else "what it was before"
    click.echo(f"{clean(title_of(folder))} is out of the queue, and {now}.")


@click.command()
@click.argument("name", metavar="RUN", shell_complete=complete_run)
@click.option("--epochs", type=int, help="Epochs in all, including those already trained.")
@click.option("--learning-rate", type=float, help="The learning rate from now on.")
@click.option("--detach", is_flag=True, help="Start it, and do not wait for it to end.")
@click.option(
    "--queue", "queued", is_flag=True, help="Start it once there is a place; return at once."
)
@machine_options
@yes_option
@click.option("--json", "as_json", is_flag=True, help="Print the events as JSON lines.")
def resume(
    name: str,
    epochs: int | None,
    learning_rate: float | None,
    detach: bool,
    queued: bool,
    processes: int | None,
    process_id: int | None,
    coordinator: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Train RUN further, from its last whole epoch.

    A run that was stopped, failed or died resumes as it is; a finished one needs --epochs. The
    history continues in the same run, with the same random numbers as if it had never ended. Exit
    status: 0 trained, 1 failed or cannot resume, 130 stopped.

    A run that waits in the queue, or was set aside, starts now. With --queue RUN resumes when
    there is a place for it (`cnn-tui queue`); until then it stays as it is, and `runs unqueue`
    takes it out again. If it is already waiting, --queue with --epochs or --learning-rate changes
    these, and it keeps its place. An unusual --learning-rate is asked about, or needs --yes where
    nobody can answer.

    With --processes several processes train it further together; process 0 needs to have the run
    (`cnn-tui train --help`).

    \b
    For example:
      cnn-tui runs resume digits
      cnn-tui runs resume digits --epochs 30 --queue
    """
    joined = take_part(processes, process_id, coordinator)
    if joined is not None:
        sys.exit(joined)
    with run_errors():
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
    if detach:
        click.echo(f"run {clean(run.path)}")
        return
    follower.state = "starting"
    sys.exit(follow_run(follower, as_json=as_json))
