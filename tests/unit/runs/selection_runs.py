"""Summaries of runs for the tests of filters, orders and groups, without any folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tui.datasets import LoaderSettings
from tui.runs.events.run_setup import RunSetup
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_summary import ReachedMetrics, RunSummary

DATA = LoaderSettings(directory="/images/pets", classes=("cats", "dogs"), target_size=(64, 64))


def a_spec(
    name: str = "pets", *, data: dict[str, Any] | None = None, **changes: Any
) -> TrainingSpec:
    spec = make_spec(name, msgspec.structs.replace(DATA, **(data or {})))
    return msgspec.structs.replace(spec, **changes)


def a_run(
    name: str = "pets",
    *,
    best: dict[str, float | None] | None = None,
    last: dict[str, float | None] | None = None,
    state: State = "finished",
    started: str = "2026-11-22T161200",
    note: str = "",
    external: ExternalSpec | None = None,
    spec: TrainingSpec | None = None,
    setup: RunSetup | None = None,
    **settings: Any,
) -> RunSummary:
    """Return a run; `best` and `last` are the metrics of these epochs, `settings` of its spec."""
    best = best or {}
    last = {**best, **(last or {})}
    names = tuple(last)
    metric = next((one for one in ("val_accuracy", "accuracy", "loss") if one in best), "")
    if external is None and spec is None:
        spec = a_spec(name, **settings)
    nan = float("nan")
    return RunSummary(
        RunFolder(Path("/state/runs") / f"{started}-{name}-0000"),
        state,
        name,
        3,
        10,
        best.get(metric),
        2,
        metric,
        spec=spec if external is None else None,
        external=external,
        note=note,
        metrics=ReachedMetrics(
            names,
            tuple(nan if best.get(one, 0) is None else best.get(one) for one in names),
            tuple(nan if last[one] is None else last[one] for one in names),
        ),
        setup=setup or RunSetup(),
    )
