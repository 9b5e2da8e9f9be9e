"""Whose malloc is set up, and whose is left alone."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest

from tests.unit.runs.recorded import Row, run_of
from tui.runs.events.event_types import LibrariesLoaded
from tui.runs.export.run_script import run_script
from tui.runs.process.trainer_environment import (
    MALLOC_SETTINGS,
    ONEDNN_VARIABLE,
    allocator_settings,
    onednn_settings,
    trainer_environment,
)
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.loaded_run import load_run

GLIBC = "glibc 2.36"


def test_glibc_keeps_large_blocks() -> None:
    assert allocator_settings({"PATH": "/bin"}, libc=GLIBC, mapped="libc.so.6") == MALLOC_SETTINGS


@pytest.mark.parametrize("libc", ["", "musl 1.2.4"], ids=["macos", "musl"])
def test_another_c_library_is_left_alone(libc: str) -> None:
    assert allocator_settings({}, libc=libc, mapped="") == {}


@pytest.mark.parametrize(
    "environment",
    [
        {"MALLOC_ARENA_MAX": "2"},
        {"MALLOC_CONF": "narenas:1"},
        {"MALLOC_TRIM_THRESHOLD_": "1000"},
        {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"},
        {"LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"},
        {"LD_PRELOAD": "/opt/lib/libfirst.so libtcmalloc_minimal.so.4"},
    ],
    ids=lambda environment: " ".join(environment) + str(len(str(environment))),
)
def test_whoever_has_set_malloc_up_keeps_it(environment: dict[str, str]) -> None:
    assert allocator_settings(environment, libc=GLIBC, mapped="libc.so.6") == {}


def test_tunables_and_preloaded_libraries_of_another_kind_do_not_matter() -> None:
    environment = {"GLIBC_TUNABLES": "glibc.pthread.rseq=0", "LD_PRELOAD": "libfaketime.so.1"}
    assert allocator_settings(environment, libc=GLIBC, mapped="libc.so.6") == MALLOC_SETTINGS


def test_an_allocator_that_every_process_loads_is_left_alone() -> None:
    """As by /etc/ld.so.preload: no variable names it."""
    assert allocator_settings({}, libc=GLIBC, mapped="libc.so.6\nlibmimalloc.so.2.1") == {}


def test_the_trainer_is_started_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MALLOC_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    environment = trainer_environment()
    own = {name: environment[name] for name in MALLOC_SETTINGS if name in environment}
    assert own == allocator_settings(os.environ)
    # A process with them starts, whatever its C library is.
    done = subprocess.run(
        [sys.executable, "-c", "print(len(bytes(10**8)))"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "100000000\n" and not done.stderr


ROWS: dict[str, Row] = {"loss": (0.5,), "accuracy": (0.5,)}


@pytest.mark.parametrize(
    ("system", "flags", "asked"),
    [
        ("linux x86_64", "flags : fpu avx avx2 fma", True),
        ("linux x86_64", "flags : fpu avx fma", False),
        ("linux x86_64", "", False),
        ("linux aarch64", "flags : avx2", False),
        ("darwin x86_64", "flags : avx2", False),
    ],
)
def test_it_is_asked_for_where_it_is_faster(system: str, flags: str, asked: bool) -> None:
    assert onednn_settings(system=system, flags=flags) == ({ONEDNN_VARIABLE: "1"} if asked else {})


def test_whoever_has_chosen_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ONEDNN_VARIABLE, "0")
    assert trainer_environment()[ONEDNN_VARIABLE] == "0"
    monkeypatch.delenv(ONEDNN_VARIABLE)
    asked = {
        name: value for name, value in trainer_environment().items() if name == ONEDNN_VARIABLE
    }
    assert asked == onednn_settings()


@pytest.mark.parametrize("said", ["0", "1", ""])
def test_a_runs_program_computes_as_the_run_did(said: str, spec: TrainingSpec) -> None:
    one = load_run(run_of(spec, ROWS))
    assert one.progress.libraries is not None
    one.progress.libraries = msgspec.structs.replace(one.progress.libraries, onednn=said)
    text = run_script(one)
    line = f'os.environ["{ONEDNN_VARIABLE}"] = "{said}"'
    assert (line in text) == bool(said)
    if said:
        assert text.index("import os") < text.index(line) < text.index("import keras")


def test_a_run_from_before_says_nothing() -> None:
    told = b'{"type":"libraries_loaded","at":0,"keras":"3","backend":"tensorflow","device":"CPU"}'
    assert msgspec.json.decode(told, type=LibrariesLoaded).onednn == ""
