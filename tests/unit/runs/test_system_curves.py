"""What becomes of the reports on the machine: curves over hours, kept short, exported."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator

import pytest

from tests.support.recording import append
from tests.unit.runs.recorded import AT
from tests.unit.runs.test_compaction import read, write
from tui.runs.curves import system_curves
from tui.runs.curves.system_curves import SystemCurves, figure_of, figures
from tui.runs.events import compaction, thinning
from tui.runs.events.compaction import compact
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import (
    DeviceStats,
    EpochStarted,
    Event,
    Finished,
    GpuStats,
    RunStarted,
    SystemStats,
    SystemThinned,
)
from tui.runs.events.log_end import read_outcome
from tui.runs.export.csv_json import runs_json, system_csv
from tui.runs.export.export_file import ExportError
from tui.runs.store.loaded_run import load_run
from tui.runs.store.run_folder import RunFolder

STARTED = RunStarted(at=1.0, pid=1, version="0")


def reports(count: int, every: float = 5.0, spike: int = -1) -> Iterator[Event]:
    """Yield reports of a CPU that swings, and of a GPU."""
    for number in range(count):
        percent = 99.5 if number == spike else 40 + 10 * math.sin(number / 50)
        gpu = GpuStats(index=0, percent=round(percent / 2, 1), memory_used=number * 10**6)
        yield SystemStats(
            at=AT + number, seconds=number * every, gpus=(gpu,), cpu_percent=round(percent, 1)
        )


def test_the_time_between_two_trainers_is_none(run: RunFolder) -> None:
    append(run, [STARTED, *reports(3), RunStarted(at=9e6, pid=2, version="0"), *reports(2)])
    progress = read(run)
    hours = [0.0, 5 / 3600, 10 / 3600, 10 / 3600, 15 / 3600]
    assert list(progress.system_curves.curves["cpu_percent"].x) == pytest.approx(hours)
    assert progress.system is not None and progress.system.seconds == 5.0
    append(run, [RunStarted(at=9e7, pid=3, version="0")])
    assert read(run).system is None, "the new trainer has not reported yet"


def test_a_file_of_an_earlier_version_still_shows_its_gpu(run: RunFolder) -> None:
    line = b'{"type":"device_stats","at":%d.0,"gpu_percent":71.0,"memory_used":3,"memory_total":9}'
    append(run, [RunStarted(at=AT, pid=1, version="0")])
    with run.events.open("ab") as file:
        file.write(b"\n".join((line % (AT + 2), line % (AT + 7200), b"")))
    progress = read(run)
    assert progress.system is not None
    assert progress.system.gpus == (GpuStats(index=0, percent=71.0, memory_used=3, memory_total=9),)
    assert list(progress.system_curves.curves["gpu0_percent"].x) == pytest.approx([2 / 3600, 2.0])


def test_values_that_are_no_numbers_and_times_that_go_back_harm_nothing() -> None:
    curves = SystemCurves()
    for seconds, value in ((5.0, 1.0), (3.0, 2.0), (-9.0, math.nan), (1e300, 4.0), (6.0, math.inf)):
        curves.add(SystemStats(at=0, seconds=seconds, cpu_percent=value))
    curve = curves.curves["cpu_percent"]
    assert list(curve.x) == sorted(curve.x) and list(curve.y) == [1.0, 2.0, 4.0]
    damaged = {"a": (1.0,), "b": (1.0, 2.0)}
    curves.add_thinned(SystemThinned(at=0, parts=1, seconds=damaged, values={"a": (), "b": (1.0,)}))
    assert list(curves.curves) == ["cpu_percent"]


def test_a_figure_of_a_later_version_has_its_name() -> None:
    assert figure_of("npu_percent\x1b").title == "npu_percent␛"
    assert figure_of("gpu12_celsius").title == "GPU 12 temperature"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run be long that has some thousands of reports."""
    monkeypatch.setattr(thinning, "SYSTEM_POINTS", 200)
    monkeypatch.setattr(system_curves, "IN_MEMORY", 400)
    monkeypatch.setattr(system_curves, "SYSTEM_POINTS", 200)
    monkeypatch.setattr(compaction, "WHOLE", 20_000)


def test_old_reports_are_thinned_and_no_peak_is_lost(run: RunFolder, small: None) -> None:
    first = [STARTED, *reports(4000, spike=777), RunStarted(at=2.0, pid=2, version="0")]
    writer = write(run, [*first, *reports(3000, spike=12)])
    before, size = read(run), writer.size
    compact(writer)
    assert writer.size < size / 10
    after = read(run)
    assert after.system == before.system, "the last report stays as it is"
    curve = after.system_curves.curves["cpu_percent"]
    assert list(curve.x) == sorted(curve.x)
    assert sorted(curve.y)[-2:] == [99.5, 99.5]
    assert curve.y[-1] == before.system_curves.curves["cpu_percent"].y[-1]
    assert after.system_curves.hours == pytest.approx(before.system_curves.hours)
    # Once more: it stays as short.
    size = writer.size
    for event in reports(10):
        writer.write(event)
    compact(writer)
    assert writer.size < size + 3_000
    assert sorted(read(run).system_curves.curves["cpu_percent"].y)[-2:] == [99.5, 99.5]
    writer.close()


def test_a_long_run_takes_bounded_memory(small: None) -> None:
    curves = SystemCurves()
    for event in reports(20_000, spike=3):
        assert isinstance(event, SystemStats)
        curves.add(event)
        assert max(map(len, curves.curves.values())) <= 401
    assert max(curves.curves["cpu_percent"].y) == 99.5


def test_all_events_of_an_epoch_at_work_survive(run: RunFolder, small: None) -> None:
    """The last report before the epoch at work began is old, and still the present one."""
    started = EpochStarted(at=3.0, epoch=1, epochs=9, steps=9)
    writer = write(run, [STARTED, *reports(500), started])
    before = read(run)
    compact(writer)
    after = read(run)
    assert after.system == before.system and after.phase == "training"
    writer.write(Finished(at=9.0, reason="completed", sentence="s", epochs=1))
    writer.close()
    assert read_outcome(run.events).ending is not None


def test_a_reader_behind_a_compaction_goes_on(run: RunFolder, small: None) -> None:
    writer = write(run, [STARTED, *reports(500)])
    reader = EventReader(run.events)
    seen = reader.read()
    compact(writer)
    writer.write(next(reports(1)))
    assert len(reader.read()) == 1 and len(seen) == 501


def test_exports_know_them(run: RunFolder) -> None:
    append(run, [STARTED, *reports(3)])
    one = load_run(run)
    rows = list(csv.DictReader(io.StringIO(system_csv([one]))))
    assert [float(row["gpu0_memory_used"]) for row in rows] == [0.0, 1e6, 2e6]
    assert float(rows[2]["hours"]) == pytest.approx(10 / 3600, abs=1e-6)
    assert system_csv([one, one]).splitlines()[0].startswith("run,hours,gpu0_percent")
    record = json.loads(runs_json([one]))["system"]
    assert record["last"]["gpus"][0]["memory_used"] == 2_000_000
    assert len(record["curves"]["cpu_percent"]["values"]) == 3


def test_an_export_without_reports_says_why(run: RunFolder) -> None:
    with pytest.raises(ExportError, match="no report"):
        system_csv([load_run(run)])


def test_figures_that_are_missing_are_left_out() -> None:
    old = DeviceStats(at=5.0, gpu_percent=1.0, memory_used=2, memory_total=3)
    assert figures(old.as_system_stats(2.0)) == {"gpu0_percent": 1.0, "gpu0_memory_used": 2.0}
