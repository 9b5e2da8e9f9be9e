"""`cnn-tui runs`: the list of trainings."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from tui.cli.command import LazyCommands
from tui.cli.errors import run_errors
from tui.cli.runs.list_text import list_lines, list_records
from tui.common.paths import not_saved
from tui.common.text import clean
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.selection.arrangement import Sort, group_runs, sort_runs
from tui.runs.selection.field_catalogue import FieldCatalogue, FieldError
from tui.runs.selection.run_fields import Field
from tui.runs.selection.run_filter import FilterError, RunFilter
from tui.runs.selection.spread import usual_metric
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

    \b
    For example:
      cnn-tui runs --filter 'lr>=0.001 val_accuracy>.9' --sort val_loss
      cnn-tui runs --group optimizer,lr
      cnn-tui runs --columns lr,batch,val_accuracy
    """
    if context.invoked_subcommand is not None:
        if as_json or wanted or by or groups or columns:
            raise click.UsageError(
                "--json, --filter, --sort, --group and --columns before a command apply to the "
                f"list. Write them after {context.invoked_subcommand}, if it has them."
            )
        return
    with run_errors():
        everything = RunList().read()
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
        order = _sort_of(by, catalogue, everything)
        grouped, shown = (_fields_of(names, catalogue) for names in (groups, columns))
    except (FilterError, FieldError) as error:
        raise click.UsageError(str(error)) from error
    chosen = sort_runs([one for one in everything if one_filter.matches(one)], order)
    groups_of = group_runs(chosen, grouped, order) if grouped else None
    places = queue_places(everything)
    if as_json:
        click.echo(json.dumps(list_records(chosen, groups_of, grouped, shown, places), indent=2))
        return
    if not chosen:
        none = f"None of {len(everything)} runs matches {clean(wanted, 60)!r}."
        click.echo(f"{none} {one_filter.hint()}".rstrip())
    lines = list_lines(chosen, groups_of, grouped, shown, places)
    if lines:  # printed at once: ten thousand separate lines take a second
        click.echo("\n".join(lines))


def _sort_of(text: str, catalogue: FieldCatalogue, runs: Sequence[RunSummary]) -> Sort | None:
    """Return the order that `--sort` names; None without one.

    Raises:
        FieldError: when there is no such setting or metric.
    """
    name = text.strip()
    if not name:
        return None
    field = catalogue.find(name.removeprefix("-"))
    return Sort(field, name.startswith("-"), usual_metric(runs))


def _fields_of(text: str, catalogue: FieldCatalogue) -> list[Field]:
    """Return the fields whose names are separated by commas.

    Raises:
        FieldError: when there is no such setting or metric.
    """
    return [catalogue.find(name) for name in text.split(",") if name.strip()]
