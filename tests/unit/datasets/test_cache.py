"""Images decoded once and kept: what is believed, what is not, and how much there is of it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.unit.datasets.conftest import MakeImages
from tui.commands import cli
from tui.datasets import LoaderSettings
from tui.datasets.cache import (
    BUDGET_VARIABLE,
    DecodedImages,
    NoRoomError,
    array_plans,
    budget,
    clear,
    decode,
    decoded_images,
    kept_arrays,
    plan_array,
)
from tui.datasets.cache.file import open_array
from tui.datasets.cache.key import ArrayPlan, ImageFile
from tui.datasets.cache.pixels import Row, read_row
from tui.datasets.cache.room import arrays_folder
from tui.text import size_text

ROW = 8 * 6 * 3


@pytest.fixture
def loader(pets: Path) -> LoaderSettings:
    """Return a loader of 11 images of noise, 8 high and 6 wide."""
    rng = np.random.default_rng(1)
    for path in sorted(pets.glob("*/*.png")):
        Image.fromarray(rng.integers(0, 256, (10, 12, 3), np.uint8)).save(path)
    return LoaderSettings(directory=str(pets), classes=("cats", "dogs"), target_size=(8, 6))


def decoded(loader: LoaderSettings) -> DecodedImages:
    found = decoded_images(array_plans(loader))
    assert found is not None
    return found[0]


def files() -> list[str]:
    return sorted(path.name for path in arrays_folder().iterdir())


def in_a_process(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


# Found again


def test_the_second_time_nothing_is_decoded(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = decoded(loader)
    assert (first.hit, first.pixels.shape) == (False, (11, 8, 6, 3))

    def never(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(decode, "read_row", never)
    told: list[tuple[int, int]] = []
    found = decoded_images(array_plans(loader), progress=lambda *far: told.append(far))
    assert found is not None
    assert found[0].hit and not told
    assert np.array_equal(found[0].pixels, first.pixels)
    assert found[0].seconds == pytest.approx(first.seconds), "what it has saved"


def test_what_changes_no_pixel_shares_the_array(loader: LoaderSettings) -> None:
    decoded(loader)
    for changes in (
        {"batch_size": 3},
        {"validation_split": 0.5},
        {"seed": None},
        {"class_mode": "categorical"},
        {"rescale_divisor": 1.0},
        {"leave_out": ("cats/image000.png",)},
    ):
        assert decoded(msgspec.structs.replace(loader, **changes)).hit, changes


@pytest.mark.parametrize(
    "changes",
    [
        {"target_size": (6, 8)},
        {"color_mode": "grayscale"},
        {"color_mode": "rgba"},
        {"interpolation": "bilinear"},
        {"classes": ("dogs", "cats")},
    ],
)
def test_what_changes_a_pixel_makes_another_array(
    loader: LoaderSettings, changes: dict[str, object]
) -> None:
    decoded(loader)
    assert not decoded(msgspec.structs.replace(loader, **changes)).hit
    assert len(files()) == 2


def test_a_file_of_another_size_time_or_name_makes_another_array(
    loader: LoaderSettings, pets: Path
) -> None:
    def black(path: Path) -> None:
        Image.new("RGB", (12, 10)).save(path)

    decoded(loader)
    path = pets / "cats" / "image002.png"
    before = path.stat()
    black(path)
    assert path.stat().st_size != before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    smaller = decoded(loader)
    assert not smaller.hit and not smaller.pixels[2].any()

    path = pets / "cats" / "image003.png"
    before = path.stat()
    content = bytearray(path.read_bytes())
    Image.new("RGB", (12, 10), "white").save(path)
    size = len(content) - path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\0" * size)  # behind the end of the PNG
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert path.stat().st_size == before.st_size
    newer = decoded(loader)
    assert not newer.hit and (newer.pixels[3] == 255).all()

    path.rename(path.with_name("image009.png"))
    renamed = decoded(loader)
    assert not renamed.hit and (renamed.pixels[5] == 255).all()


def test_two_folders_that_agree_in_every_name_size_and_time_are_told_apart(
    loader: LoaderSettings, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(loader.directory, other)
    first = other / "cats" / "image000.png"
    Image.new("RGB", (12, 10), "white").save(first)
    real = Path(loader.directory) / "cats" / "image000.png"
    first.write_bytes(first.read_bytes().ljust(real.stat().st_size, b"\0"))
    os.utime(first, ns=(real.stat().st_atime_ns, real.stat().st_mtime_ns))
    plan = plan_array(str(other), loader)
    assert plan.files == plan_array(loader.directory, loader).files
    decoded(loader)
    there = decoded(msgspec.structs.replace(loader, directory=str(other)))
    assert not there.hit and (there.pixels[0] == 255).all()


def test_a_validation_folder_has_an_array_of_its_own(loader: LoaderSettings, pets: Path) -> None:
    both = msgspec.structs.replace(
        loader,
        directory=str(pets),
        validation_directory=str(shutil.copytree(pets, pets.parent / "v")),
    )
    told: list[tuple[int, int]] = []
    found = decoded_images(array_plans(both), progress=lambda *far: told.append(far))
    assert found is not None
    assert [array.plan.directory for array in found] == [both.directory, both.validation_directory]
    assert told[-1] == (22, 22)
    assert decoded(loader).hit


# Bad files


def test_bad_files_are_named_and_have_no_row(loader: LoaderSettings, pets: Path) -> None:
    (pets / "cats" / "aaa.jpg").touch()
    (pets / "dogs" / "cut.png").write_bytes((pets / "dogs" / "image000.png").read_bytes()[:60])
    (pets / "dogs" / "gone.png").symlink_to("nowhere")
    for again in (False, True):
        found = decoded(loader)
        assert found.hit is again
        bad = {found.plan.files[row].path: why for row, why in found.bad.items()}
        assert bad.keys() == {"cats/aaa.jpg", "dogs/cut.png", "dogs/gone.png"}
        assert bad["cats/aaa.jpg"] == "empty (0 bytes)"
        assert bad["dogs/gone.png"] == "a link that leads nowhere"
        assert found.pixels[1].any(), "the rows after it are in their places"


def test_a_bad_file_that_can_be_read_later_is_noticed(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:

    def locked(plan: ArrayPlan, file: ImageFile) -> Row:
        one = file.path == os.path.join("cats", "image001.png")
        return Row(bad="cannot be read: locked") if one else read_row(plan, file)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(decode, "read_row", locked)
        assert decoded(loader).bad == {1: "cannot be read: locked"}
        assert decoded(loader).hit
    mended = decoded(loader)
    assert not mended.hit and not mended.bad and mended.pixels[1].any()


def test_a_folder_of_bad_files_only(pets: Path) -> None:
    for path in pets.glob("*/*"):
        path.write_bytes(b"")
    found = decoded(LoaderSettings(directory=str(pets), classes=("cats", "dogs")))
    assert len(found.bad) == 11


def test_a_folder_without_files(tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / "none" / name).mkdir(parents=True)
    loader = LoaderSettings(directory=str(tmp_path / "none"), classes=("cats", "dogs"))
    assert decoded(loader).pixels.shape == (0, 150, 150, 3)
    assert decoded(loader).hit


# Nothing half is believed

_DECODE = """
import sys, time
from tui.datasets import LoaderSettings
from tui.datasets.cache import array_plans, decode, decoded_images
real = decode.read_row
def slowly(plan, file):
    print("at", file.path, flush=True)
    time.sleep(float(sys.argv[2]))
    return real(plan, file)
