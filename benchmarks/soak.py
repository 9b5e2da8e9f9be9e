"""Kill a training again and again, and compare what it comes to with one that nobody killed.

Two runs of one spec: the first trains to its end, the second is killed with SIGKILL at random
moments, each time resumed as `cnn-tui runs resume` does, and at last left to end. Their histories
and their last states (weights, optimizer, random numbers, order of the images) must be equal to
the last bit. Exit status 0 when they are.

    python benchmarks/soak.py --kills 100
    python benchmarks/soak.py --kills 20 --data pets --model course --loader keras --epochs 10
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from tui.datasets import SAMPLES, Augmentation, describe, suggest_settings
from tui.keras_worker.state_file import read_state
from tui.runs.events.event_types import EpochEnded, Finished
from tui.runs.events.log_end import last_events
from tui.runs.events.run_follower import RunFollower
from tui.runs.process.trainer_environment import trainer_environment
from tui.runs.queue.resume import resume_run
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import checkpoint_path, checkpoints
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder


def spec_of(options: argparse.Namespace) -> TrainingSpec:
    """Return what both runs train: everything that draws random numbers is in it."""
    folder = options.data or SAMPLES["digits"].build()
    settings = suggest_settings(describe(folder))
    moved = Augmentation(rotation_range=10, width_shift_range=0.1)
    return make_spec(
        "soak",
        replace(settings, augmentation=moved),
        model=options.model,
        epochs=options.epochs,
        stop_rule=None,
        share=options.share,
        loader=options.loader,
    )


def start(run: RunFolder) -> subprocess.Popen[bytes]:
    with run.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "tui.trainer", str(run.path)],
            stdout=log,
            stderr=log,
            env=trainer_environment(),
            start_new_session=True,
        )


def kill_often(run: RunFolder, kills: int, rng: random.Random) -> int:
    """Train a run to its end, and kill it so often on its way; return how often it was.

    Where the epochs run out before that, the last kill may meet a trainer that has ended its run.
    """
    done = 0
    began = time.monotonic()
    while True:
        trainer = start(run)
        if done >= kills:
            trainer.wait()
        else:
            wait_and_kill(run, trainer, rng)
        if trainer.returncode != -signal.SIGKILL:
            return done
        done += 1
        print(
            f"kill {done:>4}: {run.epochs_done()} epochs, {time.monotonic() - began:,.0f} s",
            flush=True,
        )
        try:
            resume_run(run)
        except RunError as error:  # it had said its last word before it was killed
            print(f"it was over by then: {error}", flush=True)
            return done


def wait_and_kill(run: RunFolder, trainer: subprocess.Popen[bytes], rng: random.Random) -> None:
    """Kill a trainer: one in four while it starts, the others soon after an epoch of its own."""
    before = epochs_told(run)
    early = rng.random() < 0.25
    end = time.monotonic() + (rng.uniform(0, 6) if early else 600)
    while time.monotonic() < end and trainer.poll() is None:
        if not early and epochs_told(run) > before:
            time.sleep(rng.uniform(0, 0.5))
            break
        time.sleep(0.01)
    trainer.kill()
    trainer.wait()


def epochs_told(run: RunFolder) -> float:
    """Return when the last epoch ended, void or not."""
    event = last_events(run.events, (EpochEnded,)).get(EpochEnded)
    return 0.0 if event is None else event.at


def differences(one: RunFolder, other: RunFolder) -> list[str]:
    """Name what differs between two runs; nothing, if all is well."""
    found = []
    if one.history_csv.read_text() != other.history_csv.read_text():
        found.append("history.csv")
    first, second = (read_state(checkpoint_path(run, checkpoints(run)[-1])) for run in (one, other))
    if first.values != second.values:
        found.append("the values of the last state")
    if first.arrays.keys() != second.arrays.keys():
        return [*found, "the names of the arrays"]
    return found + [
        f"the array {name}"
        for name, array in first.arrays.items()
        if not np.array_equal(array, second.arrays[name])
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--data", type=Path, help="a folder of images; generated digits without")
    parser.add_argument("--model", help="course, digits or a network; the suiting one without")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--loader", default="cached", choices=("cached", "keras"))
    parser.add_argument("--seed", type=int, default=1, help="of the moments of death")
    options = parser.parse_args()
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        spec = spec_of(options)
        whole, killed = create_run(spec), create_run(spec)
        if start(whole).wait() != 0:
            print(whole.log.read_text(), file=sys.stderr)
            return 2
        kills = kill_often(killed, options.kills, random.Random(options.seed))
        follower = RunFollower(killed)
        while follower.poll():
            pass
        ended = isinstance(follower.progress.ending, Finished)
        found = differences(whole, killed) if ended else [f"it {follower.state}"]
        if kills < options.kills:
            print(f"The epochs ran out after {kills} of {options.kills} kills: take more --epochs.")
        print(
            f"{kills} kills, {len(follower.progress.resumed)} times taken up, "
            f"{follower.progress.epochs_done} epochs: " + ("; ".join(found) or "no difference")
        )
        return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
