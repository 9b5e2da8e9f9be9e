from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tui.datasets import LoaderSettings, validate

GOOD = LoaderSettings(directory="pets", classes=("cats", "dogs"))


def test_the_defaults_are_the_course_s_and_have_no_problem() -> None:
    assert validate(GOOD) == ()
    assert GOOD.input_volume_text == "150×150×3"


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"batch_size": 0}, "batch_size", "0"),
        ({"batch_size": -3}, "batch_size", "-3"),
        ({"batch_size": 10**9}, "batch_size", "1000000000"),
        ({"target_size": (0, 150)}, "target_size", "0×150"),
        ({"target_size": (150, 2049)}, "target_size", "150×2049"),
        ({"validation_split": 1.0}, "validation_split", "1.0"),
        ({"validation_split": -0.1}, "validation_split", "-0.1"),
        ({"validation_split": float("nan")}, "validation_split", "nan"),
        ({"rescale_divisor": 0.0}, "rescale_divisor", "0.0"),
        ({"rescale_divisor": float("inf")}, "rescale_divisor", "inf"),
        ({"classes": ()}, "classes", "no classes"),
        ({"classes": ("cats",)}, "classes", "1 class"),
        ({"classes": ("cats", "cats")}, "classes", "2 times"),
        ({"classes": ("cats", "a/b")}, "classes", "a/b"),
        ({"classes": ("cats", "..")}, "classes", "'..'"),
        ({"classes": ("cats", "caf\udce9")}, "classes", "caf"),
        ({"classes": ("a", "b", "c")}, "class_mode", "there are 3"),
        ({"class_mode": "ordinal"}, "class_mode", "ordinal"),
        ({"color_mode": "cmyk"}, "color_mode", "cmyk"),
        ({"interpolation": "magic"}, "interpolation", "magic"),
        ({"seed": -1}, "seed", "-1"),
        ({"seed": 2**32}, "seed", "4294967296"),
        ({"directory": ""}, "directory", "''"),
        ({"directory": "pe\udcffts"}, "directory", "UTF-8"),
        ({"validation_directory": "pets/"}, "validation_directory", "pets/"),
    ],
)
def test_an_impossible_value_is_named_with_its_field(
    change: dict[str, Any], field: str, value: str
) -> None:
    problems = validate(msgspec.structs.replace(GOOD, **change))
    assert [problem.field for problem in problems] == [field]
    assert value in problems[0].sentence


def test_the_split_is_not_judged_when_there_is_a_validation_folder() -> None:
    settings = msgspec.structs.replace(GOOD, validation_directory="other", validation_split=7.0)
    assert validate(settings) == ()


def test_a_name_with_an_escape_sequence_is_shown_safely() -> None:
    name = "cats\x1b[2J\n"
    problems = validate(msgspec.structs.replace(GOOD, classes=(name, name)))
    assert "\x1b" not in problems[0].sentence
    assert "\n" not in problems[0].sentence


def test_settings_come_back_from_json_as_they_were() -> None:
    written = msgspec.json.encode(GOOD)
    assert msgspec.json.decode(written, type=LoaderSettings) == GOOD


def test_width_comes_first_in_the_input_volume() -> None:
    settings = msgspec.structs.replace(GOOD, target_size=(100, 200), color_mode="grayscale")
    assert settings.input_volume_text == "200×100×1"
    assert settings.channels == 1
