"""What the list says is special about a training."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tui.common.stop_rule import StopRule
from tui.datasets.loader.augmentation import Augmentation
from tui.runs.settings.non_default import fit_settings, network_summary, non_default_settings
from tui.runs.settings.spec import TrainingSpec

CASES: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ()),
    ({"epochs": 99, "name": "another"}, ()),
    ({"share": 0.1}, ("1/10 data",)),
    ({"optimizer": "adam", "learning_rate": 0.0003}, ("adam", "lr 0.0003")),
    ({"seed": 7, "patience": 3}, ("seed 7", "patience 3")),
    ({"stop_rule": None, "loader": "keras"}, ("no stop rule", "loader keras")),
    ({"gpus": 2}, ("2 GPUs",)),
    ({"gpus": -1}, ("all GPUs",)),
    ({"gpus": 1}, ()),
    ({"stop_rule": StopRule("val_loss", "<", 0.5)}, ("until val_loss < 0.5",)),
]


@pytest.mark.parametrize(("changes", "said"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_only_what_is_not_usual_is_said(
    spec: TrainingSpec, changes: dict[str, Any], said: tuple[str, ...]
) -> None:
    assert non_default_settings(msgspec.structs.replace(spec, **changes)) == said


def test_augmentation_is_special(spec: TrainingSpec) -> None:
    data = msgspec.structs.replace(spec.data, augmentation=Augmentation(horizontal_flip=True))
    assert non_default_settings(msgspec.structs.replace(spec, data=data)) == ("augmented",)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("28x28x1 conv:k=8,f=3 maxpool:f=2 flatten dense:k=10", "28×28×1, 1 conv, 1 dense"),
        ("8x8x1 flatten dense:k=10", "8×8×1, 0 conv, 1 dense"),
        ("8x8x1 nonsense", "8x8x1"),
        ("", ""),
    ],
    ids=["conv", "dense", "nonsense", "empty"],
)
def test_a_network_in_a_few_words(spec: TrainingSpec, network: str, words: str) -> None:
    assert network_summary(msgspec.structs.replace(spec, network=network)) == words


@pytest.mark.parametrize("width", range(1, 40))
def test_a_narrow_list_shows_each_setting_whole_or_not_at_all(width: int) -> None:
    found = ["10% data", "sgd", "lr 0.0066667078", "seed 7"]
    line = fit_settings(found, width)
    assert 0 < len(line) <= width
    *shown, last = line.split(", ")
    assert shown == found[: len(shown)]
    assert last in ("…", "10% …", "10% data …", "seed 7")
    assert fit_settings([], width) == ""
