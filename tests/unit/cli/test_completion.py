"""What a shell offers at the tab key, asked as click's scripts ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli.command import cli
from tui.cli.completion import INSTALLED_BY
from tui.cli.main import COMPLETE
from tui.datasets import SAMPLES, LoaderSettings
from tui.runs.settings.make_spec import make_spec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_label import write_label


def made(title: str) -> str:
    """Make a run of a title; return the name of its folder."""
    spec = make_spec("pets", LoaderSettings(directory="/data/pets", classes=("cats", "dogs")))
    run = create_run(spec)
    write_label(run, name=title)
    return run.name


def offered(line: str, shell: str = "zsh") -> dict[str, str]:
    """Return what is offered for the last word of a line, each with its help."""
    words = line.split(" ")
    environment = {
        COMPLETE: f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    # As the program itself does where it finds the variable.
    done = CliRunner().invoke(cli, [], env=environment, prog_name="cnn-tui")
    assert done.exit_code == 0 and done.exception is None, done.output
    lines = done.output.strip().splitlines()
    parts = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return {value: help_text for _, value, help_text in parts}


@pytest.mark.parametrize("command", ["runs show", "runs delete", "runs stop", "look", "open"])
def test_a_run_is_offered_with_its_title_as_help(command: str) -> None:
    first, second = made("a bigger kernel"), made("nightly")
    assert offered(f"cnn-tui {command} ") == {first: "a bigger kernel", second: "nightly"}
    assert offered(f"cnn-tui {command} {first}") == {first: "a bigger kernel"}
    assert offered(f"cnn-tui {command} ni") == {"nightly": second}
    # bash would take a title with blanks for several words.
    assert offered(f"cnn-tui {command} a") == {}


def test_without_a_folder_of_runs_nothing_is_offered() -> None:
    assert offered("cnn-tui runs show ") == {}
    assert offered("cnn-tui runs compare --group ") == {}


@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("cnn-tui ", {"train", "runs", "completion"}),
        ("cnn-tui runs e", {"export"}),
        ("cnn-tui train --sa", {"--sample"}),
        ("cnn-tui train --sample ", set(SAMPLES)),
        ("cnn-tui train --model c", {"course"}),
        ("cnn-tui train --model pretrained:Mob", {"pretrained:MobileNetV2"}),
        ("cnn-tui train --optimizer a", {"adam"}),
        ("cnn-tui train --optimizer adam,s", {"adam,sgd"}),
        ("cnn-tui train --layout n", {"names"}),
        ("cnn-tui lesson pad", {"padding"}),
        ("cnn-tui lesson 1", {"1", "10"}),
        ("cnn-tui drills --skill p", {"parameters"}),
        ("cnn-tui runs move a l", {"last"}),
        ("cnn-tui runs export --format sv", {"svg"}),
        ("cnn-tui lessons write note", {"notebook"}),
        ("cnn-tui data get dig", {"digits"}),
        ("cnn-tui completion f", {"fish"}),
    ],
)
def test_names_that_are_known_are_offered(line: str, among: set[str]) -> None:
    typed = line.split(" ")[-1]
    found = offered(line)
    assert among <= set(found)
    assert all(one.startswith(typed) for one in found)


@pytest.mark.parametrize("line", ["cnn-tui train p", "cnn-tui data check p", "cnn-tui --lessons p"])
def test_folders_are_left_to_the_shell(line: str) -> None:
    environment = {COMPLETE: "bash_complete", "COMP_WORDS": line}
    environment["COMP_CWORD"] = str(len(line.split(" ")) - 1)
    assert CliRunner().invoke(cli, [], env=environment, prog_name="cnn-tui").output == "dir,p\n"


def test_each_shell_gets_its_script_and_how_it_is_installed() -> None:
    for shell, command in INSTALLED_BY.items():
        done = CliRunner().invoke(cli, ["completion", shell])
        assert done.exit_code == 0
        assert f"{COMPLETE}={shell}_complete" in done.output
        assert command in done.output.splitlines()[-1]
    assert CliRunner().invoke(cli, ["completion", "ksh"]).exit_code == 2


def test_bash_completes_a_line_with_the_script(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    name = made("a bigger kernel")
    program = tmp_path / "bin" / "cnn-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
    program.chmod(0o755)
    code = (
        'eval "$(cnn-tui completion bash)"; COMP_WORDS=(cnn-tui runs show 20); COMP_CWORD=3; '
        '_cnn_tui_completion cnn-tui; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [bash, "--norc", "-c", code],
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == (f"{name}\n", "")


def test_completing_imports_nothing_of_the_app() -> None:
    code = (
        "import atexit, sys\n"
        "heavy = 'textual', 'rich', 'keras', 'tensorflow', 'numpy', 'PIL'\n"
        "atexit.register(lambda: print(*[name for name in heavy if name in sys.modules]))\n"
        "from tui.cli.main import main; main()"
    )
    environment = {COMPLETE: "bash_complete", "COMP_WORDS": "cnn-tui runs show ", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == "" and done.stderr == ""
