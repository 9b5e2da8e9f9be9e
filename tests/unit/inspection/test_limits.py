"""The limit on memory while a foreign network is open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from tui.inspector.memory_limit import limit_memory, lift_memory_limit
limit_memory(200 * 2**20)
small = bytearray(50 * 2**20)
try:
    bytearray(800 * 2**20)
except MemoryError:
    print("refused")
lift_memory_limit()
print(len(bytearray(800 * 2**20)))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says what is used")
def test_a_process_gets_so_much_more_and_no_more() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout.split() == ["refused", str(800 * 2**20)]
