"""From a folder and a choice of network to a whole training."""

from __future__ import annotations

import msgspec
import pytest

from tui.datasets import LoaderSettings
from tui.geometry import Dense, Volume, parse_network, trace_network
from tui.runs.network_check import input_volume, output_count
from tui.runs.settings.make_spec import (
    default_model,
    make_spec,
    network_for,
    unused_name,
)
from tui.runs.settings.spec import SpecError, StopRule, TrainingSpec


def pets(**changes: object) -> LoaderSettings:
    return msgspec.structs.replace(
        LoaderSettings(directory="/data/pets", classes=("cats", "dogs")), **changes
    )


@pytest.mark.parametrize("model", ["course", "digits"])
@pytest.mark.parametrize(
    ("classes", "class_mode", "last"),
    [
        (("a", "b"), "binary", Dense(1, "sigmoid")),
        (("a", "b"), "categorical", Dense(2, "softmax")),
        (("a", "b"), "sparse", Dense(2, "softmax")),
        (("a", "b", "c"), "categorical", Dense(3, "softmax")),
        (("a", "b", "c"), "sparse", Dense(3, "softmax")),
        (tuple("abcdefghij"), "categorical", Dense(10, "softmax")),
    ],
)
def test_the_last_layer_suits_the_labels(
    model: str, classes: tuple[str, ...], class_mode: str, last: Dense
) -> None:
    settings = pets(classes=classes, class_mode=class_mode)
    assert network_for(model, settings).layers[-1] == last
    assert output_count(settings) == last.units


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 5), (8, 8), (28, 28), (150, 100)])
@pytest.mark.parametrize("model", ["course", "digits"])
def test_a_named_network_fits_every_size(model: str, size: tuple[int, int]) -> None:
    network = network_for(model, pets(target_size=size))
    assert (network.input.height, network.input.width) == size
    assert all(row.error is None for row in trace_network(network))


def test_height_and_width_are_not_swapped() -> None:
    settings = pets(target_size=(100, 150), color_mode="grayscale")
    assert input_volume(settings) == Volume(width=150, height=100, depth=1)
    assert make_spec("pets", settings).network.startswith("150x100x1 ")


@pytest.mark.parametrize(
    ("size", "model"),
    [((8, 8), "small"), ((48, 48), "small"), ((48, 49), "course"), ((150, 150), "course")],
)
def test_the_network_suits_the_size_by_default(size: tuple[int, int], model: str) -> None:
    settings = pets(target_size=size)
    assert default_model(settings) == model
    assert make_spec("pets", settings).name == f"pets · {model}"
    assert make_spec("pets", settings).network == make_spec("pets", settings, model=model).network


def test_a_network_of_ones_own_is_taken_as_written() -> None:
    line = "150x150x3 conv:k=2,f=3,s=2 flatten dense:k=1,a=sigmoid"
    spec = make_spec("pets", pets(), model=line)
    assert parse_network(spec.network) == parse_network(line)
    assert spec.name == "pets · own"


@pytest.mark.parametrize(
    ("model", "value", "cure"),
    [
        ("vgg99", "'vgg99'", "course, small, batchnorm"),
        ("Course", "'Course'", "course, small, batchnorm"),
        ("28x28x1", "'28x28x1'", "flatten dense:k=10"),
        ("28x28x1 flatten dense:k=1", "28×28×1", "target size 28x28 and colour"),
        ("150x100x3 flatten dense:k=1", "150×100×3", "target size 100x150 and"),
        ("150x150x3 flatten dense:k=5", "5", "dense:k=1"),
        ("150x150x3 conv:k=1,f=3", "148×148×1", "dense:k=1"),
        ("150x150x3 flatten dense:k=1 bogus:k=3", "bogus", ""),
        ("150x150x3 conv:k=1,f=200 flatten dense:k=1", "200", ""),
        ("150x150x3 conv:k=1,f=zz flatten dense:k=1", "zz", ""),
        ("150x150x0 flatten dense:k=1", "0", ""),
    ],
)
def test_a_network_that_cannot_be_is_named_with_its_cure(model: str, value: str, cure: str) -> None:
    with pytest.raises(SpecError) as caught:
        make_spec("pets", pets(), model=model)
    assert value in str(caught.value)
    assert cure in str(caught.value)


def test_outputs_are_reported_in_the_words_of_the_class_mode() -> None:
    settings = pets(classes=("a", "b", "c"), class_mode="categorical")
    with pytest.raises(SpecError, match=r"3 classes .* categorical need 3 outputs.*dense:k=3"):
        make_spec("pets", settings, model="150x150x3 flatten dense:k=1")


@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_a_rule_on_validation_needs_validation(metric: str) -> None:
    rule = StopRule(metric, "<", 0.1)
    with pytest.raises(SpecError, match=rf"{metric} < 0\.1 .*validation split above 0"):
        make_spec("pets", pets(validation_split=0.0), stop_rule=rule)
    assert make_spec("pets", pets(validation_split=0.1), stop_rule=rule).stop_rule == rule
    second = pets(validation_directory="/data/more", validation_split=0.0)
    assert make_spec("pets", second, stop_rule=rule).stop_rule == rule


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"batch_size": 0}, "batch size is 0"),
        ({"validation_split": 1.0}, "validation split is 1.0"),
        ({"target_size": (0, 10)}, "0×10"),
        ({"classes": ("cats",)}, "1 class"),
        ({"classes": ("a", "b", "c")}, "3"),
        ({"directory": ""}, "folder"),
    ],
)
def test_a_loader_that_cannot_be_is_refused_before_any_network(
    changes: dict[str, object], value: str
) -> None:
    with pytest.raises(SpecError) as caught:
        make_spec("pets", pets(**changes), model="no such model")
    assert value in str(caught.value)


def test_every_choice_arrives_in_the_spec() -> None:
    settings = pets(batch_size=7)
    rule = StopRule("loss", "<", 0.5)
    spec = make_spec(
        "pets", settings, epochs=3, learning_rate=0.01, stop_rule=rule, seed=9, share=0.25
    )
    assert spec == TrainingSpec(
        name="pets · course",
        network=spec.network,
        data=settings,
        epochs=3,
        learning_rate=0.01,
        stop_rule=rule,
        seed=9,
        share=0.25,
    )
    assert make_spec("pets", settings, stop_rule=None).stop_rule is None


def test_patience_needs_validation_images() -> None:
    with pytest.raises(SpecError, match="A patience of 3 epochs needs the validation loss"):
        make_spec("pets", pets(validation_split=0.0), patience=3)
    spec = make_spec("pets", pets(), patience=3, optimizer="adam", title="mine")
    assert (spec.patience, spec.optimizer, spec.name) == (3, "adam", "mine")


def test_a_name_that_is_taken_counts_on() -> None:
    assert unused_name("pets · course", []) == "pets · course"
    taken = ["pets · course", "pets · course 2", "pets · course 9 b", "pets"]
    assert unused_name("pets · course", taken) == "pets · course 3"
    assert unused_name("pets · course 2", taken) == "pets · course 3"
    assert unused_name("2", ["2"]) == "2 2"
