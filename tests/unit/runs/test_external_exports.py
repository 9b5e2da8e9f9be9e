"""What is said and exported of runs that somebody's own program trained."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.external_runs import (
    LOOP,
    beginning,
    epoch_begun,
    epochs_of,
    falling,
    finished,
    loop_epochs,
    script,
    usual,
)
from tests.support.recording import HOSTILE, append
from tui.areas.runs.chart_page.chart_tiles import last_value
from tui.runs.events.event_types import ControlApplied, Event
from tui.runs.export.comparison import compare
from tui.runs.export.export_file import ExportError
from tui.runs.export.export_runs import FORMATS, OF_ONE, export_runs
from tui.runs.export.text_summary import history_lines, summary_lines
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.loaded_run import LoadedRun, load_run

Make = Callable[..., LoadedRun]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))

    def made(spec: ExternalSpec, *events: Event) -> LoadedRun:
        run = create_run(spec)
        append(run, events)
        return load_run(run)

    return made


def dice(epoch: int) -> dict[str, float | None]:
    return {
        "loss": falling(epoch),
        "dice": 1 - falling(epoch) / 3,
        "val_loss": falling(epoch, 2.4),
        "val_dice": 1 - falling(epoch, 2.4) / 3,
    }


def text_of(run: LoadedRun) -> str:
    return " ".join(" ".join(summary_lines(run)).split())


def test_the_summary_names_the_script_and_what_it_reported(make: Make) -> None:
    rows = [dice(n) for n in range(1, 6)]
    text = text_of(make(script(), *beginning(), *epochs_of(rows), finished(5)))
    for words in (
        "finished, 5 of 20 epochs",
        "script train.py",
        "arguments --kernel 5",
        "optimizer Adam",
        "loss sparse_categorical_crossentropy",
        "network 4 layers, 1,234 parameters",
        "images 1,600 training and 400 validation images",
        "device CPU, 2 cores; Keras 3.14.1 on jax",
        "▲ best val_dice 0.7212 after epoch 5",
    ):
        assert words in text
    assert "damaged" not in text and "loader" not in text and "classes" not in text


def test_the_summary_of_a_loop_does_not_guess_what_nobody_said(make: Make) -> None:
    text = text_of(make(LOOP, *loop_epochs([{"loss": falling(n)} for n in range(1, 6)])))
    assert "died, 5 epochs," in text
    assert "How many images it has, loop.py has not said." in text
    assert "images/s" not in text and "where it went" not in text and "Keras" not in text
    assert "▲ best loss 0.7054 after epoch 5" in text


def test_a_death_is_reported_with_the_command_and_without_a_key(make: Make) -> None:
    run = make(script(), *beginning(), *epochs_of([usual(1)]), epoch_begun(2))
    text = text_of(run)
    assert "train.py died at epoch 2 without an error message." in text
    assert "Resuming is train.py's own affair: run it again (train.py --kernel 5)." in text
    assert "Its output is in" not in text and "Keras and TensorFlow were not loaded" not in text


def test_the_lowest_loss_is_the_best_everywhere(make: Make) -> None:
    run = make(LOOP, *loop_epochs([{"loss": 0.5}, {"loss": 0.2}, {"loss": 0.4}]))
    assert (run.progress.best, run.progress.best_epoch) == (0.2, 2)
    assert "▲ best loss 0.2000 after epoch 2" in text_of(run)
    (row,) = (row for row in compare([run]).results if row.name == "best")
    assert row.values == ("loss 0.2000 (epoch 2)",)


def test_a_metric_that_was_not_measured_is_not_called_infinite(make: Make) -> None:
    run = make(LOOP, *loop_epochs([{"loss": 0.5}, {"loss": 0.4, "val_loss": 0.6}, {"loss": 0.3}]))
    lines = summary_lines(run)
    assert sum("–" in line for line in lines) == 2
    assert not any("not finite" in line or "diverged" in line for line in lines)
    (row,) = (row for row in compare([run]).results if row.name == "last val_loss")
    assert row.values == ("0.6000",), "the last value that was measured"


def test_a_value_that_is_not_finite_is_a_divergence(make: Make) -> None:
    run = make(LOOP, *loop_epochs([{"loss": 0.5}, {"loss": None}]))
    assert "diverged in epoch 2" in text_of(run)


def test_settings_of_both_kinds_are_compared_side_by_side(make: Make) -> None:
    one = make(script(name="one", optimizer="SGD"), *beginning(), *epochs_of([usual(1)]))
    two = make(LOOP, *loop_epochs([{"loss": 0.5}]))
    rows = {row.name: row.values for row in compare([one, two]).differences}
    assert rows["script"] == ("train.py", "loop.py")
    assert rows["optimizer"] == ("SGD", "–")
    results = {row.name: row.values for row in compare([one, two]).results}
    assert results["last val_accuracy"][1] == "–"


def test_changes_made_from_the_app_are_compared_too(make: Make) -> None:
    change = ControlApplied(at=2.0, request="learning rate", value="0.0001", epoch=2, batch=3)
    one = make(script(name="one"), *beginning(), *epochs_of([usual(1)]), change)
    two = make(script(name="two"), *beginning(), *epochs_of([usual(1)]))
    (row,) = compare([one, two]).differences
    assert (row.name, row.values) == ("learning rate", ("0.001 → 0.0001", "0.001"))


def test_ten_thousand_metrics_make_no_table_of_ten_thousand_columns(make: Make) -> None:
    many = {f"gradient {number}": 1.0 for number in range(10_000)}
    run = make(script(), *beginning(), *epochs_of([{**usual(1), **many}]))
    assert len(compare([run]).results) < 30
    assert max(map(len, summary_lines(run))) <= 78


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in {"system", *OF_ONE}])
def test_every_format_takes_it(make: Make, tmp_path: Path, form: str) -> None:
    spec = script(name=HOSTILE, path=f"/x/{HOSTILE}.py".replace("\0", ""), loss=HOSTILE)
    rows = [{HOSTILE: 1.0 / n, "loss": falling(n), "val_loss": None} for n in range(1, 4)]
    run = make(spec, *beginning(), *epochs_of(rows), finished(3))
    written = export_runs([run], form, tmp_path / "out", force=False)  # type: ignore[arg-type]
    assert written and all(path.stat().st_size for path in written)
    text = written[0].read_bytes()
    if form == "csv":
        head, *lines = list(csv.reader(io.StringIO(text.decode())))
        assert head[0] == "epoch" and len(lines) == 3
    elif form == "json":
        found = json.loads(text)
        assert found["spec"]["kind"] == "external"
        assert found["best_metric"] == "val_loss" and found["best"] is None  # it was never finite
        assert found["history"]["val_loss"] == [None, None, None]
    elif form == "svg":
        ElementTree.fromstring(text)
        assert b"\x1b" not in text


def test_a_drawing_of_one_metric_has_one_panel(make: Make, tmp_path: Path) -> None:
    run = make(LOOP, *loop_epochs([{"loss": falling(n)} for n in range(1, 6)]))
    (path,) = export_runs([run], "svg", tmp_path / "one.svg")
    text = path.read_text()
    assert text.count(">epoch</text>") == 1 and "accuracy" not in text


def test_an_accuracy_in_percent_is_drawn_on_its_own_axis(make: Make, tmp_path: Path) -> None:
    rows = [{"accuracy": 50.0 + n, "loss": falling(n)} for n in range(1, 6)]
    run = make(LOOP, *loop_epochs(rows))
    (path,) = export_runs([run], "svg", tmp_path / "one.svg")
    assert ">55</text>" in path.read_text() or ">54</text>" in path.read_text()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (script(), "a script of your own: /home/ada/train.py, started as train.py --kernel 5."),
        (script(path="", arguments=()), "in a Python session"),
        (script(source="log", path="/logs/run.csv"), "run.csv is a log"),
    ],
)
def test_the_script_is_the_users_own(
    make: Make, tmp_path: Path, spec: ExternalSpec, words: str
) -> None:
    run = make(spec, *beginning(), *epochs_of([usual(1)]))
    with pytest.raises(ExportError) as error:
        export_runs([run], "script", tmp_path / "x.py")
    assert words in str(error.value)
    assert not (tmp_path / "x.py").exists()


def test_guessing_is_not_compared_with_where_the_classes_are_not_known(make: Make) -> None:
    flat = [{"loss": 0.69, "accuracy": 0.5} for _ in range(8)]
    unknown = make(script(), *beginning(), *epochs_of(flat))
    assert unknown.classes == 0
    assert "guessing" not in text_of(unknown) and "nothing learnt" not in text_of(unknown)
    known = make(script(classes=("cats", "dogs")), *beginning(), *epochs_of(flat))
    assert "nothing learnt" in text_of(known) and "Check the labels" in text_of(known)
    assert "class folders" not in text_of(known)


def test_a_regression_is_judged_by_its_loss(make: Make) -> None:
    turned = [{"loss": 100.0 / n, "val_loss": 60 + (n - 4) ** 2 * 8} for n in range(1, 13)]
    run = make(script(), *beginning(), *epochs_of(turned))
    assert run.diagnoses()[0].kind == "overfitting"
    assert "best.keras" not in run.diagnoses()[0].advice


def test_without_a_loss_there_is_nothing_to_judge(make: Make) -> None:
    run = make(LOOP, *loop_epochs([{"reward": float(n)} for n in range(1, 9)]))
    assert run.diagnoses()[0].label == "nothing to judge"
    assert run.progress.best_metric == "reward" and run.progress.best == 8.0


def test_the_last_measured_value_stands_for_epochs_without_validation(make: Make) -> None:
    rows = [usual(1), {**usual(2), "loss": None}, {"loss": None, "accuracy": 0.5}]
    run = make(script(), *beginning(), *epochs_of(rows, data_seconds=0.0))
    lines = "\n".join(history_lines(run))
    assert f"history.history['val_loss'][-1]      {usual(2)['val_loss']}" in lines
    assert "history.history['loss'][-1]          nan" in lines
    assert last_value(run.progress, "val_loss") == f"{usual(2)['val_loss']:.4f}"
    assert last_value(run.progress, "loss") == "nan" and last_value(run.progress, "auc") == ""
    assert run.time_shares() is None


def test_all_metrics_are_shown_or_counted_and_no_row_is_empty(make: Make) -> None:
    row = {f"metric {number:02}": 0.5 for number in range(25)}
    run = make(LOOP, *loop_epochs([{**row, "loss": 0.4}]))
    lines = summary_lines(run)
    assert "         and 22 more metrics, below" in lines
    assert sum("history.history[" in line for line in lines) == 20
    assert "and 6 more: `cnn-tui runs export" in " ".join(lines)
    assert "device" not in lines


def test_waiting_for_data_is_reported_for_own_programs(make: Make) -> None:
    run = make(script(), *beginning(), *epochs_of([usual(1), usual(2)], data_seconds=6.0))
    shares = run.time_shares()
    assert shares is not None and shares.bound == "loading"
    assert "prefetch()" in shares.suggestion and "loader" not in shares.suggestion
