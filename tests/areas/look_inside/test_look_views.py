"""Look inside, its other views: filters, predictions, mistakes, heat, and files from elsewhere."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tests.unit.keras_io.keras_texts import archive, conv, functional, layer, sequential
from tui.areas.look_inside.explained_picture import ExplainedPicture
from tui.areas.look_inside.filters_screen import FiltersScreen
from tui.areas.look_inside.predictions_screen import PredictionsScreen
from tui.runs.store.run_folder import RunFolder
from tui.ui.pictures.half_blocks import RasterView
from tui.ui.pictures.tile_grid import TileGrid


async def test_filters_before_and_after_the_training(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("f")
        await until_seen(pilot, "before → after training", "#filters-head")
        assert "conv2d" in region_text(app, "#filters-head")
        screen = app.screen
        assert isinstance(screen, FiltersScreen)
        tile = screen.query_one(TileGrid)._tiles[0].raster
        assert tile is not None and (tile.width, tile.height) == (7, 3)
        before = [tile.pixel(x, y) for y in range(3) for x in range(3)]
        after = [tile.pixel(x + 4, y) for y in range(3) for x in range(3)]
        assert before != after
        await pilot.press("right", "right")
        await until_seen(pilot, "filter 2", "#filters-said")
        assert "weights from" in region_text(app, "#filters-said")
        await pilot.press("n")
        await until_seen(pilot, "conv2d_1", "#filters-head")
        await pilot.press("k")
        await until_seen(pilot, "The filters of conv2d_1 in Keras")
        compile(app.screen._code, "view", "exec")  # type: ignore[attr-defined]
        await pilot.press("escape", "escape")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_probabilities_of_the_picture(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("e")
        await until_seen(pilot, "predicted: 0", ".explained-head")
        bars = region_text(app, "BarList", words=False).splitlines()
        assert "◂ predicted" in bars[0] and bars[0].lstrip("▸ ").startswith("0 █")
        assert len([line for line in bars if line.strip()]) == 10


async def test_what_supports_a_class_is_yellow_and_given_in_numbers(
    looked_into: RunFolder,
) -> None:
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("e")
        await until_seen(pilot, "predicted: 0", ".explained-head")
        await pilot.press("h")
        await until_seen(pilot, "Grad-CAM at conv2d_1 for 0", ".explained-said")
        view = app.screen.query_one(ExplainedPicture)
        explained = view.explained
        assert explained is not None
        await until_seen(pilot, "100% of the highest", ".explained-said")
        # Beside the picture: yellow where the class is supported most, with a line around it.
        await until(
            pilot, lambda: view.query_one("#explained-heat", RasterView)._raster is not None
        )
        warm = view.query_one("#explained-heat", RasterView)._raster
        beside = view.query_one("#explained-plain", RasterView)._raster
        assert warm is not None and beside is not None
        assert (warm.width, warm.height) == (beside.width, beside.height)
        place = explained.heat.index(255)
        x = (2 * (place % explained.width) + 1) * warm.width // (2 * explained.width)
        y = (2 * (place // explained.width) + 1) * warm.height // (2 * explained.height)
        red, green, blue = warm.pixel(x, y)
        assert min(red, green) > 1.5 * blue
        assert bytes(3) in {warm.rgb[at : at + 3] for at in range(0, len(warm.rgb), 3)}
        await pilot.press(*["left"] * 4, *["up"] * 4)
        share = explained.heat[0] / 255
        await until_seen(pilot, f"column 1, row 1 of 4×4: {share:.0%}", ".explained-said")
        await pilot.press("n")
        await until_seen(pilot, "nothing in the picture supports 1", ".explained-said")
        await pilot.press("k")
        await until_seen(pilot, "Grad-CAM in Keras")
        code = app.screen._code  # type: ignore[attr-defined]
        compile(code, "view", "exec")
        assert 'model.get_layer("conv2d_1")' in code and "label = 1" in code
        await pilot.press("escape", "p", "h")
        await until_seen(pilot, "Occlusion: with a grey patch here 0 falls", ".explained-said")
        await pilot.press("h")
        await until_seen(pilot, "h shows what supports a class", ".explained-said")


async def test_the_confusion_matrix(looked_into: RunFolder) -> None:
    async with opened((80, 24)) as (app, pilot):
        screen = await look(pilot)
        await pilot.press("e", "a")
        await until_seen(pilot, "accuracy", "#predictions-said")
        evaluated = screen.session.evaluated[screen.session.view.selection.source, ""]
        right, images = evaluated.right, evaluated.images
        assert f"{right} of {images} right" in region_text(app, "#predictions-said")
        rows = region_text(app, "#predictions-matrix", words=False).splitlines()
        heads = rows[1].split()
        assert heads == [*"0123456789", "right"]
        assert all(
            f"[{evaluated.confusion[label][label]}]" in rows[2 + label] for label in range(10)
        )
        # Columns stand below each other: every diagonal cell ends where its head ends.
        for label in range(10):
            cell = f"[{evaluated.confusion[label][label]}]"
            head_end = rows[1].index(f" {label}", 2 * label) + 2
            assert rows[2 + label].index(cell) + len(cell) == head_end, rows[2 + label]


async def test_a_mistake_is_looked_into(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        await pilot.press("e", "m")
        await until_seen(pilot, "predicted as", "MistakesGrid")
        evaluated = screen.session.evaluated[screen.session.view.selection.source, ""]
        name = Path(evaluated.mistakes[1].picture).name
        await until(pilot, lambda: "▀" in region_text(app, "MistakesGrid"))
        await pilot.press("right")
        await until_seen(pilot, name, "MistakesGrid")
        await pilot.press("enter")
        await until_seen(pilot, name, "#look-top")


async def test_the_true_class_stands_under_each_mistake(looked_into: RunFolder) -> None:
    async with opened((80, 24)) as (app, pilot):
        await look(pilot)
        await pilot.press("e", "m")
        await until_seen(pilot, "predicted as", "#mistakes > Static")
        screen = app.screen
        assert isinstance(screen, PredictionsScreen)
        evaluated = screen.evaluation.result
        assert evaluated is not None
        grid = screen.query_one("#mistakes TileGrid", TileGrid)
        assert grid._tiling is not None
        across = grid._tiling.across
        names = [evaluated.classes[one.truth] for one in evaluated.mistakes[:across]]
        await until_seen(pilot, " ".join(f"is {name}" for name in names), "#mistakes TileGrid")


async def test_from_the_thumbnails_to_the_mistakes(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        await look(pilot)
        await pilot.press("i")
        await until_seen(pilot, "class 1 of 10")
        await pilot.press("m")
        await until_seen(pilot, "predicted as", "MistakesGrid")


async def test_progress_of_all_predictions_and_leaving_meanwhile(looked_into: RunFolder) -> None:
    slow = looked_into.path / "slow"
    slow.touch()
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("e")
        await until_seen(pilot, "predicted: 0", ".explained-head")
        await pilot.press("a")
        await until_seen(pilot, "120 of 360 images", "#predictions-said")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PredictionsScreen))
        slow.unlink()
        await pilot.press("down")
        await until_seen(pilot, "max_pooling2d", "#look-head")


@pytest.fixture
def foreign(here: Path) -> Path:
    """Return a `.keras` file as Keras writes it, but for its weights."""
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 1]}},
        {
            "class_name": "Conv2D",
            "config": {"name": "first", "filters": 4, "kernel_size": [3, 3], "strides": [1, 1]},
        },
        {"class_name": "Flatten", "config": {"name": "flat"}},
        {"class_name": "Dense", "config": {"name": "out", "units": 2, "activation": "softmax"}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "theirs", "layers": layers}}
    path = here / "theirs.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.14.1"}))
    return path


async def test_a_file_from_elsewhere_is_read_as_data_and_run_only_after_a_question(
    looked_into: RunFolder, foreign: Path
) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        await pilot.press("a", *"theirs.keras", "enter")
        await until_seen(pilot, "3 layers", "#architecture-head")
        table = region_text(app, "#architecture-table")
        assert "6×6×4" in table and "144" in table
        assert screen.session.selection.file == ""
        await pilot.press("x")
        await until_seen(pilot, "Load and run theirs.keras?")
        await pilot.press("n")
        await until_seen(pilot, "3 layers", "#architecture-head")
        assert screen.session.selection.file == ""
        await pilot.press("x")
        await until_seen(pilot, "Load and run theirs.keras?")
        await pilot.press("y")
        await until_seen(pilot, "theirs.keras", "#look-top")


def branching() -> str:
    """Return the description of a network with a model inside, whose branches meet."""
    names = {"a": ["input"], "b": ["a"], "sum\x1b[2J": ["a", "b"]}
    kept = {"filters": 3, "padding": "same"}
    layers = (conv("a", **kept), conv("b", **kept), layer("Add", "sum\x1b[2J"))
    inner = json.loads(functional(names, *layers))
    inner["config"] |= {"name": "base[/]", "trainable": False}
    own = {**layer("Mine", "odd"), "module": "mine"}
    return sequential(inner, layer("GlobalAveragePooling2D", "gather"), own)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_any_network_is_a_table(
    looked_into: RunFolder, here: Path, size: tuple[int, int]
) -> None:
    (here / "net.keras").write_bytes(archive(branching()))
    async with opened(size) as (app, pilot):
        await look(pilot)
        await pilot.press("a", *"net.keras", "enter")
        await until_seen(pilot, "5 layers · ≥ 168 parameters", "#architecture-head")
        lines = region_text(app, "#architecture-table", words=False).splitlines()
        assert lines[1].split() == ["input", "8×8×3"]
        assert lines[2].split()[:3] == ["▾", "base[/]", "model"]
        shares = ["50.0%"] if size[0] == 120 else []
        jump = ["1"] if size[0] == 120 else []
        assert lines[3].split() == [
            "1",
            "│a",
            "Conv2D",
            "8×8×3",
            "84",
            *shares,
            "5,184",
            "3",
            *jump,
        ]
        assert lines[5].split() == ["3", "│sum␛[2J", "Add", "8×8×3", "5", *jump, "1+2"]
        assert lines[6].split()[-2:] == ["3", "all"]
        assert lines[7].split() == ["5", "odd", "?", "Mine", "?", "?", "?", "?"]
        await pilot.press("down", "down", "down", "down")
        await until_seen(pilot, "sum␛[2J Add a 8×8×3 + b 8×8×3 → 8×8×3", "#architecture-row")
        await until_seen(pilot, "one value sees 5×5 pixels", "#architecture-row")
        await pilot.press("end")
        await until_seen(pilot, "is a class of 'mine', not of Keras", "#architecture-row")
        assert len(screen_text(app).splitlines()) == size[1]


async def test_a_file_that_is_not_there(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        await look(pilot)
        await pilot.press("a", *"none.keras", "enter")
        await until_toast(pilot, "none.keras cannot be read")


async def test_a_file_that_is_no_model(looked_into: RunFolder, here: Path) -> None:
    (here / "bad.keras").write_bytes(b"PK\x03\x04 no archive")
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("a", *"bad.keras", "enter")
        await until_seen(pilot, "its layers cannot be read", "#architecture-head")
        assert region_text(app, "#architecture-notes")
        await pilot.press("escape")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_a_file_for_pictures_of_any_size_says_which_was_taken(
    looked_into: RunFolder, here: Path
) -> None:
    text = sequential(conv(), shape=[None, None, None, 3])
    (here / "free.keras").write_bytes(archive(text))
    async with opened((80, 24)) as (app, pilot):
        await look(pilot)
        await pilot.press("a", *"free.keras", "enter")
        await until_seen(pilot, "any size", "#architecture-table")
        assert "224×224×3" in region_text(app, "#architecture-table")
        notes = region_text(app, "#architecture-notes")
        assert "height and width are free in this file: 224×224 was taken" in notes
        await pilot.press("question_mark")
        await until_seen(pilot, "A model file", "#help")
        await pilot.press(*["down"] * 6)
        await until_seen(pilot, "any size", "#help")


async def test_at_a_small_terminal_every_view_is_whole(looked_into: RunFolder) -> None:
    async with opened((80, 24)) as (app, pilot):
        await look(pilot)
        for keys, seen in (
            (["enter"], "sees columns"),
            (["escape", "f"], "before → after"),
            (["escape", "e"], "predicted: 0"),
            (["h"], "Grad-CAM at conv2d_1"),
            (["m"], "predicted as"),
        ):
            await pilot.press(*keys)
            await until_seen(pilot, seen)
            assert len(screen_text(app).splitlines()) == 24
