"""Images decoded once and kept: the command that lists and clears them."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from tests.unit.datasets.caching import decoded, files
from tui.cli.command import cli
from tui.datasets import LoaderSettings
from tui.datasets.cache import BUDGET_VARIABLE


def test_the_command_lists_and_clears(loader: LoaderSettings, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "No decoded images are kept yet" in run(cli, ["data", "cache"]).output
    wild = tmp_path / "wild \x1b[2J"
    shutil.copytree(loader.directory, wild)
    plain = decoded(loader)
    decoded(msgspec.structs.replace(loader, directory=str(wild)))
    listed = run(cli, ["data", "cache"])
    assert listed.exit_code == 0
    lines = listed.output.splitlines()
    assert len(lines) == 3 and all(line.isprintable() for line in lines)
    assert "11 images of 6×8×3  " in lines[0] and "wild ␛[2J" in lines[0], "used last"
    assert lines[1].endswith(loader.directory)
    assert f"of at most 20 GB ({BUDGET_VARIABLE} sets" in lines[2]
    before = plain.pixels.copy()
    assert run(cli, ["data", "cache", "--clear"]).output.startswith("Freed ")
    assert files() == []
    assert np.array_equal(plain.pixels, before), "a training that uses it goes on"
    assert not decoded(loader).hit


def test_the_command_names_what_it_cannot_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BUDGET_VARIABLE, "much")
    done = CliRunner().invoke(cli, ["data", "cache"])
    assert done.exit_code == 1
    assert f"Error: {BUDGET_VARIABLE} is 'much'" in done.output
