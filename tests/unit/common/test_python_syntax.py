"""Reading Python in several threads at once."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import pytest

from tui.common.python_syntax import NOT_PYTHON, parse_python

PROGRAM = "\n".join(f"x{number} = f([1, (2, {{3: 4}})], g(h(i, j), k))" for number in range(60))


@pytest.fixture
def threads_change_amid_a_tree() -> Iterator[None]:
    """Collect garbage often, and let other threads go on meanwhile."""

    def give_way(phase: str, info: dict[str, int]) -> None:
        time.sleep(0)

    thresholds = gc.get_threshold()
    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(give_way)


@pytest.mark.usefixtures("threads_change_amid_a_tree")
def test_threads_do_not_disturb_each_other() -> None:
    problems: list[str] = []

    def parse(calls: int) -> None:
        if calls:
            parse(calls - 1)  # called from another depth than the other thread's
            return
        try:
            for _ in range(15):
                assert len(parse_python(PROGRAM).body) == 60
        except SystemError as error:
            problems.append(str(error))

    threads = [threading.Thread(target=parse, args=(calls,)) for calls in (0, 40, 5, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.parametrize(
    "text",
    ["if x", "x = \0", "(" * 5000, "-" * 100_000 + "1"],
    ids=["not whole", "null", "brackets", "signs"],
)
def test_text_that_cannot_be_read_raises_one_of_a_few_errors(text: str) -> None:
    with pytest.raises(NOT_PYTHON):
        parse_python(text)
