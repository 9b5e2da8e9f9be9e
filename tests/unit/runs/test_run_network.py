"""The network of a run: of our own trainings, and of other programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.external_runs import LOOP, script
from tests.support.recording import spec
from tests.support.written_networks import BRANCHED, CHAIN
from tui.geometry import format_network
from tui.runs.settings.external_spec import NETWORK_NAME
from tui.runs.store.create_run import create_run
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_network import MOST_BYTES, RunNetwork, network_of_run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunFolder:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))
    return create_run(script())


def read(run: RunFolder, text: str | bytes) -> RunNetwork:
    data = text.encode() if isinstance(text, str) else text
    (run.path / NETWORK_NAME).write_bytes(data)
    return network_of_run(run)


def test_a_chain_can_go_to_the_calculator(run: RunFolder) -> None:
    found = read(run, json.dumps(CHAIN))
    assert found.graph is not None and found.chain is not None and not found.problem
    assert [row.name for row in found.graph.rows] == ["conv", "flatten", "dense"]
    assert format_network(found.chain).startswith("28x28x1 conv:k=8,f=3")


def test_branches_are_shown_and_said_not_to_be_for_the_calculator(run: RunFolder) -> None:
    found = read(run, json.dumps(BRANCHED))
    assert found.graph is not None and found.chain is None
    assert [row.name for row in found.graph.rows] == ["left", "right", "sum"]
    assert "plain chain" in found.not_chain


def test_an_own_training_shows_the_network_of_its_spec(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))
    found = network_of_run(create_run(spec()))
    assert found.chain is not None and found.graph is not None
    assert len(found.graph.rows) == len(found.chain.layers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"class_name": "MyModel", "config": {}}', "not a Keras model that can be read"),
        ('{"class_name": "Sequential", "config": {"layers": [{"class_na', "not JSON"),
        ("", "network.json"),
        ("\x00\xff binary \x1b[2J", "network.json"),
        ("null", "network.json"),
        ('{"class_name": "Sequential", "config": {"layers": 5}}', "no list of layers"),
        pytest.param("[" * 200_000, "nested too deeply", id="nested"),  # Python 3.13 reads 5,000
        ('{"class_name": ' + "9" * 10_000 + "}", "digits"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(run: RunFolder, text: str, words: str) -> None:
    found = read(run, text)
    assert found.graph is None and found.chain is None
    assert words in found.problem and "\x1b" not in found.problem


def test_without_the_file_it_is_said_what_has_none(run: RunFolder) -> None:
    assert "subclass of keras.Model" in network_of_run(run).problem


def test_a_file_that_is_too_large_is_not_read(run: RunFolder) -> None:
    assert "is larger than" in read(run, b" " * (MOST_BYTES + 1)).problem


def test_a_link_is_not_followed(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(json.dumps(CHAIN))
    os.symlink(tmp_path / "secret", run.path / NETWORK_NAME)
    found = network_of_run(run)
    assert found.graph is None and "is not read" in found.problem


def test_a_damaged_spec_is_said(run: RunFolder) -> None:
    (run.path / "spec.json").write_text("{")
    assert "damaged" in network_of_run(run).problem


def test_a_loop_without_keras_has_no_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))
    assert "no Keras model" in network_of_run(create_run(LOOP)).problem
