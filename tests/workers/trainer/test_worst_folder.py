"""A training on the worst folder in the world runs to its end and says what it left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.datasets.worst import build_worst
from tests.workers.shell import Shell, last_of
from tui.runs.events.event_types import DataReady, EpochEnded, Finished


@pytest.mark.parametrize("loader", ["cached", "keras"])
def test_it_trains_to_the_end_and_lists_what_was_left_out(tmp_path: Path, loader: str) -> None:
    folder = tmp_path / "worst"
    worst = build_worst(folder)
    (tmp_path / "home").mkdir()
    opened = Shell(tmp_path / "home")
    try:
        command = opened.start(
            "train",
            str(folder),
            *("--epochs", "1", "--target-size", "12", "--loader", loader),
        )
        assert command.wait() == 0, command.err
        ready, ended = last_of(command.run, DataReady), last_of(command.run, EpochEnded)
        finished = last_of(command.run, Finished)
        assert ready is not None and ended is not None and finished is not None
        left = {one.file: one.reason for one in ready.left_out}
        for kind in ("empty", "truncated", "damaged", "not_image", "dangling"):
            for name in worst[kind]:
                assert name in left, f"{kind}: {name}"
                assert left[name]
    finally:
        opened.close()