decode.read_row = slowly
loader = LoaderSettings(directory=sys.argv[1], classes=("cats", "dogs"), target_size=(8, 6))
(array,) = decoded_images(array_plans(loader), workers=1)
print("sum", int(array.pixels.sum()), flush=True)
"""


def test_a_kill_leaves_nothing_that_is_believed(loader: LoaderSettings) -> None:
    process = in_a_process(_DECODE, loader.directory, 0.3)
    assert process.stdout is not None
    for _ in range(4):
        assert process.stdout.readline().startswith("at ")
    (half,) = files()
    assert half.endswith(".new")
    clear()
    assert files() == [half], "its writer lives: it is not taken away"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert files() == [half]
    assert kept_arrays() == []
    assert open_array(arrays_folder(), plan_array(loader.directory, loader)) is None
    whole = decoded(loader)
    assert not whole.hit and whole.pixels[10].any()
    assert files() == [whole.plan.key + ".images"], "what was left behind is gone"


def test_two_at_once_do_not_disturb_each_other(loader: LoaderSettings) -> None:
    processes = [in_a_process(_DECODE, loader.directory, 0.05) for _ in range(2)]
    sums = {process.communicate(timeout=60)[0].splitlines()[-1] for process in processes}
    assert all(process.returncode == 0 for process in processes)
    found = decoded(loader)
    assert found.hit
    assert sums == {f"sum {int(found.pixels.sum())}"}
    assert files() == [found.plan.key + ".images"]


@given(how=st.sampled_from(["cut", "spoilt", "gap"]), place=st.floats(0, 1, exclude_max=True))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
def test_a_file_that_was_cut_or_spoilt_is_not_believed(
    loader: LoaderSettings, how: str, place: float
) -> None:
    plan = plan_array(loader.directory, loader)
    assert decoded_images([plan]) is not None
    path = arrays_folder() / (plan.key + ".images")
    content = path.read_bytes()
    pixels = 11 * ROW
    if how == "cut":
        path.write_bytes(content[: int(place * len(content))])
    elif how == "gap":
        path.write_bytes(content[: int(place * pixels)] + content[pixels:])
    else:
        at = pixels + int(place * (len(content) - pixels))
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
    assert open_array(arrays_folder(), plan) is None
    assert kept_arrays() == []
    again = decoded(loader)
    assert not again.hit and again.pixels[10].any()


def test_a_file_that_changes_while_it_is_decoded_is_not_kept(
    loader: LoaderSettings, pets: Path
) -> None:
    plans = array_plans(loader)
    Image.new("RGB", (12, 10), "white").save(pets / "cats" / "image004.png")
    found = decoded_images(plans)
    assert found is not None
    assert (found[0].pixels[4] == 255).all(), "this training sees what is there"
    assert files() == []


def test_a_stop_leaves_nothing_half(loader: LoaderSettings, pets: Path) -> None:
    assert decoded_images(array_plans(loader), cancelled=lambda: True) is None
    assert files() == []
    second = str(shutil.copytree(pets, pets.parent / "v"))
    plans = array_plans(msgspec.structs.replace(loader, validation_directory=second))
    asked = iter([False, False, True])
    assert decoded_images(plans, cancelled=lambda: next(asked)) is None
    assert files() == [plans[0].key + ".images"], "the one that was whole by then"


def test_it_is_for_its_owner_alone(loader: LoaderSettings) -> None:
    old = os.umask(0)
    try:
        decoded(loader)
    finally:
        os.umask(old)
    folder = arrays_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# How much there may be


def gigabytes(images: float) -> str:
    return repr(images * 11 * ROW / 1e9)


def sizes(loader: LoaderSettings, *sides: int) -> list[LoaderSettings]:
    """Return loaders of arrays that are equally large."""
    return [
        msgspec.structs.replace(loader, target_size=(8, 6), interpolation=name)
        for name in ("nearest", "bilinear", "bicubic", "box")[: len(sides)]
    ]


def test_what_was_used_longest_ago_makes_room(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = sizes(loader, 1, 2, 3)
    for number, each in enumerate((first, second)):
        decoded(each)
        path = arrays_folder() / (plan_array(each.directory, each).key + ".images")
        os.utime(path, (time.time() - 1000 + number,) * 2)
    assert decoded(first).hit, "used now"
    monkeypatch.setenv(BUDGET_VARIABLE, repr(2.5 * kept_arrays()[0].bytes / 1e9))
    assert not decoded(third).hit
    assert decoded(first).hit and decoded(third).hit
    assert not decoded(second).hit


def test_what_can_never_fit_takes_nothing_away(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded(loader)
    monkeypatch.setenv(BUDGET_VARIABLE, gigabytes(3))
    large = msgspec.structs.replace(loader, target_size=(200, 200))
    with pytest.raises(NoRoomError) as caught:
        decoded(large)
    sentence = str(caught.value)
    assert f"take {size_text(11 * 200 * 200 * 3)}" in sentence
    assert f"may hold {size_text(3 * 11 * ROW)}" in sentence
    assert f"Set {BUDGET_VARIABLE} to more gigabytes, or choose a smaller target size" in sentence
    assert decoded(loader).hit


def test_the_arrays_of_one_training_do_not_push_each_other_out(
    loader: LoaderSettings, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded(loader)
    second = str(shutil.copytree(pets, pets.parent / "v"))
    monkeypatch.setenv(BUDGET_VARIABLE, repr(1.5 * kept_arrays()[0].bytes / 1e9))
    with pytest.raises(NoRoomError, match=r"of which .* are in use"):
        decoded_images(array_plans(msgspec.structs.replace(loader, validation_directory=second)))
    assert decoded(loader).hit


@pytest.mark.parametrize("text", ["lots", "-1", "nan", "inf", "\x1b[2J"])
def test_a_budget_that_is_none_is_named(
    text: str, loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BUDGET_VARIABLE, text)
    with pytest.raises(NoRoomError, match=r"which is no size\. Set it to gigabytes") as caught:
        decoded(loader)
    assert str(caught.value).isprintable()


def test_nothing_is_kept_with_a_budget_of_nothing(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert budget() == 20 * 10**9
    monkeypatch.setenv(BUDGET_VARIABLE, "0")
    with pytest.raises(NoRoomError, match="is 0, so no decoded images are kept"):
        decoded(loader)


def test_a_disk_without_room_is_told_before_anything_is_written(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 5 * 10**8 + 99))
    with pytest.raises(
        NoRoomError, match=r"has room for 99 bytes, beside 500 MB that stay free\. "
    ):
        decoded(loader)
    assert files() == []


def test_a_disk_that_fills_up_meanwhile_is_told_and_left_clean(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = os.pwrite, []

    def full(file: int, content: bytes, offset: int) -> int:
        written.append(offset)
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, content, offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NoRoomError, match=r"could not be kept \(No space left on device\)"):
        decoded(loader)
    assert files() == []


def test_a_home_that_cannot_be_used_is_told(
    loader: LoaderSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "a file"))
    with pytest.raises(NoRoomError, match="Cannot make the folder"):
        decoded(loader)


# The command


def test_the_command_lists_and_clears(loader: LoaderSettings, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "No decoded images are kept yet" in run(cli, ["data", "cache"]).output
    wild = tmp_path / "wild \x1b[2J"
    shutil.copytree(loader.directory, wild)
    plain = decoded(loader)
    decoded(msgspec.structs.replace(loader, directory=str(wild)))
    listed = run(cli, ["data", "cache"])
    assert listed.exit_code == 0
    lines = listed.output.splitlines()
    assert len(lines) == 3 and all(line.isprintable() for line in lines)
    assert "11 images of 6×8×3  " in lines[0] and "wild ␛[2J" in lines[0], "used last"
    assert lines[1].endswith(loader.directory)
    assert f"of at most 20 GB (set {BUDGET_VARIABLE}" in lines[2]
    before = plain.pixels.copy()
    assert run(cli, ["data", "cache", "--clear"]).output.startswith("Freed ")
    assert files() == []
    assert np.array_equal(plain.pixels, before), "a training that uses it goes on"
    assert not decoded(loader).hit


def test_the_command_names_what_it_cannot_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BUDGET_VARIABLE, "much")
    done = CliRunner().invoke(cli, ["data", "cache"])
    assert done.exit_code == 1
    assert f"Error: {BUDGET_VARIABLE} is 'much'" in done.output


def test_wide_images_have_no_row(tmp_path: Path, make_images: MakeImages) -> None:
    folder = tmp_path / "scans"
    make_images(folder / "cats", 2, mode="L")
    make_images(folder / "dogs", 1, mode="I;16")
    loader = LoaderSettings(
        directory=str(folder), classes=("cats", "dogs"), target_size=(8, 6), color_mode="grayscale"
    )
    assert decoded(loader).wide == decoded(loader).wide == {2}
    assert not decoded(msgspec.structs.replace(loader, color_mode="rgb")).wide
