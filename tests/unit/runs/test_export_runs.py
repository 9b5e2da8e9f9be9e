"""Runs on their way out: what is in the files, and that nothing is overwritten."""

from __future__ import annotations

import csv
import io
import json
import os
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.recorded import AT, recorded, run_of
from tui.runs.events.event_types import ControlApplied
from tui.runs.export.comparison import MARKERS
from tui.runs.export.csv_json import runs_csv, runs_json
from tui.runs.export.export_file import ExportError, write_whole
from tui.runs.export.export_runs import default_path, export_runs
from tui.runs.export.svg_drawing import runs_svg
from tui.runs.export.svg_layout import Axis, range_of
from tui.runs.settings.settings_file import read_settings
from tui.runs.settings.spec import StopRule, TrainingSpec
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_label import write_label

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def one(spec: TrainingSpec) -> LoadedRun:
    """Return a recorded training that overfits."""
    rule = StopRule("val_accuracy", ">", 0.9)
    return load_run(
        run_of(msgspec.structs.replace(spec, stop_rule=rule), recorded("overfitting").history)
    )


@pytest.fixture
def six(spec: TrainingSpec) -> list[LoadedRun]:
    """Return six trainings of the same name that differ in one setting each."""
    history = recorded("learning-well").history
    return [
        load_run(run_of(msgspec.structs.replace(spec, seed=seed, epochs=8), history))
        for seed in range(6)
    ]


def test_csv_of_one_run_is_its_history(one: LoadedRun) -> None:
    rows = list(csv.DictReader(io.StringIO(runs_csv([one]))))
    assert [int(row["epoch"]) for row in rows] == list(range(1, 26))
    for name, values in one.progress.history.items():
        assert [float(row[name]) for row in rows] == values


