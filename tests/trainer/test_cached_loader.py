"""The cached loader against `flow_from_directory`: the same batches to the last bit."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from keras.src.legacy.preprocessing.image import DirectoryIterator, ImageDataGenerator
from keras.src.utils import image_utils
from numpy.typing import NDArray
from PIL import Image

from tests.trainer import shell as tools
from tests.trainer.shell import events_of, last_of, of_type
from tui.datasets import BadImage, LoaderSettings
from tui.datasets.cache import DecodedImages, array_plans, decoded_images
from tui.trainer.buffers import Buffers
from tui.trainer.cached_iterator import CachedIterator, only_rescales
from tui.trainer.decoding import Decoding, decode_or_check
from tui.trainer.link import Link
from tui.trainer.loaders import cached, keep_share, make_loaders
from tui.training.events import CheckingImages, DataReady, EpochEnded, Event, Notice
from tui.training.recipe import make_spec
from tui.training.runs import RunFolder
from tui.training.spec import SpecError, TrainingSpec

CLASSES = ("cats", "ants", "bees")  # an order of the user's own
# SciPy may join a product and a sum into one step on other machines: the last bit of a 64-bit sum.
EXACT = platform.machine() in ("x86_64", "AMD64")
TOLERANCE = 1e-4  # of 255


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return classes of 9, 4 and 6 images: of every kind, most of them photographs in JPEG."""
    folder = tmp_path_factory.mktemp("zoo") / "zoo"
    rng = np.random.default_rng(5)
    modes = ("RGB", "L", "P", "RGBA", "LA", "CMYK", "1", "I;16", "I")
    for name, count in zip(sorted(CLASSES), (9, 4, 6), strict=True):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            size = (int(rng.integers(9, 60)), int(rng.integers(9, 60)))
            small = Image.fromarray(rng.integers(0, 256, (5, 5, 3), np.uint8))
            image = small.resize(size, Image.Resampling.BICUBIC)
            mode = modes[number] if name == "ants" or number == 2 else "RGB"
            ending = {"CMYK": "tif", "I": "tif", "RGB": "jpg", "L": "bmp"}.get(mode, "png")
            if mode.startswith("I"):
                values = rng.integers(0, 2**16, size[::-1]).astype(np.uint16)
                image = Image.fromarray(values if mode == "I;16" else values.astype(np.int32))
            elif mode != "RGB":
                image = image.convert(mode)
            image.save(folder / name / f"{number:02}.{ending}")
    (folder / "bees" / "deeper").mkdir()
    Image.new("RGB", (20, 20), "red").save(folder / "bees" / "deeper" / "00.png")
    return folder


def decoded(folder: Path, **changes: Any) -> DecodedImages:
    loader = LoaderSettings(
        directory=str(folder), classes=CLASSES, target_size=(17, 13), class_mode="sparse"
    )
    found = decoded_images(array_plans(msgspec.structs.replace(loader, **changes)))
    assert found is not None
    return found[0]


def flow(folder: Path, generator: ImageDataGenerator, **changes: Any) -> DirectoryIterator:
    arguments: dict[str, Any] = {"classes": list(CLASSES), "target_size": (17, 13)}
    arguments |= {"batch_size": 4, "class_mode": "sparse", "seed": 42, **changes}
    return generator.flow_from_directory(folder, **arguments)


Arrays = tuple[NDArray[Any], ...]


def arrays(batch: Any) -> Arrays:
    """Return a batch as a tuple, which it is not where there are no labels."""
    return batch if isinstance(batch, tuple) else (batch,)


def same(expected: Any, got: Any) -> bool:
    """Return whether two batches are the same to the last bit."""
    pairs = list(zip(arrays(expected), arrays(got), strict=True))
    kinds = all((a.dtype, a.shape) == (b.dtype, b.shape) for a, b in pairs)
    if EXACT:
        return kinds and all(a.tobytes() == b.tobytes() for a, b in pairs)
    return kinds and all(np.allclose(a, b, rtol=0, atol=TOLERANCE) for a, b in pairs)


