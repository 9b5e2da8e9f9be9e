"""A long run's events said in fewer bytes: the charts look the same, and nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from textwrap import dedent

import pytest

from tui.runs.curves import batch_means
from tui.runs.events import compaction, thinning
from tui.runs.events.compaction import Compactor, compact
from tui.runs.events.event_log import EventReader, EventWriter, decode, encode
from tui.runs.events.event_types import (
    BatchesEnded,
    BatchesThinned,
    CheckpointWritten,
    ControlApplied,
    ControlRead,
    DeviceStats,
    EpochEnded,
    EpochStarted,
    Event,
    Finished,
    Notice,
    Resumed,
    RunStarted,
    Validating,
)
from tui.runs.events.log_end import OutcomeReader, last_events, read_outcome
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.store.run_folder import RunFolder

STARTED = RunStarted(at=1.0, pid=1, version="0")
STEPS = 300
COLORS = {
    name: (150, 150, 150) for name in ("axis", "ground", "training", "validation", "rule", "best")
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run be long that has some thousands of batches."""
    monkeypatch.setattr(thinning, "BUDGET", 2_000)
    monkeypatch.setattr(compaction, "GROWTH", 100_000)
    monkeypatch.setattr(compaction, "WHOLE", 20_000)


def epoch_ended(epoch: int, value: float = 0.5) -> EpochEnded:
    return EpochEnded(
        at=10.0 * epoch,
        epoch=epoch,
        epochs=99,
        seconds=1.0,
        images_per_second=1.0,
        metrics={"loss": value, "accuracy": 1 - value},
        best_epoch=epoch,
        best=1 - value,
        best_metric="accuracy",
    )


def told(epochs: range, steps: int = STEPS, seed: int = 1) -> Iterator[Event]:
    """Yield what a trainer tells of some epochs: noisy running means, spikes and a NaN."""
    noise = random.Random(seed)
    for epoch in epochs:
        yield EpochStarted(at=10.0 * epoch, epoch=epoch, epochs=99, steps=steps)
        total = 0.0
        rows: list[tuple[float | None, float | None]] = []
        for batch in range(1, steps + 1):
            total += 2 / (epoch + batch / steps) + noise.random()
            mean = total / batch
            if noise.random() < 0.004:
                mean += noise.choice((-0.7, 0.9))
            hole = noise.random() < 0.003
            rows.append((None if hole else round(mean, 6), round(1 / (1 + mean), 6)))
            if len(rows) == 13 or batch == steps:
                yield BatchesEnded(
                    at=10.0 * epoch + batch / steps,
                    epoch=epoch,
                    first=batch - len(rows) + 1,
                    steps=steps,
                    values={
                        "loss": tuple(row[0] for row in rows),
                        "accuracy": tuple(row[1] for row in rows),
                    },
                    images_per_second=9.0,
                )
                yield DeviceStats(at=10.0 * epoch, gpu_percent=1, memory_used=2, memory_total=3)
                rows = []
        yield Validating(at=10.0 * epoch, epoch=epoch, step=1, steps=2)
        yield epoch_ended(epoch, total / steps)
        yield CheckpointWritten(at=10.0 * epoch, epoch=epoch, seconds=0.1, bytes=9)


def write(run: RunFolder, events: Iterator[Event] | list[Event]) -> EventWriter:
    writer = EventWriter(run.events)
    for event in events:
        writer.write(event)
    return writer


def read(run: RunFolder) -> RunProgress:
    follower = RunFollower(run)
    while follower.poll():
        pass
    return follower.progress


