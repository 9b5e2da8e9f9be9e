"""The memory of the app over a day of a training, written at a faster pace, with a screen open.

A fast training (52 batches a second, epochs of a minute) writes its day to the end of its
`events.jsonl` as a trainer does, which shortens the file as it goes. What the app holds is printed
after each part of the day; after the first quarter it should grow no more.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from sides import HERE, Side, Terminal

SCREENS = {
    "the run's screen": b"5\r",
    "the list of runs": b"5",
    "Home": b"",
}
TRAINER = """
import sys, time
from pathlib import Path
sys.path.insert(0, str(Path("benchmarks")))
from long_run import events_of
from tui.runs.events.compaction import Compactor
from tui.runs.events.event_log import EventWriter
from tui.runs.store.run_folder import RunFolder
run, hours, seconds, looks = RunFolder(Path(sys.argv[1])), *map(float, sys.argv[2:4]), sys.argv[4]
lock, writer = run.acquire_lock(), EventWriter(run.events)
compacting, first, begun = Compactor(writer), None, time.monotonic()
for event in events_of(hours):
    writer.write(event)
    compacting.start_if_due()
    compacting.wait()
    first = event.at if first is None else first
    due = (event.at - first) / (hours * 3600) * seconds
    if (early := due - (time.monotonic() - begun)) > 0.02:
        time.sleep(early)
Path(looks).touch()
time.sleep(3600)
"""
SPEC = (
    '{"name":"day","network":"28x28x1 flatten dense:k=10","epochs":100000,'
    '"data":{"directory":"/images","classes":["a","b"]}}'
)


def watched(keys: bytes, hours: float, seconds: float, parts: int, source: Path) -> list[float]:
    """Return what the app holds, in MiB: at the beginning and after each part of the day."""
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        run = home / "state" / "runs" / "2026-11-01T000000-day-0001"
        for folder in (home / "state", home / "state" / "runs", run):
            folder.mkdir(mode=0o700)
        (run / "spec.json").write_text(SPEC)
        side = Side("now", source, home)
        done = home / "written"
        with (
            side.beside(TRAINER, str(run), str(hours), str(seconds), str(done)),
            Terminal(side, ["-m", "tui"]) as terminal,
        ):
            terminal.drain(3)
            terminal.type(keys)
            terminal.drain(3)
            found = [terminal.memory()]
            for _ in range(parts):
                terminal.drain(seconds / parts)
                found.append(terminal.memory())
            while not done.exists():
                terminal.drain(1)
            terminal.drain(5)
            found.append(terminal.memory())
        return found


def main() -> None:
    """Print what the app holds over the day, for each screen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seconds", type=float, default=240.0, help="in which the day passes")
    parser.add_argument("--parts", type=int, default=8)
    parser.add_argument("--screen", choices=list(SCREENS), help="this one only")
    parser.add_argument("--source", type=Path, default=HERE, help="the checkout that is measured")
    arguments = parser.parse_args()
    for name, keys in SCREENS.items():
        if arguments.screen in (None, name):
            began = time.monotonic()
            found = watched(
                keys, arguments.hours, arguments.seconds, arguments.parts, arguments.source
            )
            texts = " ".join(f"{value:6.1f}" for value in found)
            print(f"{name:<18} MiB {texts}   {time.monotonic() - began:.0f} s", flush=True)
    print("aim: flat after the first quarter")


if __name__ == "__main__":
    main()
