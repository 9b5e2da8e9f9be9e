"""TensorBoard's logs, read back with TensorBoard's own reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

from tests.workers.conftest import Trained
from tests.workers.shell import ROOT, events_of, of_type
from tui.runs.events.event_types import EpochEnded
from tui.runs.export.tensorboard_logs import FILE_NAME, SUB_RUNS, event_file

TAGS = ["epoch_accuracy", "epoch_loss"]


def read_back(folder: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Return step, wall time and value of each tag, as TensorBoard reads them."""
    reader = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    reader.Reload()
    found = {}
    for tag in reader.Tags()["tensors"]:
        plugin = reader.SummaryMetadata(tag).plugin_data.plugin_name
        assert plugin == "scalars", "shown under Scalars"
        found[tag] = [
            (event.step, event.wall_time, float(tensor_util.make_ndarray(event.tensor_proto)))
            for event in reader.Tensors(tag)
        ]
    return found


def test_tensorboard_reads_a_run_that_was_exported(trained: Trained) -> None:
    run = trained.plain.run
    done = trained.shell.call("runs", "export", run.name, "--format", "tensorboard")
    assert done.status == 0, done.err
    logs = run.path / "tensorboard"
    assert sorted(path.parent.name for path in run.path.rglob("*tfevents*")) == list(SUB_RUNS)
    epochs = of_type(events_of(run), EpochEnded)
    for sub, prefix in (("train", ""), ("validation", "val_")):
        found = read_back(logs / sub)
        assert set(TAGS) <= set(found)
        for name in ("accuracy", "loss"):
            told = [(epoch.epoch - 1, epoch.at, epoch.metrics[prefix + name]) for epoch in epochs]
            for mine, theirs in zip(found[f"epoch_{name}"], told, strict=True):
                assert mine == pytest.approx(theirs, rel=1e-6)

    again = trained.shell.call("runs", "export", run.name, "--format", "tensorboard")
    assert again.status == 1 and "is there already" in again.err
    forced = trained.shell.call("runs", "export", run.name, "--format", "tensorboard", "--force")
    assert forced.status == 0, forced.err
    assert len(read_back(logs / "train")["epoch_loss"]) == len(epochs)


def test_several_runs_get_a_folder_each(trained: Trained, tmp_path: Path) -> None:
    names = [trained.plain.run.name, trained.spoilt.run.name]
    done = trained.shell.call(
        "runs", "export", *names, "--format", "tensorboard", "--out", tmp_path / "logs"
    )
    assert done.status == 0, done.err
    folders = sorted((tmp_path / "logs").iterdir())
    assert len(folders) == 2
    for folder in folders:
        assert set(TAGS) <= set(read_back(folder / "validation"))


def test_the_tags_and_steps_are_those_of_keras_own_callback(
    trained: Trained, tmp_path: Path
) -> None:
    """Keras writes its logs of two epochs; ours have the same sub-runs, tags and steps."""
    code = f"""
import numpy as np, keras
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
x, y = np.zeros((4, 2)), np.array([0, 1, 0, 1])
board = keras.callbacks.TensorBoard({str(tmp_path / "keras")!r}, write_graph=False)
model.fit(x, y, validation_data=(x, y), epochs=2, verbose=0, callbacks=[board])
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
    epochs = of_type(events_of(trained.plain.run), EpochEnded)
    for sub in SUB_RUNS:
        (tmp_path / "ours" / sub).mkdir(parents=True)
        (tmp_path / "ours" / sub / FILE_NAME).write_bytes(event_file(epochs, sub))
        theirs, ours = read_back(tmp_path / "keras" / sub), read_back(tmp_path / "ours" / sub)
        for tag in TAGS:
            assert [step for step, *_ in ours[tag]] == [step for step, *_ in theirs[tag]] == [0, 1]


def test_nothing_of_tensorboard_or_tensorflow_is_loaded_to_write_them() -> None:
    code = (
        "import sys, tui.runs.export as e, tui.cli.command; "
        "dict(tui.cli.command.cli.commands); "
        "print([n for n in ('tensorflow', 'tensorboard', 'keras', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
