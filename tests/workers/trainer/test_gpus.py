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
    "trainer": "from tui.trainer.job import choose_replicas; from types import SimpleNamespace; "
    "name = choose_replicas(SimpleNamespace(gpus=0), resumed=False).description",
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


SHARED = CALLS["trainer"].split("name =")[0] + (
    """
loader = SimpleNamespace(batch_size=BATCH)
spec = SimpleNamespace(gpus=ASKED, data=loader)
try:
    found = choose_replicas(spec, resumed=RESUMED)
    name = [found.devices, found.description, found.notice]
except Exception as error:
    name = [type(error).__name__, str(error)]
"""
)
"""What a training on several GPUs gets."""


def printed_by(program: str) -> Any:
    """Return what a program of its own prints last, as JSON: devices are chosen once a process."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("where", CALLS)
def test_with_two_gpus_the_memory_of_both_is_spared(where: str) -> None:
    refusal, name, grows, allowed = printed_by(TWO_GPUS.replace("CALL", CALLS[where]))
    assert refusal == "Memory growth cannot differ between GPU devices"
    assert name == "Made-up /physical_device:GPU:0"
    assert grows == [True, True] and allowed


def shared(asked: int, batch: int, *, resumed: bool = False) -> list[Any]:
    """Return what a training gets where TensorFlow lists two GPUs."""
    call = SHARED.replace("ASKED", str(asked)).replace("BATCH", str(batch))
    answer = printed_by(TWO_GPUS.replace("CALL", call.replace("RESUMED", str(resumed))))
    if len(answer[1]) == 3:
        assert answer[2] == [True, True], "memory growth is the same on all"
    found: list[Any] = answer[1]
    return found


@pytest.mark.parametrize("asked", [2, -1])
def test_both_gpus_are_found_for_one_training(asked: int) -> None:
    devices, description, notice = shared(asked, 64)
    assert devices == ["GPU:0", "GPU:1"] and not notice
    assert description == ("1 × Made-up /physical_device:GPU:0, 1 × Made-up /physical_device:GPU:1")


def test_a_batch_that_two_gpus_cannot_share_is_refused() -> None:
    kind, sentence = shared(-1, 21)
    assert kind == "TrainingError"
    assert sentence == (
        "2 GPUs cannot share a batch of 21 images evenly. Choose a batch size of 20 or 22, or 3 "
        "GPUs."
    )


def test_a_run_of_more_gpus_is_resumed_on_those_that_are_there() -> None:
    kind, sentence = shared(4, 64)
    assert kind == "TrainingError"
    assert sentence.startswith("4 GPUs were asked for, and TensorFlow sees 2 here.")
    devices, _, notice = shared(4, 64, resumed=True)
    assert devices == ["GPU:0", "GPU:1"]
    assert notice == (
        "The run asks for 4 GPUs, and TensorFlow sees 2 here: it continues on 2, which changes the "
        "history by rounding only."
    )
    devices, description, notice = shared(3, 21, resumed=True)
    assert devices == [] and description == "Made-up /physical_device:GPU:0"
    assert "it continues on one device" in notice


def test_the_copy_that_is_written_takes_no_memory_where_the_training_computes(
    tmp_path: Any,
) -> None:
    model, twin, same, count = printed_by(TWIN.replace("FOLDER", repr(str(tmp_path))))
    assert model == ["device:CPU:1"]
    assert twin == ["device:CPU:0"]
    assert same and count == 8
