"""Sorting, grouping, and the columns of a list of runs."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.selection_runs import a_run
from tui.common.shorten import cells
from tui.common.stop_rule import StopRule
from tui.runs.selection.arrangement import Sort, group_runs, sort_runs
from tui.runs.selection.columns import cell_text, group_parts, make_columns, pages_of
from tui.runs.selection.field_catalogue import FieldCatalogue
from tui.runs.selection.run_view import (
    USUAL_COLUMNS,
    RunView,
    ViewChoices,
    group_line,
    page_of,
    row_key,
    view_line,
)
from tui.runs.selection.spread import spread_of
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.run_summary import RunSummary

SEEDS = [
    a_run(
        f"try {number}",
        best={"val_accuracy": value, "val_loss": loss},
        optimizer=optimizer,
        seed=seed,
        started=f"2026-11-2{number}T101112",
    )
    for number, (optimizer, seed, value, loss) in enumerate(
        [
            ("adam", 1, 0.9, 0.3),
            ("adam", 2, 0.8, 0.2),
            ("sgd", 1, 0.7, None),
            ("sgd", 10, 0.75, 0.9),
            ("rmsprop", 3, 0.85, 0.4),
        ]
    )
]


def view(*runs: RunSummary, **choices: object) -> RunView:
    made = RunView(ViewChoices(**choices))  # type: ignore[arg-type]
    made.show_runs(runs or SEEDS)
    return made


def names(rows: object) -> list[str]:
    return [row.title if isinstance(row, RunSummary) else "*" for row in rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("by", "reverse", "order"),
    [
        ("val_loss", False, [1, 0, 4, 3, 2]),  # the lowest first, what is not finite last
        ("val_loss", True, [3, 4, 0, 1, 2]),
        ("val_accuracy", False, [0, 4, 1, 3, 2]),
        ("best", False, [0, 4, 1, 3, 2]),
        ("seed", False, [0, 2, 1, 4, 3]),
        ("optimizer", False, [0, 1, 4, 2, 3]),
        ("started", False, [4, 3, 2, 1, 0]),
        ("age", True, [0, 1, 2, 3, 4]),
        ("name", True, [4, 3, 2, 1, 0]),
        ("patience", False, [0, 1, 2, 3, 4]),  # nobody has one
    ],
)
def test_runs_are_sorted_by_any_field(by: str, reverse: bool, order: list[int]) -> None:
    field = FieldCatalogue(SEEDS).find(by)
    assert names(sort_runs(SEEDS, Sort(field, reverse))) == [f"try {n}" for n in order]


def test_best_values_of_a_loss_are_sorted_with_the_lowest_first() -> None:
    losses = [a_run(f"loss {value}", best={"loss": value}) for value in (0.5, 0.1, 0.3)]
    judged_otherwise = a_run("accuracy", best={"val_accuracy": 0.2})
    listed = view(*losses, judged_otherwise, sort="best")
    assert names(listed.rows) == ["loss 0.1", "loss 0.3", "loss 0.5", "accuracy"]
    assert "↑" in view_line(listed, range(5), 80)
    listed.choose(ViewChoices(sort="best", reverse=True))
    assert names(listed.rows) == ["loss 0.5", "loss 0.3", "loss 0.1", "accuracy"]


def test_an_arrow_says_whether_values_rise_or_fall_down_the_list() -> None:
    arrows = {
        (name, reverse): Sort(FieldCatalogue(SEEDS).find(name), reverse).arrow
        for name in ("val_loss", "val_accuracy", "age")
        for reverse in (False, True)
    }
    assert arrows == {
        ("val_loss", False): "↑",
        ("val_loss", True): "↓",
        ("val_accuracy", False): "↓",
        ("val_accuracy", True): "↑",
        ("age", False): "↑",
        ("age", True): "↓",
    }


@given(st.lists(st.floats(allow_nan=True) | st.none(), max_size=20), st.booleans())
def test_what_has_no_value_comes_last_in_either_direction(
    values: list[float | None], reverse: bool
) -> None:
    runs = [a_run(str(n), best={"loss": value}) for n, value in enumerate(values)]
    found = sort_runs(runs, Sort(FieldCatalogue(runs).find("loss"), reverse))
    assert len(found) == len(runs) and {id(run) for run in found} == {id(run) for run in runs}
    row = [run.metrics.value("loss") for run in found]
    numbers = [value for value in row if value is not None and not math.isnan(value)]
    assert numbers == sorted(numbers, reverse=reverse)
    assert row[: len(numbers)] == numbers


def test_groups_have_the_best_the_mean_and_the_spread_of_their_runs() -> None:
    catalogue = FieldCatalogue(SEEDS)
    adam, rmsprop, sgd = group_runs(SEEDS, [catalogue.find("optimizer")])
    assert (adam.values, rmsprop.values, sgd.values) == (("adam",), ("rmsprop",), ("sgd",))
    found = adam.result
    assert adam.metric == "val_accuracy" and found.best == 0.9 and found.count == 2
    assert found.mean == pytest.approx(0.85) and found.spread == pytest.approx(0.0707107)
    assert group_parts(adam) == ["2 runs", "val_accuracy best 0.9000", "mean 0.8500 ± 0.0707"]
    assert group_parts(rmsprop) == ["1 run", "val_accuracy best 0.8500"]
    by_loss = Sort(catalogue.find("val_loss"))
    groups = group_runs(SEEDS, [catalogue.find("opt")], by_loss)
    assert [group.values[0] for group in groups] == ["adam", "rmsprop", "sgd"]
    assert [group.result.best for group in groups] == [0.2, 0.4, 0.9]
    assert group_parts(groups[2])[2:] == [], "one value is not finite"
    assert groups[2].result.count == 1


def test_times_are_grouped_by_their_day() -> None:
    runs = [a_run(started=f"2026-11-22T1{hour}0000") for hour in range(3)]
    made = view(*runs, a_run(started="2026-11-23T101112"), groups=("started",))
    lines = [group_line(made.group_fields, group, 78, folded=False) for group in made.groups]
    assert lines == ["▾ started 2026-11-22  3 runs", "▾ started 2026-11-23  1 run"]


def test_a_metric_may_have_any_name() -> None:
    odd: dict[str, float | None] = {
        name: 0.5
        for name in (
            "last.loss",
            "lr",
            "state",
            "arg.x",
            "Loss",
            "loss",
            "a b",
            "Batch-Size",
            "\x1b[2J",
            "(x)",
        )
    }
    runs = [a_run(best=odd, last=dict.fromkeys(odd, 0.25))]
    catalogue = FieldCatalogue(runs)
    for field in catalogue.fields():
        assert catalogue.find(field.name) == field, field.name
    metrics = [field for field in catalogue.fields() if field.kind == "metric"]
    values = [field.read(runs[0]) for field in metrics if field.name != "best"]
    assert sorted(map(str, values)) == ["0.25"] * 10 + ["0.5"] * 10
    assert all("\x1b" not in column.head for column in make_columns(metrics, runs))


def test_several_settings_make_a_group_of_each_combination() -> None:
    made = view(groups=("optimizer", "seed"))
    assert [group.values for group in made.groups][:3] == [
        ("adam", 1),
        ("adam", 2),
        ("rmsprop", 3),
    ]
    assert names(made.rows) == [
        *("*", "try 0", "*", "try 1", "*", "try 4", "*", "try 2", "*", "try 3"),
    ]


def test_runs_without_the_setting_are_a_group_of_their_own() -> None:
    runs = [a_run("a", patience=3), a_run("b", patience=0), a_run("c", patience=0)]
    made = view(*runs, groups=("patience",))
    lines = [group_line(made.group_fields, group, 78, folded=False) for group in made.groups]
    assert lines == ["▾ patience 3  1 run", "▾ patience (none)  2 runs"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=9))
def test_mean_and_spread_hold_for_numbers_of_any_size(values: list[float]) -> None:
    found = spread_of("loss", values)
    mean, spread = found.mean, found.spread
    assert mean is not None and spread is not None
    assert min(values) * (1 - 1e-9) - 1e-300 <= mean or min(values) < 0
    assert spread >= 0
    if max(map(abs, values)) < 1e100 and all(abs(v) > 1e-100 or v == 0 for v in values):
        assert mean == pytest.approx(statistics.fmean(values), abs=1e-9 * max(map(abs, values)))
        assert spread == pytest.approx(
            statistics.stdev(values), rel=1e-6, abs=1e-9 * max(map(abs, values))
        )


def test_a_wrong_filter_leaves_the_rows_and_says_why() -> None:
    made = view()
    made.filter_by("opt=adam")
    assert names(made.rows) == ["try 0", "try 1"] and not made.problem
    made.filter_by("opt=adam val_los<1")
    assert names(made.rows) == ["try 0", "try 1"] and "Did you mean val_loss" in made.problem
    made.filter_by("opt=adam val_loss<.25")
    assert names(made.rows) == ["try 1"] and not made.problem
    made.filter_by("val_accuracy try")
    assert made.rows == [] and "write val_accuracy>0.9" in made.hint


@pytest.mark.parametrize("typed", ["val_l", "val_loss", "opt", "last.val_lo"])
def test_the_rows_stay_while_the_name_of_a_condition_is_typed(typed: str) -> None:
    made = view()
    made.filter_by(f"seed=1 {typed}")
    assert names(made.rows) == ["try 0", "try 2"]
    assert "goes on with a sign and a value, as in" in made.problem
    made.filter_by("seed=1 adam")  # a word that some run has is one
    assert names(made.rows) == ["try 0"] and not made.problem
    made.filter_by("seed=1 zzz")
    assert names(made.rows) == [] and not made.problem


def test_a_filter_that_was_wrong_holds_once_its_metric_has_come() -> None:
    made = view()
    made.filter_by("auc>.5")
    assert "auc" in made.problem and len(made.rows) == 5
    made.show_runs([*SEEDS, a_run("new", best={"auc": 0.6})])
    assert not made.problem and names(made.rows) == ["new"]


def test_a_folded_group_hides_its_runs() -> None:
    made = view(groups=("optimizer",))
    made.fold(made.groups[0])
    assert names(made.rows) == ["*", "*", "try 4", "*", "try 2", "try 3"]
    assert len(made.chosen) == 5
    made.fold(made.groups[0])
    assert names(made.rows)[:3] == ["*", "try 0", "try 1"]
    assert len({row_key(row) for row in made.rows}) == 8


def test_choices_change_one_at_a_time() -> None:
    choices = ViewChoices().sorted_by("seed")
    assert (choices.sort, choices.reverse) == ("seed", False)
    assert choices.sorted_by("seed").reverse and not choices.sorted_by("lr").reverse
    assert choices.grouped_by("lr").grouped_by("seed").groups == ("lr", "seed")
    assert choices.grouped_by("lr").grouped_by("lr").groups == ()
    assert choices.with_column("lr").columns == (*USUAL_COLUMNS, "lr")
    assert choices.with_column("state").columns == USUAL_COLUMNS[1:]
    columns = ViewChoices(("a", "b", "c"))
    assert columns.moved("c", -1).columns == ("a", "c", "b")
    assert columns.moved("c", 1).columns == ("a", "b", "c")
    assert columns.moved("z", 1) == columns


@given(st.lists(st.integers(1, 60), max_size=60), st.integers(10, 200))
def test_pages_hold_every_column_once_and_fit(widths: list[int], room: int) -> None:
    pages = pages_of(widths, room)
    assert [number for page in pages for number in page] == list(range(len(widths)))
    for page in pages:
        assert sum(widths[number] + 1 for number in page) <= room or len(page) == 1


NUMBERS = st.floats(min_value=1e-12, max_value=100) | st.sampled_from([0.0066667078, 1 / 3])


@given(st.lists(st.tuples(NUMBERS, st.floats(allow_nan=True) | st.none()), min_size=1, max_size=6))
def test_no_number_is_wider_than_its_column(values: list[tuple[float, float | None]]) -> None:
    runs = [a_run(best={"loss": loss}, learning_rate=rate) for rate, loss in values]
    catalogue = FieldCatalogue(runs)
    fields = [field for field in catalogue.fields() if field.numeric]
    for column in make_columns(fields, runs):
        for run in runs:
            text = cell_text(column.field, run, column.width)
            assert cells(text) <= column.width and "…" not in text, column


def test_every_field_of_every_kind_of_run_has_a_text_that_fits() -> None:
    long = "ein sehr langer Name \x1b[2J 画像 " * 9
    runs = [a_run(long, note=long, best={long: 0.5}), *SEEDS]
    fields = FieldCatalogue(runs).fields()
    for column in make_columns(fields, runs):
        for run in runs:
            text = cell_text(column.field, run, column.width)
            assert cells(text) <= column.width and "\x1b" not in text, column.field.name
        assert "\x1b" not in column.head


def test_a_column_that_no_run_has_today_is_kept_and_empty() -> None:
    made = view(columns=("lr", "auc", "last.f1", "arg.width"))
    texts = [cell_text(column.field, SEEDS[0], 9) for column in made.columns()]
    assert texts == ["0.001", "", "", ""]


def test_the_line_above_the_list_says_what_is_not_usual() -> None:
    made = view()
    assert view_line(made, range(0), 78) == ""
    made.choose(ViewChoices(sort="val_loss", groups=("optimizer", "lr")))
    assert (
        view_line(made, range(0), 78)
        == "sorted by val_loss ↑ · 3 groups by optimizer, learning_rate"
    )
    fifty = a_run(best={f"metric_{n:02}": float(n) for n in range(50)})
    made = view(fifty, columns=tuple(f"metric_{n:02}" for n in range(50)))
    shown, pages = page_of(made.columns(), 50, 1)
    assert view_line(made, shown, 78) == "columns 6 to 10 of 50  ← →" and pages == 10
    assert page_of(made.columns(), 50, 99)[0] == range(45, 50)


@pytest.mark.parametrize("width", [30, 50, 78, 118])
def test_the_row_of_a_group_leaves_out_what_has_no_room(width: int) -> None:
    made = view(groups=("optimizer", "network"))
    for group in made.groups:
        line = group_line(made.group_fields, group, width, folded=True)
        assert cells(line) <= width and line.startswith("▸ ")
        assert f"{len(group.runs)} run" in line
        for number in ("0.9000", "0.8500", "0.0707"):
            assert number in line or number[:-1] not in line


def test_a_metric_just_short_of_the_stop_rule_of_a_program_does_not_read_as_reached() -> None:
    rule = StopRule("val_f1", ">=", 0.9)
    program = ExternalSpec(name="mine", source="script", stop_rule=rule)
    run = a_run("mine", external=program, best={"val_f1": 0.899999})
    column = FieldCatalogue([run]).find("val_f1")
    assert cell_text(column, run, 9) == "0.899999"
