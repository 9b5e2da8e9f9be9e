"""A run as a page of text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.recording import append
from tests.unit.runs.recorded import AT, Row, recorded, run_of
from tests.unit.runs.strategies import any_event
from tui.runs.events.event_types import DataReady, Event, Failed, LeftOutImage
from tui.runs.export.csv_json import runs_json
from tui.runs.export.text_summary import summary_lines
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.loaded_run import load_run
from tui.runs.store.run_label import write_label


def test_the_page_of_a_run_that_ended(spec: TrainingSpec) -> None:
    run = run_of(spec, recorded("overfitting").history, data_seconds=0.1, validation_seconds=0.5)
    write_label(run, name="first try", note="With the course's network.")
    lines = summary_lines(load_run(run))
    text = "\n".join(lines)
    assert lines[0] == "first try"
    assert lines[1] == run.name
    assert lines[2].startswith("finished, 25 of 25 epochs, started 20")
    for part in (
        "With the course's network.",
        "All 25 epochs are done.",
        "9,494,561 parameters",
        "learning rate   0.001",
        "stop rule       accuracy > 0.997",
        "100 training and 50 validation images in 2 classes",
        "CPU, 2 cores; Keras 3.15.1 on tensorflow",
        "▲ best          val_accuracy 0.7107 after epoch 15",
        "! overfitting since epoch 4",
        "history.epoch                        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, 24]",
        "history.history['accuracy'][-1]      1.0",
        "history.history['val_loss'][-1]      1.62158",
    ):
        assert part in text, (part, text)
    assert (
        "waiting for data 5 %, computing 70 %, validating 25 %, saving 0 %: bound by computing."
    ) in " ".join(text.split())
    assert max(map(len, lines)) <= 78


def test_the_last_epochs_stand_in_a_table_with_the_best_marked(spec: TrainingSpec) -> None:
    history: dict[str, Row] = {"accuracy": [0.5, 0.75, 0.7], "loss": [0.7, 0.5, None]}
    lines = summary_lines(load_run(run_of(spec, history)))
    head = next(number for number, line in enumerate(lines) if "accuracy          loss" in line)
    rows = [line.split() for line in lines[head + 1 : head + 4]]
    assert rows == [
        ["1", "0.5000", "0.7000", "2.0", "s"],
        ["▲", "2", "0.7500", "0.5000", "2.0", "s"],
        ["3", "0.7000", "not", "finite", "2.0", "s"],
    ]


def test_a_failure_says_what_where_and_what_to_do(spec: TrainingSpec) -> None:
    run = create_run(spec)
    append(run, [Failed(at=AT, what="No image is left.", where="reading", cure="Add some.")])
    text = "\n".join(summary_lines(load_run(run)))
    assert "Training failed (reading): No image is left. Add some." in text
    assert "No epoch has ended." in text and "history.epoch" not in text


def test_a_run_without_a_word_is_shown(spec: TrainingSpec) -> None:
    run = run_of(spec, {"loss": [0.5]}, ended=False)
    assert "The trainer died at epoch 1 without an error message. It was killed" in " ".join(
        summary_lines(load_run(run))
    )
    assert any(f"{run.log}." in line for line in summary_lines(load_run(run))), "to be copied"
    (run.path / "spec.json").write_text("{")
    assert "The spec.json is damaged, so the settings are unknown." in summary_lines(load_run(run))


def test_names_from_the_disk_are_no_orders_to_the_terminal(spec: TrainingSpec) -> None:
    run = create_run(spec)
    bad = tuple(LeftOutImage(f"cats/{n}\x1b[2J.jpg", "empty") for n in range(5))
    data = DataReady(
        at=AT, classes=("a\x1b", "b"), training_images=9, validation_images=0, left_out=bad
    )
    append(run, [data])
    text = "\n".join(summary_lines(load_run(run)))
    assert "\x1b" not in text
    assert "5: cats/0␛[2J.jpg (empty)" in text and "and 2 more" in text


def test_a_failure_is_reported_without_control_characters(spec: TrainingSpec) -> None:
    run = create_run(spec)
    what = "The loss is nan\x1b[2J."
    append(run, [Failed(at=AT, what=what, where="fit", cure="Try\nless.", not_finite=True)])
    one = load_run(run)
    assert all("\n" not in line and "\x1b" not in line for line in summary_lines(one))
    (found, *_) = one.diagnoses()
    assert found.sentence == "The loss is nan␛[2J." and "\n" not in found.advice


@pytest.mark.usefixtures("home")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(any_event, max_size=12))
def test_whatever_was_reported_there_is_a_page_and_json(
    spec: TrainingSpec, events: list[Event]
) -> None:
    run = create_run(spec)
    append(run, events)
    one = load_run(run)
    assert all("\n" not in line and "\x1b" not in line for line in summary_lines(one))
    assert runs_json([one]).startswith("{")
