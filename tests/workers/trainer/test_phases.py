"""A head and then the last layers of a backbone: equal to plain Keras, and however it is killed.

The backbone is MobileNet with weights made here: small, and with BatchNormalization, whose means
and variances are far from those of the images.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from msgspec.structs import replace

from tests.workers.shell import draw_split, events_of, last_of, of_type
from tests.workers.trainer.test_resume import Trainers, assert_same
from tui.datasets import Augmentation, LoaderSettings
from tui.keras_worker.build_model import compiled_model
from tui.keras_worker.snapshot_files import read_weights
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import (
    ControlApplied,
    EpochEnded,
    Failed,
    FeaturesReady,
    Finished,
    ModelReady,
    Notice,
    PhaseStarted,
    Resumed,
)
from tui.runs.queue.resume import resume_run
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.pretrained import FineTuning
from tui.runs.settings.spec import Loader
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import snapshot_path
from tui.runs.store.run_folder import RunFolder

SIDE = 32
FROM = "conv_dw_13"
"""The first layer that is fine-tuned, among the last of MobileNet."""
HEAD, ALL = 2, 4
RATE, TUNING = 0.01, 0.001
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_split(tmp_path_factory.mktemp("phases") / "pets")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of weights, with BatchNormalization as after a training on other images."""
    keras.utils.set_random_seed(3)
    base = plain_backbone()
    random = np.random.default_rng(4)
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            noise = random.uniform(0.5, 1.5, gamma.shape)
            layer.set_weights([gamma * noise, beta + 0.1, mean + 0.02, variance * 0.3 * noise])
    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    base.save_weights(path)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let all tests share a folder of runs, and a cache."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def in_home(own_machine: None, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test have the shared folder, and not one of its own."""
    monkeypatch.setenv("CNN_TUI_HOME", str(home))


@pytest.fixture(scope="module")
def kept(pets: Path, weights: Path, home: Path, train: Trainers) -> RunFolder:
    """Return a run whose head was trained on features, the first that needed them."""
    run = make_run(pets, weights)
    train(run)
    return run


@pytest.fixture(scope="module")
def train() -> Iterator[Trainers]:
    trainers = Trainers()
    yield trainers
    trainers.process.communicate("", timeout=30)
    trainers.errors.close()


def plain_backbone() -> keras.Model:
    return keras.applications.MobileNet(
        include_top=False, weights=None, input_shape=(SIDE, SIDE, 3)
    )


def settings_of(pets: Path, *, augment: bool = False) -> LoaderSettings:
    return LoaderSettings(
        directory=str(pets / "train"),
        validation_directory=str(pets / "validation"),
        classes=("cats", "dogs"),
        target_size=(SIDE, SIDE),
        batch_size=8,
        rescale_divisor=1.0,
        augmentation=Augmentation(horizontal_flip=True) if augment else Augmentation(),
    )


def make_run(
    pets: Path,
    weights: Path,
    *,
    augment: bool = False,
    loader: Loader = "cached",
    tuning: FineTuning | None = FineTuning(  # noqa: B008 (frozen)
        from_layer=FROM, learning_rate=TUNING, head_epochs=HEAD
    ),
    epochs: int = ALL,
    head: str = "globalavg dropout:rate=0.3",
    **settings: Any,
) -> RunFolder:
    spec = make_spec(
        "pets",
        settings_of(pets, augment=augment),
        model="pretrained:MobileNet",
        weights=str(weights),
        head=head,
        fine_tuning=tuning,
        epochs=epochs,
        learning_rate=RATE,
        stop_rule=None,
        loader=loader,
        **settings,
    )
    return create_run(replace(spec, optimizer="adam"))


def history_of(run: RunFolder) -> dict[str, list[float]]:
    ended = of_type(events_of(run), EpochEnded)
    assert [event.epoch for event in ended] == [*range(1, len(ended) + 1)]
    return {name: [event.metrics[name] or 0.0 for event in ended] for name in METRICS}


def final_of(run: RunFolder) -> keras.Model:
    found: keras.Model = keras.saving.load_model(run.path / "final.keras")
    return found


def assert_close(one: dict[str, list[float]], other: dict[str, list[float]]) -> None:
    for name in METRICS:
        assert one[name] == pytest.approx(other[name], rel=2e-3, abs=2e-4), name


# Plain Keras