def epochs(iterator: DirectoryIterator, number: int) -> Iterator[Any]:
    """Yield the batches as `fit` takes them, and at last the state of the random numbers."""
    np.random.seed(9)
    for _ in range(number):
        for position in range(len(iterator)):
            yield iterator[position]
        iterator.on_epoch_end()
    yield np.random.random(3)


def assert_same(plain: DirectoryIterator, ours: DirectoryIterator, number: int = 3) -> None:
    assert isinstance(ours, CachedIterator)
    assert ours.class_indices == plain.class_indices
    assert (ours.n, len(ours), ours.filenames) == (plain.n, len(plain), plain.filenames)
    # One after the other, for both draw from NumPy's one source of random numbers.
    expected, got = list(epochs(plain, number)), list(epochs(ours, number))
    assert len(got) == len(expected)
    for step, (one, other) in enumerate(zip(expected, got, strict=True)):
        assert same(one, other), f"batch {step} of {len(plain)} an epoch"


def compare(
    folder: Path, arguments: dict[str, Any], flowing: dict[str, Any], number: int = 3
) -> None:
    """Compare every batch of some epochs."""
    read = {name: flowing[name] for name in ("color_mode", "interpolation") if name in flowing}
    plain, other = (flow(folder, ImageDataGenerator(**arguments), **flowing) for _ in range(2))
    assert_same(plain, CachedIterator(other, decoded(folder, **read)), number)


# Every way to read

AUGMENTED: dict[str, Any] = {
    "rotation_range": 40,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 20,
    "zoom_range": 0.2,
    "horizontal_flip": True,
}
"""The course's own."""


@pytest.mark.parametrize("class_mode", ["sparse", "categorical", "input", None])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("rescale", [1 / 255, None])
def test_every_class_mode_and_order(
    folder: Path, class_mode: str | None, shuffle: bool, rescale: float | None
) -> None:
    compare(folder, {"rescale": rescale}, {"class_mode": class_mode, "shuffle": shuffle})


def test_binary_labels(folder: Path) -> None:
    arguments = {"classes": ["cats", "bees"], "class_mode": "binary"}
    plain, other = (flow(folder, ImageDataGenerator(rescale=1 / 255), **arguments) for _ in "ab")
    array = decoded(folder, classes=("cats", "bees"), class_mode="binary")
    assert_same(plain, CachedIterator(other, array))


@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize(
    "interpolation", ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"]
)
def test_every_colour_mode_and_interpolation(
    folder: Path, color_mode: str, interpolation: str
) -> None:
    flowing = {"color_mode": color_mode, "interpolation": interpolation}
    compare(folder, {"rescale": 1 / 255}, flowing)


@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize("fill_mode", ["nearest", "constant", "reflect", "wrap"])
def test_the_course_s_augmentation_in_every_fill_mode(
    folder: Path, color_mode: str, fill_mode: str
) -> None:
    arguments = {**AUGMENTED, "rescale": 1 / 255, "fill_mode": fill_mode, "cval": 99.5}
    compare(folder, arguments, {"color_mode": color_mode})


@pytest.mark.parametrize(
    "one",
    [
        {"rotation_range": 180},
        {"width_shift_range": 0.9},
        {"width_shift_range": 3},
        {"height_shift_range": [-4, 0, 5]},
        {"height_shift_range": 0.5},
        {"shear_range": 89},
        {"zoom_range": 0.9},
        {"zoom_range": (0.5, 3.0)},
        {"horizontal_flip": True},
        {"vertical_flip": True},
        {"channel_shift_range": 40.0},
        {"brightness_range": (0.5, 1.5)},
        {"samplewise_center": True},
        {"samplewise_center": True, "samplewise_std_normalization": True, **AUGMENTED},
        {"interpolation_order": 0, "rotation_range": 30},
        {"interpolation_order": 3, "rotation_range": 30},
        {"preprocessing_function": lambda x: x + np.random.randint(9), **AUGMENTED},
        {"dtype": "float64"},
        {"data_format": "channels_first", **AUGMENTED},
    ],
    ids=lambda one: "+".join(one),
)
def test_each_change_by_itself(folder: Path, one: dict[str, Any]) -> None:
    compare(folder, {"rescale": 1 / 255, **one}, {})


