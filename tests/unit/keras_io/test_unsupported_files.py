"""Files of other programs, named for what they are by their first bytes."""

from __future__ import annotations

import io
import json
import pickle
import re
import struct
import zipfile
from pathlib import Path

import pytest

from tui.geometry import GeometryError, format_network, parse_network, to_dict
from tui.keras_io.network_files import file_description, network_from_file
from tui.keras_io.unsupported_files import UnsupportedFile, error_text


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return held.getvalue()


OLD_TORCH = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2) + pickle.dumps(1001, protocol=2)

FILES = {
    "m.tflite": (struct.pack("<I", 28) + b"TFL3" + bytes(40), "TFLite"),
    "named.h5": (struct.pack("<I", 28) + b"TFL3" + bytes(40), "TFLite"),
    "m.onnx": (b"\x08\x08\x12\x07pytorch\x1a\x052.1.0:\xc8\x01", "ONNX"),
    "m2.onnx": (b"\x08\x07:\xc8\x01\x0a\x05\x0a\x01x", "ONNX"),
    "m.pt": (zipped("m/data.pkl", "m/version"), "file of PyTorch"),
    "m.pth": (OLD_TORCH, "file of PyTorch"),
    "m.pkl": (pickle.dumps({"a": 1}), "is a pickle"),
    "m.sav": (b"ccopy_reg\n_reconstructor\np0\n", "is a pickle"),
    "m.npz": (zipped("0.npy", "1.npy"), "NumPy arrays"),
    "m.npy": (b"\x93NUMPY\x01\x00", "one NumPy array"),
    "m.safetensors": (struct.pack("<Q", 60) + b'{"a": {"dtype": "F32"}}', "safetensors"),
    "checkpoint": (b'model_checkpoint_path: "cp.ckpt"\n', "TensorFlow checkpoint"),
    "m.zip": (zipped("readme.txt"), "without config.json"),
    "all.zip": (zipped("a/model.h5", "a/notes.txt"), "holds a/model.h5: unpack"),
    "m.tar.gz": (b"\x1f\x8b\x08\x00", "is an archive"),
    "m.png": (b"\x89PNG\r\n", "is a picture"),
    "lfs.keras": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "page.keras": (b"<!DOCTYPE html><html>", "is a web page"),
    "m.yaml": (b"backend: tensorflow\nclass_name: Sequential\nconfig:\n", "as YAML"),
    "m.ipynb": (b'{"cells": [], "nbformat": 4}', "is a notebook"),
    "empty.h5": (b"", "is empty"),
}


@pytest.mark.parametrize("name", FILES)
def test_each_is_named(name: str, tmp_path: Path) -> None:
    data, part = FILES[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnsupportedFile) as caught:
        file_description(tmp_path / name)
    assert part in error_text(caught.value)
    assert caught.value.message.startswith(name)
    assert "{" not in "".join(caught.value.lines).replace("{}", "")


def test_a_name_cannot_write_python(tmp_path: Path) -> None:
    name = 'x"); import os; os.system("reboot") #.npz'
    (tmp_path / name).write_bytes(zipped("0.npy"))
    with pytest.raises(UnsupportedFile) as caught:
        file_description(tmp_path / name)
    assert "reboot" not in "".join(caught.value.lines)


@pytest.mark.parametrize(
    ("names", "part"),
    [
        (["saved_model.pb", "keras_metadata.pb"], "if model.save of keras 2 wrote it"),
        (["saved_model.pb"], "without keras_metadata.pb"),
        (["cp.ckpt.index", "checkpoint"], "part of a tensorflow checkpoint"),
        (["notes.txt"], "is a folder: name the file"),
    ],
)
def test_folders_are_named(names: list[str], part: str, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"")
    with pytest.raises(UnsupportedFile) as caught:
        file_description(folder)
    assert part in caught.value.message.lower()


def test_text_is_left_to_be_read(tmp_path: Path) -> None:
    for text in ("8x8x1 flatten", '{"input": [8, 8, 1], "layers": []}', "150x150x3 conv:k=1,f=3"):
        (tmp_path / "line.txt").write_text(text)
        assert file_description(tmp_path / "line.txt") == text.encode()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("text.h5", b"hello", "text.h5 is not an HDF5 file, although it is named like one"),
        ("m.pt", b"\x81\x07 rubbish", "m.pt is not a PyTorch file"),
        ("m.keras", b"404: Not Found", "it begins with '404: Not Found'"),
    ],
)
def test_what_is_not_what_its_name_says_is_reported(
    name: str, data: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GeometryError, match=re.escape(said)):
        file_description(tmp_path / name)


@pytest.mark.parametrize("name", ["line.keras", "json.h5"])
def test_a_network_in_another_form_is_read_whatever_its_file_is_called(
    name: str, tmp_path: Path
) -> None:
    network = parse_network("28x28x1 flatten dense:k=10")
    text = format_network(network) if "line" in name else json.dumps(to_dict(network))
    (tmp_path / name).write_text(text)
    assert network_from_file(tmp_path / name).network == network