def test_what_is_held_of_a_run_does_not_grow_with_its_epochs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An app that is open for a week beside a training takes no more memory for it."""
    monkeypatch.setattr(batch_means, "BUDGET", 2_000)
    monkeypatch.setattr(thinning, "BUDGET", 2_000)
    one, most = RunProgress(), 0
    for event in told(range(1, 81)):
        one.apply(event)
        most = max(most, sum(len(curve) for curve in one.batch_curves.values()))
    newest = one.batch_curves["loss"].gaps[-STEPS // 2 :]
    assert most < 1.6 * 2_000 < 80 * STEPS
    assert set(newest) == {1}, "of the epoch at work every batch is there"


def facts(one: RunProgress) -> dict[str, object]:
    """Return what a screen shows of a run besides its batches."""
    names = (
        "phase epoch epochs batch steps images_per_second started_at epoch_numbers history "
        "epoch_seconds epoch_speeds epoch_details best_epoch best best_metric data model libraries "
        "notices earlier_notices saved stop_requested paused requests control_read checkpoint "
        "snapshots resumed system ending last_at epoch_started_at"
    )
    return {name: getattr(one, name) for name in names.split()}


def whole_run() -> list[Event]:
    """Return a run that was taken up again twice, with a bit of everything."""
    return [
        STARTED,
        Notice(at=2.0, text="first"),
        *told(range(1, 9)),
        ControlApplied(at=95.0, request="epochs", value="80", epoch=8, batch=3),
        ControlRead(at=95.0),
        *told(range(9, 12)),
        RunStarted(at=120.0, pid=2, version="0"),
        Resumed(at=120.0, epoch=7),
        *told(range(8, 16), seed=2),
        ControlRead(at=160.0),
        RunStarted(at=161.0, pid=2, version="0"),
        Resumed(at=161.0, epoch=15),
        *told(range(16, 20), seed=3),
        *list(told(range(20, 21), seed=4))[:9],
    ]


def test_all_else_that_a_screen_shows_stays(run: RunFolder) -> None:
    writer = write(run, whole_run())
    before, size = read(run), writer.size
    compact(writer)
    assert writer.size < size / 3
    after = read(run)
    assert facts(after) == facts(before)
    words = read_outcome(run.events)
    assert words.epoch is not None and words.epoch.epoch == 19 and words.ending is None
    # The void epochs' batches are gone.
    xs = list(after.batch_curves["loss"].x)
    assert xs == sorted(xs)
    # Once more, and with more behind it.
    for event in told(range(20, 31), seed=5):
        writer.write(event)
    before = read(run)
    compact(writer)
    assert facts(read(run)) == facts(before)
    lines = run.events.read_bytes().splitlines()
    assert sum(b'"rewritten"' in line for line in lines) == 1
    assert sum(isinstance(decode(line), Resumed) for line in lines) == 3
    writer.write(Finished(at=999.0, reason="rule", sentence="s", epochs=30))
    writer.close()
    assert isinstance(read_outcome(run.events).ending, Finished)


def test_it_stays_short_as_it_grows(run: RunFolder) -> None:
    writer = EventWriter(run.events)
    looks = Compactor(writer)
    most = raw = 0
    for event in (STARTED, *told(range(1, 121))):
        writer.write(event)
        raw += len(encode(event)) + 1
        looks.start_if_due()
        looks.wait()
        most = max(most, writer.size)
    # What is left of epochs themselves grows, a few hundred bytes each.
    assert most < 120 * 400 + 60_000 + 2 * 100_000 < raw / 2
    assert read(run).epoch_numbers == list(range(1, 121))


@pytest.mark.parametrize("behind", [True, False], ids=["behind", "up-to-date"])
def test_whoever_reads_meanwhile_misses_nothing_and_gets_nothing_twice(
    run: RunFolder, behind: bool
) -> None:
    writer = write(run, [STARTED, *told(range(1, 20))])
    follower, words = RunFollower(run), OutcomeReader(run.events)
    seen = [] if behind else follower.poll()
    words.read()
    if behind:
        reader = EventReader(run.events)
        reader.BLOCK = 1_000
        follower._reader = reader
        seen += follower.poll()
    compact(writer)
    for event in told(range(20, 26)):
        writer.write(event)
    while events := follower.poll():
        seen += events
    assert follower.progress.epoch_numbers == list(range(1, 26))
    assert facts(follower.progress) == facts(read(run))
    if not behind:  # where it goes on behind what was read, each event comes once
        ended = [event.epoch for event in seen if isinstance(event, EpochEnded)]
        assert ended == list(range(1, 26))
    now = words.read()
    assert now.epoch is not None and now.epoch.epoch == 25
    assert now == read_outcome(run.events)


def test_a_reader_of_an_earlier_version_shows_no_epoch_twice(run: RunFolder) -> None:
    """It knows none of the new types, and reads a shorter file from its beginning."""
    writer = write(run, [STARTED, *told(range(1, 20))])
    old = RunProgress()

    def take_in() -> None:
        for line in run.events.read_bytes().splitlines():
            event = decode(line)
            if event is not None and type(event).__name__ not in ("LogCompacted", "BatchesThinned"):
                old.apply(event)

    take_in()
    compact(writer)
    take_in()  # the same progress, once more from the beginning, as its follower did
    assert old.epoch_numbers == list(range(1, 20))
    xs = list(old.batch_curves["loss"].x)
    assert xs == sorted(xs)
    assert set(last_events(run.events, (EpochEnded, RunStarted))) == {EpochEnded, RunStarted}


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_disk_that_does_not_take_it_loses_nothing(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    writer = write(run, [STARTED, *told(range(1, 20))])
    content = run.events.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(compaction, "compacted_lines", full)
        else:
            patch.setattr(f"tui.runs.events.event_log.os.{step}", full)
        with pytest.raises(OSError, match="No space"):
            compact(writer)
    assert run.events.read_bytes() == content
    assert [path.name for path in run.path.iterdir() if "shorter" in path.name] == []
    writer.write(epoch_ended(20))
    compact(writer)
    assert read(run).epoch_numbers == list(range(1, 21))


def test_a_kill_at_any_moment_loses_nothing(run: RunFolder) -> None:
    code = """
    import sys
    from pathlib import Path
    from tests.unit.runs.test_compaction import STARTED, told, thinning
    from tui.runs.events import compaction
    from tui.runs.events.event_log import EventWriter
    from tui.runs.events.event_types import EpochEnded

    thinning.BUDGET, compaction.GROWTH, compaction.WHOLE = 2_000, 30_000, 5_000
    writer = EventWriter(Path(sys.argv[1]))
    looks = compaction.Compactor(writer)
    for event in told(range(int(sys.argv[2]), 10_000), 60):
        writer.write(event)
        looks.start_if_due()
        if isinstance(event, EpochEnded):
            print(event.epoch, flush=True)
    """
    EventWriter(run.events).write(STARTED)
    waits, first, rewritten = random.Random(3), 1, 0
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", dedent(code), str(run.events), str(first)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        last = int(child.stdout.readline())
        time.sleep(waits.random() * 0.5)  # any moment will do
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
        child.stdout.close()
        last = int(rest[-1]) if rest else last
        numbers = read(run).epoch_numbers
        assert numbers == list(range(1, len(numbers) + 1)), "none is missing, none is there twice"
        assert numbers[-1] >= last
        first = numbers[-1] + 1
        rewritten += run.events.read_bytes().startswith(b'{"type":"rewritten"')
    assert rewritten > 0


def test_what_nobody_wrote_so_is_passed_over(run: RunFolder) -> None:
    odd = BatchesThinned(
        at=1.0, epoch=1, steps=9, parts=3, batches={"loss": (1, 2)}, values={"loss": (1.0,)}
    )
    write(run, [STARTED, odd, *told(range(1, 3))]).close()
    assert read(run).epoch_numbers == [1, 2]
