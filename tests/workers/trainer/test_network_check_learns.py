"""What is refused, questioned and let through before a start, held against what Keras learns."""

from __future__ import annotations

import re
import shlex

import keras
import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_digits

from tests.workers.shell import Shell, last_of
from tui.cli.command import cli
from tui.datasets import ClassMode, LoaderSettings
from tui.geometry import format_network, parse_network
from tui.keras_worker.build_model import compiled_model
from tui.runs.events.event_types import EpochEnded
from tui.runs.network_check import judge_network
from tui.runs.settings.spec import TrainingSpec

EPOCHS = 6


def settings(class_mode: ClassMode) -> LoaderSettings:
    return LoaderSettings(
        directory="/digits",
        classes=("low", "high") if class_mode == "binary" else tuple("0123456789"),
        class_mode=class_mode,
        target_size=(8, 8),
        color_mode="grayscale",
    )


def accuracy(layers: str, class_mode: ClassMode) -> float:
    """Return the training accuracy that a network reaches in a few epochs; 0 where it fails."""
    keras.utils.set_random_seed(1)
    digits = load_digits()
    images = (digits.images / 16)[..., None].astype("float32")
    labels = digits.target
    if class_mode == "binary":
        labels = (labels >= 5).astype("float32")
    elif class_mode == "categorical":
        labels = keras.utils.to_categorical(labels, 10)
    spec = TrainingSpec(name="x", network=f"8x8x1 {layers}", data=settings(class_mode))
    history = compiled_model(spec).fit(images, labels, epochs=EPOCHS, batch_size=32, verbose=0)
    assert np.isfinite(history.history["accuracy"]).all()
    return float(history.history["accuracy"][-1])


BODY = "conv:k=16,f=3,a=relu flatten"

NEVER: list[tuple[str, ClassMode]] = [
    *((f"dense:k=10,a={a}", "categorical") for a in ("linear", "relu", "tanh", "log_softmax")),
    *((f"dense:k=10,a={a}", "sparse") for a in ("linear", "relu", "hard_sigmoid")),
    ("dense:k=10,a=softmax batchnorm", "categorical"),
    ("dense:k=1,a=softmax", "binary"),
    ("dense:k=1,a=sigmoid activation:a=sigmoid", "binary"),
    ("dense:k=10,a=relu dense:k=1,a=softmax dense:k=10,a=softmax", "categorical"),
]


@pytest.mark.parametrize(("end", "class_mode"), NEVER)
def test_what_is_refused_does_not_learn_in_keras(end: str, class_mode: ClassMode) -> None:
    layers = f"{BODY} {end}"
    (found,) = judge_network(parse_network(f"8x8x1 {layers}"), settings(class_mode))
    assert found.severity == "refuse"
    assert accuracy(layers, class_mode) < (0.55 if class_mode == "binary" else 0.35)


LEARNS: list[tuple[str, ClassMode, set[str]]] = [
    ("dense:k=10,a=sigmoid", "categorical", {"remark"}),
    ("dense:k=10,a=sigmoid", "sparse", {"remark"}),
    ("dense:k=10,a=softplus", "categorical", {"remark"}),
    ("dense:k=12,a=softmax", "sparse", {"remark"}),
    ("dense:k=10,a=softmax activation:a=softmax", "categorical", {"question"}),
    ("dense:k=1,a=tanh activation:a=sigmoid", "binary", {"question"}),
    ("dense:k=10 batchnorm activation:a=softmax", "categorical", set()),
    ("dense:k=1,a=sigmoid", "binary", set()),
]


@pytest.mark.parametrize(("end", "class_mode", "severities"), LEARNS)
def test_what_may_start_does_learn_in_keras(
    end: str, class_mode: ClassMode, severities: set[str]
) -> None:
    layers = f"{BODY} {end}"
    found = judge_network(parse_network(f"8x8x1 {layers}"), settings(class_mode))
    assert {one.severity for one in found} == severities
    assert accuracy(layers, class_mode) > 0.75


