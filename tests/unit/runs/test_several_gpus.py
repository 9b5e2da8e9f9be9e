"""How many GPUs share a training, and which batches they can share."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.datasets.loader.loader_settings import MAX_BATCH_SIZE
from tui.runs.settings.setting_rows import setting_rows
from tui.runs.settings.several_gpus import ALL_GPUS, indivisible, parse_gpus
from tui.runs.settings.spec import SpecError, TrainingSpec


def with_batch(spec: TrainingSpec, size: int, gpus: int) -> TrainingSpec:
    data = msgspec.structs.replace(spec.data, batch_size=size)
    return msgspec.structs.replace(spec, data=data, gpus=gpus)


@pytest.mark.parametrize("text", ["0", "-1", "-2", "65", "2.5", "two", "", "1e1", "٣", "2\x1b[1m"])
def test_what_is_no_number_of_gpus_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(SpecError, match="Choose 1 to 64, or all") as caught:
        parse_gpus(text)
    assert "\x1b" not in str(caught.value)


def test_a_spec_of_before_trains_on_one_device(spec: TrainingSpec) -> None:
    stored = msgspec.to_builtins(spec)
    del stored["gpus"]
    assert msgspec.convert(stored, TrainingSpec).gpus == 0


@pytest.mark.parametrize("gpus", [-2, 65])
def test_a_number_out_of_range_is_refused(spec: TrainingSpec, gpus: int) -> None:
    with pytest.raises(SpecError, match=f"{gpus} GPUs cannot be; choose 1 to 64, or all"):
        msgspec.structs.replace(spec, gpus=gpus)


def test_a_batch_that_cannot_be_shared_is_refused_with_the_nearest(spec: TrainingSpec) -> None:
    with pytest.raises(SpecError) as caught:
        with_batch(spec, 20, 3)
    assert str(caught.value) == (
        "3 GPUs cannot share a batch of 20 images evenly. Choose a batch size of 18 or 21, or 2, 4 "
        "or 5 GPUs."
    )
    assert with_batch(spec, 21, 3).gpus == 3
    assert with_batch(spec, 20, ALL_GPUS).gpus == ALL_GPUS, "known only where it is trained"


@given(st.integers(2, 64), st.integers(1, MAX_BATCH_SIZE))
def test_whatever_is_proposed_can_be_trained(gpus: int, size: int) -> None:
    sentence = indivisible(gpus, size)
    assert bool(sentence) == bool(size % gpus)
    if not sentence:
        return
    found = re.search(r"batch size of (.*), or (.*) GPUs?\.$", sentence)
    assert found is not None
    for proposed in re.findall(r"\d+", found[1]):
        assert int(proposed) % gpus == 0 and abs(int(proposed) - size) < gpus
    for proposed in re.findall(r"\d+", found[2]):
        assert size % int(proposed) == 0


def test_several_gpus_are_among_the_settings(spec: TrainingSpec) -> None:
    assert "GPUs" not in setting_rows(spec)
    assert setting_rows(with_batch(spec, 20, 2))["GPUs"] == "2"
    assert setting_rows(with_batch(spec, 20, ALL_GPUS))["GPUs"] == "all"
