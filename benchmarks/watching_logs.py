"""Logs that are watched: time to the first curve, to the end, memory, and the reader at rest.

Fifty folders of TensorBoard in one, and one event file of a gigabyte; TensorBoard's own reader of
the same records beside it. The reader's processor time is counted, not the clock's.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tui.log_reader.event_records import masked_checksums
from tui.runs.export.tensorboard_logs import first_record, scalars_record
from tui.runs.store.loaded_run import load_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.watched.find_logs import find_logs
from tui.runs.watched.reader_client import LogReaderClient
from tui.runs.watched.watched_runs import runs_of

THEIRS = """
import json, sys, time
sys.modules["tensorboard.compat.notf"] = type(sys)("notf")
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
began, count = time.process_time(), 0
for event in EventFileLoader(sys.argv[1]).Load():
    count += 1
    if count == int(sys.argv[2]):
        break
print(json.dumps({"each": (time.process_time() - began) / count}))
"""


def write_scalars(path: Path, size: int, *, every: int = 5000) -> int:
    """Write an event file of about so many bytes: a loss for each step, a validation now and then.

    Returns:
        The number of records.
    """
    path.parent.mkdir(parents=True)
    template = scalars_record(1.7e9, 2**24, {"train_loss": 1.0})
    length = len(template)
    at = template.index(struct.pack("<d", 1.7e9))
    value = template.index(struct.pack("<f", 1.0))
    step_at = at + 8 + 1  # the field's number is a byte; steps of this size take four
    count = 0
    with path.open("wb") as file:
        file.write(first_record(1.7e9))
        while file.tell() < size:
            steps = 2**21 + count + np.arange(every)
            rows = np.tile(np.frombuffer(template, np.uint8), (every, 1))
            times = (1.7e9 + 0.01 * steps).astype("<f8")
            losses = (2 * np.exp(-steps / 4e6) + 0.1 * np.sin(steps / 7)).astype("<f4")
            rows[:, at : at + 8] = times.view(np.uint8).reshape(every, 8)
            rows[:, value : value + 4] = losses.view(np.uint8).reshape(every, 4)
            for place, shift in enumerate((0, 7, 14, 21)):
                more = 0x80 if place < 3 else 0
                rows[:, step_at + place] = (steps >> shift) & 0x7F | more
            sums = masked_checksums(rows[:, 12 : length - 4])
            rows[:, length - 4 :] = sums.astype("<u4").view(np.uint8).reshape(every, 4)
            file.write(rows.tobytes())
            last = int(steps[-1])
            file.write(scalars_record(float(times[-1]), last, {"val_loss": float(losses[-1])}))
            count += every
    return count


def spent(pid: int) -> float:
    """Return the processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Return the most memory that a process ever took, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def measure(folder: Path, rest: float) -> dict[str, float]:
    """Watch all logs in a folder, and return what was measured."""
    began = time.perf_counter()
    runs = runs_of(find_logs([folder]).logs)
    reader = LogReaderClient()
    reader.follow(runs)
    assert reader._process is not None
    pid = reader._process.pid
    first = _first_curve(runs[0], began)
    reader.finish(runs)
    whole, used = time.perf_counter() - began, spent(pid)
    shown = time.perf_counter()
    load_run(runs[0])
    shown = time.perf_counter() - shown
    time.sleep(3)
    before, moment = spent(pid), time.perf_counter()
    time.sleep(rest)
    share = (spent(pid) - before) / (time.perf_counter() - moment)
    found = {
        "runs": len(runs),
        "first curve, s": first,
        "all read, s": whole,
        "processor, s": used,
        "reader's memory, MB": memory(pid),
        "opened in the app, s": shown,
        "events, MB": runs[0].events.stat().st_size / 1e6,
        "at rest, %": 100 * share,
    }
    reader.close()
    again = LogReaderClient()
    began = time.perf_counter()
    again.follow(runs)
    again.finish(runs)
    found["unchanged, again, s"] = time.perf_counter() - began
    again.close()
    return found


def _first_curve(run: RunFolder, began: float) -> float:
    while not run.events.exists():
        time.sleep(0.01)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--rest", type=float, default=15.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = f"{home}/kept"
        fifty, large = Path(home, "fifty"), Path(home, "large")
        for number in range(options.runs):
            write_scalars(fifty / f"run{number:02}" / "events.out.tfevents.1", 1_000_000)
        file = large / "one" / "events.out.tfevents.1"
        count = write_scalars(file, options.megabytes * 1_000_000)
        for one in Path(home).rglob("events*"):
            os.utime(one, (time.time() - 3600,) * 2)
        for folder, what in ((fifty, "small"), (large, f"of {file.stat().st_size / 1e6:,.0f} MB")):
            print(f"{what}:")
            for name, value in measure(folder, options.rest).items():
                print(f"  {name:<24} {value:,.2f}")
        sample = min(count, 200_000)
        done = subprocess.run(
            [sys.executable, "-c", THEIRS, str(file), str(sample)], capture_output=True, text=True
        )
        each = json.loads(done.stdout)["each"]
        print(
            f"TensorBoard's own loader: {1e6 * each:.1f} µs a record, {each * count:,.0f} s for all"
        )


if __name__ == "__main__":
    main()
