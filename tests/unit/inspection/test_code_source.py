"""Where the network and the picture of a view come from: which file its code names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.inspection.answers import Opened
from tui.inspection.code_source import source_of_view
from tui.inspection.view import Selection, View

OPENED = Opened(
    id=1,
    layers=(),
    input_height=10,
    input_width=12,
    input_depth=1,
    classes=(),
    weights="best",
    epoch=2,
    snapshots=(0, 2),
    color_mode="grayscale",
    interpolation="bilinear",
    rescale_divisor=1.0,
)


@pytest.mark.parametrize(("weights", "name"), [("best", "best.keras"), ("final", "final.keras")])
def test_a_run_has_its_models(tmp_path: Path, weights: str, name: str) -> None:
    selection = Selection(run=str(tmp_path), weights=weights, picture="/pets/cat.png")
    source = source_of_view(View(selection, OPENED))
    assert (source.model, source.kept, source.network) == (str(tmp_path / name), "", None)
    assert source.picture == "/pets/cat.png"
    assert (source.height, source.width) == (10, 12)
    assert (source.color_mode, source.interpolation) == ("grayscale", "bilinear")
    assert source.divisor == 1.0


def test_of_an_epoch_the_kept_weights_are_named(tmp_path: Path) -> None:
    source = source_of_view(View(Selection(run=str(tmp_path), weights="epoch-2"), OPENED))
    assert source.model == ""
    assert Path(source.kept).parent.is_relative_to(tmp_path) and "2" in Path(source.kept).name


def test_a_file_from_elsewhere_is_named_itself() -> None:
    source = source_of_view(View(Selection(file="/theirs.keras"), OPENED))
    assert (source.model, source.kept) == ("/theirs.keras", "")


def test_without_a_network_there_is_no_source() -> None:
    with pytest.raises(ValueError, match="No network is open"):
        source_of_view(View())
