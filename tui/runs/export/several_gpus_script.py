"""The lines of a training's program that share each batch among several GPUs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from tui.keras_io.compile_names import LOSS_METRICS
from tui.runs.settings.several_gpus import ALL_GPUS


def device_lines(gpus: int, devices: Sequence[str] = ()) -> list[str]:
    """Return the lines that make the strategy.

    Args:
        gpus: as in `TrainingSpec.gpus`.
        devices: TensorFlow's names of those that a run computed on; empty where not known.
    """
    names = list(devices) or [f"GPU:{number}" for number in range(gpus)]
    lines = [""]
    if any(name.startswith("CPU") for name in names):
        lines += [
            "# A test: the parts of the CPU stand in for GPUs.",
            'cpu = tf.config.list_physical_devices("CPU")[0]',
            f"parts = [tf.config.LogicalDeviceConfiguration()] * {len(names)}",
            "tf.config.set_logical_device_configuration(cpu, parts)",
        ]
    chosen = "" if gpus == ALL_GPUS and not devices else repr(names)
    return [*lines, f"strategy = tf.distribute.MirroredStrategy({chosen})"]


SHARED_CLASSES = '''

class FilledBatches(keras.utils.PyDataset):
    """Batches with weights. The last one is filled up, so that each GPU gets as many images."""

    def __init__(self, loader):
        super().__init__(loader.workers, loader.use_multiprocessing, loader.max_queue_size)
        self.loader = loader

    def __len__(self):
        return len(self.loader)

    def __getitem__(self, index):
        images, labels = self.loader[index]
        real, gpus = len(images), strategy.num_replicas_in_sync
        filled = -(-real // gpus) * gpus
        rows = np.arange(filled)
        # Keras divides by the number of all images: those that count weigh the more.
        weights = np.where(rows < real, filled / real, 0.0).astype("float32")
        rows %= real
        return images[rows], labels.reshape(real, -1)[rows], weights

    def on_epoch_begin(self):
        self.loader.on_epoch_begin()

    def on_epoch_end(self):
        self.loader.on_epoch_end()


class MirroredModel(keras.Model):
    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        counts = keras.ops.cast(sample_weight > 0, "float32")
        return super().compute_metrics(x, y, y_pred, counts)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # Keras would take a batch from the loader, and the order of the images would be another.
        images = np.zeros((1, *self.input_shape[1:]), "float32")
        columns = 1 if self.loss.startswith("sparse") else self.output_shape[-1]
        labels = np.zeros((1, columns), "float32")
        super()._maybe_symbolic_build(data_batch=(images, labels, np.ones(1, "float32")))

'''.splitlines()
"""Lines of the classes that `MirroredStrategy` needs for the history of one GPU."""


def mirrored_lines(model: Sequence[str], loss: str) -> list[str]:
    """Return the lines that build a model on all GPUs, and another to train it with.

    Args:
        model: the lines that build and compile it.
        loss: that it is compiled with.
    """
    imports = [line for line in model if line.startswith("from ")]
    code = "\n".join(line for line in model if line not in imports).strip("\n")
    # With the mean of each GPU's part of a batch the history would be another.
    code = code.replace("BatchNormalization()", "BatchNormalization(synchronized=True)")
    code += f"""
model.optimizer.build(model.trainable_variables)
trained = MirroredModel(model.inputs, model.outputs)
trained.compile(
    optimizer=model.optimizer,
    loss={loss!r},
    # Keras's own loss counts all images, also those that fill a batch up.
    weighted_metrics=[keras.metrics.{LOSS_METRICS[loss]}(name="loss"), "accuracy"],
)"""
    scope = [*imports, *[""] * bool(imports), "with strategy.scope():"]
    return [*scope, *textwrap.indent(code, "    ").split("\n"), ""]
