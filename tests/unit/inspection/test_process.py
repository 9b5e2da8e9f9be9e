"""The environment of the child that looks into networks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui.inspection.inspector_process import inspector_environment
from tui.runs.process.trainer_environment import MALLOC_SETTINGS

FREED = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
def held():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if "VmRSS" in line)
before = held()
block = ctypes.c_void_p(libc.malloc(256 << 20))
ctypes.memset(block, 1, 256 << 20)
libc.free(block)
print(held() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_loading_a_large_network_took_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FREED], env=inspector_environment(), capture_output=True, check=True
    )
    assert int(done.stdout) < 64 << 10


def test_what_the_user_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(iter(MALLOC_SETTINGS))
    monkeypatch.setenv(name, "12345")
    assert inspector_environment()[name] == "12345"
    assert inspector_environment()["TF_CPP_MIN_LOG_LEVEL"]
