"""What is said of a trainer that died without a word."""

from __future__ import annotations

import pytest

from tui.runs.events.death import after_death, death_cause
from tui.runs.events.follow import RunFollower
from tui.runs.store.model_files import checkpoint_path
from tui.runs.store.run_folder import RunFolder


@pytest.mark.parametrize(
    "line",
    [
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "MemoryError: Unable to allocate 1.2 GiB for an array",
        "RESOURCE_EXHAUSTED: failed to allocate memory [Op:AddV2]",
    ],
)
def test_a_log_that_ends_with_want_of_memory_names_a_batch_that_would_fit(
    run: RunFolder, line: str
) -> None:
    run.log.write_text("x" * 100_000 + f"\n{line}\n")
    run.events.write_text('{"type":"libraries_loaded","at":1.0}\n')
    half = run.spec().data.batch_size // 2
    assert death_cause(run).startswith("There was not enough memory. Choose a smaller batch size")
    assert f"for example {half} instead of" in death_cause(run)


@pytest.mark.parametrize("log", [None, "", "epoch 1\n", "std::bad_alloc\n" + "x" * 100_000])
def test_a_log_that_says_nothing_leaves_it_open(run: RunFolder, log: str | None) -> None:
    if log is not None:
        run.log.write_text(log)
    run.events.write_text('{"type":"libraries_loaded","at":1.0}\n')
    batch_size = run.spec().data.batch_size
    assert death_cause(run) == (
        "It was killed, ran out of memory, or the machine went down. "
        f"A batch size of {batch_size // 2} instead of {batch_size} needs less memory."
    )


@pytest.mark.parametrize("log", ["", "ImportError: libtensorflow_cc.so.2: failed to map segment\n"])
def test_one_that_died_while_keras_was_loaded_is_not_helped_by_a_smaller_batch(
    run: RunFolder, log: str
) -> None:
    """The kernel kills it there when a machine of half a gigabyte is full."""
    run.log.write_text(log)
    cause = death_cause(run)
    assert "memory" in cause and "Keras and TensorFlow" in cause
    assert "batch" not in cause and "nstall" not in cause


def test_only_a_run_that_died_has_a_cause(run: RunFolder) -> None:
    run.log.write_text("std::bad_alloc")
    follower = RunFollower(run)
    follower.poll()
    assert (follower.state, follower.cause) == ("starting", "")


def test_what_can_be_done_is_what_there_is(run: RunFolder) -> None:
    assert after_death(run) == "No epoch is kept: train anew."
    path = checkpoint_path(run, 3)
    path.parent.mkdir()
    path.touch()
    assert after_death(run) == f"`cnn-tui runs resume {run.name}` goes on after epoch 3."