def fit_plainly(run: RunFolder, pets: Path, weights: Path) -> tuple[keras.Model, dict[str, Any]]:
    """Train as a tutorial of Keras does: twice `fit`, the backbone called with training=False."""
    base = plain_backbone()
    base.load_weights(weights)
    base.trainable = False
    pixels = keras.Input((SIDE, SIDE, 3))
    values = base(keras.layers.Rescaling(1 / 127.5, offset=-1.0)(pixels), training=False)
    values = keras.layers.GlobalAveragePooling2D()(values)
    outputs = keras.layers.Dense(1, activation="sigmoid")(values)
    model = keras.Model(pixels, outputs)
    # The head's first weights are drawn at random: those of the run.
    model.layers[-1].set_weights(read_weights(snapshot_path(run, 0))[-2:])

    shared = {"classes": ["cats", "dogs"], "target_size": (SIDE, SIDE), "batch_size": 8}
    training = ImageDataGenerator(horizontal_flip=True).flow_from_directory(
        pets / "train", class_mode="binary", seed=42, **shared
    )
    validation = ImageDataGenerator().flow_from_directory(
        pets / "validation", class_mode="binary", shuffle=False, **shared
    )
    # The random numbers that shuffle the batches, as they are when the trainer has its model.
    keras.utils.set_random_seed(42)
    compiled_model(run.spec())
    rows: dict[str, Any] = {name: [] for name in METRICS}
    for rate, first, last in ((RATE, 0, HEAD), (TUNING, HEAD, ALL)):
        if first:
            names = [layer.name for layer in base.layers]
            for layer in base.layers[names.index(FROM) :]:
                layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
        model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
        fitted = model.fit(
            training, validation_data=validation, initial_epoch=first, epochs=last, verbose=0
        )
        for name in METRICS:
            rows[name] += fitted.history[name]
    return model, rows


def test_two_phases_are_two_calls_of_fit(pets: Path, weights: Path, train: Trainers) -> None:
    run = make_run(pets, weights, augment=True, head="globalavg")
    train(run)
    head, tuning = of_type(events_of(run), PhaseStarted)
    assert (head.phase, head.epoch, head.until, head.learning_rate) == ("head", 1, HEAD, RATE)
    assert (tuning.phase, tuning.epoch, tuning.until) == ("fine-tuning", HEAD + 1, 0)
    assert (tuning.learning_rate, tuning.from_layer) == (TUNING, FROM)
    ready = last_of(run, ModelReady)
    assert ready is not None and head.trainable == ready.trainable == 1025 < tuning.trainable
    rates = [event.learning_rate for event in of_type(events_of(run), EpochEnded)]
    assert rates == pytest.approx([RATE] * HEAD + [TUNING] * (ALL - HEAD))
    assert not of_type(events_of(run), FeaturesReady), "augmented images differ in each epoch"

    model, history = fit_plainly(run, pets, weights)
    assert_close(history_of(run), history)
    mine, plain = final_of(run), model
    changed = 0
    before = plain_backbone()
    before.load_weights(weights)
    for layer in before.layers:
        if not layer.weights:
            continue
        now = mine.get_layer(layer.name).get_weights()
        other = plain.get_layer("mobilenet_1.00_32").get_layer(layer.name).get_weights()
        for one, two, old in zip(now, other, layer.get_weights(), strict=True):
            assert one == pytest.approx(two, rel=1e-2, abs=2e-4), layer.name
            changed += not np.array_equal(one, old)
            if isinstance(layer, keras.layers.BatchNormalization):
                assert np.array_equal(one, old), "in inference mode, in both phases"
    assert changed == 2, "the depthwise and the pointwise kernel of the last block"


def test_features_are_the_same_as_the_whole_network(
    pets: Path, weights: Path, kept: RunFolder, train: Trainers
) -> None:
    whole = make_run(pets, weights, loader="keras")
    again = make_run(pets, weights, tuning=None, epochs=1, share=0.5)
    frozen = make_run(pets, weights, tuning=None, epochs=HEAD)
    train(whole, again, frozen)
    first, second, third = (last_of(run, FeaturesReady) for run in (kept, again, frozen))
    assert first is not None and not first.cache_hit
    assert (first.images, first.shape) == (54, (1, 1, 1024))
    assert first.bytes == 54 * 1024 * 4
    assert second is not None and not second.cache_hit and second.images == 34
    assert third is not None and third.cache_hit, "of the first run"
    assert last_of(whole, FeaturesReady) is None
    assert_close(history_of(kept), history_of(whole))
    for one, two in zip(final_of(kept).weights, final_of(whole).weights, strict=True):
        assert np.array(one) == pytest.approx(np.array(two), rel=1e-2, abs=2e-4), one.path
    assert len(of_type(events_of(frozen), PhaseStarted)) == 0
    row = history_of(frozen)
    assert row == {name: history_of(kept)[name][:HEAD] for name in METRICS}, "the same head"
    model = final_of(frozen)
    assert model.input_shape == (None, SIDE, SIDE, 3) and model.output_shape == (None, 1)
    assert model.evaluate(validation_of(pets), verbose=0, return_dict=True)["loss"] == (
        pytest.approx(row["val_loss"][-1], rel=1e-3)
    )


