"""Commands are imported when they are asked for, and are found all the same."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tui.cli.command import cli


def groups() -> list[tuple[str, click.Group]]:
    """Return the group of all commands, and those in it."""
    inner = [(name, one) for name, one in cli.commands.items() if isinstance(one, click.Group)]
    return [("cnn-tui", cli), *inner]


@pytest.mark.parametrize("name", ["runs", "data", "cnn-tui"])
def test_each_command_is_found_under_the_name_that_the_help_shows(name: str) -> None:
    group = dict(groups())[name]
    shown = CliRunner().invoke(group, ["--help"]).output
    assert group.commands
    for command, found in group.commands.items():
        assert found.name == command
        assert f"\n  {command} " in shown


@pytest.mark.parametrize("words", [["rusn"], ["runs", "mvoe"], ["data", "chek"]])
def test_a_mistyped_command_is_refused_by_its_name(words: list[str]) -> None:
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 2 and f"No such command '{words[-1]}'" in done.output


def test_a_command_loads_nothing_of_the_others() -> None:
    code = (
        "import sys; sys.argv[1:] = ['calc', '28x28x1', 'conv:k=8,f=3']\n"
        "import atexit\n"
        "others = 'tui.keras_io.errors', 'tui.runs.queue.waiting_runs'\n"
        "atexit.register(lambda: print([name for name in others if name in sys.modules]))\n"
        "from tui.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert "26" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
