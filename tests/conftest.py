"""Every test gets a home, a state folder and a working folder of its own."""

from __future__ import annotations

import gc
import itertools
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# What collecting the tests creates is there until the end: it is never looked through for garbage,
# not while it grows (see `pytest_collection_finish`).
gc.disable()

# How long an example takes says more about the machine, which runs other tests meanwhile. Each run
# tries other examples; that of continuous integration the same ones, so that it judges the change,
# and an eighth as many, to stay within its time.
settings.register_profile(
    "unhurried",
    deadline=None,
    max_examples=12 if os.environ.get("CI") else 100,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")


_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def own_machine(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let nothing of the machine that runs the tests show, and leave nothing on it."""
    # Beside the test's own folder, which stays as empty as a test expects it. Not by `mktemp`,
    # which lists the folders of all earlier tests to find a number.
    machine = tmp_path_factory.getbasetemp() / "machines" / str(next(_NUMBERS))
    home, here = machine / "home", machine / "here"
    home.mkdir(parents=True)
    here.mkdir()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "NO_COLOR", "TEXTUAL", "CNN_TUI_LESSONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(here)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Take what the tests are made of out of the garbage collector's way, and Keras out of theirs.

    Each of several processes that run the tests would load TensorFlow: seconds, and 600 MB.
    """
    gc.freeze()
    gc.enable()
    workers = Path(__file__).parent / "workers"
    if "keras" in sys.modules and not any(workers in one.path.parents for one in session.items):
        raise pytest.UsageError(
            "A module outside of tests/workers imports Keras. Run `python -X importtime -m pytest "
            "--collect-only` to see which; what imports it belongs into tests/workers."
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out most cases of tests marked `many_cases` in continuous integration.

    They take long, and a fault in one case mostly shows in others. `make test` runs them all.
    """
    if not os.environ.get("CI"):
        return
    seen: dict[str, int] = {}
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        name = item.nodeid.partition("[")[0]
        number = seen[name] = seen.get(name, -1) + 1
        thinned = item.get_closest_marker("many_cases") is not None and number % 3
        (left_out if thinned else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept
