"""The load of the machine in words: what does not fit is left out, no figure is cut."""

from __future__ import annotations

import re

import pytest

from tui.areas.runs.one_run.system_text import system_line, system_text
from tui.runs.events.event_types import GpuStats, SystemStats


def stats(gpus: int) -> SystemStats:
    """Return a report of a machine with some GPUs."""
    found = tuple(
        GpuStats(
            index=number,
            name="NVIDIA H200",
            percent=71.4,
            memory_used=31 * 10**8,
            memory_total=143 * 10**9,
            watts=412.0,
            celsius=65.0,
        )
        for number in range(gpus)
    )
    return SystemStats(
        at=0,
        seconds=0,
        gpus=found,
        cpu_percent=85.2,
        cores=16,
        process_cores=3.42,
        load=4.25,
        memory_used=91 * 10**8,
        memory_total=235 * 10**8,
        process_memory=12 * 10**8,
        disk_free=12 * 10**10,
        disk_read=2.5e6,
        disk_written=100.0,
    )


def test_a_machine_without_gpu_in_one_line() -> None:
    text = system_line(stats(0), 80).plain
    assert text == " CPU 85 %  ·  memory 9.1 of 23.5 GB  ·  training 1.2 GB  ·  disk 120 GB free"


def test_one_gpu_in_a_line_and_more_on_a_large_screen() -> None:
    assert system_line(stats(1), 80).plain.startswith(" GPU 71 %, 3.1 of 143 GB, 412 W, 65 °C")
    two = system_line(stats(2), 120, 3).plain
    assert "GPU 0 71 %, 3.1 of 143 GB, 412 W, 65 °C" in two
    assert "GPU 1 71 %" in two and "load 4.25" in two


@pytest.mark.parametrize("gpus", [0, 1, 2, 3, 4, 8, 16, 64, 300])
@pytest.mark.parametrize(("width", "rows"), [(80, 1), (120, 1), (120, 3), (200, 3)])
def test_no_line_is_too_long_and_no_figure_is_cut(gpus: int, width: int, rows: int) -> None:
    lines = system_line(stats(gpus), width, rows).plain.split("\n")
    assert 1 <= len(lines) <= rows
    whole = r"71 %|3\.1 of 143 GB|412 W|65 °C|85 %|9\.1 of 23\.5 GB|1\.2 GB|120 GB|4\.25"
    for line in lines:
        assert len(line) < width
        rest = re.sub(whole, "", re.sub(r"GPU \d+|\d+ GPUs", "", line))
        assert not re.search(r"\d", rest), line
    assert not gpus or "71 %" in lines[0]


def test_nothing_known_is_no_line() -> None:
    assert not system_line(None, 80)
    assert not system_line(SystemStats(at=0, seconds=0), 80).plain.strip()


def test_the_window_has_all_of_it() -> None:
    text = system_text(stats(2)).plain
    for words in (
        "GPU 1 71 %, 3.1 of 143 GB, 412 W, 65 °C (NVIDIA H200)",
        "CPU 85 % of 16 cores; the training keeps 3.4 of them busy; load 4.25",
        "memory 9.1 of 23.5 GB; training 1.2 GB",
        "disk 120 GB free; 2.5 MB/s read, 100 bytes/s written, by all programs",
    ):
        assert words in text
