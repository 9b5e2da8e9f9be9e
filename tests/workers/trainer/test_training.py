"""Whole trainings: what they tell, what they leave behind, and that it is what Keras does."""

from __future__ import annotations

import csv
import re
from itertools import pairwise

import keras
import pytest

from tests.workers.conftest import BAD, Trained
from tests.workers.shell import events_of, last_of, of_type
from tui.datasets import loader_arguments, python_call
from tui.geometry import parse_network
from tui.keras_io import keras_code
from tui.runs.events.event_log import decode
from tui.runs.events.event_types import (
    BatchesEnded,
    CheckingImages,
    DataReady,
    EpochEnded,
    EpochStarted,
    Event,
    Failed,
    FileSaved,
    Finished,
    LibrariesLoaded,
    ModelReady,
    RunStarted,
    Validating,
)
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import summarise

METRICS = ["accuracy", "loss", "val_accuracy", "val_loss"]


def test_the_log_reads_from_the_first_word_to_the_last(trained: Trained) -> None:
    assert trained.plain.status == 0, trained.plain.err
    lines = trained.plain.out.splitlines()
    figures = r"accuracy [\d.]{6}  loss [\d.]{6}  val_accuracy [\d.]{6}  val_loss [\d.]{6}"
    expected = [
        r"run /.*/runs/\S+-pets-small-\S+",
        "loading Keras …",
        r"Keras 3\.\S+ on tensorflow, CPU, \d+ cores",
        "checking images 0/54",
        "40 training and 14 validation images in 2 classes: cats, dogs",
        r"loader cached: every file decoded once in .* s and kept for later trainings",
        r"network with [\d,]+ parameters in 6 layers",
        rf"epoch 1/2  {figures}  .* images/s",
        "saved best.keras",
        rf"epoch 2/2  {figures}  .* images/s",
        "saved final.keras",
        r"All 2 epochs are done\.",
    ]
    told = [line for line in lines if line != "saved best.keras"]
    for line, pattern in zip(told, [p for p in expected if "best" not in p], strict=True):
        assert re.fullmatch(pattern, line), (line, pattern)
    assert "saved best.keras" in lines


def test_the_events_come_in_order(trained: Trained) -> None:
    events = events_of(trained.plain.run)
    kinds: list[type] = [type(event) for event in events]
    assert kinds[:4] == [RunStarted, LibrariesLoaded, CheckingImages, CheckingImages]
    assert kinds[-2:] == [FileSaved, Finished]
    main = [kind for kind in kinds if kind in (DataReady, ModelReady, EpochStarted, EpochEnded)]
    assert main == [DataReady, ModelReady, *(EpochStarted, EpochEnded) * 2]
    assert all(before.at <= after.at + 1 for before, after in pairwise(events))
    for epoch in (1, 2):
        begin = next(
            n for n, e in enumerate(events) if isinstance(e, EpochStarted) and e.epoch == epoch
        )
        end = next(
            n for n, e in enumerate(events) if isinstance(e, EpochEnded) and e.epoch == epoch
        )
        inside = events[begin:end]
        batches = of_type(inside, BatchesEnded)
        assert [n for e in batches for n in range(e.first, e.last + 1)] == [1, 2]
        assert {e.epoch for e in batches} == {epoch}
        assert all(e.steps == 2 and sorted(e.values) == ["accuracy", "loss"] for e in batches)
        assert of_type(inside, Validating)
        # The last running mean of an epoch is the epoch's own figure.
        ended = events[end]
        assert isinstance(ended, EpochEnded)
        for name in ("accuracy", "loss"):
            assert batches[-1].values[name][-1] == pytest.approx(ended.metrics[name], abs=1e-5)


def test_history_csv_holds_the_figures_of_the_events(trained: Trained) -> None:
    run = trained.plain.run
    epochs = of_type(events_of(run), EpochEnded)
    with run.history_csv.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2]
    for row, epoch in zip(rows, epochs, strict=True):
        assert sorted(epoch.metrics) == METRICS
        assert {name: float(row[name]) for name in METRICS} == epoch.metrics
    best = max(epochs, key=lambda epoch: epoch.metrics["val_accuracy"] or 0.0)
    assert epochs[-1].best == best.metrics["val_accuracy"]
    assert epochs[-1].best_epoch == best.epoch and epochs[-1].best_metric == "val_accuracy"


def test_the_saved_models_load_and_give_the_figures_that_were_reported(trained: Trained) -> None:
    run = trained.plain.run
    epochs = of_type(events_of(run), EpochEnded)
    spec = run.spec()
    namespace: dict[str, object] = {}
    exec(python_call(spec.data), namespace)
    for name, epoch in (("final.keras", 2), ("best.keras", epochs[-1].best_epoch)):
        model = keras.models.load_model(run.path / name, safe_mode=True)
        measured = model.evaluate(namespace["validation"], verbose=0, return_dict=True)
        told = epochs[epoch - 1].metrics
        assert measured["loss"] == pytest.approx(told["val_loss"], rel=1e-3)
        assert measured["accuracy"] == pytest.approx(told["val_accuracy"], abs=1e-4)
    assert not list(run.path.glob("new-*")), "nothing half-written is left"
    assert not (run.path / "ballast").exists()


