"""Curves drawn for the tests of the diagnosis, and specs to go with them."""

from __future__ import annotations

import msgspec

from tui.datasets import LoaderSettings
from tui.runs.diagnosis.diagnose_run import diagnose
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis
from tui.runs.settings.spec import TrainingSpec

History = dict[str, list[float | None]]


def first(history: History, classes: int = 2, images: int = 0) -> Diagnosis:
    return diagnose(history, classes, validation_images=images)[0]


def curve(function: object, epochs: int = 12) -> list[float | None]:
    assert callable(function)
    return [float(function(epoch)) for epoch in range(1, epochs + 1)]


FALLING = curve(lambda n: 0.7 * 0.8**n)


RISING = curve(lambda n: 1 - 0.45 * 0.8**n)


TEN = LoaderSettings(
    directory="/d",
    classes=tuple("abcdefghij"),
    class_mode="categorical",
    target_size=(8, 8),
    color_mode="grayscale",
)


PETS = msgspec.structs.replace(TEN, classes=("cats", "dogs"), class_mode="binary")


def trained(layers: str, data: LoaderSettings = TEN, **changes: object) -> TrainingSpec:
    spec = TrainingSpec(name="x", network=f"8x8x1 {layers}", data=data)
    return msgspec.structs.replace(spec, **changes)


SOUND = "conv:k=4,f=3,a=relu flatten dense:k=10,a=softmax"


STUCK: History = {
    "loss": curve(lambda n: 2.3 * 0.95**n),
    "accuracy": curve(lambda n: 0.1),
    "val_loss": curve(lambda n: 2.3 * 0.95**n),
    "val_accuracy": curve(lambda n: 0.1),
}
