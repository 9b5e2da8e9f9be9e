"""Which runs a row of the list stands for when it is compared."""

from __future__ import annotations

import dataclasses

from tests.unit.runs.selection_runs import a_run
from tui.areas.runs.comparison.group_screen import group_of
from tui.runs.selection.arrangement import RunGroup
from tui.runs.selection.spread import Spread


def test_a_run_stands_for_the_runs_that_it_was_made_with() -> None:
    runs = [a_run(f"r{number}", group="g" if number < 2 else "") for number in range(3)]
    assert group_of(runs[0], runs) == ([runs[0].run, runs[1].run], "g")
    assert group_of(runs[2], runs) == ([], "")
    foreign = dataclasses.replace(runs[0], spec=None)
    assert group_of(foreign, runs) == ([], "")


def test_a_group_of_the_list_stands_for_its_runs() -> None:
    runs = (a_run("a"), a_run("b"))
    assert group_of(RunGroup((0.01, "adam"), runs, "val_accuracy", Spread()), runs) == (
        [runs[0].run, runs[1].run],
        "0.01, adam",
    )
    assert group_of(None, runs) == ([], "")
