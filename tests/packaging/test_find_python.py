"""The Python that `make run` takes: the newest that TensorFlow has wheels for, wherever it is.

The Pythons are made for the test: programs that answer as a Python of a version does.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.environments import ROOT

SCRIPT = ROOT / "scripts" / "find-python"
FAKE = """#!/bin/sh
case "$2" in
  *python_implementation*) echo "{version}" ;;
  *ensurepip*) exit {status} ;;
  *) exit 9 ;;
esac
"""
SHIM = '#!/bin/sh\necho "pyenv: $(basename $0): command not found" >&2\nexit 127\n'
UV = """#!/bin/sh
last="$(for one; do :; done; echo "$one")"
case "$1 $2" in
  "python find") test -x "{folder}/$last/bin/python" && echo "{folder}/$last/bin/python" ;;
  "python install") {install} ;;
esac
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(path: Path, version: str, *, makes_environments: bool = True) -> Path:
    return write(path, FAKE.format(version=version, status=0 if makes_environments else 1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a `bin` that holds no Python, and a home beside it."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "basename"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / "bin" / name).symlink_to(found)
    return tmp_path


def find(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), *map(str, words)],
        env={"PATH": f"{folder / 'bin'}:{folder / 'more bin'}", "HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
    )


def test_the_newest_that_suits_is_taken_beside_newer_and_older_ones(folder: Path) -> None:
    for name, version in (
        ("python3", "3.14.2"),
        ("python3.14", "3.14.2"),
        ("python3.10", "3.10.13"),
        ("python3.11", "3.11.7"),
    ):
        python(folder / "bin" / name, version)
    assert find(folder).stdout == f"{folder}/bin/python3.11\n"
    newer = python(folder / "more bin" / "python3.12", "3.12.1")
    assert find(folder).stdout == f"{newer}\n"
    # As in an environment of conda, which has no python3.13.
    newest = python(folder / "more bin" / "python", "3.13.0")
    done = find(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{newest}\n", "")


@pytest.mark.parametrize("version", ["3.13.0rc2", "PyPy 3.13.1", "3.13.2 free-threaded", "3.130.1"])
def test_what_tensorflow_has_no_wheels_for_is_passed_over(folder: Path, version: str) -> None:
    python(folder / "bin" / "python3.13", version)
    python(folder / "bin" / "python3", version)
    done = find(folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        f"needs Python 3.11 to 3.13, and python3 is {version}. Install Python 3.13" in done.stderr
    )
    found = python(folder / "bin" / "python3.12", "3.12.9")
    assert find(folder).stdout == f"{found}\n"


def test_one_of_pyenv_is_found_behind_a_shim_that_does_not_start(folder: Path) -> None:
    write(folder / "bin" / "python3.13", SHIM)
    python(folder / "bin" / "python3", "3.10.13")
    found = python(folder / "home" / ".pyenv" / "versions" / "3.13.0" / "bin" / "python", "3.13.0")
    assert find(folder).stdout == f"{found}\n"


def test_one_of_uv_is_taken_and_fetched_where_there_is_none(folder: Path) -> None:
    python(folder / "bin" / "python3", "3.14.0")
    managed = folder / "uv"
    fetched = FAKE.format(version="3.13.18", status=0)
    write(folder / "model", fetched)
    made = f'mkdir -p "{managed}/3.13/bin" && cp "{folder}/model" "{managed}/3.13/bin/python"'
    for tool in ("mkdir", "cp"):
        (folder / "bin" / tool).symlink_to(str(shutil.which(tool)))
    write(folder / "bin" / "uv", UV.format(folder=managed, install=made))
    done = find(folder)
    assert done.stdout == f"{managed}/3.13/bin/python\n"
    assert done.stderr == "There is no Python 3.11 to 3.13 yet: uv fetches Python 3.13 …\n"
    done = find(folder)
    assert (done.stdout, done.stderr) == (f"{managed}/3.13/bin/python\n", "")
    write(folder / "bin" / "uv", UV.format(folder=folder / "none", install="exit 1"))
    done = find(folder)
    assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith("cnn-tui trains with")


def test_where_there_is_none_one_sentence_says_what_to_install(folder: Path) -> None:
    done = find(folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "needs Python 3.11 to 3.13, and there is none. Install Python 3.13" in done.stderr
    assert done.stderr.count("\n") == 1
    python(folder / "bin" / "python3", "3.10.13")
    assert "and python3 is 3.10.13. Install Python 3.13" in find(folder).stderr


def test_one_that_cannot_make_environments_is_named_with_its_cure(folder: Path) -> None:
    python(folder / "bin" / "python3.12", "3.12.3", makes_environments=False)
    done = find(folder)
    assert done.returncode == 1 and "sudo apt install python3.12-venv" in done.stderr
    older = python(folder / "bin" / "python3.11", "3.11.9")
    assert find(folder).stdout == f"{older}\n"


def test_one_that_is_named_is_taken_or_refused(folder: Path) -> None:
    python(folder / "bin" / "python3.13", "3.13.1")
    chosen = python(folder / "a python", "3.11.2")
    assert find(folder, chosen).stdout == f"{chosen}\n"
    python(chosen, "3.14.0")
    done = find(folder, chosen)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"and {chosen} is 3.14.0. Leave PYTHON out" in done.stderr
    assert "/nowhere/python cannot be started" in find(folder, "/nowhere/python").stderr
    assert find(folder, "").stdout == f"{folder}/bin/python3.13\n"
