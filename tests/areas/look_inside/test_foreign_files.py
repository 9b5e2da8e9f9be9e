"""Files of Keras from elsewhere, in the calculator's import window and in Look inside."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import pytest

from tests.support.seeing import opened, region_text, screen_text, until_seen
from tests.unit.keras_io.keras_texts import Described, conv, layer, sequential


def hdf5(path: Path, *layers: Described) -> Path:
    """Write a file as Keras 2 does, without weights."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = sequential(*layers).encode()
        file.attrs["keras_version"] = b"2.2.4"
        file.create_group("model_weights")
    return path


async def test_the_calculator_takes_an_hdf5_file_and_keeps_its_names(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "old.h5", conv("block1_conv1"), layer("Flatten", "flat"))
    async with opened() as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        await pilot.press("o")
        await until_seen(pilot, "Paste a network")
        await pilot.press(*str(path), "ctrl+s")
        await until_seen(pilot, "block1_conv1")
        assert "flat" in screen_text(app)


async def test_what_cannot_be_edited_is_sent_to_look_inside(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "code.h5", conv("first"), layer("Lambda", "twice"), conv("after"))
    weights = tmp_path / "only.weights.h5"
    with h5py.File(weights, "w") as file:
        file.create_group("layers")
    async with opened() as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        for file, parts in (
            (path, ["(Lambda) holds Python code", "Look inside (6, then a)"]),
            (weights, ["holds weights alone", 'model.save("only.keras")']),
            (tmp_path / "none.h5", ["cannot be read: No such file"]),
        ):
            await pilot.press("o")
            await until_seen(pilot, "Paste a network")
            await pilot.press(*str(file), "ctrl+s")
            for part in parts:
                await until_seen(pilot, part, "#import-said")
            await pilot.press("escape")
        app.screen.set_focus(None)
        await pilot.press("6")
        await until_seen(pilot, "any .keras or .h5")
        await pilot.press("a")
        await until_seen(pilot, "Open a model file")
        await pilot.press(*str(path), "enter")
        await until_seen(pilot, "3 layers · ≥ 112 parameters", "#architecture-head")
        table = region_text(app, "#architecture-table")
        assert "first Conv2D 6×6×4" in table
        assert "twice ? Lambda ?" in table and "after ? Conv2D ?" in table


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_lines_of_python_are_shown_whole(size: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "tf.json").write_text(json.dumps({"modelTopology": {"node": []}}))
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"a"]
    async with opened(size) as (app, pilot):
        app.screen.set_focus(None)
        await pilot.press("6")
        await until_seen(pilot, "any .keras or .h5")
        await pilot.press("a")
        await until_seen(pilot, "Open a model file")
        await pilot.press(*str(tmp_path / "w.h5"), "enter")
        await until_seen(pilot, "its layers cannot be read", "#architecture-head")
        notes = region_text(app, "#architecture-notes", words=False)
        for line in ("model = ...", 'model.load_weights("w.h5")', 'model.save("w.keras")'):
            assert line in notes
        assert "x Run" not in region_text(app, "Footer"), "weights alone cannot be run"
