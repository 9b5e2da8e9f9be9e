"""`cnn-tui runs`: the list of trainings, and finding a run by name."""

from __future__ import annotations

import json

import click

from tui.cli.command import LazyCommands
from tui.common.numbers import metric_value
from tui.common.paths import StateError, not_saved
from tui.common.text import clean
from tui.runs.queue.waiting_runs import queue_places, queue_position_text
from tui.runs.store.find_runs import find_run
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import RunSummary, best_limits

_COMMANDS = LazyCommands(
    {
        "show": "runs_show_export:show",
        "export": "runs_show_export:export",
        "rename": "runs_change:rename",
        "note": "runs_change:note",
        "delete": "runs_change:delete",
        "resume": "runs_change:resume",
        "move": "runs_change:move",
        "unqueue": "runs_change:unqueue",
        "stop": "runs_control:stop",
        "pause": "runs_control:pause",
        "go-on": "runs_control:go_on",
        "save": "runs_control:save",
        "set": "runs_control:change",
    }
)


@click.group(commands=_COMMANDS, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--filter",
    "wanted",
    metavar="TEXT",
    default="",
    help="Only runs whose name, folder, state or note contain all these words.",
)
@click.pass_context
def runs(context: click.Context, as_json: bool, wanted: str) -> None:
    """List all trainings, newest first, with their state.

    The commands below take as RUN the run's name, the name of its folder, or a unique beginning or
    end of that.
    """
    if context.invoked_subcommand is not None:
        if as_json or wanted:
            raise click.UsageError(
                "--json and --filter before a command apply to the list. Write them after "
                f"{context.invoked_subcommand}, if it has them."
            )
        return
    try:
        everything = RunList().read()
    except StateError as error:
        raise click.ClickException(str(error)) from error
    summaries = [summary for summary in everything if matches(summary, wanted)]
    places = queue_places(everything)
    if as_json:
        records = [_record(one, places.get(one.run, 0)) for one in summaries]
        click.echo(json.dumps(records, indent=2))
        return
    if not everything:
        click.echo("No training yet. Start one with `cnn-tui train --sample digits`.")
    elif not summaries:
        click.echo(f"None of {len(everything)} runs matches {clean(wanted, 60)!r}.")
    # Printed at once: ten thousand separate lines take a second.
    lines = [line for one in summaries for line in _lines(one, places.get(one.run, 0))]
    if lines:
        click.echo("\n".join(lines))
    if why := not_saved():
        click.echo(clean(why, 2000), err=True)


def matches(summary: RunSummary, wanted: str) -> bool:
    """Return whether a run's title, folder, state and note contain all words, ignoring case."""
    text = " ".join((summary.title, summary.run.name, summary.status, summary.note)).casefold()
    return all(word in text for word in wanted.casefold().split())


def _record(summary: RunSummary, place: int) -> dict[str, object]:
    return {
        "run": str(summary.run.path),
        "name": summary.title,
        "note": summary.note,
        "state": summary.state,
        "place": place or None,
        "epochs_done": summary.epochs_done,
        "epochs": summary.epochs,
        "best": summary.best,
        "best_epoch": summary.best_epoch,
        "best_metric": summary.best_metric,
    }


def _lines(summary: RunSummary, place: int) -> list[str]:
    best = ""
    if summary.best is not None:
        value = metric_value(summary.best, against=best_limits(summary))
        best = f"{summary.best_metric} {value} (epoch {summary.best_epoch})"
    said = queue_position_text(summary, place) or summary.status
    lines = [
        f"{said:<18} {summary.epochs_done:>4}/{summary.epochs:<4} "
        f"{best:<34} {clean(summary.title)}  {summary.run.name}"
    ]
    lines += [f"    {clean(text)}" for text in (summary.note, summary.problem) if text]
    return lines


def named_run(name: str) -> RunFolder:
    """Return the run with a name.

    Raises:
        click.ClickException: if there is none, or more than one.
    """
    try:
        return find_run(name)
    except (RunError, StateError) as error:
        raise click.ClickException(clean(error)) from error


def opened_run(name: str) -> LoadedRun:
    """Return the run with a name, loaded.

    Raises:
        click.ClickException: if there is none, or it cannot be read.
    """
    run = named_run(name)
    try:
        opened = load_run(run)
    except OSError as error:
        raise click.ClickException(
            f"Cannot read {clean(error.filename or run.path)}: {error.strerror}. Check its "
            "permissions."
        ) from error
    if opened.problem:
        raise click.ClickException(opened.problem)
    return opened
