"""Somebody else's `.keras` file: run where it is a chain of known layers, else refused."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from tests.workers.inspector.made_runs import noise
from tui.inspection.requests import Classify, OpenFile
from tui.inspector.memory_limit import lift_memory_limit
from tui.inspector.opening.open_file import open_file
from tui.inspector.predictions import classify
from tui.inspector.refusal import Refusal

Config = dict[str, Any]


@pytest.fixture(autouse=True)
def no_limit_left() -> Any:
    """Take the memory limit of an opened file away again."""
    yield
    lift_memory_limit()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that somebody else saved."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((12, 10, 3)),
            layers.RandomFlip(),
            layers.Conv2D(5, 3, activation="relu", kernel_regularizer="l2", name="its_own_name"),
            layers.BatchNormalization(epsilon=0.1),
            keras.Sequential([layers.MaxPooling2D(), layers.Flatten()]),
            layers.Dropout(0.5),
            layers.Dense(4),
        ]
    )
    model.compile("adam", "mse")
    path = tmp_path_factory.mktemp("foreign") / "good.keras"
    model.save(path)
    return path


def rewritten(
    good: Path, to: Path, change: Callable[[Config], None], *, weights: bytes | None = None
) -> Path:
    """Write a copy of a file with another description or other weights."""
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(to, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            elif name == "model.weights.h5" and weights is not None:
                data = weights
            copy.writestr(name, data)
    return to


def nothing(config: Config) -> None:
    """Change nothing."""


def layers_of(config: Config) -> list[Config]:
    """Return the descriptions of a model's layers."""
    found: list[Config] = config["config"]["layers"]
    return found


def test_a_plain_chain_computes_what_keras_computes(good: Path, tmp_path: Path) -> None:
    opened = open_file(OpenFile(path=str(good)))
    described = opened.described(1)
    assert [layer.kind for layer in described.layers] == [
        "RandomFlip",
        "Conv2D",
        "BatchNormalization",
        "MaxPooling2D",
        "Flatten",
        "Dropout",
        "Dense",
    ]
    assert described.layers[1].name == "its_own_name"
    assert (described.input_height, described.input_width, described.input_depth) == (12, 10, 3)
    assert described.classes == () and described.epoch == -1
    assert "divided by 255" in described.note
    picture = str(noise(tmp_path / "noise.png", 1))
    batch = opened.preparation.array(picture)[None]
    plain = keras.saving.load_model(good)
    wanted = plain.predict(batch, verbose=0)[0]
    np.testing.assert_allclose(opened.activations(picture, 6), wanted, rtol=1e-5)
    np.testing.assert_allclose(
        opened.activations(picture, 2),
        keras.Model(plain.inputs, plain.layers[2].output).predict(batch, verbose=0)[0],
        rtol=1e-5,
        atol=1e-6,
    )
    (prediction,) = classify(opened, Classify(pictures=(picture,))).predictions
    powers = np.exp(wanted - wanted.max())
    assert prediction.probabilities == pytest.approx((powers / powers.sum()).tolist(), rel=1e-4)


def test_a_network_with_its_own_rescaling_gets_values_up_to_255(tmp_path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten()]
    )
    model.save(tmp_path / "own.keras")
    opened = open_file(OpenFile(path=str(tmp_path / "own.keras")))
    picture = str(noise(tmp_path / "noise.png", 1))
    assert opened.preparation.array(picture).max() > 100
    assert opened.activations(picture, 0).max() <= 1
    told = open_file(OpenFile(path=str(tmp_path / "own.keras"), rescale_divisor=2.0))
    assert told.preparation.divisor == 2


def with_lambda(config: Config) -> None:
    layers_of(config).insert(
        2, {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "evil"}}
    )


def with_hidden_lambda(config: Config) -> None:
    layers_of(config)[2]["config"]["kernel_initializer"] = {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wAA"}}},
    }


def with_own_class(config: Config) -> None:
    layers_of(config)[2]["config"]["kernel_initializer"] = {
        "module": "os",
        "class_name": "system",
        "config": {"command": "touch evil"},
        "registered_name": "system",
    }


def with_a_loader(config: Config) -> None:
    layers_of(config)[2]["config"]["kernel_regularizer"] = {
        "module": "keras.utils",
        "class_name": "get_file",
        "config": {"origin": "file:///etc/passwd"},
    }


def with_saved_model(config: Config) -> None:
    layers_of(config).insert(
        2, {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "x"}}
    )


def with_ten_terabytes(config: Config) -> None:
    layers_of(config)[-1]["config"]["units"] = 25_000_000_000


def with_a_wide_end(config: Config) -> None:
    layers_of(config)[-1]["config"]["units"] = 900_000


def with_a_huge_picture(config: Config) -> None:
    layers_of(config)[0]["config"]["batch_shape"] = [None, 90_000, 90_000, 3]