def test_csv_of_several_names_the_run_of_each_row(one: LoadedRun, spec: TrainingSpec) -> None:
    other = load_run(run_of(spec, {"loss": [0.5, None]}))
    write_label(other.folder, name="=HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO(runs_csv([one, load_run(other.folder)]))))
    assert len(rows) == 27
    assert rows[0]["run"] == one.title and rows[-1]["run"] == "'=HYPERLINK(1)", "no formula"
    assert (rows[-1]["loss"], rows[-1]["val_accuracy"]) == ("", "")


def test_json_has_everything_and_epochs_as_keras_counts_them(one: LoadedRun) -> None:
    record = json.loads(runs_json([one]))
    assert record["history"] == one.progress.history
    assert record["epoch"] == list(range(25))
    assert record["epochs"][4]["learning_rate"] == 0.001
    assert record["spec"]["stop_rule"]["metric"] == "val_accuracy"
    assert record["diagnosis"][0]["since"] == 4
    assert record["time"]["verdict"] == "bound by computing"
    assert record["state"] == "finished"
    assert isinstance(json.loads(runs_json([one, one])), list)


def drawing(path: Path) -> ElementTree.Element:
    """Return a drawing's root; what is not well-formed does not parse."""
    return ElementTree.parse(path).getroot()


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def curves(root: ElementTree.Element) -> list[ElementTree.Element]:
    """Return the lines with more than one point."""
    found = (path for path in root.iter(f"{SVG}path") if "curve" in path.get("class", ""))
    return [path for path in found if "L" in path.get("d", "")]


def test_what_was_changed_on_the_way_goes_along(spec: TrainingSpec) -> None:
    rule = ControlApplied(at=AT, request="stop rule", value="accuracy > 0.9", epoch=2, batch=3)
    rate = ControlApplied(at=AT, request="learning rate", value="0.0003", epoch=4, batch=1)
    one = load_run(run_of(spec, recorded("overfitting").history, after=[rule, rate]))
    assert json.loads(runs_json([one]))["changed"] == [
        {"setting": "stop rule", "value": "accuracy > 0.9", "epoch": 2, "batch": 3},
        {"setting": "learning rate", "value": "0.0003", "epoch": 4, "batch": 1},
    ]
    said = texts(ElementTree.fromstring(runs_svg([one])))
    assert "accuracy > 0.9" in said and "accuracy > 0.997" not in said
    same = load_run(run_of(spec, recorded("overfitting").history))
    legend = texts(ElementTree.fromstring(runs_svg([one, same])))
    assert any("learning rate 0.001 → 0.0003" in text for text in legend)


def test_the_drawing_of_one_run(one: LoadedRun, tmp_path: Path) -> None:
    (path,) = export_runs([one], "svg", tmp_path / "run.svg")
    root = drawing(path)
    said = texts(root)
    assert {"accuracy", "loss", "epoch", "▲ best 15", "val_accuracy > 0.9"} <= set(said)
    assert any("overfitting since epoch 4" in text for text in said)
    assert len(curves(root)) == 4
    dashed = [path for path in curves(root) if "dashed" in path.get("class", "")]
    assert len(dashed) == 2, "validation is told apart without colour"
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for line in curves(root):
        for point in line.get("d", "")[1:].split("L"):
            x, y = map(float, point.split())
            assert 0 <= x <= width and 0 <= y <= height
    style = root.find(f"{SVG}style")
    assert style is not None and "prefers-color-scheme:dark" in (style.text or "")
    assert "25 epochs" in (root.findtext(f"{SVG}desc") or "")


LEVEL: list[float | None] = [0.5 + number / 100 for number in range(10)]


@pytest.mark.parametrize(
    "validation",
    [
        [value - 0.01 for value in LEVEL if value is not None],  # rises to the rule's right end
        [0.59, *[0.585] * 8, 0.59],  # goes along under the rule
    ],
    ids=["end", "under"],
)
def test_the_rules_label_lies_on_no_curve(spec: TrainingSpec, validation: list[float]) -> None:
    rule = StopRule("val_accuracy", ">", 0.6)
    history: dict[str, list[float | None]] = {"accuracy": LEVEL, "loss": LEVEL}
    history["val_accuracy"] = [*validation]
    one = load_run(run_of(msgspec.structs.replace(spec, stop_rule=rule), history))
    root = ElementTree.fromstring(runs_svg([one]))
    elements = list(root)
    (label,) = [text for text in root.iter(f"{SVG}text") if text.text == str(rule)]
    assert elements.index(label) > max(map(elements.index, curves(root)[:2])), "above the curves"
    left, foot = float(label.get("x", 0)), float(label.get("y", 0))
    right, top = left + 18 * 6, foot - 10
    for line in curves(root)[:2]:
        points = [tuple(map(float, p.split())) for p in line.get("d", "")[1:].split("L")]
        for (x0, y0), (x1, y1) in pairwise(points):
            for step in range(101):
                x, y = x0 + (x1 - x0) * step / 100, y0 + (y1 - y0) * step / 100
                assert not (left <= x <= right and top <= y <= foot)


def test_six_runs_have_six_signs_and_colours(six: list[LoadedRun], tmp_path: Path) -> None:
    (path,) = export_runs(six, "svg", tmp_path / "six.svg")
    root = drawing(path)
    assert len(curves(root)) == 6 * 4
    for number in range(6):
        assert f"pets · course (seed {number})" in texts(root)
    signs = {
        (path.get("class"), path.get("d"))
        for path in root.iter(f"{SVG}path")
        if path.get("transform")
    }
    assert len(signs) == len(MARKERS) and len({shape for _, shape in signs}) == 6


def test_seven_runs_are_too_many_for_a_drawing(six: list[LoadedRun], tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="name 6 at most"):
        export_runs([*six, six[0]], "svg", tmp_path / "x.svg")
    assert not list(tmp_path.glob("*.svg"))


@pytest.mark.parametrize(
    "history",
    [
        {},
        {"loss": [0.5]},
        {"loss": [None, None], "accuracy": [0.5, None]},
        {"loss": [1e300, 1e-300], "val_loss": [-1e300, 0.0]},
        {"mae": [1.0, 2.0], "<b>&": [0.0, 0.0]},
    ],
    ids=["none", "one-epoch", "not-finite", "extremes", "other-metrics"],
)
def test_every_run_can_be_drawn(
    history: dict[str, list[float | None]], spec: TrainingSpec, tmp_path: Path
) -> None:
    opened = load_run(run_of(spec, history))
    write_label(opened.folder, name="</svg><script>\x1b[2J ＜&")
    (path,) = export_runs([load_run(opened.folder)], "svg", tmp_path / "odd.svg")
    root = drawing(path)
    assert not list(root.iter(f"{SVG}script")) and "nan" not in path.read_text()
    assert any("</svg><script>" in text for text in texts(root))


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=9),
    st.sampled_from([None, 0.0]),
    st.booleans(),
)
def test_an_axis_has_a_few_round_ticks_within_its_range(
    values: list[float], floor: float | None, whole: bool
) -> None:
    low, high = range_of([min(max(v, -1e290), 1e290) for v in values], floor)
    assert high > low
    axis = Axis(low, high, 300.0, 20.0)
    ticks = axis.ticks(6, whole=whole)
    assert len(ticks) <= 7
    assert all(20.0 <= axis.at(tick) <= 300.0 for tick in ticks)


