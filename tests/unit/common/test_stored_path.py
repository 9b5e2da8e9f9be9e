"""Names of files that are not plain: what is kept of them is exact."""

from __future__ import annotations

import ast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.common.pipe_frames import HEADER, encode_frame
from tui.common.text import disk_path, stored_path
from tui.datasets import LoaderSettings
from tui.datasets.folder.left_out import leave_out, left_out_name, left_out_names
from tui.inspection.answers import Evaluated, Prediction, Prepared, decode_answer
from tui.inspection.requests import Classify, LookAt, decode_request
from tui.runs.events.event_log import decode, encode
from tui.runs.events.event_types import DataReady, LeftOutImage
from tui.runs.export.training_script import left_out_lines

ODD = (
    "cats/caf\udce9.png",
    "cats/caf\udce8.png",
    "cats/caf�.png",
    "cats/\U0001f469\u200d\U0001f52c.png",
    "cats/a\u202egnp.png",
    "cats/tab\there.png",
    "cats/tab␉here.png",
    "cats/new\nline.png",
    'cats/it\'s "quoted" \\udce9.png',
    "cats/plain.png",
)
names = st.one_of(
    st.text(st.characters(exclude_characters="\0")),
    st.text(st.characters(exclude_categories=[], exclude_characters="\0")),
    st.sampled_from(ODD),
)


@given(names)
def test_a_path_is_read_back_as_it_was(path: str) -> None:
    stored = stored_path(path)
    assert disk_path(msgspec.json.decode(msgspec.json.encode(stored))) == path
    assert disk_path(msgspec.msgpack.decode(msgspec.msgpack.encode(stored))) == path


@given(st.lists(names))
def test_an_event_names_exactly_the_files_that_were_left_out(paths: list[str]) -> None:
    told = DataReady(
        at=0,
        classes=("cats", "dogs"),
        training_images=1,
        validation_images=1,
        left_out=tuple(LeftOutImage.of(path, "empty", validation=False) for path in paths),
    )
    read = decode(encode(told))
    assert isinstance(read, DataReady)
    assert [bad.path for bad in read.left_out] == paths
    program = "\n".join(left_out_lines("train", paths))
    literal = program[program.index("{") : program.index("}\nnames") + 1]
    program.encode("utf-8")
    assert ast.literal_eval(
        literal.replace(
            "{  # not used in train: unreadable, or left out by choice", "["
        ).removesuffix("}")
        + "]"
    ) == sorted(paths)


@pytest.mark.parametrize("path", ODD)
def test_a_file_is_not_taken_for_another_that_looks_like_it(path: str) -> None:
    bad = LeftOutImage.of(path, "empty", validation=False)
    assert [other for other in ODD if bad.names(other)] == [path]


def test_what_an_older_trainer_told_is_found_by_how_it_looks() -> None:
    assert LeftOutImage("cats/caf�.png", "empty").names("cats/caf\udce9.png")
    assert LeftOutImage("cats/1.png", "empty").names("cats/1.png")


def test_files_of_any_name_can_be_left_out_by_choice() -> None:
    settings = LoaderSettings(
        directory="pets/train", classes=("cats", "dogs"), validation_directory="pets/val"
    )
    for directory in ("pets/train", "pets/val"):
        named = leave_out(settings, [left_out_name(settings, directory, path) for path in ODD])
        kept = msgspec.json.decode(msgspec.json.encode(named), type=LoaderSettings)
        assert left_out_names(kept, directory) == set(ODD)
        assert leave_out(kept, [left_out_name(kept, directory, path) for path in ODD]) == kept


@given(st.lists(names, max_size=4), st.binary(max_size=20))
def test_a_frame_carries_any_path_and_its_pixels(paths: list[str], pixels: bytes) -> None:
    asked = Classify(id=3, pictures=tuple(paths))
    assert decode_request(encode_frame(asked)[HEADER:]) == asked
    look = LookAt(id=4, picture="".join(paths), layer=2, order="activation")
    assert decode_request(encode_frame(look)[HEADER:]) == look
    told = Evaluated(
        id=3,
        classes=("cats", "dogs"),
        confusion=((1, 0), (0, 1)),
        mistakes=tuple(Prediction(picture=path, probabilities=(0.1, 0.9)) for path in paths),
        examples=(),
        unreadable=tuple(paths),
        note="\0",
    )
    assert decode_answer(encode_frame(told)[HEADER:]) == told
    prepared = Prepared(id=1, height=1, width=len(pixels), depth=1, pixels=pixels)
    assert decode_answer(encode_frame(prepared)[HEADER:]) == prepared