def plain_script(run: RunFolder) -> dict[str, list[float]]:
    """Train as a learner would who copies the code that the app shows."""
    spec = run.spec()
    shown: dict[str, object] = {}
    exec(python_call(spec.data), shown)
    keras.utils.set_random_seed(spec.seed)
    built: dict[str, keras.Sequential] = {}
    exec(keras_code(parse_network(spec.network)), built)
    model = built["model"]
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=spec.learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        shown["train"], validation_data=shown["validation"], epochs=spec.epochs, verbose=0
    )
    return dict(history.history)


def figures(run: RunFolder) -> dict[str, list[float | None]]:
    epochs = of_type(events_of(run), EpochEnded)
    return {name: [epoch.metrics[name] for epoch in epochs] for name in METRICS}


def same(one: dict[str, list[float | None]], two: dict[str, list[float | None]]) -> None:
    assert sorted(one) == sorted(two)
    for name, row in one.items():
        assert row == pytest.approx(two[name], rel=1e-4, abs=1e-6), name


def test_the_code_that_is_shown_is_the_code_that_runs(trained: Trained) -> None:
    script = plain_script(trained.plain.run)
    same(figures(trained.plain.run), {name: list(row) for name, row in script.items()})


def test_bad_images_are_named_and_left_out_and_change_nothing_else(trained: Trained) -> None:
    assert trained.spoilt.status == 0, trained.spoilt.err
    run = trained.spoilt.run
    ready = last_of(run, DataReady)
    assert ready is not None
    assert (ready.training_images, ready.validation_images) == (40, 14)
    assert [bad.file for bad in ready.left_out] == [name.split("/", 1)[1] for name in BAD]
    assert all(bad.reason for bad in ready.left_out)
    # Same images, same seed, other order of files on disk: the same training to the last figure.
    same(figures(run), figures(trained.plain.run))


def test_with_json_each_line_is_an_event(trained: Trained) -> None:
    lines = trained.spoilt.out.splitlines()
    events: list[Event | None] = [decode(line.encode()) for line in lines]
    assert events == events_of(trained.spoilt.run)
    assert isinstance(events[-1], Finished)
    assert trained.spoilt.err.splitlines()[-1].startswith("run /"), "the run is told beside it"


def test_a_rule_on_validation_ends_the_training_with_the_true_figure(trained: Trained) -> None:
    assert trained.ruled.status == 0, trained.ruled.err
    finished = last_of(trained.ruled.run, Finished)
    epoch = last_of(trained.ruled.run, EpochEnded)
    assert finished is not None and epoch is not None
    assert (finished.reason, finished.epochs, epoch.epoch) == ("rule", 1, 1)
    sentence = "Stopped by the rule val_loss < 1000: after epoch 1 val_loss was "
    assert finished.sentence.startswith(sentence)
    told = float(finished.sentence.removeprefix(sentence).removesuffix("."))
    assert told == pytest.approx(epoch.metrics["val_loss"], rel=1e-4)
    assert trained.ruled.out.splitlines()[-1] == finished.sentence
    assert (trained.ruled.run.path / "final.keras").exists()


def test_a_class_of_bad_images_only_fails_in_one_sentence(trained: Trained) -> None:
    assert trained.hopeless.status == 1
    told = trained.hopeless.err.splitlines()
    assert told[-1].startswith("Training failed (reading the folder): No readable training image")
    assert "'dogs'" in told[-1] and "Add images to it" in told[-1]
    assert sum("failed" in line for line in told) == 1
    assert "Traceback" not in trained.hopeless.err + trained.hopeless.out
    assert isinstance(last_of(trained.hopeless.run, Failed), Failed)


def test_the_list_of_runs_tells_how_each_ended(trained: Trained) -> None:
    listed = trained.shell.call("runs")
    assert listed.status == 0
    lines = listed.out.splitlines()
    by_name = {
        command.run.name: next(line for line in lines if command.run.name in line)
        for command in (trained.plain, trained.spoilt, trained.ruled, trained.hopeless)
    }
    assert [line.split()[0] for line in by_name.values()] == ["finished"] * 3 + ["failed"]
    assert re.search(r" 2/2 +val_accuracy \d\.\d{4} \(epoch \d\)", by_name[trained.plain.run.name])
    assert "No readable training image" in listed.out

    records = trained.shell.call("runs", "--json").json()
    plain = next(r for r in records if r["run"] == str(trained.plain.run.path))
    summary = summarise(trained.plain.run)
    # Two were started at once: either may have come second and got a number.
    assert re.fullmatch(r"pets · small( 2)?", summary.title)
    assert plain == {
        "run": str(trained.plain.run.path),
        "name": summary.title,
        "note": "",
        "state": "finished",
        "place": None,
        "epochs_done": 2,
        "epochs": 2,
        "best": summary.best,
        "best_epoch": summary.best_epoch,
        "best_metric": "val_accuracy",
    }


def test_the_plan_and_the_code_say_the_same(trained: Trained) -> None:
    """`loader_arguments` is what the trainer passes, `python_call` what is shown."""
    data = trained.plain.run.spec().data
    seen: list[dict[str, object]] = []

    class Generator:
        def __init__(self, **arguments: object) -> None:
            seen.append(arguments)

        def flow_from_directory(self, **arguments: object) -> None:
            seen.append(arguments)

    code = python_call(data)
    first, rest = code.split("\n", 1)
    assert first.endswith("import ImageDataGenerator")
    exec(rest, {"ImageDataGenerator": Generator})
    plan = loader_arguments(data)
    assert seen == [plan.generator, plan.train, plan.validation]
