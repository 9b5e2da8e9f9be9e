"""Whole trainings with one loader and the other: the same history, and what they tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.workers import shell as tools
from tests.workers.shell import events_of, last_of, of_type
from tui.runs.events.event_types import CheckingImages, DataReady, EpochEnded, Notice
from tui.runs.store.run_folder import RunFolder

FIGURES = ("accuracy", "loss", "val_accuracy", "val_loss")


def figures(run: RunFolder) -> list[list[float | None]]:
    ended = of_type(events_of(run), EpochEnded)
    return [[epoch.metrics[name] for name in FIGURES] for epoch in ended]


def ready(run: RunFolder) -> DataReady:
    found = last_of(run, DataReady)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def trained(
    pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tools.Command]]:
    """Return four trainings of the same spec, two at a time."""
    common = ("--epochs", 3, "--seed", 7, "--stop-when", "never", "--batch-size", 6)
    folder = tmp_path_factory.mktemp("loaders")
    with tools.shell(folder / "shell") as shell:
        first = shell.start("train", pictures, *common)
        plain = shell.start("train", pictures, *common, "--loader", "keras")
        first.wait(), plain.wait()
        again = shell.start("train", pictures, *common)
        with tools.shell(folder / "small") as other:
            other.extra["CNN_TUI_CACHE_GB"] = "0.000001"
            small = other.start("train", pictures, *common)
            again.wait(), small.wait()
            yield {"first": first, "keras": plain, "again": again, "small": small}


def test_all_loaders_give_the_same_history(trained: dict[str, tools.Command]) -> None:
    assert [command.status for command in trained.values()] == [0] * 4, trained
    expected = np.array(figures(trained["keras"].run), float)
    assert expected.shape == (3, 4)
    for name, command in trained.items():
        told = np.array(figures(command.run), float)
        assert np.allclose(told, expected, rtol=1e-4, atol=1e-6), name


def test_the_events_say_which_loader_ran_and_what_it_saves(
    trained: dict[str, tools.Command],
) -> None:
    told = {name: ready(command.run) for name, command in trained.items()}
    assert {name: event.loader for name, event in told.items()} == {
        "first": "cached",
        "keras": "keras",
        "again": "cached",
        "small": "keras",
    }
    assert {name for name, event in told.items() if event.cache_hit} == {"again"}
    assert told["first"].decode_seconds > 0 == told["keras"].decode_seconds
    assert told["again"].decode_seconds == told["first"].decode_seconds
    assert of_type(events_of(trained["first"].run), CheckingImages)
    assert not of_type(events_of(trained["again"].run), CheckingImages), "nothing was decoded"
    assert "loader cached: every file decoded once in " in trained["first"].out
    assert "loader cached: every file was decoded by an earlier" in trained["again"].out
    assert "loader cached" not in trained["keras"].out


def test_without_room_the_files_are_streamed_and_the_learner_is_reported(
    trained: dict[str, tools.Command],
) -> None:
    notices = [event.text for event in of_type(events_of(trained["small"].run), Notice)]
    (text,) = [text for text in notices if "cache" in text]
    assert text.startswith("The decoded images take 41.5 kB, and the cache may hold 1 kB. ")
    assert "Set CNN_TUI_CACHE_GB to more gigabytes" in text
    assert text.endswith("Every epoch decodes the files again, with plain Keras: slower.")
    assert not [event for event in events_of(trained["keras"].run) if isinstance(event, Notice)]
