"""Where the time went, and what would help."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runs.diagnosis.time_shares import Bound, share_text, time_shares
from tui.runs.events.event_types import EpochEnded


def epoch(seconds: float, data: float, validation: float, saving: float) -> EpochEnded:
    return EpochEnded(
        at=0,
        epoch=1,
        epochs=1,
        seconds=seconds,
        images_per_second=1,
        metrics={},
        best=None,
        best_epoch=0,
        best_metric="",
        learning_rate=0.001,
        data_seconds=data,
        validation_seconds=validation,
        saving_seconds=saving,
    )


def test_the_shares_of_all_epochs_add_up() -> None:
    shares = time_shares([epoch(10, 4, 2, 1), epoch(8, 2, 2, 1)])
    assert shares is not None and shares.seconds == 20
    names = ("waiting for data", "computing", "validating", "saving")
    assert tuple(name for name, _ in shares.parts()) == names
    assert [share for _, share in shares.parts()] == pytest.approx([0.3, 0.4, 0.2, 0.1])


@pytest.mark.parametrize(
    ("data", "loader", "gpu", "bound", "advice"),
    [
        (6.0, "keras", False, "loading", "Choose the loader cached"),
        (6.0, "cached", False, "loading", "augmentation or the disk holds it up"),
        (0.2, "cached", False, "computing", "a smaller target size"),
        (0.2, "cached", True, "computing", "Try a larger batch"),
        (1.6, "cached", False, "both", "Neither alone would gain much"),
    ],
)
def test_what_bounds_it_and_what_would_help(
    data: float, loader: str, gpu: bool, bound: Bound, advice: str
) -> None:
    shares = time_shares([epoch(10, data, 2, 0)], loader=loader, gpu=gpu)
    assert shares is not None and shares.bound == bound
    assert advice in shares.suggestion
    assert (shares.verdict == f"bound by {bound}") is (bound != "both")


def test_without_the_waiting_nothing_is_said_of_what_bounds_it() -> None:
    shares = time_shares([epoch(10, 0, 2, 1)], loader="own", waiting_measured=False)
    assert shares is not None and shares.verdict == "measured in part"
    assert [name for name, _ in shares.parts()] == ["training", "validating", "saving"]
    assert sum(share for _, share in shares.parts()) == pytest.approx(1)
    assert "filters" not in shares.suggestion and "not measured apart" in shares.suggestion


def test_validation_and_saving_are_named_where_they_take_long() -> None:
    shares = time_shares([epoch(10, 0, 6, 5)])
    assert shares is not None
    assert "Fewer validation images" in shares.suggestion
    assert "faster disk" in shares.suggestion


def test_an_older_trainer_did_not_measure() -> None:
    assert time_shares([]) is None
    old = msgspec.structs.replace(epoch(10, 0, 0, 0), learning_rate=0.0)
    assert time_shares([old]) is None


spans = st.floats(0, 1e6)


@given(st.lists(st.builds(epoch, spans, spans, spans, spans), max_size=5))
def test_whatever_was_measured_the_shares_are_shares(epochs: list[EpochEnded]) -> None:
    shares = time_shares(epochs)
    if shares is not None:
        parts = [share for _, share in shares.parts()]
        assert sum(parts) == pytest.approx(1)
        assert all(-1e-9 <= share <= 1 + 1e-9 for share in parts)
        assert all(share_text(share).endswith(" %") for share in parts)
