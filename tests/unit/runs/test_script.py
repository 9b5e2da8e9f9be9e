"""A training as a program: that it reads as Python and says what the spec says."""

from __future__ import annotations

import ast

import msgspec
import pytest

from tests.support.recording import append
from tests.unit.runs.recorded import AT, Row, epoch_events, run_of
from tui.areas.runs.one_run.request_text import request_lines
from tui.geometry import parse_network
from tui.runs.events.event_types import (
    ControlApplied,
    ControlReceived,
    DataReady,
    Event,
    Failed,
    Finished,
    LeftOutImage,
    Request,
    Resumed,
    RunStarted,
)
from tui.runs.export.csv_json import run_record
from tui.runs.export.run_script import effective_training, run_script
from tui.runs.export.text_summary import summary_lines
from tui.runs.export.training_script import RateChange, spec_script, training_script
from tui.runs.settings.setting_rows import rows_with_changes, setting_changes
from tui.runs.settings.spec import Optimizer, StopRule, TrainingSpec
from tui.runs.store.loaded_run import load_run


def test_a_whole_training_has_no_word_of_shares(spec: TrainingSpec) -> None:
    text = spec_script(spec)
    ast.parse(text)
    assert "share" not in text and "numpy" not in text
    assert text == training_script(parse_network(spec.network), spec.data, epochs=spec.epochs)


def test_a_share_is_taken_before_the_model_is_built(spec: TrainingSpec) -> None:
    text = spec_script(msgspec.structs.replace(spec, share=0.1, seed=7))
    ast.parse(text)
    taken = text.index("order = np.random.RandomState(7)")
    assert text.index("train = generator") < taken < text.index("keras.utils.set_random_seed(7)")
    assert "max(round(0.1 * len(images)), 1)" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_rule_compares_what_the_trainer_compares(spec: TrainingSpec) -> None:
    rule = StopRule("val_accuracy", ">=", 0.3)
    text = spec_script(msgspec.structs.replace(spec, stop_rule=rule))
    ast.parse(text)
    assert "(logs or {}).get('val_accuracy')" in text
    assert 'float(f"{value:.6g}") >= 0.3:' in text
    assert "StopWhen" not in spec_script(msgspec.structs.replace(spec, stop_rule=None))


@pytest.mark.parametrize(
    ("optimizer", "call"), [("rmsprop", "RMSprop"), ("adam", "Adam"), ("sgd", "SGD")]
)
def test_the_optimizer_is_the_specs(optimizer: Optimizer, call: str, spec: TrainingSpec) -> None:
    text = spec_script(msgspec.structs.replace(spec, optimizer=optimizer, learning_rate=0.01))
    assert f"keras.optimizers.{call}(learning_rate=0.01)" in text


def test_patience_is_the_trainers(spec: TrainingSpec) -> None:
    text = spec_script(msgspec.structs.replace(spec, patience=3))
    ast.parse(text)
    assert "class Patient(keras.callbacks.Callback):" in text
    assert "callbacks=[StopWhen(), Patient()])" in text
    assert "Patient" not in spec_script(spec)


def test_what_the_settings_leave_out_is_left_out_of_the_program(spec: TrainingSpec) -> None:
    data = msgspec.structs.replace(spec.data, leave_out=("cats/it's.jpg",))
    text = spec_script(msgspec.structs.replace(spec, data=data))
    ast.parse(text)
    assert text.count("""    "cats/it's.jpg",""") == 2, "of training and of validation"
    assert "by choice: 1 file" not in text, "no remark that it is not"


# Of a run: with all that happened on the way

LOSSES: dict[str, Row] = {"loss": [0.5, 0.4, 0.3, 0.2], "val_loss": [0.5, 0.4, 0.3, 0.2]}


def took(request: Request, value: str, epoch: int, batch: int = 0) -> ControlApplied:
    return ControlApplied(at=AT, request=request, value=value, epoch=epoch, batch=batch)


def test_a_run_without_changes_is_its_spec(spec: TrainingSpec) -> None:
    text = run_script(load_run(run_of(spec, LOSSES)))
    ast.parse(text)
    remarks, program = text.split("import keras", 1)
    assert "import keras" + program == spec_script(spec)
    assert all(line.startswith("# ") for line in remarks.splitlines())


def test_a_changed_learning_rate_is_changed_at_its_batch(spec: TrainingSpec) -> None:
    after = [took("learning rate", "0.0003", 2, 3), took("learning rate", "1e-05", 3)]
    opened = load_run(run_of(spec, LOSSES, after=after))
    assert effective_training(opened).rates == (RateChange(2, 3, 0.0003), RateChange(3, 0, 1e-05))
    text = run_script(opened)
    ast.parse(text)
    assert "(2, 3): 0.0003," in text and "(3, 0): 1e-05," in text
    assert "callbacks=[ChangeRate(), StopWhen()])" in text


def test_what_a_resumed_run_did_again_is_not_done_twice(spec: TrainingSpec) -> None:
    after: list[Event] = [
        took("learning rate", "0.1", 1, 2),
        took("learning rate", "0.2", 3, 4),
        RunStarted(at=AT, pid=2, version="0"),
        Resumed(at=AT, epoch=2),
        took("learning rate", "0.3", 3, 1),
    ]
    course = effective_training(load_run(run_of(spec, LOSSES, after=after)))
    assert course.rates == (RateChange(1, 2, 0.1), RateChange(3, 1, 0.3))


