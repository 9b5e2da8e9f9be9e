"""Networks kept by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.geometry import GeometryError, parse_network
from tui.paths import state_dir
from tui.saved import delete_network, save_network, saved_networks

NETWORK = parse_network("28x28x1 conv:k=8,f=3x5,p=same flatten dense:k=10,a=softmax")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path))


def test_a_network_comes_back_as_it_was_kept() -> None:
    save_network("my digits", NETWORK)
    assert saved_networks() == {"my digits": NETWORK}
    assert delete_network("my digits")
    assert saved_networks() == {}


@pytest.mark.parametrize("name", ["", "../escape", "a/b", ".hidden", "x" * 41, "a\x1b[2J"])
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(GeometryError, match="no name for a network"):
        save_network(name, NETWORK)


def test_a_damaged_file_does_not_hide_the_others() -> None:
    save_network("good", NETWORK)
    (state_dir() / "networks" / "bad.json").write_text("{not json")
    (state_dir() / "networks" / "odd.json").write_text('{"input": [1, 2], "layers": 7}')
    assert list(saved_networks()) == ["good"]
