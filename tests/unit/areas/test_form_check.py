"""What the form of a training says is looked at without a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from tui.areas.train.form_check import check_form
from tui.areas.train.train_form import FieldError
from tui.geometry import format_network
from tui.runs.settings.grid import Grid, PlannedRuns
from tui.runs.settings.make_spec import make_spec
from tui.ui.choose_dataset import read_dataset
from tui.ui.services import Dataset


@pytest.fixture
def pets(tmp_path: Path) -> Dataset:
    """Return a folder of images of three classes."""
    for kind in ("cats", "dogs", "owls"):
        folder = tmp_path / "pets" / kind
        folder.mkdir(parents=True)
        for number in range(10):
            Image.new("RGB", (32, 32), (number, 0, 0)).save(folder / f"{number}.png")
    return read_dataset(tmp_path / "pets")


def reading(pets: Dataset, **values: object) -> Callable[[], PlannedRuns]:
    """Return what reads a form with these values; one that is a list makes several runs."""
    grid = Grid(
        {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    )
    return lambda: PlannedRuns(
        grid, lambda chosen: make_spec("pets", pets.settings, **cast(Any, chosen))
    )


def test_a_form_that_can_be_trained(pets: Dataset) -> None:
    checked = check_form(reading(pets), pets)
    assert checked.spec is not None
    assert (checked.field, checked.sentence) == ("", "")
    assert checked.network is not None
    assert format_network(checked.network) == checked.spec.network


def test_a_field_without_a_value_is_named(pets: Dataset) -> None:
    def read() -> PlannedRuns:
        raise FieldError("epochs", "epochs is empty")

    checked = check_form(read, pets)
    assert (checked.spec, checked.field, checked.sentence) == (None, "epochs", "epochs is empty")


def test_a_network_that_cannot_learn_these_classes_is_shown_with_its_cure(pets: Dataset) -> None:
    line = "150x150x3 conv:k=4,f=3 maxpool:f=9 flatten dense:k=1,a=sigmoid"
    checked = check_form(reading(pets, model=line), pets)
    assert checked.spec is None
    assert checked.field == "model"
    assert checked.network is not None and format_network(checked.network) == line
    assert checked.cure is not None
    assert format_network(checked.cure).endswith("dense:k=3,a=softmax")
    assert checked.sentence.startswith("a: ")


def test_values_that_do_not_go_together_blame_no_field(pets: Dataset) -> None:
    checked = check_form(reading(pets, model="no network"), pets)
    assert (checked.spec, checked.field) == (None, "")
    assert "'no' is not a volume" in checked.sentence


def test_of_several_values_each_is_checked_and_each_finding_is_shown_once(pets: Dataset) -> None:
    read = reading(pets, learning_rate=[0.001, 30.0], seed=list(range(40)), epochs=[1, 2])
    checked = check_form(read, pets)
    assert checked.planned is not None and checked.planned.grid.count == 160
    assert [one.severity for one in checked.findings].count("question") == 1
    wrong = check_form(reading(pets, seed=[1, 2], epochs=[5, 0]), pets)
    assert wrong.planned is None and "0 epochs cannot be trained" in wrong.sentence
    many = check_form(reading(pets, seed=list(range(1000)), epochs=[1, 2, 3]), pets)
    assert "3,000 runs; at most 2,000" in many.sentence
