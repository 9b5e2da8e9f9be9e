"""Killed and resumed, again and again: what comes out is what would have come out anyway."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tests.workers.shell import ROOT, SIDE, events_of, last_of, of_type
from tests.workers.trainer.forking import KINDS
from tui.datasets import Augmentation, LoaderSettings
from tui.keras_worker.snapshot_files import read_weights
from tui.keras_worker.state_file import read_state
from tui.runs.events.event_types import EpochEnded, Finished, Notice, Resumed, RunStarted
from tui.runs.events.run_follower import RunFollower
from tui.runs.queue.resume import resume_run
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import Loader, Optimizer, StopRule
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import (
    best_path,
    checkpoint_path,
    checkpoints,
    epoch_of_best,
    snapshot_path,
    snapshots,
    write_epoch,
)
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import summarise

NETWORK = f"{SIDE}x{SIDE}x3 conv:k=4,f=3,a=relu maxpool:f=2 dropout:r=0.3 flatten dense:k=8,a=relu "
NETWORK += "dropout:r=0.5 dense:k=1,a=sigmoid"
PLAIN = f"{SIDE}x{SIDE}x3 conv:k=4,f=3,a=relu maxpool:f=4 flatten dense:k=1,a=sigmoid"
DEEP = f"{SIDE}x{SIDE}x3 " + "conv:k=8,f=3,p=1 " * 8 + "flatten dense:k=1,a=sigmoid"
"""Blows up at once with a high learning rate."""
EPOCHS = 20


def make_run(
    pictures: Path,
    *,
    network: str = NETWORK,
    epochs: int = EPOCHS,
    loader: Loader = "cached",
    augment: bool = True,
    seed: int | None = 42,
    optimizer: Optimizer = "rmsprop",
    learning_rate: float = 0.001,
    rule: StopRule | None = None,
) -> RunFolder:
    settings = LoaderSettings(
        directory=str(pictures / "train"),
        validation_directory=str(pictures / "validation"),
        classes=("cats", "dogs"),
        target_size=(SIDE, SIDE),
        batch_size=4,
        seed=seed,
        augmentation=Augmentation(rotation_range=20, horizontal_flip=True)
        if augment
        else Augmentation(),
    )
    spec = make_spec(
        "pets",
        settings,
        model=network,
        epochs=epochs,
        learning_rate=learning_rate,
        stop_rule=rule,
        loader=loader,
    )
    return create_run(replace(spec, optimizer=optimizer))


class Trainers:
    """Trains runs to their ends, in children of a process that has Keras loaded."""

    def __init__(self) -> None:
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed by the fixture)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.workers.trainer.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def __call__(self, *runs: RunFolder, kinds: Sequence[Sequence[str]] = ()) -> list[int]:
        """Train runs, and return how often each was killed.

        Args:
            runs: one after the other.
            kinds: for each run the deaths that it is to die on its way.
        """
        plans = [
            {"run": str(run.path), "kinds": deaths}
            for run, deaths in zip_longest(runs, kinds, fillvalue=())
            if isinstance(run, RunFolder)
        ]
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(
            json.dumps({"home": os.environ["CNN_TUI_HOME"], "plans": plans}) + "\n"
        )
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        self.errors.seek(0)
        assert answer, self.errors.read()[-3000:]
        kills: list[int] = json.loads(answer)
        return kills


@pytest.fixture(scope="module")
def train() -> Iterator[Trainers]:
    trainers = Trainers()
    yield trainers
    trainers.process.communicate("", timeout=30)
    trainers.errors.close()


def assert_same(one: RunFolder, other: RunFolder) -> None:
    """Two runs have the same history, weights, optimizer and random numbers to the last bit."""
    assert one.history_csv.read_text() == other.history_csv.read_text()
    (newest,) = {checkpoints(run)[-1] for run in (one, other)}
    first, second = (read_state(checkpoint_path(run, newest)) for run in (one, other))
    assert first.values == second.values
    assert first.arrays.keys() == second.arrays.keys()
    for name, array in first.arrays.items():
        assert np.array_equal(array, second.arrays[name]), name


@dataclass
class Pair:
    whole: RunFolder
    killed: RunFolder
    kinds: list[str]


def test_killed_twenty_times_a_run_ends_as_if_it_had_not_been(
    pictures: Path, own_home: Path, train: Trainers, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(6)
    pairs = []
    for options in (
        {},
        {"loader": "keras", "seed": None, "optimizer": "adam"},
        {"augment": False},
        {"loader": "keras", "augment": False, "network": PLAIN, "optimizer": "sgd"},
    ):
        kinds = rng.sample(KINDS, len(KINDS))
        pairs.append(Pair(make_run(pictures, **options), make_run(pictures, **options), kinds))
    train(*(pair.whole for pair in pairs))
    kills = train(*(pair.killed for pair in pairs), kinds=[pair.kinds for pair in pairs])
    for pair in pairs:
        assert_same(pair.whole, pair.killed)
        follower = RunFollower(pair.killed)
        follower.poll()
        progress = follower.progress
        assert progress.epoch_numbers == [*range(1, EPOCHS + 1)], "each epoch stands there once"
        whole = RunFollower(pair.whole)
        whole.poll()
        assert progress.history == whole.progress.history
        assert (progress.best_epoch, progress.best) == (
            whole.progress.best_epoch,
            whole.progress.best,
        )
        curve, straight = (f.progress.batch_curves["loss"] for f in (follower, whole))
        assert (list(curve.x), list(curve.y)) == (list(straight.x), list(straight.y))
        assert follower.state == "finished" and len(checkpoints(pair.killed)) == 2
        assert snapshots(pair.killed) == snapshots(pair.whole)
        left = [path.name for path in pair.killed.path.rglob("new-*")]
        assert not left, "nothing half-written is left"
    with capsys.disabled():
        print(f"\n{sum(kills)} kills ({', '.join(map(str, kills))}), 4 runs, no difference")
    assert sum(kills) >= 20


def spoil(run: RunFolder, damage: str) -> None:
    """Damage the newest checkpoint of a run."""
    before, newest = checkpoints(run)
    path = checkpoint_path(run, newest)
    data = bytearray(path.read_bytes())
    if damage == "torn":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
    else:
        data = bytearray(checkpoint_path(run, before).read_bytes())
    path.write_bytes(data)
    (path.parent / f"new-{path.name}").write_bytes(b"half")


def test_a_damaged_checkpoint_is_passed_over_and_said(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    run, whole = (make_run(pictures, network=PLAIN, epochs=epochs) for epochs in (3, 7))
    train(run, whole)
    for damage, epoch, reason in (
        ("torn", 3, "its checksum does not match"),
        ("flipped", 4, "its checksum does not match"),
        ("swapped", 5, "it says that it is of epoch 4"),
    ):
        spoil(run, damage)
        assert resume_run(run, epochs=epoch + 1) == epoch
        assert summarise(run).state == "starting"
        train(run)
        resumed = last_of(run, Resumed)
        assert resumed is not None and resumed.epoch == epoch - 1
        assert resumed.reason.startswith(f"The checkpoint of epoch {epoch} was skipped: {reason}")
        assert summarise(run).epochs_done == epoch + 1
        assert sorted(path.name for path in checkpoint_path(run, 1).parent.iterdir()) == [
            f"epoch-{epoch + done:04}.state" for done in (0, 1)
        ]
    for epoch in checkpoints(run):
        checkpoint_path(run, epoch).write_bytes(b"")
    resume_run(run, epochs=7)
    train(run)
    resumed = last_of(run, Resumed)
    assert resumed is not None and resumed.epoch == 0
    assert resumed.reason.count(" was skipped: it does not begin as a checkpoint does.") == 2
    assert_same(whole, run)


def test_a_best_model_that_a_death_left_unwritten_is_written_from_the_checkpoint(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    run = make_run(pictures, epochs=1)
    train(run)
    best = run.path / "best.keras"
    assert model_weights(best) == weights_of_first_epoch(run)
    # As a kill leaves it between the checkpoint of the best epoch and the model.
    best.unlink()
    resume_run(run, epochs=2, learning_rate=1e-30)
    train(run)
    ended = of_type(events_of(run), EpochEnded)
    assert [event.best_epoch for event in ended] == [1, 1], "nothing was learned any more"
    assert model_weights(best) == weights_of_first_epoch(run)


def test_an_old_best_model_is_replaced_or_told_of(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    run = make_run(pictures, epochs=1)
    train(run)
    resume_run(run, epochs=3, learning_rate=1e-30)
    train(run)
    best = best_path(run)
    assert checkpoints(run) == [2, 3] and epoch_of_best(run) == 1
    # As it is when no disk took the model of the best epoch, and the trainer was killed.
    shutil.copy(run.path / "final.keras", best)
    write_epoch(best, 2)
    resume_run(run, epochs=4)
    train(run)
    assert epoch_of_best(run) == 1
    assert model_weights(best) == weights_of_first_epoch(run)
    assert not of_type(events_of(run), Notice)

    snapshot_path(run, 1).unlink()
    write_epoch(best, 2)
    resume_run(run, epochs=5)
    train(run)
    (notice,) = of_type(events_of(run), Notice)
    assert notice.text == "best.keras is of epoch 2: the best, of epoch 1, could not be written."
    assert notice.text in run.log.read_text()
    assert epoch_of_best(run) == 2, "rather an old one than none"


def model_weights(file: Path) -> list[bytes]:
    """Return the weights in a `.keras` file that can be evaluated as it is."""
    import keras

    model = keras.saving.load_model(file)
    assert model.compiled
    return [weight.tobytes() for weight in model.get_weights()]


def weights_of_first_epoch(run: RunFolder) -> list[bytes]:
    return [weight.tobytes() for weight in read_weights(snapshot_path(run, 1))]


def test_more_epochs_for_a_run_that_is_over(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    rule = StopRule("loss", "<", 1000)
    short, long, ruled = (
        make_run(pictures, epochs=2),
        make_run(pictures, epochs=5),
        make_run(pictures, epochs=9, rule=rule),
    )
    train(short, long, ruled)
    with pytest.raises(RunError, match=r"is over: All 2 epochs are done\. .* for example 7"):
        resume_run(short)
    with pytest.raises(RunError, match="2 epochs already, so 2 in all cannot be"):
        resume_run(short, epochs=2)
    with pytest.raises(RunError, match="is over: Stopped by the rule loss < 1000"):
        resume_run(ruled)
    resume_run(short, epochs=5)
    resume_run(ruled, epochs=3)
    train(short, ruled)
    assert_same(short, long)
    finished = last_of(ruled, Finished)
    assert finished is not None and (finished.reason, finished.epochs) == ("completed", 3)
    assert len(of_type(events_of(ruled), RunStarted)) == 2
    assert [event.epoch for event in of_type(events_of(short), EpochEnded)] == [1, 2, 3, 4, 5]

    # Started once more by accident, it only says so again.
    before = short.history_csv.read_bytes()
    train(short)
    assert summarise(short).state == "finished" and short.history_csv.read_bytes() == before
