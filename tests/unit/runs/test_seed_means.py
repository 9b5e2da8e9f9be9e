"""Comparing settings over seeds: mean, spread and best of the runs of each."""

from __future__ import annotations

import math
from typing import Any

from tests.unit.runs.selection_runs import a_run
from tui.runs.selection.seed_means import compare_over_seeds
from tui.runs.selection.seed_means_text import notes_of, table_lines, table_of
from tui.runs.store.run_summary import RunSummary


def one(seed: int, rate: float, accuracy: float, **more: Any) -> RunSummary:
    """Return an ended run."""
    return a_run(
        f"lr {rate} seed {seed}",
        best={"val_accuracy": accuracy, "val_loss": 1 - accuracy},
        seed=seed,
        learning_rate=rate,
        data={"seed": seed},
        **more,
    )


def test_runs_that_differ_in_their_seed_are_one_row_and_the_best_mean_comes_first() -> None:
    runs = [one(1, 0.1, 0.5), one(1, 0.01, 0.8), one(2, 0.1, 0.6), one(2, 0.01, 0.9)]
    means = compare_over_seeds(runs)
    assert means.metric == "val_accuracy" and means.varied == ("learning rate",)
    best, worst = means.rows
    assert best.settings == {"learning rate": "0.01"} and len(best.runs) == 2
    found = best.metrics["val_accuracy"]
    assert found.mean is not None and found.spread is not None
    assert math.isclose(found.mean, 0.85) and math.isclose(found.spread, 0.1 / math.sqrt(2))
    assert found.best == 0.9 and worst.metrics["val_accuracy"].best == 0.6
    assert means.best_run is runs[3]
    heads, rows = table_of(means)
    assert heads == ["learning rate", "runs", "val_accuracy", "best val_accuracy", "val_loss"]
    assert rows[0] == ["0.01", "2", "0.8500 ± 0.0707", "0.9000", "0.1500 ± 0.0707"]


def test_runs_that_have_not_ended_do_not_count_and_are_mentioned() -> None:
    runs = [one(1, 0.1, 0.5), one(2, 0.1, 0.9, state="running"), one(3, 0.1, 0.7, state="died")]
    means = compare_over_seeds(runs)
    [row] = means.rows
    assert row.not_ended == 2 and row.metrics["val_accuracy"].mean == 0.5
    assert table_of(means)[1] == [["1 of 3", "0.5000", "0.5000", "0.5000"]]
    assert "2 runs have not finished, and do not count." in notes_of(means)
    assert "1 run has not finished, and does not count." in notes_of(compare_over_seeds(runs[:2]))


def test_a_lower_loss_is_better() -> None:
    runs = [a_run(f"r{n}", best={"loss": n / 10}, learning_rate=n / 100) for n in (3, 1, 2)]
    means = compare_over_seeds(runs)
    assert [row.settings["learning rate"] for row in means.rows] == ["0.01", "0.02", "0.03"]
    assert means.best_run is runs[1]


def test_what_is_not_finite_or_missing_is_left_out_of_the_mean() -> None:
    runs = [
        a_run("a", best={"val_accuracy": 0.5}, last={"auc": None}, seed=1),
        a_run("b", best={"val_accuracy": 0.7, "val_loss": None}, seed=2),
        a_run("c", best={}, seed=3),
    ]
    means = compare_over_seeds(runs)
    [row] = means.rows
    assert row.metrics["val_accuracy"].count == 2 and row.metrics["val_loss"].count == 0
    assert table_of(means)[1][0] == ["3", "0.6000 ± 0.1414", "0.7000", "–"]


def test_nothing_to_compare_is_a_table_all_the_same() -> None:
    means = compare_over_seeds([])
    assert means.rows == () and means.best_run is None and notes_of(means) == []
    assert table_lines(*table_of(means)) == ["runs"]
    [row] = compare_over_seeds([a_run("a", state="queued")]).rows
    assert row.runs == () and row.not_ended == 1
