"""`cnn-tui look` with arguments that do not go together: a sentence, and nothing is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli.command import cli


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--layer conv2d", "name it with --image"),
        ("--grad-cam", "name it with --image"),
        ("--grad-cam --image a.png", "name a file with --out"),
        ("--grad-cam --layer conv2d --image a.png", "each writes one file"),
        ("--trace 1,1,0 --image a.png", "--trace needs a layer and an image"),
        ("--layer conv2d --trace 1,1,0", "name it with --image"),
        ("--layer conv2d --image a.png --trace 1,1,0 --out a.png", "and prints"),
        ("--layer conv2d --image a.png --json", "--json needs --trace or --report"),
        ("--confusion --json", "--json needs --trace or --report"),
        ("--report --confusion --json", "prints one report"),
        ("--report --out a.png", "a.png is no .csv file"),
        ("--report --confusion --out a.csv", "Choose --confusion or --report"),
        ("--out a.png", "--out needs --layer, --grad-cam, --confusion or --report"),
        ("--confusion --out a.png", "a.png is no .csv file"),
        ("--layer conv2d --image a.png --out a.csv", "a.csv is no .png file"),
        ("--layer conv2d --image a.png --out there.png", "there.png is there already"),
    ],
)
def test_what_does_not_go_together(
    arguments: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.png").touch()
    result = CliRunner().invoke(cli, ["look", "a-run", *arguments.split()])
    assert result.exit_code != 0 and sentence in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--weights best", "net.keras contains its own weights only"),
        ("--grad-cam", "name it with --image"),
        ("--out a.png", "--out needs"),
        ("--predict nowhere", "There is no nowhere"),
        ("--image a.png", "add --run-file"),
        ("", "net.keras"),
    ],
)
def test_a_file_from_elsewhere_is_not_shown_where_something_else_was_asked(
    arguments: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.keras").write_bytes(b"no archive")
    result = CliRunner().invoke(cli, ["look", "net.keras", *arguments.split()])
    assert result.exit_code != 0 and sentence in result.output


def test_the_help_says_what_becomes_of_a_wide_matrix() -> None:
    text = " ".join(CliRunner().invoke(cli, ["look", "--help"]).output.split())
    assert "wider than the terminal" in text and ".csv" in text
