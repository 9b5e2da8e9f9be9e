"""Files that TensorFlow and Keras write are told apart by what they hold, whatever their names."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from tui.geometry import GeometryError, Volume, trace_network
from tui.keras_io import keras_code, keras_layers
from tui.keras_io.network_files import graph_from_file, network_from_file
from tui.keras_io.unsupported_files import UnsupportedFile


@pytest.fixture(scope="module")
def model() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 10, 3)),
            layers.Conv2D(4, 3, name="first", activation="relu"),
            layers.Conv2DTranspose(3, (3, 2), strides=(3, 2), output_padding=(2, 0), name="up"),
            layers.BatchNormalization(name="norm"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(5, name="last"),
        ]
    )


def message(path: Path) -> str:
    """Return what a file is said to be, with its lines, and see that they are Python."""
    with pytest.raises(UnsupportedFile) as caught:
        graph_from_file(path)
    for line in caught.value.lines:
        if not line.startswith("git"):
            compile(line, "line", "exec")
    return "\n".join((caught.value.message, *caught.value.lines))


def test_a_whole_model_in_hdf5(model: keras.Model, tmp_path: Path) -> None:
    for name in ("whole.h5", "whole.hdf5"):
        model.save(tmp_path / name)
    (tmp_path / "whole.h5").rename(
        tmp_path / "whole.keras"
    )  # as old TensorFlow saved into any name
    model.save(tmp_path / "other.keras")
    (tmp_path / "other.keras").rename(tmp_path / "zipped.h5")
    for name in ("whole.hdf5", "whole.keras", "zipped.h5"):
        found = network_from_file(tmp_path / name).network
        rows = trace_network(found)
        assert [row.name for row in rows] == [layer.name for layer in model.layers]
        for row, layer in zip(rows, model.layers, strict=True):
            assert row.effect is not None and row.effect.parameters == layer.count_params()
            if isinstance(row.effect.output, Volume):
                plane = (row.effect.output.height, row.effect.output.width)
                assert plane == layer.output.shape[1:3]
        assert [arguments["name"] for _, arguments in keras_layers(found)] == [
            layer.name for layer in model.layers
        ]


def test_the_program_that_is_printed_takes_the_weights_of_an_old_file(
    model: keras.Model, tmp_path: Path
) -> None:
    path = tmp_path / "whole.h5"
    model.save(path)
    held: dict[str, Any] = {}
    exec(keras_code(network_from_file(path).network), held)
    held["model"].load_weights(path)
    x = np.random.default_rng(1).normal(size=(2, 12, 10, 3))
    np.testing.assert_allclose(held["model"](x), model(x), rtol=1e-5)


def test_a_description_of_a_hundred_kilobytes_and_more(tmp_path: Path) -> None:
    layers = [keras.layers.Conv2D(1, 1, name=f"conv_{at}") for at in range(200)]
    keras.Sequential([keras.Input((4, 4, 1)), *layers]).save(tmp_path / "long.h5")
    assert len(graph_from_file(tmp_path / "long.h5").rows) == 200


def test_weights_alone_are_named_and_the_lines_work(model: keras.Model, tmp_path: Path) -> None:
    model.save_weights(tmp_path / "w.weights.h5")
    (tmp_path / "odd.bin").write_bytes((tmp_path / "w.weights.h5").read_bytes())
    for name in ("w.weights.h5", "odd.bin"):
        said = message(tmp_path / name)
        assert "holds weights alone" in said
        lines = said.split("\n")[1:]
        program = "\n".join(line for line in lines if "..." not in line)
        program = program.replace('("', f'("{tmp_path}/').replace('", "', f'", "{tmp_path}/')
        exec(program, {"model": model})
    assert len(graph_from_file(tmp_path / "w.keras").rows) == 5
    assert len(graph_from_file(tmp_path / "odd.keras").rows) == 5


def test_old_weights_alone_and_other_hdf5_files(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv2d_1"]
        file.create_group("conv2d_1")
    assert "holds weights alone" in message(tmp_path / "old.h5")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["pictures"] = np.zeros((3, 3))
    assert "without a Keras model" in message(tmp_path / "data.h5")


def hostile(kind: str, path: Path) -> None:
    with h5py.File(path, "w", libver="latest" if kind == "dense" else "earliest") as file:
        file.attrs["keras_version"] = "2.2.4"
        if kind == "link":
            file["model_weights"] = h5py.ExternalLink("/etc/passwd", "/")
            file.attrs["model_config"] = "{}"
        elif kind == "huge":
            file.attrs["model_config"] = "x" * 20_000_000
        elif kind == "array":
            file.attrs["model_config"] = ["{}", "{}"]
        elif kind == "number":
            file.attrs["model_config"] = 7
        elif kind == "latin":
            file.attrs["model_config"] = b'{"class_name": "\xe9"}'
        elif kind == "many":
            for at in range(3000):
                file.create_group(f"g{at}")
            file.attrs["model_config"] = "[]"
        elif kind == "dense":
            for at in range(40):
                file.attrs[f"a{at}"] = "x" * 2000
            file.attrs["model_config"] = "[1]"
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:600])


@pytest.mark.parametrize(
    "kind", ["link", "huge", "array", "number", "latin", "many", "dense", "cut"]
)
def test_a_hostile_hdf5_file_is_a_sentence(kind: str, tmp_path: Path) -> None:
    hostile(kind, tmp_path / "bad.h5")
    with pytest.raises(GeometryError) as caught:
        graph_from_file(tmp_path / "bad.h5")
    assert caught.value.message.startswith("bad.h5") and len(caught.value.message) < 400


def test_every_byte_of_an_hdf5_file_may_be_wrong(model: keras.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "whole.h5")
    whole = (tmp_path / "whole.h5").read_bytes()
    rng = np.random.default_rng(5)
    for _ in range(12):
        broken = bytearray(whole)
        for at in rng.integers(8, 2500, 30):
            broken[at] = rng.integers(0, 256)
        (tmp_path / "broken.h5").write_bytes(broken)
        try:
            graph_from_file(tmp_path / "broken.h5")
        except GeometryError as error:
            assert error.message.isprintable()


def test_what_tensorflow_writes(model: keras.Model, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    model.export(folder, verbose=False)
    assert "SavedModel of TensorFlow without keras_metadata.pb" in message(folder)
    assert "SavedModel" in message(folder / "saved_model.pb")
    (folder / "keras_metadata.pb").write_bytes(b"")
    assert 'tf_keras.models.load_model("saved").save("saved.keras")' in message(folder)
    (tmp_path / "renamed").write_bytes((folder / "saved_model.pb").read_bytes())
    assert "SavedModel" in message(tmp_path / "renamed")

    tf.train.Checkpoint(a=tf.Variable([1.0])).write(str(tmp_path / "run.ckpt"))
    for name in ("run.ckpt.index", "run.ckpt.data-00000-of-00001"):
        said = message(tmp_path / name)
        assert "TensorFlow checkpoint" in said and 'load_weights("run.ckpt")' in said
    (tmp_path / "table").write_bytes((tmp_path / "run.ckpt.index").read_bytes())
    assert "TensorFlow checkpoint" in message(tmp_path / "table")

    graph = tf.function(lambda x: tf.nn.relu(x) + 1.0).get_concrete_function(
        tf.TensorSpec([1, 8], tf.float32)
    )
    (tmp_path / "frozen.pb").write_bytes(graph.graph.as_graph_def().SerializeToString())
    assert "frozen GraphDef" in message(tmp_path / "frozen.pb")

    np.savez(tmp_path / "w.npz", *model.get_weights())
    assert "NumPy arrays" in message(tmp_path / "w.npz")
    (tmp_path / "config.json").write_text(model.to_json())
    assert len(graph_from_file(tmp_path).rows) == 5, "a folder that was a .keras file"


def test_a_piped_hdf5_file(model: keras.Model, tmp_path: Path) -> None:
    from tui.keras_io import read_graph
    from tui.keras_io.network_files import stream_description

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    model.save(tmp_path / "whole.h5")
    text = stream_description(Pipe((tmp_path / "whole.h5").read_bytes()), "standard input")
    assert len(read_graph(text).rows) == 5


def test_a_zip_of_zips(model: keras.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "inner.keras")
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.write(tmp_path / "inner.keras", "models/inner.keras")
    assert "holds models/inner.keras: unpack it" in message(tmp_path / "both.zip")