CURED: list[tuple[str, ClassMode, float]] = [
    (f"{BODY} dense:k=8,a=softmax dense:k=1,a=softmax dense:k=10,a=softmax", "categorical", 0.6),
    (f"{BODY} dense:k=1,a=softmax dense:k=10,a=softmax", "categorical", 0.75),
    (f"{BODY} dense:k=16,a=softmax dense:k=1,a=relu dense:k=10,a=softmax", "categorical", 0.6),
    (f"{BODY} dense:k=10,a=relu activation:a=softmax", "categorical", 0.75),
    (f"{BODY} dense:k=1,a=relu activation:a=sigmoid", "binary", 0.75),
    (f"rescaling:scale=0.00392157 {BODY} dense:k=10,a=softmax", "categorical", 0.75),
    (f"rescaling:scale=0.00392157 {BODY} dense:k=10", "categorical", 0.75),
]


@pytest.mark.parametrize(("layers", "class_mode", "least"), CURED)
def test_what_is_offered_as_a_cure_learns_in_keras(
    layers: str, class_mode: ClassMode, least: float
) -> None:
    found = judge_network(parse_network(f"8x8x1 {layers}"), settings(class_mode))[0]
    assert found.network is not None
    cure = format_network(found.network).partition(" ")[2]
    assert accuracy(cure, class_mode) > least, cure


def test_pixels_rescaled_twice_do_not_learn_in_keras() -> None:
    layers = f"rescaling:scale=0.00392157 {BODY} dense:k=10,a=softmax"
    (found,) = judge_network(parse_network(f"8x8x1 {layers}"), settings("categorical"))
    assert (found.severity, found.about) == ("question", "pixels")
    assert accuracy(layers, "categorical") < 0.35


@pytest.mark.parametrize(
    ("layers", "class_mode"),
    [
        ("dense:k=10,a=softmax", "categorical"),
        ("flatten dense:k=12,a=softmax", "categorical"),
        ("flatten dense:k=9,a=softmax", "sparse"),
        ("flatten dense:k=2,a=softmax", "binary"),
    ],
)
def test_labels_of_another_shape_are_refused_by_the_trainer_in_the_same_words(
    layers: str, class_mode: ClassMode
) -> None:
    data = settings(class_mode)
    (found,) = judge_network(parse_network(f"8x8x1 {layers}"), data)
    spec = TrainingSpec(name="x", network=f"8x8x1 {layers}", data=data)
    with pytest.raises(Exception, match=re.escape(found.sentence)) as caught:
        compiled_model(spec)
    assert str(caught.value) == str(found)
    assert found.network is not None
    corrected = msgspec.structs.replace(spec, network=format_network(found.network))
    assert compiled_model(corrected).output_shape[0] is None


def examples() -> list[list[str]]:
    """Return the commands that the help of `train` shows, and what it says of --model."""
    text = CliRunner().invoke(cli, ["train", "--help"], terminal_width=200).output
    lines = text.replace("\\\n", " ").splitlines()
    shown = [shlex.split(line) for line in lines if line.strip().startswith("cnn-tui train")]
    option = next(line for line in lines if line.strip().startswith("--model"))
    (model,) = re.findall(r"'([^']+)'", option)
    # A grid of runs waits in the queue; a folder of pets, and weights, are the user's own.
    alone = [words for words in shown if "--sample" in words and "," not in " ".join(words[:6])]
    return [
        *alone,
        [*["cnn-tui", "train", "--sample", "digits", "--target-size", "28", "--model"], model],
    ]


@pytest.mark.parametrize("number", range(3))
def test_an_example_of_the_help_learns(shell: Shell, number: int) -> None:
    words = examples()[number][1:]
    if "--epochs" in words:
        words[words.index("--epochs") + 1] = "4"
    else:
        words += ["--epochs", "4"]
    done = shell.call(*words)
    assert done.status == 0, done.out + done.err
    last = last_of(done.run, EpochEnded)
    assert last is not None
    reached, validated = last.metrics["accuracy"], last.metrics["val_accuracy"]
    # Ten classes: guessing reaches 0.1.
    assert reached is not None and reached > 0.7, done.out
    assert validated is not None and validated > 0.7, done.out
