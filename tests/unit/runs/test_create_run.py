"""Creating a run folder: its spec, its name, its permissions, and disks that refuse it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from tui.common.paths import StateError
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.find_runs import find_run
from tui.runs.store.run_list import RunList


def test_a_new_run_holds_its_spec_and_belongs_to_its_owner_alone(spec: TrainingSpec) -> None:
    previous = os.umask(0)
    try:
        run = create_run(spec, now=datetime(2026, 11, 22, 16, 12, 5))
    finally:
        os.umask(previous)
    assert run.name.startswith("2026-11-22T161205-pets-course-")
    assert run.spec() == spec
    assert stat.S_IMODE(run.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.path.parent.stat().st_mode) == 0o700
    assert os.listdir(run.path) == ["spec.json"]


def test_two_runs_of_one_second_have_folders_of_their_own(spec: TrainingSpec) -> None:
    now = datetime(2026, 11, 22)
    assert len({create_run(spec, now=now).path for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Cats & Dogs", "cats-dogs"),
        ("../../etc/passwd", "etc-passwd"),
        ("a\x1b[2Jb\nc\0d", "a-2jb-c-d"),
        ("…", "run"),
        ("", "run"),
        ("猫", "run"),
        ("x" * 300, "x" * 40),
        (".hidden", "hidden"),
    ],
)
def test_no_name_makes_a_bad_folder_name(spec: TrainingSpec, name: str, slug: str) -> None:
    named = msgspec.structs.replace(spec, name=name)
    run = create_run(named, now=datetime(2026, 11, 22))
    assert run.name.rsplit("-", 1)[0] == f"2026-11-22T000000-{slug}"
    assert run.spec().name == name
    assert [summary.title for summary in RunList().read()] == [name]


@pytest.mark.parametrize("place", ["file", "below a file", "no such system folder"])
def test_a_home_that_cannot_be_used_is_named_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: TrainingSpec, place: str
) -> None:
    file = tmp_path / "a file"
    file.write_text("not a folder")
    home = {"file": file, "below a file": file / "deeper"}.get(place, Path("/dev/null/state"))
    monkeypatch.setenv("CNN_TUI_HOME", str(home))
    for use in (lambda: create_run(spec), lambda: RunList().read(), lambda: find_run("x")):
        with pytest.raises(StateError) as caught:
            use()
        assert str(home) in str(caught.value)
        assert "CNN_TUI_HOME" in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_without_permission_is_named_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: TrainingSpec
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    for home in (locked, locked / "deeper"):
        monkeypatch.setenv("CNN_TUI_HOME", str(home))
        with pytest.raises(StateError, match=r"locked.*CNN_TUI_HOME"):
            create_run(spec)


def test_a_disk_that_does_not_take_the_spec_is_named_with_the_cure(
    home: Path, python: Callable[[str], str]
) -> None:
    code = """
    import resource
    from tui.datasets import LoaderSettings
    from tui.common.paths import StateError
    from tui.runs.settings.make_spec import make_spec
    from tui.runs.store.find_runs import find_run
    from tui.runs.store.run_list import RunList
    from tui.runs.store.create_run import create_run
    spec = make_spec("pets", LoaderSettings(directory="/data", classes=("cats", "dogs")))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        create_run(spec)
    except StateError as error:
        print(error)
    print(len(RunList().read()))
    """
    sentence, listed = python(dedent(code)).splitlines()
    assert str(home) in sentence and "Free some space" in sentence and "CNN_TUI_HOME" in sentence
    assert listed == "0", "a folder without a whole spec is no run"
