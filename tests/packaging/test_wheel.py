"""What is given away: a wheel and an sdist that carry everything, and a program that runs."""

from __future__ import annotations

import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, run
from tui import __version__
from tui.course import load_course


def files(*patterns: str) -> set[str]:
    """Return the paths of the checkout that fit, relative to it."""
    found = {str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern)}
    assert found
    return {path for path in found if "__pycache__" not in path}


def test_the_wheel_carries_the_program_its_styles_and_its_lessons(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert files("tui/**/*.py", "tui/**/*.tcss", "tui/py.typed") <= held
    assert {f"tui/{lesson}" for lesson in files("lessons/*.md")} <= held
    # One name for others to import, and no more.
    assert {name.split("/")[0] for name in held} == {"tui", f"cnn_tui-{__version__}.dist-info"}


def test_the_sdist_carries_what_a_build_needs(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert files("tui/**/*.py", "tui/**/*.tcss", "lessons/*.md") <= held
    assert {"pyproject.toml", "setup.py", "LICENSE", "README.md"} <= held


def test_what_is_installed_is_the_wheel_and_not_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    code = "import tui; from tui.course.reading.load_lessons import builtin_folder; "
    code += "print(tui.__file__); print(builtin_folder())"
    done = run(installed / "python", "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert len(paths) == 2
    assert all(path.is_relative_to(installed.parent) for path in paths)
    assert run(installed / "python", "-c", "import lessons", cwd=tmp_path).returncode != 0


@pytest.mark.parametrize("mode", ["compat", "lenient", "strict"])
def test_a_checkout_that_is_installed_as_it_is_has_its_lessons(
    built: Path, tmp_path: Path, mode: str
) -> None:
    """The three ways in which setuptools does so."""
    copy = built.parent / "copy"
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    settings = f"--config-settings=editable_mode={mode}"
    done = run(*pip, "install", "--no-deps", settings, "-e", copy, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-4000:]
    (packages,) = environment.glob("lib/python*/site-packages")
    paths = sysconfig.get_paths()
    (packages / "libraries.pth").write_text(f"{paths['purelib']}\n{paths['platlib']}\n")
    code = "from tui.course import load_course; print(len(load_course().lessons))"
    done = run(python, "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(load_course().lessons)
    code = "from tui.course.reading.load_lessons import builtin_folder; print(builtin_folder())"
    assert str(copy) in run(python, "-c", code, cwd=tmp_path).stdout


def test_the_installed_program_lists_the_lessons(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "cnn-tui", "lessons", cwd=tmp_path, CNN_TUI_HOME=str(tmp_path / "home"))
    assert (done.returncode, done.stderr) == (0, "")
    titles = [lesson.title for lesson in load_course().lessons]
    assert titles
    assert all(title in done.stdout for title in titles)
    assert f"version {__version__}" in run(installed / "cnn-tui", "--version", cwd=tmp_path).stdout


def test_the_installed_app_opens_with_its_styles(installed: Path, tmp_path: Path) -> None:
    code = """
import asyncio
from tui.app.app import CnnTuiApp

async def open_it() -> None:
    app = CnnTuiApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        print(type(app.screen).__name__)

asyncio.run(open_it())
"""
    done = run(installed / "python", "-c", code, cwd=tmp_path, CNN_TUI_HOME=str(tmp_path / "home"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().endswith("Screen")


def test_the_installed_trainer_starts(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "python", "-P", "-m", "tui.trainer", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "usage: python -m tui.trainer RUN\n")


def test_the_installed_program_trains_and_looks_inside(installed: Path, tmp_path: Path) -> None:
    """In an empty home, as on the first day: a lesson, a training, and what its layers are."""
    home = {"CNN_TUI_HOME": str(tmp_path / "home")}

    def call(*words: str) -> str:
        done = run(installed / "cnn-tui", *words, cwd=tmp_path, **home)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "Traceback" not in done.stderr
        return done.stdout

    assert "In how many places does the filter fit" in call("lesson", "1", "--plain")
    assert "saved best.keras" in call(
        "train", "--sample", "digits", "--epochs", "1", "--name", "one"
    )
    assert "finished" in call("runs")
    call("look", "one", "--layer", "conv2d", "--image", picture(tmp_path), "--out", "maps.png")
    assert (tmp_path / "maps.png").read_bytes().startswith(b"\x89PNG")


def picture(folder: Path) -> str:
    """Return a picture of a digit, from the sample that a training has put into its home."""
    return str(next((folder / "home").glob("cache/samples/digits/7/*.png")))
