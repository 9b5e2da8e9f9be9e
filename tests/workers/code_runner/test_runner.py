"""The process: what a program may not do, what becomes of it, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tui.code_client.messages import Judged, RunProgram, RunResult
from tui.code_client.runner import CodeRunner, RunnerError
from tui.course.exercises import EXERCISES, fill_in

_ANSWER = EXERCISES["formula"].solution


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the programs' folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
async def runner(place: Path) -> AsyncIterator[CodeRunner]:
    """Return a runner that leaves nothing behind."""
    one = CodeRunner()
    yield one
    await one.close()
    assert list(place.iterdir()) == []


def processes(mark: str) -> list[int]:
    """Return the processes in whose command or folder a text stands."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_text(errors="replace"):
                    found.append(int(folder.name))
    return found


async def ran(runner: CodeRunner, before: str) -> RunResult:
    """Run the exercise on the formula with some lines before the answer."""
    return await runner.run("formula", fill_in(EXERCISES["formula"], f"{before}\n{_ANSWER}"))


async def test_a_program_runs_is_judged_and_leaves_nothing(runner: CodeRunner, place: Path) -> None:
    began: list[bool] = []
    program = fill_in(EXERCISES["flow"], EXERCISES["flow"].solution)
    result = await runner.run("flow", program, lambda: began.append(runner.is_ready))
    assert result.judged.correct and began
    assert "{'checked': 0, 'striped': 1}" in result.output
    assert "oneDNN" not in result.output  # what Keras says while it is loaded
    await runner.close()
    assert list(place.iterdir()) == []
    assert processes(str(place)) == []


_STOPPED_BY_ITSELF = {
    "endless": ("while True:\n    pass", "not done after 3 seconds"),
    "asleep": ("import time\ntime.sleep(100)", "not done after 3 seconds"),
    "talking": ("while True:\n    print('x' * 1000)", "printed more than 200,000"),
    "large": ("a = bytearray(10**12)", "more memory than it may"),
    "growing": ("a = []\nwhile True:\n    a.append(bytearray(5 * 10**7))", "more memory"),
    "leaving": ("import sys\nsys.exit(0)", "sys.exit"),
    "killing": ("import os\nos.kill(os.getppid(), 9)", "end a process"),
    "forking": ("import os\nos.fork()", "start another program"),
    "starting": ("import subprocess\nsubprocess.run(['sleep', '100'])", "start another program"),
    "asking": ("input()", "Nobody can type"),
    "writing": ("open('/tmp/written-by-an-exercise', 'w')", "outside of its own folder"),
    "up": ("import os\nos.remove('../x')", "outside of its own folder"),
    "fetching": ("import urllib.request\nurllib.request.urlopen('http://localhost:1/')",
                 "connect to the network"),
    "unreadable": ("if size == 3", "Python cannot read this in line 6, which is yours"),
    "misplaced": ("break", "Python cannot read this in line 6, which is yours"),
    "mistaken": ("x = undefined", "The program stopped with an error in line 6, which is yours."),
}  # fmt: skip
"""Lines before the answer, and words of what is said of them, by the process itself."""
_STOPPED_FROM_OUTSIDE = {
    "deaf": ("while True:\n    try:\n        while True:\n            pass\n    except "
             "BaseException:\n        pass", "was stopped"),
    "shouting": ("import os\nwhile True:\n    os.write(1, b'x' * 100000)", "printed more than"),
    "quitting": ("import os\nos._exit(3)", "os._exit"),
    "crashing": ("import ctypes\nctypes.string_at(0)", "ended in the middle"),
}  # fmt: skip
"""The same, where the process cannot say anything any more."""
_DRIVER = """
import json, os, sys
from tui.code_runner.limits import limit_for_good
from tui.code_runner.run_program import judge_program
from tui.code_client.messages import RunProgram
import msgspec
limit_for_good()
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
out = os.dup(1)
os.dup2(2, 1)
for request in msgspec.json.decode(sys.argv[1], type=list[RunProgram]):
    judged = judge_program(request, pictures=False)
    os.write(out, msgspec.json.encode(judged) + b"\\n")
"""


def test_what_harms_is_stopped_with_a_sentence(tmp_path: Path) -> None:
    """All in one process: loading Keras is what takes long here."""
    requests = []
    for before, _ in _STOPPED_BY_ITSELF.values():
        program = fill_in(EXERCISES["formula"], f"{before}\n{_ANSWER}")
        requests.append(
            RunProgram("formula", program.text, program.first, program.count, str(tmp_path), "")
        )
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, msgspec.json.encode(requests).decode()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "CNN_TUI_PROGRAM_SECONDS": "3"},
        timeout=300,
        check=True,
    )
    found = [msgspec.json.decode(line, type=Judged) for line in done.stdout.splitlines()]
    assert len(found) == len(_STOPPED_BY_ITSELF)
    for (name, (_, words)), judged in zip(_STOPPED_BY_ITSELF.items(), found, strict=True):
        assert not judged.correct and not judged.counts, (name, judged)
        assert words in judged.sentence, (name, judged)
    assert found[0].line in (1, 2)  # of the learner's lines
    assert not Path("/tmp/written-by-an-exercise").exists()


async def test_what_the_process_cannot_stop_is_stopped_from_outside(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNN_TUI_PROGRAM_SECONDS", "1")
    runner = CodeRunner(longest=4)
    for name, (before, words) in _STOPPED_FROM_OUTSIDE.items():
        result = await ran(runner, before)
        assert not result.judged.correct and not result.judged.counts, (name, result)
        assert words in result.judged.sentence, (name, result)
        assert len(result.output) < 20_000
    await runner.close()
    assert list(place.iterdir()) == []
    assert processes(str(place)) == []


async def test_a_program_may_use_its_folder_up(runner: CodeRunner) -> None:
    result = await ran(
        runner,
        "import os, shutil\nif size == 150 and f == 3 and s == 1 and os.path.exists('pictures'):\n"
        "    open('notes.txt', 'w').write('x')\n"
        "    os.makedirs('a/b', exist_ok=True)\n    os.chmod('a', 0)\n"
        "    os.chmod('.', 0o500)\n    shutil.rmtree(os.getcwd(), ignore_errors=True)",
    )
    assert result.judged.correct, result


async def test_a_cancelled_program_is_killed(runner: CodeRunner, place: Path) -> None:
    began = asyncio.Event()
    program = fill_in(EXERCISES["formula"], f"import time\ntime.sleep(100)\n{_ANSWER}")
    task = asyncio.create_task(runner.run("formula", program, began.set))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await runner.close()
    assert list(place.iterdir()) == []
    assert processes(str(place)) == []


async def test_a_process_that_cannot_load_keras_says_why(place: Path) -> None:
    runner = CodeRunner(("/bin/sh", "-c", "echo out of luck >&2"))
    with pytest.raises(RunnerError, match="out of luck"):
        await ran(runner, "")
    missing = CodeRunner(("/nowhere/python",))
    with pytest.raises(RunnerError, match="No process can be started"):
        await ran(missing, "")
    for one in (runner, missing):
        await one.close()
    assert list(place.iterdir()) == []
