"""Many files in threads: in order, and nothing is waited for when nobody wants it."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from tui.datasets.images.parallel_decoding import map_in_order

HANGS = """
import threading, time
from tui.datasets.images.parallel_decoding import map_in_order
asked = threading.Event()
def wait(item):
    asked.set()
    time.sleep(600)  # a disk that does not answer
threading.Thread(target=lambda: list(map_in_order(wait, range(9), 2)), daemon=True).start()
asked.wait()
"""


def test_the_program_ends_while_a_file_is_waited_for() -> None:
    subprocess.run([sys.executable, "-c", HANGS], check=True, timeout=60)


def test_a_reader_that_stops_leaves_no_thread() -> None:
    before = threading.active_count()
    results = map_in_order(str, range(1000), 4)
    assert next(results) == (0, "0")
    results.close()
    assert threading.active_count() == before


def test_an_error_of_the_function_is_raised_at_its_item() -> None:
    results = map_in_order(lambda item: 1 // item, [1, 0], 2)
    assert next(results) == (1, 1)
    with pytest.raises(ZeroDivisionError):
        next(results)
