"""Ten thousand runs: the list in the shell and in the app, the app at rest, a queue that waits.

Side by side with another checkout, where `--before` names one.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from sides import HERE, Side, parser_of, table

LIST = """
import json, time
from tui.runs.store.run_list import RunList
clock = time.process_time  # of this process alone: others may be at work
began = clock()
runs = RunList()
count = len(runs.read())
first = clock()
time.sleep(3)
runs.read()
times = []
for _ in range(3):
    time.sleep(1)
    before = clock(); runs.read(); times.append(clock() - before)
print(json.dumps({"first": first - began, "later": min(times), "count": count}))
"""
SCREEN = """
import asyncio, json, time
from tui.app.app import CnnTuiApp
clock = time.process_time
found = {}
async def main():
    app = CnnTuiApp(watch_runs=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await app.look_at_runs()
        await pilot.pause()
        async def spent(name, *keys):
            for key in keys[:-1]:
                await pilot.press(key)
            await pilot.pause()
            began = clock()
            await pilot.press(keys[-1])
            await pilot.pause()
            found[name] = clock() - began
        await spent("open", "5")
        await spent("first letter", "slash", "p")
        await spent("letter", "e")
        await spent("narrow", *"ts 12")
        await spent("all", "escape")
        if __NOW__:
            await spent("condition", "slash", *"seed>50")
            await spent("words too", *" val_accuracy>.5 name~pets")
            await pilot.press("escape")
            await spent("sort", "s", *"seed", "enter")
            await spent("group", "b", *"state", "enter", "escape")
            await spent("page", "pagedown")
asyncio.run(main())
print(json.dumps(found))
"""
SCREEN_ROWS = {
    "open": "the list in the app, first seen",
    "first letter": "the first letter of a filter",
    "letter": "a later letter that all runs pass",
    "narrow": "a later letter that a thousand pass",
    "all": "all runs shown again",
    "condition": "a condition, 9,950 of them pass",
    "words too": "three conditions",
    "sort": "sorted by a setting",
    "group": "grouped by a setting",
    "page": "a page down",
}
QUEUE = """
import json, os, subprocess, sys, time
from pathlib import Path
from tui.common.paths import runs_dir
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import RunStarted
from tui.runs.settings.make_spec import make_spec
from tui.datasets import LoaderSettings
from tui.runs.store.create_run import create_run
from tui.runs.store.delete_run import delete_run
spec = make_spec("work", LoaderSettings(directory="/images", classes=("a", "b")))
works, waits = create_run(spec), create_run(spec, queued=True)
lock = works.acquire_lock()
EventWriter(works.events).write(RunStarted(at=time.time(), pid=1, version="0"))
def spent(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
queue = subprocess.Popen([sys.executable, "-m", "tui.trainer.queue"])
time.sleep(6)
before, began = spent(queue.pid), time.perf_counter()
time.sleep(15)
share = (spent(queue.pid) - before) / (time.perf_counter() - began)
queue.kill(); queue.wait(); os.close(lock)
for run in (works, waits):
    run.starting.unlink(missing_ok=True); run.queue_mark.unlink(missing_ok=True); delete_run(run)
print(json.dumps({"share": share}))
"""


def make_runs(folder: Path, count: int) -> None:
    """Write so many ended runs, of a few epochs each, as a trainer leaves them."""
    moment = datetime(2026, 1, 1)
    spec = {
        "name": "pets",
        "network": "150x150x3 conv:k=32,f=3,a=relu maxpool:f=2 flatten dense:k=2,a=softmax",
        "data": {"directory": "/images/pets", "classes": ["cats", "dogs"]},
        "epochs": 15,
    }
    for number in range(count):
        began = moment + timedelta(minutes=30 * number)
        at = began.timestamp()
        path = folder / f"{began:%Y-%m-%dT%H%M%S}-pets-{number % 65536:04x}"
        path.mkdir(parents=True, mode=0o700)
        os.chmod(path.parent, 0o700)
        events: list[dict[str, object]] = [
            {"type": "run_started", "at": at, "pid": 1, "version": "0"}
        ]
        for epoch in range(1, 4):
            events.append(
                {
                    "type": "batches_ended",
                    "at": at + epoch,
                    "epoch": epoch,
                    "first": 1,
                    "steps": 60,
                    "values": {"accuracy": [0.5] * 60, "loss": [0.7] * 60},
                    "images_per_second": 300.0,
                }
            )
            events.append(
                {
                    "type": "epoch_ended",
                    "at": at + epoch,
                    "epoch": epoch,
                    "epochs": 15,
                    "seconds": 1.0,
                    "images_per_second": 300.0,
                    "metrics": {"accuracy": 0.5, "loss": 0.7, "val_accuracy": 0.6},
                    "best_epoch": epoch,
                    "best": 0.6,
                    "best_metric": "val_accuracy",
                }
            )
        if number % 10:
            events.append(
                {
                    "type": "finished",
                    "at": at + 9,
                    "reason": "completed",
                    "sentence": "All 3 epochs.",
                    "epochs": 3,
                }
            )
        # As the program writes them, without blanks.
        lines = [json.dumps(event, separators=(",", ":")) + "\n" for event in events]
        (path / "events.jsonl").write_text("".join(lines))
        (path / "lock").write_text("1")
        if number % 7 == 0:
            (path / "label.json").write_text(json.dumps({"name": f"pets {number}"}))
        (path / "spec.json").write_text(json.dumps({**spec, "seed": number}))


def main() -> None:
    """Make the runs and print each figure of each side."""
    parser = parser_of(__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = arguments.home or Path(temporary)
        home.mkdir(mode=0o700, exist_ok=True)
        folder = home / "state" / "runs"
        if not folder.exists():
            make_runs(folder, arguments.runs)
            (home / "state").chmod(0o700)
            print("Waiting for a minute: what is younger is not remembered.", flush=True)
            time.sleep(61)
        sides = [Side("now", HERE, home)]
        if arguments.before is not None:
            sides.insert(0, Side("before", arguments.before.resolve(), home))
        rows: dict[str, dict[str, float]] = {}

        def note(name: str, side: Side, value: float) -> None:
            rows.setdefault(name, {})[side.name] = value

        for side in sides:
            (home / "cache" / "run-list.msgpack").unlink(missing_ok=True)
            note("cnn-tui runs, nothing remembered", side, side.seconds("tui", "runs"))
            (home / "cache" / "run-list.msgpack").unlink(missing_ok=True)
            note("the first look, nothing remembered", side, side.values(LIST)["first"])
            found = side.values(LIST)
            note("the first look of the next process", side, found["first"])
            note("a look that finds nothing new", side, found["later"])
            note("cnn-tui runs", side, side.seconds("tui", "runs"))
            selects = (side.source / "tui" / "runs" / "selection").is_dir()
            for name, value in side.values(SCREEN.replace("__NOW__", str(selects))).items():
                note(SCREEN_ROWS[name], side, value)
            if selects:
                chosen = ("--filter", "seed>50 val_accuracy>.5", "--sort", "seed")
                note(
                    "cnn-tui runs, filtered, sorted, in columns",
                    side,
                    side.seconds("tui", "runs", *chosen, "--columns", "seed,lr,val_accuracy"),
                )
            app = ["-m", "tui"]
            note("a core, the app at rest in Home", side, side.idle(app, b"", 12, 15))
            note("a core, the app at rest in Runs", side, side.idle(app, b"5", 15, 15))
            note("a core, a queue that waits", side, side.values(QUEUE)["share"])
        units = {name: "" if name.startswith("a core") else "s CPU" for name in rows}
        table(rows, units)
        print("aim: every look and the command below a second, everything at rest below 0.02")


if __name__ == "__main__":
    main()
