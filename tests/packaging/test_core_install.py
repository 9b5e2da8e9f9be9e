"""What `pip install cnn-tui` brings along: everything but a backend of Keras."""

from __future__ import annotations

import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.environments import run, site_packages

HEAVY = {"tensorflow", "jax", "jaxlib", "torch", "scipy", "scikit-learn", "tensorboard"}
MISSING = "Training needs TensorFlow, which is not installed. Install it with: "


def requirements(wheel: Path, extra: str) -> set[str]:
    """Return the names of what the wheel requires with an extra; without one for an empty one."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        fields = HeaderParser().parsestr(archive.read(name).decode())
    found: set[str] = set()
    for line in fields.get_all("Requires-Dist", []):
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({"extra": extra}):
            found.add(canonicalize_name(one.name))
            if one.name == "cnn-tui":
                for inner in one.extras:
                    found |= requirements(wheel, inner)
    return found


def test_the_core_requires_keras_and_none_of_its_backends(wheel: Path) -> None:
    core = requirements(wheel, "")
    assert {"keras", "textual", "numpy", "msgspec"} <= core
    assert core & HEAVY == set()


@pytest.mark.parametrize(
    ("extra", "brings"),
    [
        ("tensorflow", {"tensorflow", "scipy", "scikit-learn"}),
        ("gpu", {"tensorflow", "scipy", "scikit-learn"}),
        ("jax", {"jax", "jaxlib"}),
        ("tensorboard", {"tensorboard"}),
        ("dev", HEAVY - {"torch"}),
    ],
)
def test_each_extra_brings_what_it_is_for(wheel: Path, extra: str, brings: set[str]) -> None:
    assert requirements(wheel, extra) & HEAVY == brings


def test_the_environment_of_these_tests_is_without_it(core: Path, core_with_jax: Path) -> None:
    for folder, jax in ((core, False), (core_with_jax, True)):
        held = {one.name for one in site_packages(folder / "python").iterdir()}
        assert {"textual", "keras", "numpy"} <= held
        assert held & {"tensorflow", "tensorboard", "sklearn", "torch"} == set()
        assert ("jax" in held) == jax


def test_the_commands_that_need_no_tensorflow_work(core: Path, tmp_path: Path) -> None:
    home = {"CNN_TUI_HOME": str(tmp_path / "home")}
    for command, seen in (
        (("runs",), "No training yet"),
        (("calc", "28x28x1", "conv:k=4,f=3"), "26×26×4"),
        (("lesson", "1", "--plain"), "convolution"),
        (("data", "get", "generated-shapes"), "generated-shapes"),
    ):
        done = run(core / "cnn-tui", *command, cwd=tmp_path, **home)
        assert done.returncode == 0, done.stderr
        assert seen.lower() in done.stdout.lower()
        assert "Traceback" not in done.stderr


def test_the_commands_that_need_it_say_so_and_begin_nothing(core: Path, tmp_path: Path) -> None:
    home = {"CNN_TUI_HOME": str(tmp_path / "home")}
    for command in (
        ("train", "--sample", "digits"),
        ("train", "--sample", "generated-shapes", "--queue"),
    ):
        done = run(core / "cnn-tui", *command, cwd=tmp_path, **home)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Error: {MISSING}") and done.stderr.count("\n") == 1
        assert "'cnn-tui[tensorflow]'" in done.stderr
    done = run(core / "cnn-tui", "doctor", cwd=tmp_path, **home)
    assert MISSING in done.stdout
    assert not list((tmp_path / "home").glob("state/runs/*"))


APP = """
import asyncio
from tui.app.app import CnnTuiApp

async def main() -> None:
    app = CnnTuiApp()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:

        async def until(condition) -> None:
            for _ in range(3000):
                if condition():
                    return
                await asyncio.sleep(0.02)
            raise SystemExit(f"still {app.screen}")

        await pilot.press("l")
        await until(lambda: type(app.screen).__name__ == "LessonScreen")
        print("a lesson is open")
        await app.switch_mode("train")
        await until(lambda: app.screen.query("#train-message"))
        message = app.screen.query_one("#train-message")
        await until(lambda: "tensorflow" in str(message.content))
        print(message.content)
        await app.switch_mode("look")
        await until(lambda: app.screen.query("#look-empty"))

asyncio.run(main())
"""


def test_the_app_opens_with_a_lesson_and_says_what_a_training_needs(
    core: Path, tmp_path: Path
) -> None:
    home = {"CNN_TUI_HOME": str(tmp_path / "home")}
    done = run(core / "python", "-c", APP, cwd=tmp_path, **home)
    assert done.returncode == 0, done.stderr[-2000:]
    said = done.stdout
    assert "a lesson is open" in said
    assert MISSING in said
    assert "'cnn-tui[tensorflow]'" in said
    assert not list((tmp_path / "home").glob("state/runs/*"))


CALLBACK = """
import sys
import keras
before = set(sys.modules)
import tui.callback
more = {name.split(".")[0] for name in set(sys.modules) - before}
unwanted = {"textual", "rich", "tensorflow", "click", "plotext"}
print(keras.backend.backend(), *sorted(more & unwanted))
"""


def test_the_callback_is_imported_where_keras_is_on_jax_alone(
    core_with_jax: Path, tmp_path: Path
) -> None:
    packages = site_packages(core_with_jax / "python")
    if not (packages / "tui" / "callback").is_dir():
        pytest.skip("this version has no callback")
    environment = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    done = run(core_with_jax / "python", "-c", CALLBACK, cwd=tmp_path, **environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "jax\n"