def validation_of(pets: Path) -> Any:
    return ImageDataGenerator().flow_from_directory(
        pets / "validation", target_size=(SIDE, SIDE), class_mode="binary", shuffle=False
    )


def test_killed_in_either_phase_it_ends_as_if_it_had_not_been(
    pets: Path, weights: Path, kept: RunFolder, train: Trainers
) -> None:
    killed = make_run(pets, weights)
    kills = train(killed, kinds=[("between", "torn", "named")])
    assert sum(kills) >= 2
    assert_same(kept, killed)
    assert len(of_type(events_of(killed), Resumed)) >= 2
    last = of_type(events_of(killed), PhaseStarted)[-1]
    assert (last.phase, last.epoch) == ("fine-tuning", HEAD + 1)


def test_patience_begins_fine_tuning_and_a_rate_is_for_its_phase(
    pets: Path, weights: Path, train: Trainers
) -> None:
    run = make_run(
        pets,
        weights,
        epochs=8,
        patience=1,
        tuning=FineTuning(from_layer=FROM, learning_rate=TUNING, head_epochs=6),
    )
    # So fast that the validation loss does not improve in every epoch.
    change_control(run.control, learning_rate=5.0, epochs=7)
    train(run)
    _, tuning = of_type(events_of(run), PhaseStarted)
    assert tuning.epoch <= 6 and tuning.reason.startswith("Stopped: val_loss has not improved")
    (asked,) = [e for e in of_type(events_of(run), ControlApplied) if e.request == "learning rate"]
    assert asked.epoch <= 1
    rates = [event.learning_rate for event in of_type(events_of(run), EpochEnded)]
    assert rates[: tuning.epoch - 1] == pytest.approx([5.0] * (tuning.epoch - 1))
    assert rates[tuning.epoch - 1 :] == pytest.approx([TUNING] * len(rates[tuning.epoch - 1 :]))
    finished = last_of(run, Finished)
    assert finished is not None

    # Taken up again in its second phase, without its file of weights.
    done = finished.epochs
    gone = weights.with_name("elsewhere")
    weights.rename(gone)
    try:
        resume_run(run, epochs=done + 1)
        train(run)
    finally:
        gone.rename(weights)
    last = of_type(events_of(run), EpochEnded)[-1]
    assert last.epoch == done + 1 and last.learning_rate == pytest.approx(TUNING)
    assert len(of_type(events_of(run), PhaseStarted)) == 2


def test_a_layer_that_is_not_there_and_a_full_cache_are_told_of(
    pets: Path,
    weights: Path,
    train: Trainers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = make_run(
        pets, weights, epochs=2, tuning=FineTuning(from_layer="conv_dw_31", head_epochs=1)
    )
    train(run)
    failed = last_of(run, Failed)
    assert failed is not None and failed.what == "MobileNet has no layer 'conv_dw_31'."
    assert "for example conv_dw_" in failed.cure

    # Room for the decoded images (3072 bytes each), not for the features (4096) as well.
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path))
    plan = make_run(pets, weights, tuning=None, epochs=1)
    monkeypatch.setenv("CNN_TUI_CACHE_GB", str(54 * 3072 * 1.6 / 1e9))
    small = Trainers()
    small(plan)
    small.process.communicate("", timeout=30)
    small.errors.close()
    texts = [event.text for event in of_type(events_of(plan), Notice)]
    assert any(
        text.startswith("The features of the backbone are not kept: The features of all images")
        and text.endswith("Every epoch goes through the whole network: slower.")
        for text in texts
    ), texts
    assert last_of(plan, FeaturesReady) is None
    finished = last_of(plan, Finished)
    assert finished is not None and finished.reason == "completed"
