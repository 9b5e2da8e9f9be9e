"""How much each class counts in the loss: what is typed, what it comes to, and where it is said."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.runs.events.event_types import DataReady
from tui.runs.export.run_formatting import log_lines
from tui.runs.export.training_script import spec_script
from tui.runs.settings.class_weights import (
    class_weight_text,
    parse_class_weight,
    weights_in_use,
    weights_text,
)
from tui.runs.settings.non_default import non_default_settings
from tui.runs.settings.setting_rows import setting_rows
from tui.runs.settings.settings_file import read_settings, settings_text
from tui.runs.settings.spec import SpecError, TrainingSpec

CLASSES = ("cats", "dogs", "a,b", "x=1", " spaced", "none", "balanced")


@pytest.mark.parametrize(
    ("typed", "weights"),
    [
        ("none", None),
        ("", None),
        (" Balanced ", "balanced"),
        ("cats=2,dogs=0.5", {"cats": 2.0, "dogs": 0.5}),
        ("cats = 2, dogs = 1e-3,", {"cats": 2.0, "dogs": 0.001}),
        ("a,b=2,x=1=3", {"a,b": 2.0, "x=1": 3.0}),
        ("spaced=2", {" spaced": 2.0}),
        ("none=2,balanced=3", {"none": 2.0, "balanced": 3.0}),
    ],
)
def test_weights_are_typed_by_name_or_by_a_word(typed: str, weights: object) -> None:
    assert parse_class_weight(typed, CLASSES) == weights


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("even", "'even' is not a class with its weight. Write balanced, none, or weights by name"),
        ("cats", "'cats' is not a class with its weight"),
        ("cats=2 dogs=1", "cats=2 dogs"),
        ("cat=2", "a weight for 'cat', which is none of the classes: cats, dogs, .*mean cats?"),
        ("cats=many", "'many' is not a weight for the class 'cats'. Write a number above 0"),
        ("cats=", "'' is not a weight for the class 'cats'"),
        ("cats=0", "The class 'cats' cannot have the weight 0; choose above 0 to 1,000,000"),
        ("dogs=-1", "cannot have the weight -1"),
        ("dogs=nan", "cannot have the weight nan"),
        ("dogs=1e99", "cannot have the weight 1e[+]?99"),
        ("cats=1,cats=2", "The class 'cats' has two weights"),
        ("ca\x1b[2Jts=1", "none of the classes"),
    ],
)
def test_what_is_no_weight_gets_a_sentence(typed: str, said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        parse_class_weight(typed, CLASSES)
    assert "\x1b" not in str(caught.value)


@given(st.dictionaries(st.sampled_from(CLASSES), st.floats(1e-9, 1e6), min_size=1))
def test_what_is_shown_can_be_typed_again(weights: dict[str, float]) -> None:
    assert parse_class_weight(class_weight_text(weights), CLASSES) == weights


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=12))
def test_balanced_classes_count_the_same_and_all_together_as_before(counts: list[int]) -> None:
    names = [str(number) for number in range(len(counts))]
    weights = weights_in_use("balanced", names, counts)
    totals = [weight * count for weight, count in zip(weights, counts, strict=True)]
    assert totals == pytest.approx([sum(counts) / len(counts)] * len(counts))


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    """`compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 1, 1, 2])`."""
    found = weights_in_use("balanced", "abc", (3, 2, 1))
    assert found == pytest.approx((0.66666667, 1.0, 2.0))


def test_weights_of_many_classes_fit_on_a_line() -> None:
    names = [f"class{number}" for number in range(200)]
    weights = [1.0 + number / 7 for number in range(200)]
    assert weights_text(names, weights) == "from 1 (class0) to 29.4 (class199)"


def test_a_spec_of_before_weights_no_class(spec: TrainingSpec) -> None:
    stored = msgspec.to_builtins(spec)
    del stored["class_weight"]
    assert msgspec.convert(stored, TrainingSpec).class_weight is None
    assert "class weights" not in setting_rows(spec)


@pytest.mark.parametrize("weight", ["balanced", {"cats": 2.0, "dogs": 1.0}])
def test_a_spec_keeps_its_weights_and_says_them(spec: TrainingSpec, weight: object) -> None:
    weighted = replace(spec, class_weight=weight)
    again = msgspec.json.decode(msgspec.json.encode(weighted), type=TrainingSpec)
    assert again == weighted
    word = "balanced" if weight == "balanced" else "cats=2, dogs=1"
    assert setting_rows(weighted)["class weights"] == word
    assert set(non_default_settings(weighted)) - set(non_default_settings(spec))


def test_a_spec_with_a_weight_for_no_class_is_refused(spec: TrainingSpec) -> None:
    with pytest.raises(SpecError, match=r"'dags', which is none of the classes.*mean dogs"):
        replace(spec, class_weight={"dags": 2.0})


def test_several_gpus_and_weights_are_refused_together(spec: TrainingSpec) -> None:
    with pytest.raises(SpecError, match="cannot be used on several GPUs: train on one"):
        replace(spec, class_weight="balanced", gpus=2)


def test_the_log_says_what_each_class_counts() -> None:
    ready = DataReady(
        at=0,
        classes=("cats", "dogs"),
        training_images=40,
        validation_images=0,
        class_weights=(2 / 3, 2.0),
    )
    assert "class weights: cats 0.667, dogs 2" in log_lines(ready)
    assert len(log_lines(replace(ready, class_weights=()))) == 1


@pytest.mark.parametrize("weight", ["balanced", {"cats": 2.0}, {"it's \\": 2.0}])
def test_the_program_hands_the_weights_to_fit(spec: TrainingSpec, weight: object) -> None:
    data = replace(spec.data, classes=("cats", "it's \\"))
    script = spec_script(replace(spec, data=data, class_weight=weight))
    compile(script, "script", "exec")
    assert "class_weight=class_weight" in script
    assert "class_weight" not in spec_script(spec)


@pytest.mark.parametrize("weight", ["balanced", {"cats": 2.0, "a.b = 'c'": 1.0}, None])
def test_a_settings_file_keeps_weights_and_test_images(
    spec: TrainingSpec, weight: object, tmp_path: Path
) -> None:
    data = replace(spec.data, classes=("cats", "a.b = 'c'"))
    wanted = replace(spec, data=data, class_weight=weight, test_directory="/data/test")
    file = tmp_path / "settings.toml"
    file.write_text(settings_text(wanted))
    assert read_settings(file).spec() == wanted


def test_a_settings_file_names_classes_of_the_folder_it_is_used_for(
    spec: TrainingSpec, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('test_directory = "more"\n\n[class_weight]\ncats = 2\n')
    opened = read_settings(file)
    made = opened.over(spec)
    assert made.class_weight == {"cats": 2.0} and made.test_directory == str(tmp_path / "more")
    other = replace(spec, data=replace(spec.data, classes=("birds", "dogs")))
    with pytest.raises(SpecError, match=r"settings\.toml, line 3: There is a weight for 'cats'"):
        opened.over(other)
    file.write_text("class_weight = 3\n")
    with pytest.raises(SpecError, match='line 1: class_weight is 3: "balanced" or a table or'):
        read_settings(file)
