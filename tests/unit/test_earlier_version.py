"""What version 0.1.0 kept opens today: runs, progress, networks, labels, caches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.earlier import unpack_earlier
from tui.cli.command import cli
from tui.course import read_progress
from tui.datasets.cache.array_file import read_metadata
from tui.datasets.folder.left_out import with_left_out
from tui.keras_io.saved_networks import saved_networks
from tui.runs.store.find_runs import find_run
from tui.runs.store.loaded_run import load_run


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home that version 0.1.0 left behind, and live in it."""
    kept, _ = unpack_earlier(tmp_path / "earlier")
    monkeypatch.setenv("CNN_TUI_HOME", str(kept))
    return kept


def call(*arguments: str) -> str:
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_its_runs_are_listed_as_they_were(kept: Path) -> None:
    runs = {run["name"]: run for run in json.loads(call("runs", "--json"))}
    assert {name: run["state"] for name, run in runs.items()} == {
        "pets waiting": "queued",
        "pets long": "died",
        "pets small": "finished",
    }
    assert runs["pets small"]["note"] == "the first one"
    assert runs["pets long"]["epochs_done"] == 71
    assert (runs["pets long"]["best_epoch"], runs["pets long"]["best"]) == (7, 1.0)


def test_the_page_of_a_run_says_what_was_changed_while_it_ran(kept: Path) -> None:
    page = " ".join(call("runs", "show", "pets long").split())
    assert "learning rate 0.01 since epoch 2, batch 4; patience 500 since epoch 40" in page
    assert "8x8x1 conv:k=4,f=3 maxpool:f=2 flatten dense:k=1,a=sigmoid" in page
    assert "71 1.0000 9.28e-6 1.0000 1.49e-5" in page


def test_a_run_is_exported_with_its_whole_history(kept: Path, tmp_path: Path) -> None:
    place = tmp_path / "out.csv"
    call("runs", "export", "pets long", "--format", "csv", "--out", str(place))
    assert len(place.read_text().splitlines()) == 72
    assert load_run(find_run("pets small")).progress.history["val_accuracy"] == [0.25, 0.5]


def test_progress_is_still_there(kept: Path) -> None:
    view = read_progress()
    assert not view.message
    assert "0 of 1 right" in call("progress")


def test_networks_and_files_left_out_are_still_known(kept: Path) -> None:
    assert "small one" in saved_networks()
    spec = load_run(find_run("pets small")).spec
    before = json.loads((kept / "state" / "left-out.json").read_text())
    assert "cats/00.png" in json.dumps(before)
    assert spec is not None
    assert with_left_out(spec.data).directory == spec.data.directory


def test_decoded_images_are_read(kept: Path) -> None:
    (array,) = (kept / "cache" / "decoded").iterdir()
    facts = read_metadata(array)
    assert facts is not None and facts.bytes > 0
    assert "20" in call("data", "cache")
