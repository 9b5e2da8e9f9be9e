"""`cnn-tui runs compare`: the settings of several runs, with mean and spread over their seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from tui.cli.complete import complete_group, complete_run
from tui.cli.errors import run_errors
from tui.cli.runs.named_run import named_run
from tui.common.numbers import finite_or_none
from tui.common.text import clean
from tui.runs.selection.seed_means import SeedMeans, compare_over_seeds
from tui.runs.selection.seed_means_text import notes_of, table_lines, table_of
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import RunSummary


@click.command()
@click.argument("run", shell_complete=complete_run, nargs=-1)
@click.option(
    "--group",
    "wanted",
    metavar="NAME",
    default="",
    shell_complete=complete_group,
    help="The runs of a group, or a part of its name.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every metric.")
def compare(run: tuple[str, ...], wanted: str, as_json: bool) -> None:
    """Compare RUNs, or the runs of a --group, by the settings that they differ in.

    Runs that differ in their seed alone are one row, with the mean of their best epochs and the
    standard deviation. The best mean comes first. Only runs that have ended count.

    \b
      cnn-tui runs compare --group digits
    """
    with run_errors():
        everything = RunList().read()
    if bool(run) == bool(wanted):
        raise click.UsageError(
            f"Name the runs to compare, or a --group; one of the two. {_known(everything)}"
        )
    if run:
        folders = dict.fromkeys(named_run(name, "newest") for name in run)
        by_folder = {one.run: one for one in everything}
        chosen = [by_folder[folder] for folder in folders if folder in by_folder]
        group = ""
    else:
        group = _group(wanted, everything)
        chosen = [one for one in everything if one.spec is not None and one.spec.group == group]
    means = compare_over_seeds(chosen)
    if as_json:
        click.echo(json.dumps(_record(group, means), indent=2))
        return
    heads, rows = table_of(means)
    count = f"{len(chosen)} run{'s' * (len(chosen) != 1)}"
    lines = [f"{clean(group)}: {count}"] if group else [count]
    click.echo("\n".join([*lines, "", *table_lines(heads, rows), "", *notes_of(means)]).rstrip())


def groups_of(runs: Sequence[RunSummary]) -> list[str]:
    """Return the groups of runs, the newest first."""
    return list(dict.fromkeys(one.spec.group for one in runs if one.spec and one.spec.group))


def _known(runs: Sequence[RunSummary]) -> str:
    groups = [clean(group, 80) for group in groups_of(runs)[:5]]
    if not groups:
        return "There is no group yet: `cnn-tui train … --seed 1,2,3` makes one of several runs."
    return f"There are: {'; '.join(groups)}."


def _group(wanted: str, runs: Sequence[RunSummary]) -> str:
    """Return the group of this name, or the only one whose name contains it.

    Raises:
        click.ClickException: when there is none, or there are several.
    """
    groups = groups_of(runs)
    if wanted in groups:
        return wanted
    found = [group for group in groups if wanted.casefold() in group.casefold()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.ClickException(f"There is no group {clean(wanted, 60)!r}. {_known(runs)}")
    names = "; ".join(clean(group, 80) for group in found[:5])
    raise click.ClickException(f"{clean(wanted, 60)!r} fits {len(found)} groups: {names}.")


def _record(group: str, means: SeedMeans) -> dict[str, object]:
    return {
        "group": group,
        "metric": means.metric,
        "varied": list(means.varied),
        "best_run": str(means.best_run.run.path) if means.best_run is not None else None,
        "rows": [
            {
                "settings": dict(row.settings),
                "runs": [str(one.run.path) for one in row.runs],
                "not_ended": row.not_ended,
                "metrics": {
                    name: {
                        "count": spread.count,
                        "mean": finite_or_none(spread.mean),
                        "spread": finite_or_none(spread.spread),
                        "best": finite_or_none(spread.best),
                    }
                    for name, spread in row.metrics.items()
                },
            }
            for row in means.rows
        ],
    }
