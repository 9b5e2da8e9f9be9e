"""A stranger's program in a process of its own: killed, on a full disk, on other backends."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.workers.callback.fits import only_run
from tests.workers.shell import PATIENCE, ROOT, wait_for
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import Finished
from tui.runs.store.loaded_run import LoadedRun, load_run
from tui.runs.store.run_summary import summarise

pytestmark = pytest.mark.usefixtures("own_home")

PROGRAM = """
import sys, time
import numpy as np
import keras
from tui.callback import RunCallback

x = np.random.default_rng(1).random((48, 6, 6, 1), np.float32)
y = np.random.default_rng(2).integers(0, 2, 48)

def model(rate=0.01):
    keras.utils.set_random_seed(1)
    made = keras.Sequential([
        keras.Input((6, 6, 1)),
        keras.layers.Conv2D(2, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    made.compile(keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    return made

def fit(callbacks, made=None, **arguments):
    settings = dict(validation_data=(x[:16], y[:16]), batch_size=8, epochs=3)
    settings.update(arguments)
    return (made or model()).fit(x, y, verbose=0, callbacks=callbacks, **settings).history
"""


def start(
    tmp_path: Path, code: str, *arguments: str, backend: str = "tensorflow", **variables: str
) -> subprocess.Popen[str]:
    """Start a program of a stranger's, `train.py`."""
    path = tmp_path / "train.py"
    path.write_text(PROGRAM + dedent(code))
    return subprocess.Popen(
        [sys.executable, str(path), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend, **variables},
    )


def run_to_end(process: subprocess.Popen[str]) -> str:
    """Return what a program printed; it has to end well."""
    printed, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors[-3000:]
    return printed


def at_work(epochs: int = 2) -> LoadedRun:
    """Wait until the one run has some epochs."""

    def look() -> LoadedRun | None:
        try:
            found = only_run()
        except ValueError:
            return None
        return found if found.progress.epochs_done >= epochs else None

    return wait_for("some epochs of the stranger's program", look)


def test_a_program_that_is_killed_has_died_at_its_epoch(tmp_path: Path) -> None:
    process = start(tmp_path, "fit([RunCallback('killed')], epochs=100_000)", "--lr", "0.1")
    run = at_work()
    assert run.state == "running" and run.external is not None
    assert run.external.command == "train.py --lr 0.1"
    assert run.external.directory == str(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    summary = summarise(run.folder)
    assert summary.status == f"died at epoch {summary.epochs_done + 1}"


def test_ctrl_c_is_a_stop(tmp_path: Path) -> None:
    process = start(tmp_path, "fit([RunCallback('interrupted')], epochs=100_000)")
    at_work()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    run = only_run()
    assert run.state == "stopped" and isinstance(run.progress.ending, Finished)
    assert run.progress.ending.sentence.startswith("Interrupted from the keyboard in epoch ")


def test_a_program_that_breaks_off_says_with_what(tmp_path: Path) -> None:
    code = """
    class Breaks(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise ValueError("my own mistake")

    fit([RunCallback("breaks"), Breaks()])
    """
    process = start(tmp_path, code)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1 and "my own mistake" in errors
    assert "cnn-tui" not in errors
    run = only_run()
    ending = run.progress.ending
    assert run.state == "failed" and "train.py ended in epoch 1 with ValueError" in str(ending)


def test_a_full_disk_is_one_warning_and_the_training_goes_on(tmp_path: Path) -> None:
    code = """
    import resource
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    class Fills(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            limit = {1: 10, 3: hard}.get(epoch)
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))

    print(len(fit([RunCallback("full", save="last"), Fills()], epochs=5)["loss"]))
    """
    process = start(tmp_path, code)
    printed, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, printed.strip()) == (0, "5")
    assert errors.count("RuntimeWarning: cnn-tui: Cannot write") == 1 and "Traceback" not in errors
    run = only_run()
    assert run.state == "finished" and run.progress.epochs_done == 5
    assert len(run.progress.history["loss"]) == 5, "what waited in memory is written later"


STEERED = """
model_ = model()
history = fit([RunCallback("steered", save="best")], model_, epochs=100_000)
print(len(history["loss"]), round(float(model_.optimizer.learning_rate), 6))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_each_backend_is_steered(tmp_path: Path, backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    process = start(tmp_path, STEERED, backend=backend)
    run = at_work()
    assert run.progress.libraries is not None and run.progress.libraries.backend == backend
    change_control(run.folder.control, learning_rate=0.5, saves=1)

    def saved() -> LoadedRun | None:
        found = load_run(run.folder)
        return found if any(name.startswith("saved-") for name in found.progress.saved) else None

    wait_for("a saved model", saved)
    change_control(run.folder.control, want="stop")
    epochs, rate = run_to_end(process).split()
    run = load_run(run.folder)
    assert run.state == "stopped" and float(rate) == 0.5
    assert run.progress.epochs_done in (int(epochs), int(epochs) - 1)
    assert run.progress.epoch_details[-1].learning_rate == 0.5
    assert {"best.keras", "final.keras"} <= set(run.progress.saved)


def test_histories_are_the_same_with_and_without_on_jax(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    process = start(tmp_path, "print(fit([RunCallback('a')]) == fit([]))", backend="jax")
    assert run_to_end(process).strip() == "True"


def test_two_devices_of_one_strategy_write_one_run(tmp_path: Path) -> None:
    code = """
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        made = model()
    print(len(fit([RunCallback("mirrored")], made)["loss"]))
    """
    assert run_to_end(start(tmp_path, code)).strip() == "3"
    run = only_run()
    assert run.state == "finished" and run.progress.epochs_done == 3


def test_importing_it_loads_nothing_heavy(tmp_path: Path) -> None:
    code = """
    import sys
    import tui.callback
    print(sorted({"keras", "tensorflow", "textual", "rich", "numpy", "PIL"} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=PATIENCE,
    )
    assert done.stdout.strip() == "[]", done.stderr
    code = """
    import sys, keras
    before = {name.partition(".")[0] for name in sys.modules}
    from tui.callback import RunCallback
    after = {name.partition(".")[0] for name in sys.modules}
    new = after - before - set(sys.stdlib_module_names)
    print(sorted(new - {"tui", "msgspec", "platformdirs"}))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=PATIENCE,
    )
    assert done.stdout.strip() == "[]", done.stderr