@pytest.mark.parametrize("subset", ["training", "validation"])
@pytest.mark.parametrize("seed", [None, 0, 7])
def test_each_part_of_a_split_with_and_without_a_seed(
    folder: Path, subset: str, seed: int | None
) -> None:
    arguments = {"rescale": 1 / 255, "validation_split": 0.4, "horizontal_flip": True}
    compare(folder, arguments, {"subset": subset, "seed": seed})


@pytest.mark.parametrize("batch_size", [1, 4, 7, 20, 500])
def test_the_last_short_batch(folder: Path, batch_size: int) -> None:
    compare(folder, {"rescale": 1 / 255}, {"batch_size": batch_size})


floats = st.floats(0, 0.99)
generators = st.fixed_dictionaries(
    {"rescale": st.sampled_from([1 / 255, 1 / 127.5, 1.0, None])},
    optional={
        "rotation_range": st.integers(0, 180),
        "width_shift_range": floats,
        "height_shift_range": floats,
        "shear_range": st.integers(0, 89),
        "zoom_range": floats,
        "horizontal_flip": st.booleans(),
        "vertical_flip": st.booleans(),
        "fill_mode": st.sampled_from(["nearest", "constant", "reflect", "wrap"]),
        "cval": st.floats(-300, 300),
    },
)
flows = st.fixed_dictionaries(
    {},
    optional={
        "color_mode": st.sampled_from(["rgb", "grayscale", "rgba"]),
        "class_mode": st.sampled_from(["sparse", "categorical"]),
        "shuffle": st.booleans(),
        "seed": st.none() | st.integers(0, 2**31 - 1),
        "batch_size": st.integers(1, 30),
    },
)


@given(generators, flows)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_settings(folder: Path, arguments: dict[str, Any], flowing: dict[str, Any]) -> None:
    compare(folder, arguments, flowing, number=2)


def test_one_batch_after_the_other_as_in_a_loop(folder: Path) -> None:
    plain, other = (flow(folder, ImageDataGenerator(**AUGMENTED)) for _ in "ab")
    ours = CachedIterator(other, decoded(folder))
    np.random.seed(3)
    expected = [next(plain) for _ in range(3 * len(plain))]
    np.random.seed(3)
    for one in expected:
        assert same(one, next(ours))


def test_a_batch_that_is_kept_stays_as_it_is(folder: Path) -> None:
    plain, other = (flow(folder, ImageDataGenerator(rescale=1 / 255)) for _ in "ab")
    ours = CachedIterator(other, decoded(folder))
    batches = [*range(len(ours))] * 9
    kept, parts = [ours[k] for k in batches], [ours[k][0][0] for k in batches]
    expected = [plain[k] for k in batches]
    assert all(same(one, other) for one, other in zip(expected, kept, strict=True))
    assert all(same(one[0][0], other) for one, other in zip(expected, parts, strict=True))


def test_no_file_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = CachedIterator(flow(folder, ImageDataGenerator(**AUGMENTED)), decoded(folder))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(image_utils, "load_img", never)
    for position in range(len(ours)):
        ours[position]


def test_the_transformation_is_not_left_to_scipy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scipy.ndimage import _interpolation

    def never(*_: object, **__: object) -> None:
        raise AssertionError("SciPy transformed")

    ours = CachedIterator(flow(folder, ImageDataGenerator(**AUGMENTED)), decoded(folder))
    monkeypatch.setattr(_interpolation, "affine_transform", never)
    ours[0]


def test_only_a_bare_generator_only_rescales() -> None:
    assert only_rescales(ImageDataGenerator())
    assert only_rescales(ImageDataGenerator(rescale=0.5, fill_mode="wrap"))
    for name, value in {
        **AUGMENTED,
        "vertical_flip": True,
        "channel_shift_range": 1,
        "brightness_range": (1, 1),
        "samplewise_center": True,
        "preprocessing_function": abs,
    }.items():
        assert not only_rescales(ImageDataGenerator(**{name: value})), name


