"""From a lesson's block to specs: the digits, or a folder of one's own made quick enough."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from tui.course import TrainBlock
from tui.datasets import describe, remember_folder, suggest_settings
from tui.runs.lessons.lesson_plan import LARGEST_SIDE, Folder, make_plan
from tui.runs.settings.spec import SpecError, StopRule

BLOCK = TrainBlock("watch", "Watch.", epochs=5, seed=7)
OWN = dataclasses.replace(BLOCK, data="own")


def folder(path: Path, size: tuple[int, int] = (20, 16), **classes: int) -> Path:
    """Write a folder of images, each class the same picture many times over."""
    for name, count in classes.items():
        (path / name).mkdir(parents=True)
        first = path / name / "0.png"
        Image.new("RGB", size, (90, 120, 160)).save(first)
        for number in range(1, count):
            (path / name / f"{number}.png").hardlink_to(first)
    return path


def chosen(path: Path) -> Folder:
    summary = describe(path)
    return Folder(path.name, summary, suggest_settings(summary))


def test_the_digits_are_trained_on_with_everything_that_the_block_says() -> None:
    block = dataclasses.replace(BLOCK, stop="accuracy > 0.997")
    plan = make_plan(block, "small-data", None)
    (spec,) = plan.specs
    assert (spec.name, spec.origin) == ("small-data · digits", "lesson small-data / watch")
    assert (spec.epochs, spec.seed, spec.data.seed, spec.share) == (5, 7, 7, 1.0)
    assert spec.stop_rule == StopRule("accuracy", ">", 0.997)
    assert spec.data.target_size == (8, 8)
    assert (plan.data, plan.images, plan.validation_images) == ("digits", (1442,), 355)
    assert plan.notes == ()
    assert make_plan(block, "small-data", None) == plan


def test_the_digits_stay_the_digits_whatever_is_chosen(tmp_path: Path) -> None:
    plan = make_plan(BLOCK, "small-data", chosen(folder(tmp_path / "pets", cats=4, dogs=4)))
    assert plan.data == "digits"


def test_each_share_has_a_spec_and_a_name() -> None:
    block = dataclasses.replace(BLOCK, shares=(0.1, 0.33, 1.0))
    plan = make_plan(block, "small-data", None)
    assert [spec.share for spec in plan.specs] == [0.1, 0.33, 1.0]
    assert [spec.name for spec in plan.specs] == [
        "small-data 1/10 · digits",
        "small-data 1/3 · digits",
        "small-data all · digits",
    ]
    assert plan.images == (143, 477, 1442)
    assert len({spec.network for spec in plan.specs}) == 1


def test_a_single_share_is_in_the_name_too() -> None:
    (spec,) = make_plan(dataclasses.replace(BLOCK, shares=(0.1,)), "curves", None).specs
    assert spec.name == "curves 1/10 · digits"


@pytest.mark.parametrize("head", ["", "8x8x1 "])
def test_a_network_is_read_with_and_without_its_input(head: str) -> None:
    line = "conv:k=4,f=3,a=relu flatten dense:k=10,a=softmax"
    plan = make_plan(dataclasses.replace(BLOCK, network=head + line), "l", None)
    assert plan.specs[0].network == f"8x8x1 {line}"
    assert plan.network == "conv 4, flatten, dense 10"


def test_a_network_for_other_images_gets_their_input_and_outputs(tmp_path: Path) -> None:
    pets = chosen(folder(tmp_path / "pets", cats=8, dogs=8))
    block = dataclasses.replace(OWN, network="8x8x1 conv:k=4,f=3 flatten dense:k=10,a=softmax")
    (spec,) = make_plan(block, "l", pets).specs
    assert spec.network == "20x16x3 conv:k=4,f=3 flatten dense:k=1,a=sigmoid"


@pytest.mark.parametrize(
    ("network", "said"),
    [("conv:k=4,f=9 flatten dense:k=10", "conv2d"), ("konv:k=3 flatten dense:k=10", "konv")],
)
def test_a_network_that_cannot_be_is_named(network: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        make_plan(dataclasses.replace(BLOCK, network=network), "l", None)


def test_without_a_folder_the_digits_stand_in_and_it_is_said() -> None:
    plan = make_plan(OWN, "l", None)
    assert plan.data == "digits"
    (note,) = plan.notes
    assert note.startswith("No folder of your own is chosen under 3 Data yet")


def test_the_folder_opened_last_that_can_be_trained_on_is_taken(tmp_path: Path) -> None:
    remember_folder(folder(tmp_path / "pets", cats=8, dogs=8))
    remember_folder(folder(tmp_path / "one class", cats=8))
    plan = make_plan(OWN, "l", None)
    assert (plan.data, plan.images, plan.notes) == ("pets", (14,), ())


def test_what_is_chosen_comes_before_what_was_opened(tmp_path: Path) -> None:
    remember_folder(folder(tmp_path / "pets", cats=8, dogs=8))
    birds = chosen(folder(tmp_path / "birds", crows=10, owls=5))
    plan = make_plan(OWN, "l", birds)
    assert (plan.data, plan.images, plan.validation_images) == ("birds", (12,), 3)


@pytest.mark.parametrize(
    ("size", "loaded", "text"),
    [((400, 400), (64, 64), "64×64×3"), ((300, 200), (64, 64), "64×64×3")],
)
def test_photographs_are_loaded_small(
    tmp_path: Path, size: tuple[int, int], loaded: tuple[int, int], text: str
) -> None:
    pets = chosen(folder(tmp_path / "pets", size, cats=8, dogs=8))
    plan = make_plan(OWN, "l", pets)
    assert plan.specs[0].data.target_size == loaded
    assert plan.notes == (f"Your images are loaded as {text} here, to be quick.",)


def test_a_target_size_of_ones_own_keeps_its_shape(tmp_path: Path) -> None:
    pets = chosen(folder(tmp_path / "pets", cats=8, dogs=8))
    settings = msgspec.structs.replace(pets.settings, target_size=(100, 200))
    plan = make_plan(OWN, "l", dataclasses.replace(pets, settings=settings))
    assert plan.specs[0].data.target_size == (32, LARGEST_SIDE)
    assert "64×32×3" in plan.notes[0]


def test_validation_is_never_missing(tmp_path: Path) -> None:
    pets = chosen(folder(tmp_path / "pets", cats=10, dogs=10))
    settings = msgspec.structs.replace(pets.settings, validation_split=0.0)
    plan = make_plan(OWN, "l", dataclasses.replace(pets, settings=settings))
    assert (plan.images, plan.validation_images) == ((16,), 4)
    assert plan.notes == ("A fifth of each class is kept for validation here.",)


def test_many_large_photographs_are_cut_to_about_a_minute(tmp_path: Path) -> None:
    pets = chosen(folder(tmp_path / "pets", (1600, 1200), cats=1000, dogs=1000))
    few = make_plan(OWN, "l", pets)
    assert 0.02 <= few.specs[0].share < 0.5
    assert few.images[0] < 1600
    told = f"{few.images[0]:,} of your 1,600 training images stand for all of them here"
    assert told in few.notes[-1]
    shares = make_plan(dataclasses.replace(OWN, shares=(0.5, 1.0)), "l", pets)
    assert shares.shares == (0.5, 1.0)
    assert shares.specs[0].share == pytest.approx(shares.specs[1].share / 2)
    assert shares.specs[1].share < few.specs[0].share, "two trainings share the minute"


def test_few_images_are_all_trained_on(tmp_path: Path) -> None:
    pets = chosen(folder(tmp_path / "pets", (1600, 1200), cats=20, dogs=20))
    assert make_plan(OWN, "l", pets).specs[0].share == 1.0
