"""Hostile imitations of what Keras writes: each ends in one sentence, and soon."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from typing import Any

import pytest

from tests.unit.keras_io.keras_texts import archive, conv, functional, layer, refused, sequential
from tui.geometry import GeometryError
from tui.keras_io import read_network

HOSTILE: dict[str, str | bytes] = {
    "empty": "",
    "deep lists": "[" * 1_000_000,
    "deep objects": '{"class_name":' * 200_000 + "1" + "}" * 200_000,
    "deep inside": sequential(layer("Dropout", rate=json.loads("[" * 400 + "]" * 400))),
    "long": "{" + " " * 5_000_000 + "}",
    "long line": "8x8x1 " + "flatten " * 100_000,
    "many on a line": "8x8x1 " + "flatten " * 5000,
    "not a number": sequential(layer("Dropout", rate=float("nan"))),
    "too large a number": sequential(conv()).replace("4", "1e999"),
    "digits": sequential(conv()).replace("4", "9" * 5000),
    "many layers": sequential(*[conv()] * 20_000),
    "own, many layers": json.dumps({"input": [8, 8, 1], "layers": [{"kind": "flatten"}] * 5000}),
    "list": "[1, 2]",
    "class is an object": '{"class_name": {"a": []}, "config": 1}',
    "own class of model": '{"class_name": "MyModel", "config": {}}',
    "layers are an object": '{"class_name": "Sequential", "config": {"layers": {"a": 1}}}',
    "config is a word": '{"class_name": "Functional", "config": "x"}',
    "no layers": '{"class_name": "Functional", "config": {"layers": []}}',
    "nodes are a number": (
        '{"class_name": "Functional", "config": {"layers": [{"class_name": "a", '
        '"inbound_nodes": 7}]}}'
    ),
    "a circle": functional({"a": ["b"], "b": ["a"]}, conv("a"), conv("b")),
    "cut": sequential(conv())[:-3],
    "python": "import keras\nmodel = keras.Sequential()",
    "bytes": b"\xff\xfe\x00",
    "hdf5": b"\x89HDF\r\n\x1a\n",
    "no zip": b"PK\x03\x04garbage",
    "no config": archive("{}", "other.json"),
    "no utf-8": archive(b"\xff\xff"),
    "bzip2": archive("{}", method=zipfile.ZIP_BZIP2),
    "lzma": archive("{}", method=zipfile.ZIP_LZMA),
    "damaged": archive(sequential(conv()))[:-30],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_refused_in_a_sentence(name: str) -> None:
    assert refused(HOSTILE[name])


def test_nested_models_have_an_end() -> None:
    text = sequential(conv())
    for _ in range(20):
        text = sequential(json.loads(text), shape=None)
    assert "nested" in refused(text)


def test_a_bomb_is_not_unpacked() -> None:
    packed = archive(b"\0" * 200_000_000, method=zipfile.ZIP_DEFLATED)
    assert len(packed) < 1_000_000
    assert "larger than 4,000,000 bytes" in refused(packed)


def test_an_archive_that_lies_about_its__its_members() -> None:
    lying = bytearray(archive(sequential(conv())))
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 20 : at + 28] = struct.pack("<II", 2**31, 2**32 - 2)
    assert "damaged" in refused(bytes(lying))
    empty = bytearray(archive(sequential(conv())))
    at = empty.rfind(b"PK\x05\x06")
    empty[at + 8 : at + 16] = struct.pack("<HHI", 9999, 9999, 2**31)
    assert "damaged" in refused(bytes(empty))


def test_a_long_list_of_members_is_not_read() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for number in range(30_000):
            file.writestr(f"{number:030}", "")
    assert "damaged" in refused(held.getvalue())


def test_changed_bytes_and_values_are_read_or_refused() -> None:
    rng = random.Random(1)
    pad = layer("ZeroPadding2D", padding=[[1, 1], [1, 1]])
    chain = functional({"a": ["input"], "p": ["a"]}, conv("a"), layer("MaxPooling2D", "p"))
    text = sequential(conv(), pad, layer("MaxPooling2D"), layer("Dense", units=3))
    values: list[Any] = [
        None,
        True,
        0,
        -1,
        1.5,
        "x",
        "\x1b",
        [],
        [1],
        [1, 2, 3],
        {},
        [[1]],
        "valid",
    ]

    def changed(value: Any) -> Any:
        if rng.random() < 0.06:
            return rng.choice(values)
        if isinstance(value, dict):
            return {key: changed(one) for key, one in value.items() if rng.random() > 0.02}
        return [changed(one) for one in value] if isinstance(value, list) else value

    sources: list[str | bytes] = []
    for base in (text, chain):
        sources += [json.dumps(changed(json.loads(base))) for _ in range(1500)]
    for whole in (text.encode(), archive(text), archive(text, method=zipfile.ZIP_DEFLATED)):
        for _ in range(1000):
            data = bytearray(whole)
            for _ in range(rng.randint(1, 6)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            sources.append(bytes(data))
    read = 0
    for source in sources:
        try:
            read_network(source)
            read += 1
        except GeometryError as error:
            assert error.message.isprintable()
    assert 0 < read < len(sources)
