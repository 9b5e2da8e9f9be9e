"""Images decoded once and kept: whole or not at all, and for their owner alone."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.unit.datasets.caching import ROW, decoded, files
from tui.datasets import LoaderSettings
from tui.datasets.cache import array_plans, cached_arrays, clear_cache, decoded_images, plan_array
from tui.datasets.cache.array_file import open_array
from tui.datasets.cache.cache_quota import arrays_folder

_DECODE = """
import sys, time
from tui.datasets import LoaderSettings
from tui.datasets.cache import array_plans, decode_folder as decode, decoded_images
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


def in_a_process(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def test_a_kill_leaves_nothing_that_is_believed(loader: LoaderSettings) -> None:
    process = in_a_process(_DECODE, loader.directory, 0.3)
    assert process.stdout is not None
    for _ in range(4):
        assert process.stdout.readline().startswith("at ")
    (half,) = files()
    assert half.endswith(".new")
    clear_cache()
    assert files() == [half], "its writer lives: it is not taken away"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert files() == [half]
    assert cached_arrays() == []
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
    assert cached_arrays() == []
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
