"""What the trainer makes of a spec: its loader, what it leaves out, its share, its folders."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from keras.src.legacy.preprocessing.image import DirectoryIterator

from tests.workers import shell as tools
from tests.workers.trainer.batches import assert_same
from tests.workers.zoo import CLASSES
from tui.datasets import BadImage, LoaderSettings
from tui.datasets.cache import array_plans, decoded_images
from tui.keras_worker.failures import TrainingError
from tui.runs.events.event_types import Event
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.trainer.data.decoding import Decoding, decode_or_check
from tui.trainer.data.loaders import Loaders, cached, keep_share, make_loaders, require_validation
from tui.trainer.run_session import RunSession


@pytest.fixture
def spec(zoo: Path) -> TrainingSpec:
    loader = LoaderSettings(
        directory=str(zoo),
        classes=CLASSES,
        target_size=(17, 13),
        class_mode="categorical",
        validation_split=0.3,
        batch_size=4,
    )
    return make_spec("zoo", loader, model="13x17x3 flatten dense:k=3,a=softmax")


def pair(spec: TrainingSpec, bad: tuple[BadImage, ...] = ()) -> list[DirectoryIterator]:
    """Return a plain training and validation iterator, and then the cached ones."""
    found = decoded_images(array_plans(spec.data))
    assert found is not None
    decoding = Decoding(bad, {array.plan.directory: array for array in found})
    plain, ours = make_loaders(spec, bad), make_loaders(spec, bad)
    keep_share(plain[0], spec.share, spec.seed)
    keep_share(ours[0], spec.share, spec.seed)
    return [*plain, *(cached(iterator, decoding) for iterator in ours if iterator is not None)]


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_with_bad_files_left_out_and_a_share(spec: TrainingSpec, share: float) -> None:
    bad = tuple(
        BadImage(name, spec.data.directory, "empty")
        for name in ("cats/00.jpg", "bees/deeper/00.png", "ants/07.png")
    )
    training, validation, ours, also = pair(msgspec.structs.replace(spec, share=share), bad)
    assert training.n == ours.n < 15
    assert_same(training, ours)
    assert_same(validation, also)


def test_a_validation_folder(spec: TrainingSpec, tmp_path: Path) -> None:
    second = tools.draw_classes(tmp_path / "more", CLASSES, 5)
    data = msgspec.structs.replace(
        spec.data, validation_directory=str(second), validation_split=0.0
    )
    training, validation, ours, also = pair(msgspec.structs.replace(spec, data=data))
    assert_same(training, ours)
    assert_same(validation, also)


class Watched(RunSession):
    """A session that only remembers its events."""

    def __init__(self) -> None:
        self.told: list[Event] = []

    def emit(self, event: Event) -> None:
        self.told.append(event)

    def stop_requested(self) -> bool:
        return False


def test_both_loaders_leave_out_the_same_files_for_the_same_reasons(
    spec: TrainingSpec, tmp_path: Path
) -> None:
    first = tools.draw_classes(tmp_path / "first", CLASSES, 5)
    second = tools.draw_classes(tmp_path / "second", CLASSES, 3)
    tools.spoil(first / "cats" / "003.png", "empty")
    tools.spoil(second / "bees" / "001.png", "truncated")
    data = msgspec.structs.replace(
        spec.data,
        directory=str(first),
        validation_directory=str(second),
        leave_out=("ants/002.png", "cats/003.png", "../second/ants/000.png"),
    )
    found = {
        loader: decode_or_check(msgspec.structs.replace(spec, data=data, loader=loader), Watched())
        for loader in ("cached", "keras")
    }
    assert found["cached"].bad == found["keras"].bad
    assert [image.path for image in found["cached"].bad] == [
        *("cats/003.png", "ants/002.png"),
        *("ants/000.png", "bees/001.png"),
    ]
    assert found["cached"].arrays.keys() == {str(first), str(second)}
    assert not found["keras"].arrays


def test_a_loader_that_is_none_is_refused(spec: TrainingSpec) -> None:
    with pytest.raises(SpecError, match=r"There is no loader 'fast'\. Choose cached or keras"):
        msgspec.structs.replace(spec, loader="fast").__post_init__()
    text = msgspec.json.encode(spec).replace(b'"loader":"cached"', b'"loader":"fast"')
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=TrainingSpec)


def test_a_spec_from_before_there_was_a_choice_is_read(spec: TrainingSpec) -> None:
    fields = msgspec.json.decode(msgspec.json.encode(spec))
    assert fields.pop("loader") == "cached"
    assert msgspec.json.decode(msgspec.json.encode(fields), type=TrainingSpec) == spec


def test_a_split_of_which_nothing_is_left_is_refused(spec: TrainingSpec) -> None:
    _, validation = make_loaders(spec, ())
    assert validation is not None
    bad = tuple(BadImage(name, spec.data.directory, "empty") for name in validation.filenames)
    training, none = make_loaders(spec, bad)
    assert none is None
    with pytest.raises(TrainingError, match=r"left by the validation split of 0\.3"):
        require_validation(spec, Loaders(training, none, training.n, Decoding(bad, {})))
    alone = msgspec.structs.replace(spec.data, validation_split=0.0)
    unasked = msgspec.structs.replace(spec, data=alone)
    require_validation(unasked, Loaders(training, none, training.n, Decoding(bad, {})))
