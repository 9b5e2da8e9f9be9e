"""More than one device: each GPU spared, and nothing on one that need not be there."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

TWO_GPUS = """
import json, sys
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.eager.context import PhysicalDevice

# TensorFlow's own book of devices, with two GPUs entered by hand. It is never asked to compute.
book = context.Context()
book._physical_devices = [
    PhysicalDevice("/physical_device:CPU:0", "CPU"),
    PhysicalDevice("/physical_device:GPU:0", "GPU"),
    PhysicalDevice("/physical_device:GPU:1", "GPU"),
]
book._physical_device_to_index = {d: n for n, d in enumerate(book._physical_devices)}
book._visible_device_list = list(book._physical_devices)
book._memory_growth_map = {d: None for d in book._physical_devices if d.device_type == "GPU"}
book._virtual_device_map = {}
book._initialize_physical_devices = lambda reinitialize=False: None
context._context = book
tf.config.experimental.get_device_details = lambda device: {"device_name": f"Made-up {device.name}"}
# What used to be done: to the first alone. TensorFlow refuses to begin then.
gpus = tf.config.list_physical_devices("GPU")
tf.config.experimental.set_memory_growth(gpus[0], True)
try:
    book._compute_gpu_options()
    refusal = ""
except ValueError as error:
    refusal = str(error)
book._memory_growth_map = {d: None for d in gpus}
CALL
options = book._compute_gpu_options()
print(json.dumps([refusal, name, [book._memory_growth_map[d] for d in gpus], options.allow_growth]))
"""
CALLS = {
    "trainer": "from tui.trainer.job import device_name; name = device_name()",
    "look inside": "from tui.inspector.dispatcher import grow_gpu_memory; "
    "name = 'Made-up ' + grow_gpu_memory()[0].name",
}
TWIN = """
import json
import keras, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
from pathlib import Path
from tui.trainer.state.saved_models import BestModel
from tui.runs.store.run_folder import RunFolder

with tf.device("CPU:1"):  # stands in for the GPU, on which everything is made by itself
    layers = [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(3),
              keras.layers.BatchNormalization(), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
    model.fit(np.ones((8, 4, 4, 1)), np.ones((8, 1)), verbose=0)
    best = BestModel(RunFolder(Path(FOLDER)), model)
    best.pending = 1, model.get_weights()
    assert best.write() is not None
def places(one):
    inside = [*one.variables, *one.optimizer.variables]
    return sorted({variable.value.device.rpartition("/")[2] for variable in inside})
read = keras.models.load_model(Path(FOLDER) / "best.keras")
same = all(np.array_equal(a, b) for a, b in zip(read.get_weights(), model.get_weights()))
print(json.dumps([places(model), places(best._copy), same, len(read.get_weights())]))
"""


def told(program: str) -> Any:
    """Return what a program of its own prints last, as JSON: devices are chosen once a process."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("where", CALLS)
def test_with_two_gpus_the_memory_of_both_is_spared(where: str) -> None:
    refusal, name, grows, allowed = told(TWO_GPUS.replace("CALL", CALLS[where]))
    assert refusal == "Memory growth cannot differ between GPU devices"
    assert name == "Made-up /physical_device:GPU:0"
    assert grows == [True, True] and allowed


def test_the_copy_that_is_written_takes_no_memory_where_the_training_computes(
    tmp_path: Any,
) -> None:
    model, twin, same, count = told(TWIN.replace("FOLDER", repr(str(tmp_path))))
    assert model == ["device:CPU:1"]
    assert twin == ["device:CPU:0"]
    assert same and count == 8
