"""`cnn-tui runs`: the list of trainings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click

from tui.cli.command import LazyCommands
from tui.common.numbers import finite_or_none, metric_value
from tui.common.paths import StateError, not_saved
from tui.common.shorten import cells, shorten_words
from tui.common.text import clean
from tui.runs.queue.waiting_runs import queue_places, queue_position_text
from tui.runs.selection.arrangement import RunGroup, Sort, group_runs, sort_runs
from tui.runs.selection.columns import Column, cell_text, group_parts, group_text, make_columns
from tui.runs.selection.field_catalogue import FieldCatalogue, FieldError
from tui.runs.selection.run_fields import Field, Value
from tui.runs.selection.run_filter import FilterError, RunFilter
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import RunSummary

_COMMANDS = LazyCommands(
    {
        "show": "runs.show_export:show",
        "compare": "runs.compare:compare",
        "export": "runs.show_export:export",
        "rename": "runs.change_run:rename",
        "note": "runs.change_run:note",
        "delete": "runs.change_run:delete",
        "resume": "runs.change_run:resume",
        "move": "runs.change_run:move",
        "unqueue": "runs.change_run:unqueue",
        "stop": "runs.control_run:stop",
        "pause": "runs.control_run:pause",
        "go-on": "runs.control_run:go_on",
        "save": "runs.control_run:save",
        "set": "runs.control_run:change",
    }
)


@click.group(commands=_COMMANDS, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--filter",
    "wanted",
    metavar="FILTER",
    default="",
    help="Only some runs, such as 'lr>=0.001 val_accuracy>.9 model~course state=died'.",
)
@click.option(
    "--sort",
    "by",
    metavar="NAME",
    default="",
    help="Sort by a setting or metric, the best metric first; -NAME turns it round.",
)
@click.option(
    "--group",
    "groups",
    metavar="NAMES",
    default="",
    help="Group by settings, such as optimizer,lr, with the mean of each group's best values.",
)
@click.option(
    "--columns",
    metavar="NAMES",
    default="",
    help="Print these settings and metrics, such as lr,batch,val_accuracy.",
)
@click.pass_context
def runs(
    context: click.Context, as_json: bool, wanted: str, by: str, groups: str, columns: str
) -> None:
    """List all trainings, newest first, with their state.

    The commands below take as RUN the run's name, the name of its folder, or a unique part of
    either. Of several runs with the same name it is the one at work, or else, for a command that
    only reads, the newest.

    \b
    A filter has conditions, all of which have to hold:
      lr>=0.001 optimizer=adam,sgd      settings, with = != < <= > >=
      val_accuracy>.9 last.val_loss<.3  metrics of the best epoch, of the last one
      "inception score">1               a name with a blank
      model~course data!~digits         ~ contains, !~ does not
      state=died age<2d started=today   state, age, date
      kernels "big run" -tag            words in name, note, network, settings
      state=died or state=failed        either; parentheses group
    """
    if context.invoked_subcommand is not None:
        if as_json or wanted or by or groups or columns:
            raise click.UsageError(
                "--json, --filter, --sort, --group and --columns before a command apply to the "
                f"list. Write them after {context.invoked_subcommand}, if it has them."
            )
        return
    try:
        everything = RunList().read()
    except StateError as error:
        raise click.ClickException(str(error)) from error
    if not everything:  # no metric is known yet, so none is asked for by a wrong name
        none = "No training yet. Start one with `cnn-tui train --sample digits`."
        click.echo("[]" if as_json else none)
    else:
        _print_list(everything, as_json, wanted, by, groups, columns)
    if not as_json and (why := not_saved()):
        click.echo(clean(why, 2000), err=True)


def _print_list(
    everything: Sequence[RunSummary],
    as_json: bool,
    wanted: str,
    by: str,
    groups: str,
    columns: str,
) -> None:
    """Print the runs that pass a filter; the arguments are the options of `runs`."""
    catalogue = FieldCatalogue(everything)
    try:
        one_filter = RunFilter(wanted, catalogue)
        order = sort_of(by, catalogue)
        grouped, shown = (fields_of(names, catalogue) for names in (groups, columns))
    except (FilterError, FieldError) as error:
        raise click.UsageError(str(error)) from error
    chosen = sort_runs([one for one in everything if one_filter.matches(one)], order)
    groups_of = group_runs(chosen, grouped, order) if grouped else None
    places = queue_places(everything)
    if as_json:
        click.echo(json.dumps(_records(chosen, groups_of, grouped, shown, places), indent=2))
        return
    if not chosen:
        none = f"None of {len(everything)} runs matches {clean(wanted, 60)!r}."
        click.echo(f"{none} {one_filter.hint()}".rstrip())
    lines = _listed(chosen, groups_of, grouped, shown, places)
    if lines:  # printed at once: ten thousand separate lines take a second
        click.echo("\n".join(lines))


def sort_of(text: str, catalogue: FieldCatalogue) -> Sort | None:
    """Return the order that `--sort` names; None without one.

    Raises:
        FieldError: when there is no such setting or metric.
    """
    name = text.strip()
    if not name:
        return None
    return Sort(catalogue.find(name.removeprefix("-")), reverse=name.startswith("-"))


def fields_of(text: str, catalogue: FieldCatalogue) -> list[Field]:
    """Return the fields whose names are separated by commas.

    Raises:
        FieldError: when there is no such setting or metric.
    """
    return [catalogue.find(name) for name in text.split(",") if name.strip()]


Places = Mapping[RunFolder, int]


def _records(
    chosen: Sequence[RunSummary],
    groups: Sequence[RunGroup] | None,
    grouped: Sequence[Field],
    shown: Sequence[Field],
    places: Places,
) -> list[dict[str, object]]:
    """Return the runs for JSON: a list of them, or of groups."""

    def record(run: RunSummary) -> dict[str, object]:
        made = _record(run, places.get(run.run, 0))
        if shown:
            made["columns"] = {field.name: _json_value(field.read(run)) for field in shown}
        return made

    if groups is None:
        return [record(run) for run in chosen]
    return [
        {
            "group": {
                field.name: _json_value(value)
                for field, value in zip(grouped, group.values, strict=True)
            },
            "count": len(group.runs),
            "metric": group.metric,
            "best": group.result.best,
            "mean": group.result.mean,
            "spread": group.result.spread,
            "runs": [record(run) for run in group.runs],
        }
        for group in groups
    ]


def _json_value(value: Value | None) -> Value | None:
    """Return a value as JSON can hold it: None for a number that is not finite."""
    return value if isinstance(value, str) else finite_or_none(value)


def _listed(
    chosen: Sequence[RunSummary],
    groups: Sequence[RunGroup] | None,
    grouped: Sequence[Field],
    shown: Sequence[Field],
    places: Places,
) -> list[str]:
    """Return the lines of the list."""
    columns = make_columns(shown, chosen)

    def lines(run: RunSummary) -> list[str]:
        if not columns:
            return _lines(run, places.get(run.run, 0))
        texts = (_padded(cell_text(one.field, run, one.width), one) for one in columns)
        return [f"{'  '.join(texts)}  {clean(run.title)}  {run.run.name}"]

    head = ["  ".join(_padded(one.head, one) for one in columns) + "  name"] if columns else []
    if not chosen:
        return []
    if groups is None:
        return [*head, *(line for run in chosen for line in lines(run))]
    found = [f"  {line}" for line in head]
    for group in groups:
        found.append("  ".join([group_text(grouped, group), *group_parts(group)]))
        found += [f"  {line}" for run in group.runs for line in lines(run)]
    return found


def _padded(text: str, column: Column) -> str:
    blank = " " * max(column.width - cells(text), 0)
    return blank + text if column.right else text + blank


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


_BEST = 34
"""Columns of the best value, with its metric and epoch."""


def _lines(summary: RunSummary, place: int) -> list[str]:
    best = ""
    if summary.best is not None:
        value = metric_value(summary.best, against=summary.best_limits)
        result = f"{value} (epoch {summary.best_epoch})"
        name = shorten_words(summary.best_metric, max(_BEST - 1 - len(result), 8))
        best = f"{name} {result}"
    said = queue_position_text(summary, place) or summary.status
    lines = [
        f"{said:<18} {summary.epochs_done:>4}/{summary.epochs or '?':<4} "
        f"{best}{' ' * (_BEST - cells(best))} {clean(summary.title)}  {summary.run.name}"
    ]
    lines += [f"    {clean(text)}" for text in (summary.note, summary.problem) if text]
    return lines
