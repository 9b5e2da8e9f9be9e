"""`cnn-tui watch`: shows the logs of other programs as runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from tui.common.numbers import metric_value
from tui.common.paths import StateError
from tui.common.streams import terminals
from tui.common.text import clean
from tui.datasets.folder.folder_summary import pluralize
from tui.runs.events.event_types import Metrics
from tui.runs.export.run_formatting import metrics_line
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_access import RunError
from tui.runs.watched.find_logs import FORMAT_NAMES, FoundLog, FoundLogs, find_logs
from tui.runs.watched.log_rows import progress_text, roles_line
from tui.runs.watched.log_state import LogState, read_log_state
from tui.runs.watched.reader_client import LogReaderClient
from tui.runs.watched.reader_error import ReaderError
from tui.runs.watched.series_names import ROLES
from tui.runs.watched.watched_runs import runs_of

_MOST_METRICS = 8
"""Metrics of the last epoch in the summary of a log."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--curve",
    "curves",
    multiple=True,
    metavar="ROLE=SERIES",
    help="The series that is the loss, accuracy, val_loss, val_accuracy, learning_rate or epoch, "
    "where its name is not the usual one, for example --curve val_loss=dev/nll. With nothing "
    "after the = there is no such series.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Read the logs once, and print what is in them as JSON."
)
def watch(paths: tuple[Path, ...], curves: tuple[str, ...], as_json: bool) -> None:
    """Show logs of other programs as runs, and follow them while they grow.

    PATHS are folders of TensorBoard (of Keras's callback, PyTorch's SummaryWriter, Lightning …),
    tables of Keras's CSVLogger or Lightning's, or a history as JSON or JSONL; or folders that hold
    any number of them. The app opens on the run, on the comparison of up to six, or on the list.
    Nothing is written beside the logs; a log that is watched again is the same run.

    Without a terminal, or with --json, the logs are read once and a summary is printed. Exit
    status: 0, or 1 when something could not be read.

    \b
    For example:
      cnn-tui watch logs/ training.csv
    """
    roles = _roles(curves)
    found = find_logs(list(paths))
    if not found.logs:
        raise click.ClickException("\n".join(found.problems) or "There is no log.")
    for problem in found.problems:
        click.echo(problem, err=True)
    wanted = {log.path: roles for log in found.logs} if curves else {}
    if as_json or not terminals(sys.stdin, sys.stdout):
        sys.exit(_print(found, wanted, as_json=as_json))
    from tui.app.start import open_app

    sys.exit(open_app(first=lambda app: app.watch_logs(found.logs, wanted)))


def _roles(curves: Sequence[str]) -> CurveRoles:
    """Return the series that `--curve` names.

    Raises:
        click.UsageError: when it is not a role and a series.
    """
    chosen = {}
    for text in curves:
        role, equals, series = text.partition("=")
        role = role.strip().replace(" ", "_")
        if role not in ROLES or not equals:
            raise click.UsageError(
                f"{clean(text, 60)!r} does not say which series is what. Write one of "
                f"{', '.join(ROLES)}, then = and the name of the series, for example "
                "--curve loss=train/nll."
            )
        chosen[role] = series.strip()
    return CurveRoles(**chosen)


@dataclass(frozen=True)
class _Read:
    """A log, its run, and what was read of it."""

    log: FoundLog
    run: LoadedRun
    state: LogState


def _print(found: FoundLogs, roles: dict[str, CurveRoles], *, as_json: bool) -> int:
    """Read the logs once, print what they hold, and return the exit status."""
    reader = LogReaderClient()
    try:
        runs = runs_of(found.logs, roles)
        reader.follow(runs)
        reader.finish(runs)
        read = [
            _Read(log, load_run(run), read_log_state(run) or LogState())
            for log, run in zip(found.logs, runs, strict=True)
        ]
    except (StateError, RunError, ReaderError) as error:
        raise click.ClickException(clean(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"Cannot read {clean(error.filename or '')}: {error.strerror}. Check its permissions."
        ) from error
    finally:
        reader.close()
    if as_json:
        click.echo(json.dumps([_record(one) for one in read], indent=2))
    else:
        click.echo("\n".join(line for one in read for line in _lines(one)))
        click.echo(
            f"{pluralize(len(read), 'run')} in the list (`cnn-tui runs`). In a terminal `cnn-tui "
            "watch` opens the app and follows the logs."
        )
    return int(bool(found.problems) or any(one.state.problem for one in read))


def _lines(one: _Read) -> Iterator[str]:
    progress, state = one.run.progress, one.state
    epochs = pluralize(progress.epochs_done, "epoch")
    series = f"{state.series_count:,} series"
    yield f"{one.run.title}  {FORMAT_NAMES[one.log.format]}, {series}, {epochs}"
    yield f"    {clean(one.log.path)}: {progress_text(state.read_bytes, state.total_bytes)}"
    if state.problem:
        yield f"    ! {clean(state.problem)}"
    if state.series:
        yield f"    {roles_line(state.roles, state.guessed)}"
    if state.axis:
        yield f"    {clean(state.axis)}"
    last: Metrics = progress.epoch_details[-1].metrics if progress.epoch_details else {}
    if last:
        shown = dict(list(last.items())[:_MOST_METRICS])
        more = f"  and {len(last) - len(shown)} more" if len(last) > len(shown) else ""
        yield f"    epoch {progress.epochs_done}: {metrics_line(shown)}{more}"
    if progress.best is not None:
        yield (
            f"    best {clean(progress.best_metric, 40)} {metric_value(progress.best)} "
            f"(epoch {progress.best_epoch})"
        )
    if last:
        yield from (f"    {diagnosis.label}" for diagnosis in one.run.diagnoses()[:1])


def _record(one: _Read) -> dict[str, object]:
    progress, state = one.run.progress, one.state
    return {
        "run": str(one.run.folder.path),
        "name": one.run.title,
        "log": one.log.path,
        "format": one.log.format,
        "series": list(state.series),
        "series_count": state.series_count,
        "roles": msgspec.to_builtins(state.roles),
        "guessed": list(state.guessed),
        "axis": state.axis,
        "problem": state.problem,
        "bytes": state.read_bytes,
        "epochs_done": progress.epochs_done,
        "last": progress.epoch_details[-1].metrics if progress.epoch_details else {},
        "best": progress.best,
        "best_epoch": progress.best_epoch,
        "best_metric": progress.best_metric,
        "diagnosis": [found.label for found in one.run.diagnoses()],
    }
