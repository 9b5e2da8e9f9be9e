"""What a training on several GPUs is made of: filled batches, and its speed against one."""

from __future__ import annotations

import doctest
import re

import numpy as np
import pytest

from tui.callback.epoch_clock import EpochClock
from tui.trainer.several_gpus import filled_batches, replicas, shared_training, speed
from tui.trainer.several_gpus.filled_batches import fill_batch, uneven_batch
from tui.trainer.several_gpus.speed import OneDevice, SpeedReport, speed_sentences


@pytest.mark.parametrize("module", [filled_batches, replicas, shared_training, speed])
def test_the_examples_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("devices", [2, 3, 4, 7])
@pytest.mark.parametrize("real", [1, 2, 3, 5, 11, 12])
def test_a_filled_batch_has_the_gradient_of_the_batch(real: int, devices: int) -> None:
    random = np.random.default_rng(real)
    images, labels = random.random((real, 2, 2, 1)), random.random((real, 1))
    losses = {image.tobytes(): random.random() for image in images}
    filled, marks, weights = fill_batch(images, labels, devices)
    assert len(filled) == len(marks) == len(weights)
    assert len(filled) % devices == 0 and len(filled) - real < devices
    # Keras: each device takes the mean of its part, and the devices' means are averaged.
    each = [losses[image.tobytes()] * weight for image, weight in zip(filled, weights, strict=True)]
    parts = np.array(each).reshape(devices, -1).mean(axis=1).mean()
    assert parts == pytest.approx(np.mean(list(losses.values())))
    assert (weights > 0).sum() == real
    assert np.array_equal(filled[:real], images) and np.array_equal(marks[:real], labels)


def test_a_whole_batch_is_not_copied() -> None:
    images, labels = np.zeros((6, 2, 2, 1)), np.zeros((6, 1))
    same, _, weights = fill_batch(images, labels, 3)
    assert same is images and (weights == 1).all()


def test_the_last_batch_is_named_where_it_is_uneven() -> None:
    assert uneven_batch(513, 64, 2) == 1
    assert uneven_batch(512, 64, 2) == uneven_batch(514, 64, 2) == 0
    assert uneven_batch(0, 64, 2) == 0 and uneven_batch(5, 64, 4) == 5


def report(one: OneDevice, steps: int, epochs: int, validates: bool) -> list[str]:
    """Return what is reported over some epochs, in the order in which Keras calls the hooks."""
    lines: list[str] = []
    callback = SpeedReport(one, 100 * steps, 100, "2 GPUs", EpochClock(), lines.append)
    for epoch in range(epochs):
        callback.on_epoch_begin(epoch)
        for step in range(steps):
            callback.on_train_batch_begin(step)
        if validates:
            callback.on_test_begin()
        callback.on_epoch_end(epoch)
        lines.append(f"end of epoch {epoch + 1}")
    callback.on_train_end()
    return lines


@pytest.mark.parametrize("validates", [True, False])
def test_the_speed_is_reported_once_after_the_first_epoch(validates: bool) -> None:
    lines = report(OneDevice(1.0), 3, 3, validates)
    assert lines[0] == "end of epoch 1" and lines[1].startswith("Epoch 1: ")
    assert lines[2:] == ["end of epoch 2", "end of epoch 3"]
    assert len(report(OneDevice(1.0), 3, 1, validates)) == 2, "also where it is the only one"


@pytest.mark.parametrize("validates", [True, False])
def test_an_epoch_of_one_step_is_compiling_and_not_measured(validates: bool) -> None:
    lines = report(OneDevice(1.0), 1, 3, validates)
    assert lines[:2] == ["end of epoch 1", "end of epoch 2"]
    assert lines[2].startswith("Epoch 2: ")


def test_what_could_not_be_measured_is_said() -> None:
    said = speed_sentences(50, "2 GPUs", OneDevice(0.0, "One of them alone could not be measured."))
    assert said == "Epoch 1: 50 images/s on 2 GPUs. One of them alone could not be measured."


@pytest.mark.parametrize(
    ("ratio", "waiting", "end"),
    [
        (2.0, 0.0, "2 times as fast."),
        (1.74, 0.05, "1.7 times as fast."),
        (1.0, 0.0, "about as fast: train this network on one, or with a larger batch."),
        (0.5, 0.0, "slower: train this network on one, or with a larger batch."),
        (0.5, 0.6, "slower: the images come too slowly."),
    ],
)
def test_what_follows_from_the_speed(ratio: float, waiting: float, end: str) -> None:
    said = speed_sentences(1000 * ratio, "2 GPUs", OneDevice(1000.0), waiting)
    assert said.endswith(f"with images in memory. Together they are {end}")
    assert bool(re.search(r"\d+% of the time waiting for images", said)) == (waiting >= 0.1)
