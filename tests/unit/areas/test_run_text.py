"""A run's line of progress: whole at every width, whatever the figures."""

from __future__ import annotations

import pytest

from tui.areas.runs.one_run.run_text import head_line, progress_line, trouble_lines
from tui.runs.events.assigned_gpus import AssignedGpu
from tui.runs.events.event_types import DataReady, LeftOutImage, LibrariesLoaded, RunStarted
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.run_formatting import log_lines


def at_work(epochs: int, steps: int) -> RunProgress:
    """Return a run in the middle of its last epoch but one."""
    return RunProgress(
        phase="training",
        epoch=epochs - 1,
        epochs=epochs,
        batch=steps - 7,
        steps=steps,
        images_per_second=12_345.0,
        epoch_numbers=list(range(1, epochs - 1)),
        epoch_seconds=[100.0] * (epochs - 2),
    )


@pytest.mark.parametrize(("epochs", "steps"), [(15, 100), (3000, 181), (99_999, 99_999)])
@pytest.mark.parametrize("phase", ["training", "validating 120/1200", "paused"])
def test_the_line_of_progress_is_never_cut(epochs: int, steps: int, phase: str) -> None:
    progress = at_work(epochs, steps)
    if phase == "paused":
        progress.paused, progress.paused_at = True, 50.0
    else:
        progress.phase = phase
    for width in (80, 120):
        line = progress_line(progress, "running", 100.0, width).plain
        assert len(line) <= width, line
        if phase != "training":
            assert line.endswith("‖ paused; space goes on" if phase == "paused" else phase)
        assert f"step {steps - 7}/{steps}" in line
    assert "12,345 images/s" in progress_line(at_work(15, 100), "running", 100.0, 80).plain


def test_why_an_image_was_left_out_is_not_cut_in_the_middle() -> None:
    reason = "truncated: image file is truncated (12,345 bytes not processed)"
    left_out = (LeftOutImage("cats/7.jpg", reason),)
    data = DataReady(
        at=1.0,
        classes=("cats", "dogs"),
        training_images=20,
        validation_images=8,
        left_out=left_out,
    )
    (line,) = trouble_lines(RunProgress(data=data))
    assert line.plain.strip() == ("! left out 1: cats/7.jpg (truncated: image file is truncated)")


def test_the_gpu_of_a_run_is_in_its_head_and_in_its_log() -> None:
    given = (AssignedGpu(2, "GPU-5d"),)
    began = RunStarted(at=1.0, pid=1, version="0", assigned_gpus=given)
    progress = RunProgress()
    progress.apply(began)
    progress.apply(LibrariesLoaded(at=2.0, keras="3.15", backend="jax", device="NVIDIA H200"))
    assert head_line("pets", "running", progress).plain.endswith(
        "● running   Keras 3.15 · NVIDIA H200 · GPU 2"
    )
    assert log_lines(began) == ["loading Keras, on GPU 2 …"]
    progress.apply(RunStarted(at=3.0, pid=1, version="0"))
    assert "GPU" not in head_line("pets", "starting", progress).plain.replace("NVIDIA H200", "")
