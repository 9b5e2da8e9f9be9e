"""A training with class weights is `fit` with `class_weight`, and its program is the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import keras
import pytest

from tests.workers import shell as tools
from tests.workers.shell import Shell, events_of, last_of, of_type
from tui.runs.events.event_types import DataReady, EpochEnded
from tui.runs.export.training_script import spec_script
from tui.runs.store.run_folder import RunFolder

METRICS = ["accuracy", "loss", "val_accuracy", "val_loss"]


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 17 ants, 5 bees and 9 cats for training, 7 of each for validation."""
    folder = tools.draw_split(tmp_path_factory.mktemp("uneven") / "zoo", ("ants", "bees", "cats"))
    for name, kept in (("ants", 17), ("bees", 5), ("cats", 9)):
        for path in sorted((folder / "train" / name).iterdir())[kept:]:
            path.unlink()
    return folder


def script_history(run: RunFolder) -> dict[str, list[float]]:
    """Run a run's program, which calls `fit` with `class_weight`, in this process."""
    shown: dict[str, Any] = {}
    script = spec_script(run.spec())
    assert "class_weight=class_weight" in script
    exec(script, shown)
    keras.backend.clear_session()
    return dict(shown["history"].history)


def test_the_history_is_that_of_keras(uneven: Path, shell: Shell, tmp_path: Path) -> None:
    two = shutil.copytree(uneven, tmp_path / "two")
    for part in ("train", "validation"):
        shutil.rmtree(two / part / "ants")
    common = ("--epochs", 3, "--stop-when", "never", "--batch-size", 4, "--target-size", 16)
    balanced = shell.start(
        "train", uneven, *common, "--class-weight", "balanced", "--model",
        "16x16x3 flatten dense:k=8,a=relu dense:k=3,a=softmax",
    )  # fmt: skip
    named = shell.start(
        "train", two, *common, "--class-weight", "cats=3", "--model", tools.SMALL, "--loader",
        "keras",
    )  # fmt: skip
    balanced.wait(), named.wait()
    for command, weights in (
        (balanced, (31 / 51, 31 / 15, 31 / 27)),
        (named, (1.0, 3.0)),
    ):
        assert command.status == 0, command.err
        ready = last_of(command.run, DataReady)
        assert ready is not None and ready.class_weights == pytest.approx(weights)
        told = of_type(events_of(command.run), EpochEnded)
        history = script_history(command.run)
        for name in METRICS:
            row = [epoch.metrics[name] for epoch in told]
            assert row == pytest.approx(history[name], rel=1e-4, abs=1e-6), name
    assert "class weights: ants 0.608, bees 2.07, cats 1.15" in balanced.out.splitlines()
    shown = shell.call("runs", "show", balanced.run.name).out
    assert "class weights   balanced" in shown
    assert "in the loss     ants 0.608, bees 2.07, cats 1.15" in shown
