"""Image files and folders that are damaged, replaced or deleted while a training runs."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.workers.shell import (
    Shell,
    draw_classes,
    events_of,
    last_of,
    of_type,
    wait_for_event,
)
from tests.workers.trainer.test_survival import (
    ENDLESS,
    assert_stopped_in_good_order,
    second_epoch,
)
from tui.runs.events.event_types import (
    EpochEnded,
    Failed,
    Notice,
)
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_summary import summarise


def test_a_folder_that_vanishes_while_training_fails_with_a_cure(
    shell: Shell, tmp_path: Path
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", "keras")
    second_epoch(command.run)
    shutil.rmtree(folder / "dogs")
    assert command.status == 1
    (sentence,) = [line for line in command.err.splitlines() if "failed" in line]
    assert sentence.startswith("Training failed (reading images): A file is missing: ")
    assert str(folder / "dogs") in sentence
    assert "Put the folder back, or choose it again" in sentence
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in sentence
    assert sentence in command.run.log.read_text()
    assert "Traceback" not in command.err + command.out
    failed = last_of(command.run, Failed)
    assert failed is not None and summarise(command.run).problem == failed.what
    assert (command.run.path / "best.keras").exists(), "what was reached is kept"


def test_decoded_images_outlive_their_folder_and_their_cache(shell: Shell, tmp_path: Path) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS)
    second_epoch(command.run)
    shutil.rmtree(folder.rename(tmp_path / "removed"))  # gone at once, not class by class
    assert shell.call("data", "cache", "--clear").out.startswith("Freed ")
    before = last_of(command.run, EpochEnded)
    assert before is not None
    wait_for_event(command.run, EpochEnded, lambda event: event.epoch > before.epoch + 2)
    (notice,) = of_type(events_of(command.run), Notice)
    assert notice.text.startswith(f"The folder {folder} is gone. The training continues")
    assert notice.text in command.run.log.read_text()
    command.run.request_stop()
    assert command.wait() == 130
    assert_stopped_in_good_order(command.run)

    # Neither the images nor the decoded ones are there to go on with.
    resumed = shell.call("runs", "resume", command.run.name)
    assert resumed.status == 1
    assert f"The folder {folder} is not there. Put it back" in resumed.err
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in resumed.err


def too_many_pixels(path: Path) -> None:
    """Write a file of some bytes that says it has 400 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(100)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b""))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "emptied": (lambda path: path.write_bytes(b""), "empty"),
    "cut short": (cut_short, "truncated"),
    "text": (lambda path: path.write_text("hello"), "not an image"),
    "a bomb": (too_many_pixels, "pixels"),
}
"""What becomes of a file, and a word of what is said of it."""


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_image_that_is_damaged_while_training_is_named_and_can_be_gone_on_without(
    shell: Shell, tmp_path: Path, damage: str
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", "keras")
    second_epoch(command.run)
    image, (spoil, word) = folder / "dogs" / "007.png", DAMAGES[damage]
    spoil(image)
    assert command.status == 1
    (sentence,) = [line for line in command.err.splitlines() if "failed" in line]
    said = f"Training failed (reading images): A file can no longer be read: {image} ("
    assert sentence.startswith(said) and word in sentence, sentence
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in sentence
    if damage == "a bomb":  # once is enough: loading Keras takes its time
        more = kept + 2
        resumed = shell.call("runs", "resume", command.run.name, "--epochs", more)
        assert resumed.status == 0, resumed.err
        assert f"left out: dogs/{image.name}" in resumed.out
        assert [event.epoch for event in of_type(events_of(command.run), EpochEnded)][-1] == more


@pytest.mark.parametrize("into", ["pipe", "folder"])
def test_an_image_that_becomes_no_file_while_training_does_not_hang_it(
    shell: Shell, tmp_path: Path, into: str
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", "keras")
    second_epoch(command.run)
    image = folder / "dogs" / "007.png"
    image.unlink()
    if into == "pipe":
        os.mkfifo(image)
    else:
        image.mkdir()
    assert command.status == 1
    (sentence,) = [line for line in command.err.splitlines() if "failed" in line]
    assert f"A file can no longer be read: {image} (" in sentence
    kept = checkpoints(command.run)[-1]
    assert f"The state after epoch {kept} is kept: `cnn-tui runs resume" in sentence


@pytest.mark.parametrize("loader", ["cached", "keras"])
def test_an_image_that_is_replaced_by_another_one_ends_no_training_and_is_said(
    shell: Shell, tmp_path: Path, loader: str
) -> None:
    folder = draw_classes(tmp_path / "pets")
    command = shell.start("train", folder, *ENDLESS, "--loader", loader)
    second_epoch(command.run)
    image = folder / "dogs" / "007.png"
    Image.new("L", (300, 200), 7).save(tmp_path / "new.png")
    os.replace(tmp_path / "new.png", image)
    before = last_of(command.run, EpochEnded)
    assert before is not None
    wait_for_event(command.run, EpochEnded, lambda event: event.epoch > before.epoch + 2)
    command.run.request_stop()
    assert command.wait() == 130
    assert_stopped_in_good_order(command.run)
    told = [one.text for one in of_type(events_of(command.run), Notice)]
    if loader == "keras":
        (sentence,) = told
        assert sentence.startswith(f"{image} was changed while the training ran.")
    else:
        assert not told, "it goes on with what was decoded"