def test_a_void_change_stands_nowhere(spec: TrainingSpec) -> None:
    """A rate of 100 ended in NaN; the run was resumed at 0.001, which its checkpoint has already.

    So the trainer that goes on tells of no change at all.
    """
    at_once = msgspec.structs.replace(spec, learning_rate=0.001)
    two: dict[str, Row] = {name: row[:2] for name, row in LOSSES.items()}
    run = run_of(at_once, two, ended=False, after=[
        ControlReceived(at=AT, request="learning rate", value="100"),
        took("learning rate", "100", 3, 8),
        took("stop rule", "loss < 0.1", 3, 8),
        took("epochs", "50", 3, 8),
        Failed(at=AT, what="NaN.", where="training", cure="--learning-rate 0.001"),
        RunStarted(at=AT, pid=2, version="0"),
        Resumed(at=AT, epoch=2),
    ])  # fmt: skip
    append(run, epoch_events(LOSSES)[4:])  # epochs 3 and 4, once more
    opened = load_run(run)
    course = effective_training(opened)
    assert (course.rates, course.rule, course.epochs) == ((), spec.stop_rule, 4)
    shown = "\n".join(summary_lines(opened))
    program = run_script(opened).partition("import keras")[2]  # its head has the time of day
    assert "100" not in program and "changed" not in shown
    assert rows_with_changes(opened)["learning rate"] == "0.001"
    assert run_record(opened)["changed"] == []
    lines = request_lines([], opened.progress.requests, over=False)
    assert lines == []


@pytest.mark.parametrize(
    ("epoch", "kept"), [(0, []), (1, ["0.1", "0.2"]), (2, ["0.1", "0.2", "0.3"])]
)
def test_what_the_checkpoint_holds_still_counts(
    epoch: int, kept: list[str], spec: TrainingSpec
) -> None:
    """All until the end of its epoch; where no epoch was whole, nothing."""
    after: list[Event] = [
        took("learning rate", "0.1", 0),
        took("learning rate", "0.2", 1, 3),
        took("learning rate", "0.3", 2, 5),  # during the validation, after the last batch
        took("learning rate", "0.4", 3, 0),
        Resumed(at=AT, epoch=epoch),
    ]
    opened = load_run(run_of(spec, LOSSES, after=after, ended=False))
    assert [change.value for change in setting_changes(opened)] == kept


@pytest.mark.parametrize(
    ("after", "epochs"),
    [
        ([took("epochs", "9", 2)], 9),
        ([took("epochs", "2", 3)], 4),
        ([Finished(at=AT, reason="stopped", sentence="Stopped.", epochs=4)], 4),
        ([took("stop rule", "val_loss < 0.25", 2)], 4),
        ([took("patience", "1", 2)], 4),
    ],
    ids=["more", "fewer", "by-hand", "rule", "patience"],
)
def test_the_program_ends_where_the_run_did(
    after: list[Event], epochs: int, spec: TrainingSpec
) -> None:
    by_hand = any(isinstance(event, Finished) for event in after)
    longer = msgspec.structs.replace(spec, epochs=30)
    opened = load_run(run_of(longer, LOSSES, after=after, ended=not by_hand))
    assert effective_training(opened).epochs == epochs
    assert f"epochs={epochs}" in run_script(opened)


def test_a_changed_rule_is_looked_at_from_its_epoch_on(spec: TrainingSpec) -> None:
    opened = load_run(run_of(spec, LOSSES, after=[took("stop rule", "val_loss < 0.45", 3, 2)]))
    text = run_script(opened)
    ast.parse(text)
    assert "if epoch + 1 >= 3 and value is not None" in text and "< 0.45:" in text
    none = load_run(run_of(spec, LOSSES, after=[took("stop rule", "never", 3, 2)]))
    assert "StopWhen" not in run_script(none)


def test_files_that_could_not_be_read_are_left_out_on_their_own_side(spec: TrainingSpec) -> None:
    data = msgspec.structs.replace(spec.data, validation_directory="/data/val")
    bad = (
        LeftOutImage("cats/1.jpg", "empty"),
        LeftOutImage("dogs/2.jpg", "empty", validation=True),
    )
    ready = DataReady(
        at=AT, classes=("cats", "dogs"), training_images=9, validation_images=9, left_out=bad
    )
    two = msgspec.structs.replace(spec, data=data)
    text = run_script(load_run(run_of(two, LOSSES, after=[ready])))
    ast.parse(text)
    of_training, of_validation = text.split("left_out = {")[1:]
    assert "cats/1.jpg" in of_training and "dogs/2.jpg" not in of_training
    assert "dogs/2.jpg" in of_validation and "cats/1.jpg" not in of_validation


def test_a_name_cannot_end_the_comment_it_stands_in(spec: TrainingSpec) -> None:
    run = run_of(msgspec.structs.replace(spec, name="x\nimport os\u2028import os"), {})
    tree = ast.parse(run_script(load_run(run)))
    names = [
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    ]
    assert "os" not in names


def test_a_run_without_validation_images_has_a_program_without(spec: TrainingSpec) -> None:
    ready = DataReady(at=AT, classes=("cats", "dogs"), training_images=9, validation_images=0)
    text = run_script(load_run(run_of(spec, LOSSES, after=[ready])))
    ast.parse(text)
    assert "validation_data" not in text
    with_some = msgspec.structs.replace(ready, validation_images=3)
    text = run_script(load_run(run_of(spec, LOSSES, after=[with_some])))
    assert "validation_data=validation" in text
