"""The versions that pyproject.toml allows: each bound stands there, and is one that is tested."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tui.common.installed import NEWEST_PYTHON

ROOT = Path(__file__).parents[2]
FIND_PYTHON = ROOT / "scripts" / "find-python"
LOWEST = runpy.run_path(str(ROOT / ".ci" / "lowest.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TESTED = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    if "==" in line
)
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
WANTED = [
    *PROJECT["dependencies"],
    *(
        wanted
        for name in ("tensorflow", "gpu", "jax", "tensorboard")
        for wanted in EXTRAS[name]
        if not wanted.startswith("cnn-tui[")
    ),
]


@pytest.mark.parametrize("wanted", WANTED)
def test_the_lowest_and_the_tested_version_are_allowed(wanted: str) -> None:
    one = Requirement(wanted)
    lowest = LOWEST["lowest"]()[LOWEST["normal"](one.name)]
    assert one.specifier.contains(lowest), "pip could not install it"
    bounds = {part.operator: Version(part.version) for part in one.specifier}
    assert bounds[">="] == Version(lowest), "the lowest version is the lower bound"
    assert one.specifier.contains(TESTED[one.name]), "constraints.txt goes beyond the bounds"


@pytest.mark.parametrize(
    ("name", "newer"),
    [("keras", "3.16"), ("textual", "8.3"), ("textual-image", "1.0"), ("tensorflow", "2.22")],
)
def test_what_the_inside_is_used_of_is_bounded_above(name: str, newer: str) -> None:
    found = [one for one in map(Requirement, WANTED) if one.name == name]
    # The core's Keras may be newer: it is somebody else's, whose own program is only watched.
    bounded = [one for one in found if not one.specifier.contains(newer)]
    assert bounded and (name == "keras" or bounded == found)


def test_training_is_bounded_by_the_keras_that_it_stands_on() -> None:
    (keras,) = (one for one in map(Requirement, EXTRAS["tensorflow"]) if one.name == "keras")
    assert not keras.specifier.contains("3.16")


def test_the_pythons_that_tensorflow_allows_are_told_in_one_way() -> None:
    """In the extras, in the sentence where it is missing, and where `make run` looks for one."""
    newest = ".".join(map(str, NEWEST_PYTHON))
    following = f"{NEWEST_PYTHON[0]}.{NEWEST_PYTHON[1] + 1}"
    wanted = [one for one in map(Requirement, WANTED) if one.name == "tensorflow"]
    assert len(wanted) == 2
    for one in wanted:
        assert one.marker is not None
        assert one.marker.evaluate({"python_version": newest})
        assert not one.marker.evaluate({"python_version": following})
    (versions,) = re.findall(r'^VERSIONS="(.*)"', FIND_PYTHON.read_text(encoding="utf-8"), re.M)
    lowest = PROJECT["requires-python"].removeprefix(">=")
    assert versions.split()[0] == newest and versions.split()[-1] == lowest
    named = {one for one in PROJECT["classifiers"] if "Python :: 3." in one}
    assert named == {f"Programming Language :: Python :: {one}" for one in versions.split()}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Python {lowest} to {newest}" in readme


def test_continuous_integration_runs_it() -> None:
    assert "lowest" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").split()[-1]
