"""What the form of a training says is looked at without a screen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from tui.areas.train.form_check import check_form
from tui.areas.train.train_form import FieldError
from tui.geometry import format_network
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import TrainingSpec
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


def test_a_form_that_can_be_trained(pets: Dataset) -> None:
    checked = check_form(partial(make_spec, "pets", pets.settings), pets)
    assert checked.spec is not None
    assert (checked.field, checked.sentence) == ("", "")
    assert checked.network is not None
    assert format_network(checked.network) == checked.spec.network


def test_a_field_without_a_value_is_named(pets: Dataset) -> None:
    def read() -> TrainingSpec:
        raise FieldError("epochs", "epochs is empty")

    checked = check_form(read, pets)
    assert (checked.spec, checked.field, checked.sentence) == (None, "epochs", "epochs is empty")


def test_a_network_that_cannot_learn_these_classes_is_shown_with_its_cure(pets: Dataset) -> None:
    line = "150x150x3 conv:k=4,f=3 maxpool:f=9 flatten dense:k=1,a=sigmoid"
    checked = check_form(partial(make_spec, "pets", pets.settings, model=line), pets)
    assert checked.spec is None
    assert checked.field == "model"
    assert checked.network is not None and format_network(checked.network) == line
    assert checked.cure is not None
    assert format_network(checked.cure).endswith("dense:k=3,a=softmax")
    assert checked.sentence.startswith("a: ")


def test_values_that_do_not_go_together_blame_no_field(pets: Dataset) -> None:
    checked = check_form(partial(make_spec, "pets", pets.settings, model="no network"), pets)
    assert (checked.spec, checked.field) == (None, "")
    assert "'no' is not a volume" in checked.sentence
