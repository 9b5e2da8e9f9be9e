"""Losses and weights that are no longer finite, and how the run continues."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from tests.workers.shell import last_of
from tests.workers.trainer.test_resume import DEEP, PLAIN, Trainers, make_run
from tests.workers.trainer.test_resume import train as train
from tui.keras_worker.state_file import State, read_state, write_state
from tui.runs.events.event_types import Failed
from tui.runs.export.run_formatting import failure_sentence
from tui.runs.queue.resume import resume_run
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import (
    checkpoint_path,
    checkpoints,
)


def test_a_rate_that_was_raised_too_high_goes_back_to_the_one_that_went_well(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    run = make_run(pictures, network=DEEP, epochs=2, optimizer="sgd")
    train(run)
    for rate in (100.0, 90.0):  # taken up again, it knows as well
        resume_run(run, epochs=4, learning_rate=rate)
        train(run)
        failed = last_of(run, Failed)
        assert failed is not None and failed.what.endswith("of epoch 3.")
        assert failed.cure == (
            f"The learning rate {rate:g} is too high: with 0.001 epoch 2 went well."
        )
        assert (failed.run, failed.kept, failed.learning_rate) == (run.name, 2, 0.001)
        assert failed.not_finite
        assert failure_sentence(failed).endswith(
            f" The state after epoch 2 is kept: `cnn-tui runs resume {run.name} --learning-rate "
            "0.001` resumes from there."
        )


def test_weights_that_a_finite_loss_makes_infinite_are_reported_with_the_rate_to_go_on_with(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    """One batch an epoch: its loss is measured before RMSprop squares gradients beyond 32 bits."""
    spec = make_run(pictures, network=PLAIN, epochs=2).spec()
    run = create_run(replace(spec, data=replace(spec.data, batch_size=64)))
    train(run)
    path = checkpoint_path(run, 2)
    state = read_state(path)
    steep = {**state.arrays, "v2": np.full_like(state.arrays["v2"], 1e25)}
    write_state(path, State(state.values, steep))
    resume_run(run, epochs=4, learning_rate=100.0)
    train(run)
    failed = last_of(run, Failed)
    assert failed is not None
    assert failed.what.startswith("The weights stopped being finite numbers in epoch 3 (")
    assert failed.cure == "The learning rate 100 is too high: with 0.001 epoch 2 went well."
    assert (failed.kept, failed.learning_rate, failed.not_finite) == (2, 0.001, True)


def test_a_loss_that_is_not_finite_ends_it_and_the_state_before_is_kept(
    pictures: Path, own_home: Path, train: Trainers
) -> None:
    lost = make_run(pictures, network=DEEP, learning_rate=100.0, optimizer="sgd")
    later = make_run(pictures, network=PLAIN, epochs=2)
    train(later, lost)
    failed = last_of(lost, Failed)
    assert failed is not None and failed.where == "training"
    assert re.fullmatch(
        r"The loss stopped being a finite number at batch \d of epoch 1\.", failed.what
    )
    assert failed.cure == (
        "It began with learning rate 100 (sgd), 10,000 times the usual 0.01. Start again with a "
        "learning rate of 0.01."
    )
    assert (failed.learning_rate, failed.kept, failed.not_finite) == (0.01, 0, True)
    assert f"{failed.what} {failed.cure}" in lost.log.read_text()
    assert checkpoints(lost) == [] and not (lost.path / "best.keras").exists()

    # A weight beyond all measure, such as one more step would have made it.
    path = checkpoint_path(later, 2)
    state = read_state(path)
    spoilt = {**state.arrays, "v0": np.full_like(state.arrays["v0"], np.inf)}
    write_state(path, State(state.values, spoilt))
    before = path.read_bytes()
    resume_run(later, epochs=4)
    train(later)
    failed = last_of(later, Failed)
    assert failed is not None
    assert failed.what == "The loss stopped being a finite number at batch 1 of epoch 3."
    assert failed.cure == (
        "It began with learning rate 0.001 (rmsprop). Start again with a learning rate of 0.0001."
    )
    assert failure_sentence(failed).endswith(
        f" The state after epoch 2 is kept: `cnn-tui runs resume {later.name} "
        "--learning-rate 0.0001` resumes from there."
    )
    assert checkpoints(later) == [1, 2] and path.read_bytes() == before
    assert later.history_csv.read_text().count("\n") == 3
