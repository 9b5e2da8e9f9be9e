"""Runs beside each other."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.recorded import AT, recorded, run_of
from tui.runs.events.event_types import ControlApplied, Event, Request, Resumed
from tui.runs.export.comparison import MARKERS, MAX_RUNS, assign_slots, compare
from tui.runs.settings.spec import StopRule, TrainingSpec
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_label import write_label


def opened(
    spec: TrainingSpec, history: dict[str, list[float | None]], **changes: object
) -> LoadedRun:
    return load_run(run_of(msgspec.structs.replace(spec, **changes), history))


def table(rows: tuple[object, ...]) -> dict[str, tuple[str, ...]]:
    return {row.name: row.values for row in rows}  # type: ignore[attr-defined]


def test_only_what_differs_is_listed(spec: TrainingSpec) -> None:
    """The learner's small-data experiment: a tenth, a third, all."""
    history = recorded("learning-well").history
    data = msgspec.structs.replace(spec.data, batch_size=32)
    runs = [
        opened(spec, history, share=0.1),
        opened(spec, history, share=0.33, learning_rate=0.01),
        opened(spec, history, data=data, stop_rule=StopRule("loss", "<", 0.1)),
    ]
    rows = table(compare(runs).differences)
    assert rows == {
        "share": ("1/10", "1/3", "all"),
        "learning rate": ("0.001", "0.01", "0.001"),
        "batch size": ("20", "20", "32"),
        "stop rule": ("accuracy > 0.997", "accuracy > 0.997", "loss < 0.1"),
    }


def took(request: Request, value: str, epoch: int, batch: int = 1) -> ControlApplied:
    return ControlApplied(at=AT, request=request, value=value, epoch=epoch, batch=batch)


def test_a_setting_that_was_changed_on_the_way_says_so(spec: TrainingSpec) -> None:
    history: dict[str, list[float | None]] = {"loss": [0.5, 0.4, 0.3]}
    changed: list[Event] = [
        took("learning rate", "0.01", 0, 0),  # before the first batch: never otherwise
        took("learning rate", "0.0003", 2),
        took("stop rule", "never", 2),
        took("patience", "5", 2),
        took("stop rule", "loss < 0.1", 3),
        Resumed(at=AT, epoch=2),
        took("stop rule", "loss < 0.2", 3),  # the one of epoch 3 became void
        took("patience", "0", 3),
        *(took("epochs", str(epochs), 3) for epochs in (9, 12, 15)),
        took("pause", "", 3),
    ]
    first = load_run(run_of(spec, history, after=changed))
    result = compare([first, opened(spec, history, learning_rate=0.01)])
    assert table(result.differences) == {
        "learning rate": ("0.01 → 0.0003", "0.01"),
        "stop rule": ("accuracy > 0.997 → none → loss < 0.2", "accuracy > 0.997"),
        "patience": ("none → 5 → none", "none"),
        "epochs": ("4 → … → 15", "4"),
    }
    assert result.runs[0].label == (
        "pets · course (learning rate 0.01 → 0.0003, epochs 4 → … → 15)"
    )


def test_the_results_stand_beside_each_other(spec: TrainingSpec) -> None:
    runs = [opened(spec, recorded("overfitting").history), opened(spec, {"loss": [0.5]})]
    rows = table(compare(runs).results)
    assert rows["epochs"] == ("25", "1")
    assert rows["last val_accuracy"] == ("0.6821", "–")
    assert rows["best"][0] == "val_accuracy 0.7107 (epoch 15)"
    assert rows["curves"] == ("overfitting since epoch 4", "too early to say")


def test_runs_of_one_name_are_told_apart_by_what_differs(spec: TrainingSpec) -> None:
    runs = [opened(spec, {}, seed=1), opened(spec, {}, seed=2), opened(spec, {}, seed=2)]
    write_label(runs[0].folder, note="a note is no name")
    labels = [one.label for one in compare(runs).runs]
    assert labels[0] == "pets · course (seed 1)"
    assert labels[1].startswith("pets · course (seed 2)")
    assert all(
        one.folder.name[:17] in label for one, label in zip(runs[1:], labels[1:], strict=True)
    )
    write_label(runs[2].folder, name="mine")
    assert compare([load_run(one.folder) for one in runs]).runs[2].label == "mine"


def test_a_run_keeps_its_sign_while_others_come_and_go(spec: TrainingSpec) -> None:
    runs = [opened(spec, {}, seed=seed) for seed in range(4)]
    first = compare(runs)
    assert [one.marker for one in first.runs] == list(MARKERS[:4])
    slots = {one.loaded.folder.name: one.slot for one in first.runs}
    later = compare([runs[3], runs[1], opened(spec, {}, seed=9)], slots)
    assert [one.slot for one in later.runs] == [3, 1, 0]


@given(
    st.lists(st.integers(0, 20).map(str), max_size=MAX_RUNS, unique=True),
    st.dictionaries(st.integers(0, 20).map(str), st.integers(0, MAX_RUNS - 1)),
)
def test_no_two_runs_share_a_place(names: list[str], before: dict[str, int]) -> None:
    # What stood there before had places of its own too.
    seen: set[int] = set()
    before = {n: p for n, p in before.items() if not (p in seen or seen.add(p))}  # type: ignore[func-returns-value]
    places = assign_slots(names, before)
    assert len(set(places)) == len(names) and all(0 <= place < MAX_RUNS for place in places)
    assert all(before.get(name, place) == place for name, place in zip(names, places, strict=True))


def test_seven_are_too_many(spec: TrainingSpec) -> None:
    with pytest.raises(ValueError, match="7 runs cannot be compared; choose 6"):
        compare([opened(spec, {}, seed=seed) for seed in range(7)])


def test_a_run_with_a_damaged_spec_is_compared_all_the_same(spec: TrainingSpec) -> None:
    history: dict[str, list[float | None]] = {"loss": [0.5, 0.4]}
    good, bad = opened(spec, history), run_of(spec, history)
    (bad.path / "spec.json").write_text("{")
    result = compare([good, load_run(bad)])
    assert table(result.differences)["seed"] == ("42", "unknown")
    assert table(result.results)["last loss"] == ("0.4000", "0.4000")
