"""A model on several devices: each computes its part of a batch, and all take the same step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from tui.keras_io.compile_names import LOSS_METRICS
from tui.trainer.several_gpus.replicas import Replicas


class MirroredModel(keras.Model):  # type: ignore[misc]
    """A model that trains on filled batches: of each, images with the weight 0 do not count.

    Keras's loss tracker counts every image of a batch. So the loss is measured once more, as a
    weighted metric of the same name, which replaces it.
    """

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        counts = keras.ops.cast(sample_weight > 0, "float32")
        return super().compute_metrics(x, y, y_pred, counts)

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        # Under a strategy Keras takes a batch from the loader to see its shapes. Then the order of
        # the images would be another than on one device.
        images = np.zeros((1, *self.input_shape[1:]), "float32")
        columns = 1 if self.loss.startswith("sparse") else self.output_shape[-1]
        labels = np.zeros((1, columns), "float32")
        super()._maybe_symbolic_build(data_batch=(images, labels, np.ones(1, "float32")))


def mirrored(model: keras.Model, loss: str, replicas: Replicas) -> MirroredModel:
    """Return a model to call `fit` of, with the layers and the optimizer of another.

    Args:
        model: compiled, built in the scope of the replicas. It is the one to save.
        loss: that it was compiled with.
        replicas: the devices.
    """
    with replicas.scope():
        model.optimizer.build(model.trainable_variables)
        trained = MirroredModel(model.inputs, model.outputs)
        metric = getattr(keras.metrics, LOSS_METRICS[loss])
        trained.compile(
            optimizer=model.optimizer,
            loss=loss,
            weighted_metrics=[metric(name="loss"), "accuracy"],
        )
    return trained


def synchronize_normalization(model: keras.Model, *, on: bool = True) -> None:
    """Let BatchNormalization use the mean of the whole batch, or of a device's part of it.

    With the parts alone the results would differ from those of one device, and the moving means of
    the devices from each other.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = on


@contextmanager
def as_on_one_device(model: keras.Model) -> Iterator[None]:
    """Let a model be saved, within a `with` block, as one that was trained on one device."""
    changed = [layer for layer in model.layers if getattr(layer, "synchronized", False)]
    for layer in changed:
        layer.synchronized = False
    try:
        yield
    finally:
        for layer in changed:
            layer.synchronized = True
