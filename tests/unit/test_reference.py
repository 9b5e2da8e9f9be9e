"""The pages on the shell say what the program does: help, events, JSON and exit codes."""

from __future__ import annotations

import json
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from click.testing import CliRunner

from tests.unit.runs.recorded import run_of
from tui.cli.command import cli
from tui.datasets import LoaderSettings
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.run_folder import RunFolder, State

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REFERENCE = runpy.run_path(str(ROOT / "scripts" / "reference.py"))
JSON_PAGE = (DOCS / "json.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", REFERENCE["PAGES"])
def test_a_page_that_is_made_of_the_source_is_as_it_is_made_now(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == REFERENCE["PAGES"][page](), (
        "write it anew: python scripts/reference.py"
    )


def commands(command: click.Command = cli, name: str = "cnn-tui") -> Iterator[tuple[str, str]]:
    """Yield the name and the help of each command."""
    yield name, command.help or ""
    if isinstance(command, click.Group):
        for inner, one in command.commands.items():
            yield from commands(one, f"{name} {inner}")


def read(line: str) -> None:
    """Read a command line as the program does, without running it.

    Raises:
        click.ClickException: when it is refused.
    """
    words = shlex.split(re.sub(r"\s>>?\s.*", "", line), comments=True)
    assert words[0] == "cnn-tui"
    command: click.Command = cli
    left = words[1:]
    while isinstance(command, click.Group) and left and left[0] in command.commands:
        command = command.commands[left.pop(0)]
    command.make_context("cnn-tui", left)


HELP = dict(commands())


@pytest.mark.parametrize("name", HELP)
def test_the_help_of_each_command_has_an_example_that_it_takes(name: str) -> None:
    text = re.sub(r"\\\n\s*", "", HELP[name])
    examples = re.findall(r"^\s*(?:.*\| )?(cnn-tui\b.*)$", text, re.M)
    assert any(one.startswith(name) for one in examples)
    for one in examples:
        read(one)


SHOWN = [
    line
    for page in [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
    if page.name not in ("commands.md", "how-it-works.md")
    for block in re.findall(r"^```\w*\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    for line in re.sub(r"\\\n\s*", "", block).splitlines()
    if line.startswith("cnn-tui ")
]


@pytest.mark.parametrize("line", sorted(set(SHOWN)))
def test_a_command_that_a_page_shows_is_one_that_the_program_takes(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "error.txt").touch()
    read(line)


@pytest.fixture
def run() -> RunFolder:
    """Return a finished run of a folder that is not there."""
    spec = make_spec("pets", LoaderSettings(directory="/data/pets", classes=("cats", "dogs")))
    return run_of(spec, {"loss": [0.5, 0.4], "val_loss": [0.6, 0.5], "val_accuracy": [0.5, 0.9]})


def described() -> dict[str, set[str]]:
    """Return the fields at the top that docs/json.md names for each of its commands."""
    found: dict[str, set[str]] = {}
    for part in re.split(r"^```\n", JSON_PAGE, flags=re.M):
        if part.startswith("cnn-tui"):
            command = part.strip()
        elif "| field" in part:
            rows = [row for row in re.findall(r"^\| (`.*?) \|", part, re.M)]
            found[command] = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    return found


def top(value: Any) -> set[str]:
    """Return the fields of an object, or of the objects of a list."""
    return {key for one in (value if isinstance(value, list) else [value]) for key in one}


@pytest.mark.parametrize("command", described())
def test_json_has_the_fields_that_are_described(
    command: str, run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "error.txt").write_text(
        "ValueError: Shapes (None, 1) and (None, 10) are incompatible"
    )
    (tmp_path / "training.csv").write_text("epoch,loss\n0,0.5\n1,0.4\n")
    words = shlex.split(command.replace("RUN", run.name).replace("FOLDER", "."))
    done = CliRunner().invoke(cli, words[1:])
    assert done.exit_code in (0, 1), done.output
    assert top(json.loads(done.stdout)) == described()[command]


def test_every_state_of_a_run_is_named() -> None:
    (row,) = re.findall(r"^\| `state` \| (.*) \|$", JSON_PAGE, re.M)
    assert set(re.findall(r"`(\w+)`", row)) == set(get_args(State))


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("calc 28x28x1 conv:k=8,f=3", 0),
        ("calc 28x28", 2),
        ("solve 227 55", 0),
        ("solve 3 500", 1),
        ("explain unknown.txt", 1),
        ("explain nowhere.txt", 2),
        ("train --sample nothing", 2),
        ("train nowhere", 2),
        ("runs show nowhere", 1),
        ("runs stop", 2),
        ("data check nowhere", 2),
        ("data check .", 1),
        ("data get nothing-of-this-name", 1),
        ("lessons check .", 1),
        ("lesson nothing", 2),
        ("look nowhere", 1),
        ("open nowhere", 1),
        ("", 2),
        ("nothing", 2),
    ],
)
def test_a_command_ends_with_the_code_of_the_table(
    words: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "unknown.txt").write_text("something else went wrong")
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(cli, shlex.split(words))
    assert done.exit_code == status, done.output
    if status == 2:
        assert done.stdout == "" and done.stderr
