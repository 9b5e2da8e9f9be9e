"""A wheel that is built once, and environments in which it is installed."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.packaging.environments import (
    ROOT,
    install,
    link_packages,
    run,
    site_packages,
)

NO_INDEX = ("No matching distribution found", "Connection", "Max retries exceeded")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an sdist, and a wheel that was made from it.

    They are built from a copy of the files, so that no build folder appears in the checkout.
    """
    folder = tmp_path_factory.mktemp("packages")
    copy = folder / "copy"
    listed = run("git", "ls-files", "-z", "-co", "--exclude-standard", cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a checkout: there is no list of the files that belong to it")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    done = run(sys.executable, "-m", "build", "--outdir", folder / "dist", copy, cwd=folder)
    printed = done.stdout + done.stderr
    if done.returncode and any(sign in printed for sign in NO_INDEX):
        pytest.skip("a build needs setuptools from an index, and none can be reached")
    assert done.returncode == 0, printed[-4000:]
    return folder / "dist"


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `bin` folder of an environment that holds nothing but the wheel.

    The libraries that it needs are those of the environment that runs the tests: a `.pth` file
    makes them visible, and the `.pth` files there (the checkout's own among them) are not read.
    """
    folder = tmp_path_factory.mktemp("installed")
    python = install(wheel, folder / "environment")
    packages = site_packages(python)
    paths = sysconfig.get_paths()
    (packages / "libraries.pth").write_text(f"{paths['purelib']}\n{paths['platlib']}\n")
    return python.parent


@pytest.fixture(scope="session")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `bin` folder of an environment with the wheel and what it requires, no extra."""
    python = install(wheel, tmp_path_factory.mktemp("core") / "environment")
    link_packages(python, [])
    return python.parent


@pytest.fixture(scope="session")
def core_with_jax(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same with JAX beside it, as in an environment of somebody's own program."""
    python = install(wheel, tmp_path_factory.mktemp("jax") / "environment")
    link_packages(python, ["jax", "jaxlib"])
    return python.parent
