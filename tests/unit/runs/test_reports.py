"""Precision, recall, F1 and their means are scikit-learn's, and are said without a cut figure."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sklearn.metrics import balanced_accuracy_score, precision_recall_fscore_support

from tui.common.shorten import cells
from tui.runs.export.csv_json import run_record
from tui.runs.export.text_summary import summary_lines
from tui.runs.reports.classification_report import report_of
from tui.runs.reports.kept_reports import KeptReport, keep_report, path_of, read_reports
from tui.runs.reports.report_text import (
    accuracy_sentence,
    missing_sentence,
    report_csv,
    report_lines,
    report_record,
)
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.loaded_run import load_run

Matrix = list[list[int]]


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    count = draw(st.integers(2, 6))
    row = st.lists(st.integers(0, 9), min_size=count, max_size=count)
    return draw(
        st.lists(row, min_size=count, max_size=count).filter(lambda rows: any(map(any, rows)))
    )


@pytest.mark.filterwarnings("ignore")
@given(matrices())
def test_the_figures_are_those_of_scikit_learn(confusion: Matrix) -> None:
    names = [f"class {number}" for number in range(len(confusion))]
    report = report_of(names, confusion)
    truth = [row for row, counts in enumerate(confusion) for count in counts for _ in range(count)]
    seen = [
        column
        for counts in confusion
        for column, count in enumerate(counts)
        for _ in range(count)
    ]  # fmt: skip
    labels = list(range(len(confusion)))
    rows = np.array(
        [(one.precision or 0, one.recall or 0, one.f1 or 0, one.support) for one in report.classes]
    )
    expected = precision_recall_fscore_support(truth, seen, labels=labels, zero_division=0.0)
    assert pytest.approx(np.array(expected)) == rows.T
    for average, means in (("macro", report.macro), ("weighted", report.weighted)):
        assert means is not None
        wanted = precision_recall_fscore_support(
            truth, seen, labels=labels, average=average, zero_division=0.0
        )
        assert (means.precision, means.recall, means.f1) == pytest.approx(wanted[:3])
    assert report.balanced_accuracy == pytest.approx(balanced_accuracy_score(truth, seen))
    assert report.accuracy == pytest.approx(np.mean(np.equal(truth, seen)))
    if all(one.support for one in report.classes):
        assert report.macro is not None and report.weighted is not None
        assert report.macro.recall == pytest.approx(report.balanced_accuracy)
        assert report.weighted.recall == pytest.approx(report.accuracy)


def test_a_table_says_each_class_and_the_means() -> None:
    lines = list(report_lines(report_of(["cats", "dogs"], [[3, 1], [2, 14]]), 80))
    assert [line.split() for line in lines] == [
        ["precision", "recall", "F1", "images"],
        ["cats", "0.6000", "0.7500", "0.6667", "4"],
        ["dogs", "0.9333", "0.8750", "0.9032", "16"],
        ["mean", "of", "classes", "0.7667", "0.8125", "0.7849", "20"],
        ["mean", "of", "images", "0.8667", "0.8500", "0.8559", "20"],
        ["17", "of", "20", "right:", "accuracy", "0.8500,", "balanced", "accuracy", "0.8125"],
    ]
    assert len({len(line) for line in lines[:5]}) == 1


def test_even_classes_need_no_balanced_accuracy() -> None:
    assert "balanced" not in accuracy_sentence(report_of(["a", "b"], [[3, 1], [2, 2]]))


def test_a_figure_that_there_is_not_is_a_dash_with_its_reason() -> None:
    report = report_of(["cats", "dogs", "mice"], [[4, 0, 0], [3, 0, 0], [0, 0, 0]])
    lines = list(report_lines(report))
    assert lines[2].split() == ["dogs", "–", "0.0000", "0.0000", "3"]
    assert lines[3].split() == ["mice", "–", "–", "–", "0"]
    assert missing_sentence(report) == (
        "– no image is predicted as dogs, mice; there is no image of mice: counted as 0 in the "
        "means."
    )
    assert report_record(report)["classes"][2]["f1"] is None


def test_without_images_nothing_is_computed() -> None:
    report = report_of(["a", "b"], [[0, 0], [0, 0]])
    assert list(report_lines(report))[-1] == "No image could be predicted."
    assert report_record(report)["macro"] is None


def test_names_from_anywhere_keep_the_columns() -> None:
    names = ["西瓜の写真を撮る人たちの集まり" * 3, "a\x1b[2Jb", "a kind of bird, " * 6 + "number 7"]
    lines = list(report_lines(report_of(names, np.eye(3, dtype=int).tolist()), 80))
    assert "\x1b" not in "".join(lines)
    assert len({cells(line) for line in lines[:6]}) == 1 and cells(lines[0]) <= 80


def test_of_many_classes_the_worst_are_listed_and_all_are_in_the_file() -> None:
    confusion = (10 * np.eye(100, dtype=int)).tolist()
    confusion[41][41], confusion[41][42] = 1, 9
    report = report_of([str(number) for number in range(100)], confusion)
    lines = list(report_lines(report, 78, 20))
    assert lines[0] == "The 20 classes with the lowest F1, of 100:"
    assert lines[2].split()[0] == "41" and lines[3].split()[0] == "42" and len(lines) == 25
    rows = list(csv.reader(io.StringIO(report_csv(report))))
    assert rows[0] == ["kind", "class", "precision", "recall", "f1", "support"]
    assert [row[0] for row in rows[1:]] == ["class"] * 100 + ["macro", "weighted"]
    assert float(rows[42][3]) == 0.1 and float(rows[102][3]) == report.accuracy


def kept(**changes: object) -> KeptReport:
    report = KeptReport(
        classes=("cats", "dogs"), confusion=((3, 1), (2, 14)), weights="best", epoch=7
    )
    return replace(report, **changes)


def test_a_run_keeps_its_reports_and_shows_them(spec: TrainingSpec) -> None:
    run = create_run(spec)
    assert read_reports(run).validation is None
    assert not any("F1" in line for line in summary_lines(load_run(run)))
    keep_report(run, "validation", kept())
    keep_report(
        run, "test", kept(folder="/data/pets/te\x1bst", times=2, unreadable=("a", "b", "c"))
    )
    lines = summary_lines(load_run(run))
    assert "20 validation images, by the best weights (epoch 7)" in lines
    assert "20 test images, by the best weights (epoch 7)" in lines
    assert "/data/pets/te␛st" in lines and "3 could not be read." in lines
    assert sum("balanced accuracy 0.8125" in line for line in lines) == 2
    assert any(line.startswith("Judged 2 times") for line in lines)
    assert max(map(len, lines)) <= 120
    record = json.loads(json.dumps(run_record(load_run(run))))["reports"]
    assert record["validation"]["macro"]["recall"] == record["test"]["balanced_accuracy"] == 0.8125


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"validation": {"classes": ["a"], "confusion": [[1, 2]]}}']
)
def test_a_damaged_file_of_reports_is_none(spec: TrainingSpec, text: str) -> None:
    run = create_run(spec)
    path_of(run).write_text(text)
    assert read_reports(run).validation is None
    keep_report(run, "validation", kept())
    assert read_reports(run).validation == kept()