def test_nothing_is_overwritten_unasked(one: LoadedRun, tmp_path: Path) -> None:
    place = tmp_path / "mine.csv"
    place.write_text("dear diary")
    with pytest.raises(ExportError, match="is there already"):
        export_runs([one], "csv", place)
    assert place.read_text() == "dear diary"
    export_runs([one], "csv", place, force=True)
    assert place.read_text().startswith("epoch,")
    assert os.listdir(tmp_path).count("mine.csv") == 1
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


def test_a_dead_link_counts_as_being_there(one: LoadedRun, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ExportError, match="is there already"):
        export_runs([one], "csv", tmp_path / "link.csv")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_appears_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "x"
    real = os.path.lexists

    def late(path: str | Path) -> bool:
        found = real(path)
        place.write_text("theirs")
        return found

    monkeypatch.setattr(os.path, "lexists", late)
    with pytest.raises(ExportError, match="is there already"):
        write_whole(place, b"ours")
    assert place.read_text() == "theirs"


@pytest.mark.parametrize("form", ["csv", "json", "svg", "script", "settings"])
def test_a_folder_gets_the_file_under_a_name_of_its_own(
    one: LoadedRun, form: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (path,) = export_runs([one], form, folder)  # type: ignore[arg-type]
    assert path.parent == folder and path.name.startswith("pets-course.")
    assert path.stat().st_size > 100


def test_settings_are_those_that_the_run_began_with(one: LoadedRun, tmp_path: Path) -> None:
    (path,) = export_runs([one], "settings", tmp_path)
    assert path.name == "pets-course.toml" and read_settings(path).spec() == one.spec


def test_the_script_of_today_is_a_file_of_its_own(one: LoadedRun, tmp_path: Path) -> None:
    (path,) = export_runs([one], "script-today", tmp_path)
    assert path.name == "pets-course-today.py"
    assert "image_dataset_from_directory(" in path.read_text()


def test_a_place_that_cannot_be_is_said(one: LoadedRun, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="There is no folder"):
        export_runs([one], "csv", tmp_path / "no" / "where.csv")
    with pytest.raises(ExportError, match="one by one"):
        export_runs([one, one], "script", tmp_path / "x.py")
    with pytest.raises(ExportError, match="Settings are of one training, and 2 runs were named"):
        export_runs([one, one], "settings", tmp_path / "x.toml")
    with pytest.raises(ExportError, match="no run to export"):
        export_runs([], "csv", tmp_path / "x.csv")


def test_the_logs_of_a_run_go_into_its_own_folder(one: LoadedRun, spec: TrainingSpec) -> None:
    assert default_path([one], "tensorboard") == one.folder.path / "tensorboard"
    files = export_runs([one], "tensorboard")
    assert [file.parent.name for file in files] == ["train", "validation"]
    empty = load_run(run_of(spec, {}))
    with pytest.raises(ExportError, match="No epoch has ended"):
        export_runs([empty], "tensorboard")
