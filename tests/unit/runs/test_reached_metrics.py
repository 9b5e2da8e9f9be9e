"""The metrics of a run's best and last epoch, read from the end of its events and kept."""

from __future__ import annotations

import math
import os

import pytest

from tests.support.recording import append
from tests.unit.runs.recorded import epoch_events, run_of
from tests.unit.runs.test_run_list import many, reads
from tui.runs.events.event_types import LibrariesLoaded, ModelReady, Resumed, RunStarted
from tui.runs.events.log_end import OutcomeReader
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store import run_list_cache
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import RunSummary, summarise

__all__ = ["many", "reads"]
HISTORY: dict[str, list[float | None]] = {
    "val_accuracy": [0.5, 0.9, 0.7, 0.8],
    "loss": [0.9, 0.5, None, 0.3],
}


def test_the_metrics_of_the_best_and_the_last_epoch_are_known(spec: TrainingSpec) -> None:
    summary = summarise(run_of(spec, HISTORY))
    reached = summary.metrics
    assert (summary.best_epoch, reached.value("loss")) == (2, 0.5)
    assert reached.value("loss", "last") == 0.3
    assert reached.value("val_accuracy", "last") == 0.8
    assert reached.value("auc") is None and reached.value("auc", "last") is None
    assert summary.setup.backend == "tensorflow" and summary.setup.images == 100


def test_a_value_that_is_not_finite_differs_from_one_that_is_missing(spec: TrainingSpec) -> None:
    run = run_of(spec, {"val_accuracy": [0.5, 0.6], "loss": [0.1, None]})
    value = summarise(run).metrics.value("loss")
    assert value is not None and math.isnan(value)


def test_a_metric_that_came_late_is_missing_in_the_best_epoch(spec: TrainingSpec) -> None:
    run = create_run(spec)
    append(run, epoch_events({"val_accuracy": [0.9]}))
    later = epoch_events({"val_accuracy": [0.9, 0.5], "auc": [0.1, 0.4]})
    append(run, later[2:])
    reached = summarise(run).metrics
    assert reached.value("auc") is None and reached.value("auc", "last") == 0.4


def test_following_a_run_and_reading_it_afresh_agree(spec: TrainingSpec) -> None:
    run = create_run(spec)
    reader = OutcomeReader(run.events)
    events = [
        RunStarted(at=1, pid=1, version="0"),
        LibrariesLoaded(at=1, keras="3", backend="jax", device="TPU"),
        ModelReady(at=1, parameters=12, layers=3),
        *epoch_events(HISTORY),
    ]
    for event in events:
        append(run, [event])
        assert reader.read() == OutcomeReader(run.events).read(), event
    outcome = reader.read()
    assert outcome.best is not None and outcome.best.epoch == 2
    assert (outcome.setup.backend, outcome.setup.parameters) == ("jax", 12)
    # Resumed from before its best epoch: that one is void.
    append(run, [RunStarted(at=9, pid=1, version="0"), Resumed(at=9, epoch=1)])
    assert reader.read() == OutcomeReader(run.events).read()
    outcome = reader.read()
    assert outcome.epoch is not None and outcome.epoch.epoch == 1
    assert outcome.best is not None and outcome.best.epoch == 1


def test_a_run_without_a_best_epoch_shows_its_last(spec: TrainingSpec) -> None:
    run = run_of(spec, {"auc": [0.1, 0.2]})
    reached = summarise(run).metrics
    assert reached.value("auc") == 0.2 == reached.value("auc", "last")


def test_the_best_epoch_of_a_long_run_is_found_far_from_its_end(spec: TrainingSpec) -> None:
    values = [0.9 if n == 3 else 0.1 for n in range(5000)]
    run = run_of(spec, {"val_accuracy": values, "loss": [float(n) for n in range(5000)]})
    assert summarise(run).metrics.value("loss") == 3.0


def test_the_next_process_has_them_from_the_cache(
    many: list[RunFolder], spec: TrainingSpec, reads: list[str]
) -> None:
    run = run_of(spec, HISTORY)
    os.close(run.acquire_lock())
    first = {one.run: one for one in RunList().read()}
    reads.clear()
    second = {one.run: one for one in RunList().read()}
    assert run.name not in reads
    assert second[run].metrics.value("loss", "last") == 0.3
    assert second[run].setup == first[run].setup
    assert [one.metrics.names for one in second.values()] == [
        one.metrics.names for one in first.values()
    ]


@pytest.mark.parametrize("number", [-1, 7])
def test_a_cache_with_numbers_that_do_not_fit_is_not_believed(
    many: list[RunFolder], reads: list[str], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    whole = run_list_cache.CachedSummary

    def damaged(signature: object, metrics: object, *rest: object) -> object:
        return whole(signature, (number, (0.5,), (0.5,)), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(run_list_cache, "CachedSummary", damaged)
    listing: list[RunSummary] = RunList().read()
    reads.clear()
    assert RunList().read() == listing and len(reads) == 30