def with_seven_channels(config: Config) -> None:
    layers_of(config)[0]["config"]["batch_shape"] = [None, 12, 10, 7]


HOSTILE: list[tuple[Callable[[Config], None], str]] = [
    (with_lambda, "Lambda"),
    (with_hidden_lambda, "Lambda layer, which is Python code"),
    (with_own_class, "not one of Keras's own layers"),
    (with_a_loader, "not one of Keras's own layers"),
    (with_saved_model, "cannot be run here: .*TFSMLayer"),
    (with_ten_terabytes, "units is 25000000000"),
    (with_a_wide_end, "declares 364 MB of weights but has only"),
    (with_a_huge_picture, "would take .* for one image"),
    (with_seven_channels, "an image has a depth of 1, 3 or 4"),
]


@pytest.mark.parametrize("change, why", HOSTILE, ids=[change.__name__ for change, _ in HOSTILE])
def test_a_hostile_description_is_refused(
    good: Path, tmp_path: Path, change: Callable[[Config], None], why: str
) -> None:
    path = rewritten(good, tmp_path / "bad.keras", change)
    with pytest.raises(Refusal) as refused:
        open_file(OpenFile(path=str(path)))
    assert re.search(why, refused.value.what), refused.value.what
    assert refused.value.cure
    assert not (tmp_path / "evil").exists()


def test_what_it_says_of_building_is_not_believed(good: Path, tmp_path: Path) -> None:
    def build(config: Config) -> None:
        layers_of(config)[-1]["build_config"] = {"input_shape": [None, 2_000_000_000_000]}
        config["compile_config"] = {"optimizer": {"module": "os", "class_name": "system"}}

    opened = open_file(OpenFile(path=str(rewritten(good, tmp_path / "built.keras", build))))
    assert opened.layers[-1].count_params() == opened.described(1).layers[-1].parameters == 404


def test_a_bomb_in_the_archive_is_refused(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.keras"
    with (
        zipfile.ZipFile(good) as archive,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        copy.writestr("config.json", archive.read("config.json"))
        copy.writestr("model.weights.h5", bytes(50_000_000))
    assert path.stat().st_size < 200_000
    with pytest.raises(Refusal, match="would unpack to 50 MB"):
        open_file(OpenFile(path=str(path)))


def test_thousands_of_members_are_refused(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.keras"
    shutil.copy(good, path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(1001):
            archive.writestr(f"../{number}", b"")
    with pytest.raises(Refusal, match="files in one"):
        open_file(OpenFile(path=str(path)))
    assert not (tmp_path.parent / "0").exists()


def hdf5(path: Path, write: Callable[[h5py.File], object]) -> bytes:
    """Return the bytes of an HDF5 file."""
    with h5py.File(path, "w") as file:
        write(file)
    return path.read_bytes()


HDF5: list[tuple[str, Callable[[h5py.File], object], str]] = [
    (
        "link",
        lambda file: file.__setitem__("a", h5py.ExternalLink("/etc/passwd", "/")),
        "refer to other files",
    ),
    ("soft", lambda file: file.__setitem__("a", h5py.SoftLink("/")), "refer to other files"),
    (
        "packed",
        lambda file: file.create_dataset("a", (10**10,), "f4", chunks=(10**6,), compression="gzip"),
        "declare more than",
    ),
    (
        "external",
        lambda file: file.create_dataset("a", (9,), "u1", external=[("/etc/passwd", 0, 9)]),
        "something other than numbers",
    ),
    ("words", lambda file: file.create_dataset("a", data="evil"), "something other than numbers"),
    ("empty", lambda file: file.create_group("layers"), "cannot be loaded|holds 0 bytes"),
]


@pytest.mark.parametrize("name, write, why", HDF5, ids=[name for name, *_ in HDF5])
def test_hostile_weights_are_refused(
    good: Path, tmp_path: Path, name: str, write: Callable[[h5py.File], object], why: str
) -> None:
    weights = hdf5(tmp_path / "weights.h5", write)
    path = rewritten(good, tmp_path / "bad.keras", nothing, weights=weights)
    with pytest.raises(Refusal, match=why):
        open_file(OpenFile(path=str(path)))


def test_a_torn_file_and_no_file_are_refused(good: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.keras"
    torn.write_bytes(good.read_bytes()[:-300])
    with pytest.raises(Refusal, match="damaged, cut short or encrypted"):
        open_file(OpenFile(path=str(torn)))
    noisy = rewritten(good, tmp_path / "noisy.keras", nothing, weights=b"\x89HDF\r\n\x1a\n" * 99)
    with pytest.raises(Refusal, match="are damaged"):
        open_file(OpenFile(path=str(noisy)))
    with pytest.raises(Refusal, match="no such file"):
        open_file(OpenFile(path=str(tmp_path / "none.keras")))
    with pytest.raises(Refusal, match="not a regular file"):
        open_file(OpenFile(path=str(tmp_path)))
