from __future__ import annotations

import sys
import types
from typing import Any

import msgspec
import pytest

from tui.datasets import LoaderSettings, loader_arguments, python_call

PETS = LoaderSettings(directory="pets", classes=("cats", "dogs"))
ODD_NAME = 'it\'s "odd"\n\x1b[2J[/]\udcff'


def run(code: str, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Run the shown code against a stand-in for Keras and return what was passed to it."""
    calls: list[dict[str, Any]] = []

    class ImageDataGenerator:
        def __init__(self, **arguments: Any) -> None:
            calls.append(arguments)

        def flow_from_directory(self, **arguments: Any) -> None:
            calls.append(arguments)

    module = types.ModuleType("tensorflow.keras.preprocessing.image")
    module.ImageDataGenerator = ImageDataGenerator  # type: ignore[attr-defined]
    parts = module.__name__.split(".")
    for end in range(1, len(parts)):
        name = ".".join(parts[:end])
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(code, "shown", "exec"), {})
    return calls


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"validation_directory": "pets-validation"},
        {"validation_split": 0.0},
        {"rescale_divisor": 127.5},
        {"rescale_divisor": 1.0},
        {"seed": None},
        {"color_mode": "grayscale", "interpolation": "bilinear", "target_size": (28, 30)},
        {"directory": ODD_NAME, "classes": (ODD_NAME, "b")},
        {"classes": tuple(f"class {n}" for n in range(200)), "class_mode": "sparse"},
    ],
)
def test_the_shown_code_passes_exactly_what_the_trainer_passes(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = msgspec.structs.replace(PETS, **changes)
    plan = loader_arguments(settings)
    code = python_call(settings, left_out=3)
    expected = [plan.generator, plan.train, plan.validation]
    assert run(code, monkeypatch) == [part for part in expected if part is not None]
    assert max(map(len, code.splitlines())) <= 100


def test_rescaling_is_shown_as_it_is_taught() -> None:
    assert "rescale=1/255" in python_call(PETS)
    assert loader_arguments(PETS).generator["rescale"] == 1 / 255


def test_validation_is_not_shuffled_and_training_is_seeded() -> None:
    plan = loader_arguments(PETS)
    assert plan.validation is not None
    assert plan.validation["shuffle"] is False
    assert plan.train["seed"] == 42
    assert "shuffle" not in plan.train  # Keras shuffles unless told otherwise


def test_a_validation_folder_is_read_whole() -> None:
    plan = loader_arguments(msgspec.structs.replace(PETS, validation_directory="held-out"))
    assert "validation_split" not in plan.generator
    assert "subset" not in plan.train
    assert plan.validation is not None
    assert plan.validation["directory"] == "held-out"
    assert "subset" not in plan.validation


def test_files_left_out_are_reported_in_the_code() -> None:
    assert "# Left out in cnn-tui: 1 file that" in python_call(PETS, left_out=1)
    assert "12 files" in python_call(PETS, left_out=12)
    assert "Left out" not in python_call(PETS)


def test_no_control_character_of_a_name_stands_in_the_code() -> None:
    code = python_call(msgspec.structs.replace(PETS, directory=ODD_NAME))
    assert "\x1b" not in code
    code.encode("utf-8")  # no lone surrogate either
