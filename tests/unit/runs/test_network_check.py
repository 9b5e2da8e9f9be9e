"""What a network's end is judged to be: each kind of mistake is refused or said, with its cure."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.datasets import ClassMode, LoaderSettings
from tui.geometry import (
    ACTIVATIONS,
    PRESETS,
    Network,
    Volume,
    format_network,
    parse_network,
    trace_network,
)
from tui.geometry.output_bounds import output_bounds
from tui.runs.network_check import judge_network
from tui.runs.settings.findings import Finding
from tui.runs.settings.make_spec import MODELS, adapt_network, network_for

TEN = LoaderSettings(
    directory="/data/ten",
    classes=tuple("abcdefghij"),
    class_mode="categorical",
    target_size=(28, 28),
    color_mode="grayscale",
)
SPARSE = msgspec.structs.replace(TEN, class_mode="sparse")
PETS = msgspec.structs.replace(TEN, classes=("cats", "dogs"), class_mode="binary")
RAW = msgspec.structs.replace(TEN, rescale_divisor=1.0)
THREE = msgspec.structs.replace(TEN, classes=("a", "b", "c"))
PAIR = msgspec.structs.replace(PETS, class_mode="categorical")


def judged(layers: str, settings: LoaderSettings) -> tuple[Finding, ...]:
    return judge_network(parse_network(f"28x28x1 {layers}"), settings)


def cure(found: tuple[Finding, ...]) -> str | None:
    network = found[0].network
    return None if network is None else format_network(network).partition(" ")[2]


REFUSED = [
    # A missing softmax or sigmoid, or another activation in its place.
    (TEN, "flatten dense:k=10", "A softmax is missing", "flatten dense:k=10,a=softmax"),
    (SPARSE, "flatten dense:k=10", "A softmax is missing", "flatten dense:k=10,a=softmax"),
    (PETS, "flatten dense:k=1", "A sigmoid is missing", "flatten dense:k=1,a=sigmoid"),
    (TEN, "flatten dense:k=10,a=relu", "from 0 upwards", "flatten dense:k=10,a=softmax"),
    (PETS, "flatten dense:k=1,a=relu", "from 0 upwards", "flatten dense:k=1,a=sigmoid"),
    (PETS, "flatten dense:k=1,a=tanh", "from −1 to 1", "flatten dense:k=1,a=sigmoid"),
    (TEN, "flatten dense:k=10,a=tanh", "from −1 to 1", "flatten dense:k=10,a=softmax"),
    (TEN, "flatten dense:k=10,a=log_softmax", "up to 0", "flatten dense:k=10,a=softmax"),
    (TEN, "flatten dense:k=10,bias=no", "softmax", "flatten dense:k=10,a=softmax,bias=no"),
    (TEN, "flatten dense:k=10,a=hard_sigmoid", "from 0 to 1", "flatten dense:k=10,a=softmax"),
    # A softmax over one unit, at the end or inside.
    (PETS, "flatten dense:k=1,a=softmax", "is always 1", "flatten dense:k=1,a=sigmoid"),
    (TEN, "flatten dense:k=1,a=softmax", "is always 1", "flatten dense:k=10,a=softmax"),
    (PETS, "flatten dense:k=1 activation:a=softmax", "always 1", "flatten dense:k=1,a=sigmoid"),
    (
        TEN,
        "conv:k=1,f=3,a=softmax flatten dense:k=10,a=softmax",
        "conv2d applies softmax to a single value",
        "conv:k=1,f=3,a=relu flatten dense:k=10,a=softmax",
    ),
    (
        TEN,
        "flatten dense:k=10,a=softmax rescaling:scale=0",
        "rescaling gives 0 for any input",
        "flatten dense:k=10,a=softmax",
    ),
    # A missing Flatten.
    (
        TEN,
        "conv:k=4,f=3 dense:k=3,a=softmax",
        "A Flatten is missing: without it dense works on each of the 26×26 places alone.",
        "conv:k=4,f=3 flatten dense:k=10,a=softmax",
    ),
    (
        TEN,
        "conv:k=4,f=3 dense:k=64,a=relu dropout:rate=0.5 dense:k=10 activation:a=softmax",
        "A Flatten is missing",
        "conv:k=4,f=3 flatten dense:k=64,a=relu dropout:rate=0.5 dense:k=10 activation:a=softmax",
    ),
    (
        PETS,
        "conv:k=4,f=3 maxpool:f=2 dense:k=1,a=sigmoid",
        "13×13×1",
        "conv:k=4,f=3 maxpool:f=2 flatten dense:k=1,a=sigmoid",
    ),
    (TEN, "conv:k=10,f=28,a=softmax", "1×1×10", "conv:k=10,f=28,a=softmax flatten"),
    # No Dense at the end.
    (
        TEN,
        "conv:k=4,f=3 maxpool:f=2",
        "13×13×4",
        "conv:k=4,f=3 maxpool:f=2 flatten dense:k=10,a=softmax",
    ),
    (TEN, "conv:k=4,f=3 flatten", "2704 units", "conv:k=4,f=3 flatten dense:k=10,a=softmax"),
    (TEN, "conv:k=4,f=3 globalavg", "4 units", "conv:k=4,f=3 globalavg dense:k=10,a=softmax"),
    (
        TEN,
        "conv:k=10,f=3 globalavg",
        "A softmax is missing",
        "conv:k=10,f=3 globalavg activation:a=softmax",
    ),
    (TEN, "", "no layers", "flatten dense:k=10,a=softmax"),
    # Units that differ from the classes.
    (TEN, "flatten dense:k=9,a=softmax", "9 units", "flatten dense:k=10,a=softmax"),
    (TEN, "flatten dense:k=12,a=softmax", "12 units", "flatten dense:k=10,a=softmax"),
    (SPARSE, "flatten dense:k=9,a=softmax", "9 units", "flatten dense:k=10,a=softmax"),
    (TEN, "flatten dense:k=1,a=sigmoid", "1 unit,", "flatten dense:k=10,a=softmax"),
    (
        TEN,
        "flatten dense:k=3 batchnorm activation:a=softmax",
        "3 units",
        "flatten dense:k=10 batchnorm activation:a=softmax",
    ),
    (
        TEN,
        "flatten dense:k=64,a=relu",
        "64 units",
        "flatten dense:k=64,a=relu dense:k=10,a=softmax",
    ),
    (PETS, "flatten dense:k=2,a=softmax", "2 units", "flatten dense:k=1,a=sigmoid"),
    (PAIR, "flatten dense:k=1,a=sigmoid", "1 unit,", "flatten dense:k=2,a=softmax"),
    # Something behind the last activation.
    (TEN, "flatten dense:k=10,a=softmax batchnorm", "any size", "flatten dense:k=10,a=softmax"),
    (
        TEN,
        "flatten dense:k=10,a=softmax dropout:rate=0.5",
        "dropout comes after the last activation",
        "flatten dense:k=10,a=softmax",
    ),
    (
        PETS,
        "flatten dense:k=1,a=sigmoid activation:a=sigmoid",
        "never below 0.5 here: every image is classified as 'dogs'",
        "flatten dense:k=1,a=sigmoid",
    ),
    (TEN, "globalavg activation:a=softmax", "always 1", "globalavg dense:k=10,a=softmax"),
    # No ReLU on a single unit, which may never learn again.
    (
        THREE,
        "flatten dense:k=8,a=softmax dense:k=1,a=softmax dense:k=3,a=softmax",
        "dense_1 applies softmax to a single value",
        "flatten dense:k=8,a=relu dense:k=3,a=softmax",
    ),
    (
        THREE,
        "flatten dense:k=1,a=softmax dense:k=3,a=softmax",
        "always 1",
        "flatten dense:k=3,a=softmax",
    ),
    (
        PETS,
        "flatten dense:k=1,a=softmax dense:k=1,a=sigmoid",
        "always 1",
        "flatten dense:k=1 dense:k=1,a=sigmoid",
    ),
    # The old last activation does not stay before the new last layer.
    (
        PETS,
        "conv:k=2,f=3 globalavg activation:a=sigmoid",
        "2 units",
        "conv:k=2,f=3 globalavg dense:k=1,a=sigmoid",
    ),
    (
        TEN,
        "conv:k=4,f=3 globalavg activation:a=softmax",
        "4 units",
        "conv:k=4,f=3 globalavg dense:k=10,a=softmax",
    ),
    # Pixels of a wrong size are corrected along with the end.
    (
        TEN,
        "rescaling:scale=1/255 flatten dense:k=10",
        "A softmax is missing",
        "flatten dense:k=10,a=softmax",
    ),
    (
        TEN,
        "rescaling:scale=0 flatten dense:k=10,a=softmax",
        "gives 0 for",
        "flatten dense:k=10,a=softmax",
    ),
]


@pytest.mark.parametrize(("settings", "layers", "said", "cured"), REFUSED)
def test_what_cannot_learn_is_refused_with_its_cure(
    settings: LoaderSettings, layers: str, said: str, cured: str | None
) -> None:
    (found,) = judged(layers, settings)
    assert found.severity == "refuse"
    assert said in found.sentence or said in str(found)
    if cured is not None:
        assert cure((found,)) == cured


ODD = [
    (TEN, "flatten dense:k=10,a=sigmoid", "remark", "do not sum to one"),
    (SPARSE, "flatten dense:k=10,a=sigmoid", "remark", "sparse categorical cross-entropy divides"),
    (PAIR, "flatten dense:k=2,a=sigmoid", "remark", "2 values do not sum to one"),
    (SPARSE, "flatten dense:k=12,a=softmax", "remark", "12 units, but there are 10 classes: 2 of"),
    (TEN, "flatten dense:k=10,a=softmax activation:a=softmax", "question", "0.23 at most"),
    (PETS, "flatten dense:k=1,a=tanh activation:a=sigmoid", "question", "0.73 at most"),
    (TEN, "flatten dense:k=10,a=relu activation:a=softmax", "question", "The ReLU of dense"),
    (PETS, "flatten dense:k=1,a=relu activation:a=sigmoid", "question", "The ReLU of dense"),
    (PETS, "flatten dense:k=1,a=sigmoid dropout:rate=0.3", "question", "dropout comes after"),
    (PETS, "flatten dense:k=1,a=hard_sigmoid", "remark", "ends in hard_sigmoid"),
    (
        TEN,
        "flatten dense:k=32,a=softmax dense:k=10,a=softmax",
        "remark",
        "dense has a softmax, and dense_1 follows it",
    ),
    (
        PETS,
        "conv:k=1,f=3,a=relu globalavg activation:a=sigmoid",
        "question",
        "The ReLU of conv2d comes before the last activation",
    ),
    (TEN, "flatten dense:k=1 dense:k=10,a=softmax", "remark", "dense passes on a single value"),
    (
        TEN,
        "conv:k=1,f=3 globalavg dense:k=10,a=softmax",
        "remark",
        "10 classes can hardly be distinguished",
    ),
    (TEN, "flatten dense:k=1,a=relu dense:k=10,a=softmax", "question", "after a ReLU"),
    (PETS, "flatten dense:k=1,a=relu dense:k=1,a=sigmoid", "question", "after a ReLU"),
]


@pytest.mark.parametrize(("settings", "layers", "severity", "said"), ODD)
def test_what_is_odd_is_said_with_the_usual_way(
    settings: LoaderSettings, layers: str, severity: str, said: str
) -> None:
    found = judged(layers, settings)[0]
    assert found.severity == severity
    assert said in found.sentence
    assert found.network is not None and judge_network(found.network, settings) == ()


def test_two_classes_are_reported_the_other_class_mode_too() -> None:
    assert "Or choose class mode categorical" in judged("flatten dense:k=2,a=softmax", PETS)[0].cure
    assert "Or choose class mode binary" in judged("flatten dense:k=1,a=sigmoid", PAIR)[0].cure


def test_another_input_is_reported_with_both_ways() -> None:
    (found,) = judge_network(parse_network("8x8x3 flatten dense:k=10,a=softmax"), TEN)
    assert found.cure == (
        "Change the input to 28x28x1. Or load the images so: target size 8x8 and colour mode rgb."
    )
    # Layers that do not fit the images' size have no correction.
    (found,) = judge_network(parse_network("50x50x1 conv:k=2,f=40 flatten dense:k=10"), TEN)
    assert found.network is None and "target size 50x50" in found.cure


@pytest.mark.parametrize(
    ("settings", "layers"),
    [
        (PETS, "conv:k=4,f=3,a=relu flatten dense:k=1,a=sigmoid"),
        (PETS, "flatten dense:k=1 activation:a=sigmoid"),
        (PETS, "conv:k=1,f=3 globalavg activation:a=sigmoid"),
        (PAIR, "flatten dense:k=2,a=softmax"),
        (TEN, "flatten dense:k=64,a=relu dropout:rate=0.5 dense:k=10,a=softmax"),
        (TEN, "flatten dense:k=10 batchnorm activation:a=softmax"),
        (TEN, "flatten dense:k=10 dropout:rate=0.2 activation:a=softmax"),
        (TEN, "conv:k=10,f=3 globalavg activation:a=softmax"),
        (TEN, "conv:k=10,f=3,a=softmax globalavg"),
        (TEN, "conv:k=10,f=28,a=softmax flatten"),
        (TEN, "conv:k=8,f=3 dense:k=4,a=relu flatten dense:k=10,a=softmax"),
        (RAW, "rescaling:scale=1/255 flatten dense:k=10,a=softmax"),
        (RAW, "rescaling:scale=0.00784,offset=-1 conv:k=8,f=3 flatten dense:k=10,a=softmax"),
        (RAW, "batchnorm conv:k=8,f=3 flatten dense:k=10,a=softmax"),
        (TEN, "rescaling:scale=2,offset=-1 flatten dense:k=10,a=softmax"),
        (PETS, "flatten dense:k=1 dense:k=1,a=sigmoid"),
    ],
)
def test_a_sound_end_is_not_spoken_of(settings: LoaderSettings, layers: str) -> None:
    assert judged(layers, settings) == ()


@pytest.mark.parametrize("class_mode", ["binary", "categorical", "sparse"])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (28, 28), (100, 150)])
def test_the_networks_to_choose_from_are_sound(
    class_mode: ClassMode, size: tuple[int, int]
) -> None:
    for count in (2, 3, 10):
        if class_mode == "binary" and count > 2:
            continue
        settings = msgspec.structs.replace(
            TEN,
            classes=tuple("abcdefghij"[:count]),
            class_mode=class_mode,
            target_size=size,
        )
        for model in MODELS:
            assert judge_network(network_for(model, settings), settings) == ()


def test_every_preset_of_the_calculator_is_sound_once_it_has_the_images_outputs() -> None:
    for preset in PRESETS.values():
        network = preset.build()
        volume = network.input
        settings = msgspec.structs.replace(
            TEN,
            target_size=(volume.height, volume.width),
            color_mode="rgb" if volume.depth == 3 else "grayscale",
        )
        assert judge_network(adapt_network(network, settings), settings) == ()


WORDS = [
    "flatten",
    "globalavg",
    "maxpool:f=2",
    "dropout:rate=0.5",
    "batchnorm",
    "rescaling:scale=1/255",
    *(f"dense:k={k},a={a}" for k, a in itertools.product((1, 2, 10), ACTIVATIONS)),
    *(f"conv:k={k},f=3,a={a}" for k, a in itertools.product((1, 10), ("relu", "softmax"))),
    *(f"activation:a={a}" for a in ACTIVATIONS),
]


@given(st.lists(st.sampled_from(WORDS), max_size=6), st.sampled_from([TEN, SPARSE, PETS, PAIR]))
@example(["activation:a=sigmoid"] * 3 + ["globalavg"], TEN)
@example(["globalavg", "activation:a=relu6", "dense:k=1,a=linear"], TEN)
def test_whatever_the_network_a_cure_is_sound_and_keeps_the_input(
    words: list[str], settings: LoaderSettings
) -> None:
    network = parse_network(" ".join(["28x28x1", *words]))
    found = judge_network(network, settings)
    assert len([one for one in found if one.severity == "refuse"]) in (0, len(found))
    for one in found:
        assert one.sentence.endswith(".") and len(str(one)) < 600
        if one.network is not None:
            left = judge_network(one.network, settings)
            assert all(each.severity == "remark" for each in left)
            assert one.network.input == Volume(28, 28, 1)
    fits = all(row.error is None for row in trace_network(network))
    if found and found[0].severity == "refuse" and fits:
        # Every network that fits has a correction, unless nothing comes through further up.
        blind = any(one.constant for one in output_bounds(network))
        assert blind or found[0].network is not None, format_network(network)


def test_a_network_that_does_not_fit_is_reported() -> None:
    (found,) = judged("conv:k=3,f=40 flatten dense:k=10", TEN)
    assert found.sentence.startswith("conv2d: the filter is 40 wide")
    assert isinstance(parse_network("28x28x1"), Network)
