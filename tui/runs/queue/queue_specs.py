"""Putting several new runs into the queue at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from tui.common.paths import StateError
from tui.runs.queue.waiting_runs import last_place
from tui.runs.settings.make_spec import unused_name
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import write_label
from tui.runs.store.run_summary import RunSummary


def queue_specs(
    specs: Sequence[TrainingSpec],
    note: str = "",
    *,
    others: Iterable[RunSummary] = (),
    new_group: bool = True,
) -> list[RunFolder]:
    """Create runs that wait at the end of the queue, in this order; blocks on the disk.

    Args:
        specs: what to train.
        note: a line for each of them.
        others: all runs that there are: names and groups that they have get a number.
        new_group: whether the group is a new one; else the runs join it if there is one already.

    Raises:
        StateError: when a run cannot be created; those before it wait in the queue.
        RunError: when its note cannot be written; likewise.
    """
    others = list(others)
    titles = {one.title for one in others}
    groups = {one.spec.group for one in others if one.spec is not None and one.spec.group}
    place, made = last_place(), []
    for spec in specs:
        name = unused_name(spec.name, titles)
        titles.add(name)
        group = unused_name(spec.group, groups) if new_group and spec.group else spec.group
        try:
            run = create_run(replace(spec, name=name, group=group), queued=True, after=place)
            made.append(run)
            if note:
                write_label(run, note=note)
        except (StateError, RunError) as error:
            before = f" {len(made)} of {len(specs)} runs wait in the queue." if made else ""
            raise type(error)(f"{error}{before}") from error
        mark = run.queued()
        place = mark.at if mark is not None else place
    return made