def test_memory_is_used_again_only_when_nobody_holds_it() -> None:
    buffers = Buffers()
    first = buffers.array((5, 7), "float32")
    assert first.ctypes.data % 64 == 0 and first.flags.writeable
    place, corner = first.ctypes.data, first[2:, 3:].T
    del first
    second = buffers.array((5, 7), "float32")
    assert second.ctypes.data != place, "a view of a view still looks at it"
    del corner
    third = buffers.array((2, 3), "float64")
    assert third.ctypes.data == place
    many = [buffers.array((4,), "uint8") for _ in range(50)]
    assert len({array.ctypes.data for array in many}) == 50


# What the trainer makes of a spec


@pytest.fixture
def spec(folder: Path) -> TrainingSpec:
    loader = LoaderSettings(
        directory=str(folder),
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


class Watched(Link):
    """A link that only remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Event] = []

    def tell(self, event: Event) -> None:
        self.told.append(event)

    def stop_wanted(self) -> bool:
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


# Whole trainings

FIGURES = ("accuracy", "loss", "val_accuracy", "val_loss")


def figures(run: RunFolder) -> list[list[float | None]]:
    ended = of_type(events_of(run), EpochEnded)
    return [[epoch.metrics[name] for name in FIGURES] for epoch in ended]


def ready(run: RunFolder) -> DataReady:
    found = last_of(run, DataReady)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def trained(
    pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tools.Command]]:
    """Return four trainings of the same spec, two at a time."""
    common = ("--epochs", 3, "--seed", 7, "--stop-when", "never", "--batch-size", 6)
    folder = tmp_path_factory.mktemp("loaders")
    with tools.shell(folder / "shell") as shell:
        first = shell.start("train", pictures, *common)
        plain = shell.start("train", pictures, *common, "--loader", "keras")
        first.wait(), plain.wait()
        again = shell.start("train", pictures, *common)
        with tools.shell(folder / "small") as other:
            other.extra["CNN_TUI_CACHE_GB"] = "0.000001"
            small = other.start("train", pictures, *common)
            again.wait(), small.wait()
            yield {"first": first, "keras": plain, "again": again, "small": small}


def test_all_loaders_give_the_same_history(trained: dict[str, tools.Command]) -> None:
    assert [command.status for command in trained.values()] == [0] * 4, trained
    expected = np.array(figures(trained["keras"].run), float)
    assert expected.shape == (3, 4)
    for name, command in trained.items():
        told = np.array(figures(command.run), float)
        assert np.allclose(told, expected, rtol=1e-4, atol=1e-6), name


def test_the_events_say_which_loader_ran_and_what_it_saves(
    trained: dict[str, tools.Command],
) -> None:
    told = {name: ready(command.run) for name, command in trained.items()}
    assert {name: event.loader for name, event in told.items()} == {
        "first": "cached",
        "keras": "keras",
        "again": "cached",
        "small": "keras",
    }
    assert {name for name, event in told.items() if event.cache_hit} == {"again"}
    assert told["first"].decode_seconds > 0 == told["keras"].decode_seconds
    assert told["again"].decode_seconds == told["first"].decode_seconds
    assert of_type(events_of(trained["first"].run), CheckingImages)
    assert not of_type(events_of(trained["again"].run), CheckingImages), "nothing was decoded"
    assert "loader cached: every file decoded once in " in trained["first"].out
    assert "loader cached: every file was decoded by an earlier" in trained["again"].out
    assert "loader cached" not in trained["keras"].out


def test_without_room_the_files_are_streamed_and_the_learner_is_told(
    trained: dict[str, tools.Command],
) -> None:
    notices = [event.text for event in of_type(events_of(trained["small"].run), Notice)]
    (text,) = [text for text in notices if "cache" in text]
    assert text.startswith("The decoded images take 41.5 kB, and the cache may hold 1 kB. ")
    assert "Set CNN_TUI_CACHE_GB to more gigabytes" in text
    assert text.endswith("Every epoch decodes the files again, with plain Keras: slower.")
    assert not [event for event in events_of(trained["keras"].run) if isinstance(event, Notice)]
