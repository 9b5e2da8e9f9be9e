"""A training as a program in today's form of Keras: what it reads, and what it says differs."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.written_images import write_folder
from tui.datasets import Augmentation, LoaderSettings
from tui.datasets.loader.loader_settings import INTERPOLATIONS
from tui.geometry import parse_network
from tui.runs.export.model_file_lines import FileLines
from tui.runs.export.today_lines import augmentation_layers
from tui.runs.export.training_script import spec_script, training_script
from tui.runs.settings.model_file import ModelFile
from tui.runs.settings.spec import SpecError, TrainingSpec

NETWORK = parse_network("8x8x3 conv:k=2,f=3 flatten dense:k=2,a=softmax")
ALL = Augmentation(
    rotation_range=20,
    width_shift_range=0.1,
    height_shift_range=0.2,
    shear_range=30,
    zoom_range=0.3,
    horizontal_flip=True,
    vertical_flip=True,
    fill_mode="reflect",
)


def loader(folder: str | Path = "pets", **changes: Any) -> LoaderSettings:
    settings = LoaderSettings(
        directory=str(folder),
        classes=("dogs", "cats"),
        class_mode="categorical",
        target_size=(8, 8),
    )
    return msgspec.structs.replace(settings, **changes)


def today(settings: LoaderSettings, **arguments: Any) -> str:
    text = training_script(NETWORK, settings, today=True, **arguments)
    ast.parse(text)
    assert max(map(len, text.splitlines())) <= 100 and "ImageDataGenerator(" not in text
    return text


def test_its_layers_are_between_the_input_and_the_network() -> None:
    text = today(loader(augmentation=ALL, rescale_divisor=127.5), seed=7)
    model = text[text.index("keras.Input") :].splitlines()
    assert [line.strip() for line in model[1:8]] == [
        'layers.RandomRotation(20 / 360, fill_mode="reflect", seed=7),',
        'layers.RandomTranslation(0.2, 0.1, fill_mode="reflect", seed=8),',
        'layers.RandomShear(x_factor=0.5, fill_mode="reflect", seed=9),',
        'layers.RandomZoom(0.3, 0.3, fill_mode="reflect", seed=10),',
        'layers.RandomFlip("horizontal_and_vertical", seed=11),',
        "layers.Rescaling(1 / 127.5),",
        "layers.Conv2D(filters=2, kernel_size=3),",
    ]


def test_without_augmentation_and_rescaling_the_network_is_alone() -> None:
    text = today(loader(rescale_divisor=1.0))
    assert "Random" not in text and "Rescaling" not in text
    assert "augmentation" not in text and "rescaling" not in text
    assert augmentation_layers(Augmentation(fill_mode="wrap")) == []


def test_a_shift_of_another_side_is_said() -> None:
    """Where both are the same there is nothing to say."""
    one = Augmentation(width_shift_range=0.1, height_shift_range=0.1)
    assert "moves rows by width_shift_range" not in today(loader(augmentation=one))
    two = Augmentation(width_shift_range=0.1)
    assert "moves rows by width_shift_range" in today(loader(augmentation=two))
    assert "about the upper edge" in today(loader(augmentation=ALL))


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_another_way_to_resize_is_said(interpolation: str) -> None:
    text = today(loader(interpolation=interpolation))
    (named,) = {line.split('"')[1] for line in text.splitlines() if "interpolation=" in line}
    assert named in ("nearest", "bilinear", "bicubic", "lanczos3", "area")
    comments = " ".join(line for line in text.splitlines() if line.startswith("#"))
    assert (named in comments) == (interpolation != "nearest")


@pytest.mark.parametrize(
    ("mode", "label"), [("binary", "binary"), ("categorical", "categorical"), ("sparse", "int")]
)
def test_labels_have_the_shape_of_the_class_mode(mode: str, label: str) -> None:
    assert f'label_mode="{label}"' in today(loader(class_mode=mode))


def test_a_backbones_images_are_augmented_before_it() -> None:
    """Its file of weights knows no layers before its own."""
    from tui.runs.settings.pretrained import PretrainedBase

    base = PretrainedBase(name="VGG16", weights="/w.h5")
    head = parse_network("4x4x512 globalavg dense:k=2,a=softmax")
    settings = loader(rescale_divisor=1.0, target_size=(150, 150), augmentation=ALL)
    text = training_script(head, settings, base=base, today=True)
    ast.parse(text)
    assert "train = train.map(augmented)" in text and "keras.layers.RandomZoom(" in text
    assert "layers.Random" not in text[text.index("keras.Input") :]


def test_the_images_of_a_file_are_rescaled_before_it() -> None:
    """It has its own layers: nothing is put before them."""
    file = ModelFile(path="/x/net.keras", name="net.keras", described="1" * 64)
    text = training_script(
        NETWORK,
        loader(augmentation=ALL),
        file=FileLines(file, "/run/initial.keras"),
        test_directory="/test",
        today=True,
    )
    ast.parse(text)
    assert "    return images / 255, labels" in text and "Rescaling" not in text
    for part in ("train", "validation", "test"):
        assert f"\n{part} = {part}.map(rescaled)\n" in text
    assert text.index("train = train.map(augmented)") < text.index("train = train.map(rescaled)")
    assert "The rescaling is a layer" not in text


def test_several_gpus_are_the_courses_form(spec: TrainingSpec) -> None:
    two = msgspec.structs.replace(spec, gpus=2)
    assert "MirroredStrategy" in spec_script(two)
    with pytest.raises(SpecError, match="Today's form of the program is of one device"):
        spec_script(two, today=True)


def names_of(text: str) -> dict[str, dict[str, list[str]]]:
    """Return the images that a program chooses, by what comes before its first dataset."""
    head = text[: text.index("train = keras")].replace("import keras\n", "")
    found: dict[str, Any] = {}
    exec(compile(head, "program", "exec"), found)
    found["links"].cleanup()
    return {name: found[name] for name in ("chosen", "validated") if name in found}


def test_it_chooses_what_the_course_chooses(tmp_path: Path) -> None:
    pets = write_folder(tmp_path / "pets", ("cats", "dogs", "birds"), each=7)
    (pets / "cats" / "more").mkdir()
    os.rename(pets / "cats" / "06.png", pets / "cats" / "more" / "a.PNG")
    (pets / "dogs" / "notes.txt").write_text("no image")
    (pets / "dogs" / "moving.gif").write_bytes(b"GIF89a")
    settings = loader(pets, validation_split=0.3, leave_out=("dogs/00.png", "dogs/06.png"))
    found = names_of(today(settings, left_out=["cats/03.png"]))
    assert list(found["chosen"]) == ["dogs", "cats"], "in the order of the labels"
    assert found["chosen"]["dogs"] == [f"dogs/0{number}.png" for number in (2, 3, 4, 5)]
    assert found["validated"]["dogs"] == ["dogs/01.png"]
    assert found["validated"]["cats"] == ["cats/00.png", "cats/01.png"]
    assert found["chosen"]["cats"][-1] == "cats/more/a.PNG"
    assert "cats/03.png" not in found["chosen"]["cats"]


def test_a_second_folder_is_taken_whole(tmp_path: Path) -> None:
    pets = write_folder(tmp_path / "train", ("cats", "dogs"), each=4)
    second = write_folder(tmp_path / "val", ("cats", "dogs"), each=3)
    settings = loader(pets, validation_directory=str(second), leave_out=("../val/cats/01.png",))
    found = names_of(today(settings, left_out_validation=["dogs/02.png"]))
    assert sum(map(len, found["chosen"].values())) == 8
    assert found["validated"]["cats"] == ["cats/00.png", "cats/02.png"]
    assert found["validated"]["dogs"] == ["dogs/00.png", "dogs/01.png"]
    assert "validated" not in names_of(today(loader(pets, validation_split=0.0)))
