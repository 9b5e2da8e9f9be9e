"""`cnn-tui explain`: a file, a pipe, a network beside it, JSON, and bytes that are no message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.keras_io.test_model_summary import KERAS_3
from tui.cli.command import cli

FLATTEN = (
    "ValueError: Arguments `target` and `output` must have the same rank (ndim). Received: "
    "target.shape=(None, 6), output.shape=(None, 26, 26, 6)"
)
NETWORK = "28x28x1 conv:k=4,f=3 dense:k=6,a=softmax"


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["explain", *arguments], input=given)


def test_a_file_and_a_pipe_give_the_same_answer(tmp_path: Path) -> None:
    file = tmp_path / "error.txt"
    file.write_text(FLATTEN)
    named, piped, dash = run(str(file)), run(given=FLATTEN), run("-", given=FLATTEN)
    assert named.exit_code == piped.exit_code == dash.exit_code == 0
    assert named.output == piped.output == dash.output
    assert "Flatten is missing" in named.output
    assert "What to do: Put Flatten()" in named.output


def test_the_network_names_the_layer(tmp_path: Path) -> None:
    assert "Layer 2 (dense)" in run("--network", NETWORK, given=FLATTEN).output
    file = tmp_path / "network.txt"
    file.write_text(NETWORK)
    assert "Layer 2 (dense)" in run("--network", str(file), given=FLATTEN).output
    wrong = run("--network", "28x28x1 konv:k=3", given=FLATTEN)
    assert wrong.exit_code == 2
    assert "no layer is called 'konv'" in wrong.output


def test_json() -> None:
    found = run("--json", "--network", NETWORK, given=FLATTEN)
    told = json.loads(found.stdout)
    assert (told["kind"], told["known"], told["layer"], told["guess"]) == (
        "flatten",
        True,
        2,
        False,
    )
    told = json.loads(run("--json", given="ValueError: no shape (3, 4) for dense_1").stdout)
    assert (told["kind"], told["known"], told["layer"]) == ("unknown", False, None)
    assert "Shapes: (3, 4)." in told["read"]
    assert "conv:k=32,f=3" in json.loads(run("--json", given=KERAS_3).stdout)["network"]


def test_what_is_not_known_says_what_was_read() -> None:
    found = run(given="ValueError: layer 'dense_1' got (None, 3)")
    assert found.exit_code == 1
    for part in ("not recognized", "dense_1", "(None, 3)", "Known are"):
        assert part in found.output
    assert "volume" not in found.output


def test_a_summary_is_a_network() -> None:
    found = run(given=KERAS_3)
    assert found.exit_code == 0
    assert "28x28x1 conv:k=32,f=3 maxpool:f=2 flatten dense:k=10" in found.output


@pytest.mark.parametrize("given", ["", "  \n\n", b"\xef\xbb\xbf"])
def test_nothing_is_said_to_be_nothing(given: str | bytes) -> None:
    found = run(given=given)
    assert found.exit_code == 2
    assert "is empty" in found.output


def test_bytes_of_other_kinds() -> None:
    assert "Flatten is missing" in run(given=FLATTEN.encode("utf-16")).output
    latin = run(given="Größe ".encode("latin-1") + FLATTEN.encode())
    assert latin.exit_code == 0
    assert "Flatten is missing" in latin.output
    assert "not UTF-8" in latin.output
    for data in (bytes(range(128, 256)) * 50, b"\0" * 5000, b"\x89HDF\r\n\x1a\n" + b"\0" * 900):
        found = run(given=data)
        assert found.exit_code == 2, found.output
        assert "no text" in found.output


def test_a_long_log_is_read_at_its_end(tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    file.write_text("epoch 1: loss 0.3\n" * 300_000 + FLATTEN)
    found = run(str(file))
    assert found.exit_code == 0
    assert "its end is read" in found.output
    assert "Flatten is missing" in found.output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        found = run(str(path))
        assert found.exit_code == 2
        assert "cannot be read" in found.output and "Traceback" not in found.output


def test_what_is_pasted_cannot_speak_to_the_terminal() -> None:
    found = run(given="Unknown loss function:\x1b]0;x\x07\x1b[2Jfoo")
    assert "\x1b" not in found.output and "\x07" not in found.output
