"""Output that is not UTF-8: no command ends because of a letter, and what has to be exact is."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui.cli.command import cli
from tui.common.streams import IN_CELLS, IN_TEXT, SIGNS, plain_sign

ROOT = Path(__file__).parents[3]
ENCODINGS = ("latin-1", "cp437", "ascii")
NETWORK = ("28x28x1", "conv:k=8,f=3", "flatten", "dense:k=10")
# It begins each command in a process of its own, without loading everything anew.
DRIVER = """
import json, os, sys
import tui.cli.command
from tui.cli import main as cli
dict(tui.cli.command.cli.commands)  # loads them all
for index, words in enumerate(json.load(open(sys.argv[1]))):
    sys.stdout.flush()
    if os.fork() == 0:
        for number, name in ((1, "out"), (2, "err")):
            flags = os.O_WRONLY | os.O_CREAT
            os.dup2(os.open(f"{sys.argv[2]}/{index}.{name}", flags, 0o600), number)
        answers = os.open(f"{sys.argv[2]}/answers", os.O_RDONLY)
        os.dup2(answers, 0)
        sys.argv = ["cnn-tui", *words]
        cli.main()
        os._exit(99)
    os.wait()
"""


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every command there is, by its words."""
    found = [path]
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
        else:
            found.append((*path, name))
    return found


def odd_folder(place: Path) -> Path:
    """Return a folder of images with names that no 8-bit encoding has, and a broken one."""
    for label in ("кошки é", "dogs×"):
        (place / label).mkdir(parents=True)
        for number in range(6):
            Image.new("RGB", (20, 20), (40 * number, 3, 9)).save(place / label / f"{number}😀.png")
    (place / "dogs×" / "bad→.png").write_bytes(b"none")
    (place / "dogs×" / os.fsdecode(b"b\xff.png")).write_bytes(b"none")
    return place


JSON: list[list[str]] = [
    ["calc", *NETWORK, "--json"],
    ["solve", "150", "75", "--json"],
    ["runs", "--json"],
    ["doctor", "--json"],
    ["data", "check", "pets西", "--json"],
    ["progress", "--export", "-"],
    [
        "explain",
        "error.txt",
        "--network",
        "6x6x1 conv:k=16,f=3 maxpool:f=2 conv:k=16,f=3",
        "--json",
    ],
]
OTHERS: list[list[str]] = [
    ["calc", *NETWORK],
    ["calc", *NETWORK, "--steps"],
    ["calc", *NETWORK, "--keras"],
    ["calc", *NETWORK, "--predict"],
    ["calc", "28×28×1", "conv→3"],
    ["calc", "--from", "nothing…西.keras"],
    ["solve", "150", "55"],
    ["solve", "×", "→"],
    ["train", "nothing西"],
    ["train", "--sample", "×"],
    ["look", "nothing西"],
    ["runs"],
    ["runs", "show", "×西"],
    ["runs", "export", "×西"],
    ["runs", "--filter", "“×"],
    ["data", "check", "pets西", "--all"],
    ["data", "check", "nothing×"],
    ["data", "get"],
    ["data", "get", "×西"],
    ["lessons", "check"],
    ["lessons", "check", "nothing×"],
    ["lesson", "1", "--plain"],
    ["lesson", "6", "--plain"],
    ["lesson", "××", "--plain"],
    ["lesson", "1"],
    ["drills"],
    ["progress"],
    ["progress", "--import", "nothing西"],
    ["--lessons", "nothing×", "progress"],
    ["doctor"],
    ["×"],
    [os.fsdecode(b"\xff")],
]


@pytest.mark.many_cases
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_command_ends_because_of_a_letter(tmp_path: Path, encoding: str) -> None:
    odd_folder(tmp_path / "pets西")
    (tmp_path / "answers").write_text("5\n西\nh\nx\n\nb\n" * 3)
    (tmp_path / "error.txt").write_text(
        "Computed output size would be zero or negative. Received `inputs shape=(None, 2, 2, 16)`, "
        "`kernel shape=(3, 3, 16, 16)`"
    )
    helps = [[*words, "--help"] for words in commands()]
    # All of them where the most signs are lacking; elsewhere those with figures and with names.
    tried = JSON + (OTHERS + helps if encoding == "ascii" else OTHERS[:8])
    plan, said = tmp_path / "plan.json", tmp_path
    plan.write_text(json.dumps(tried))
    subprocess.run(
        [sys.executable, "-c", DRIVER, str(plan), str(said)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)},
        check=True,
        timeout=240,
    )
    for index, words in enumerate(tried):
        out, err = (
            (said / f"{index}.{name}").read_bytes().decode(encoding) for name in ("out", "err")
        )
        for trace in ("Traceback", "UnicodeEncodeError", "Exception ignored"):
            assert trace not in out + err, words
        assert out or err, words
        if words in JSON:
            json.loads(out)
        if words[-1:] == ["--keras"]:
            ast.parse(out)
    explained = json.loads((said / "6.out").read_bytes().decode(encoding))
    assert "6×6 → 4×4 → 2×2" in explained["what"]
    check = json.loads((said / "4.out").read_bytes().decode(encoding))
    assert check["folder"].endswith("pets西")
    assert "dogs×/bad→.png" in json.dumps(check, ensure_ascii=False)


def command(
    *words: str, encoding: str = "utf-8", shell: str = ""
) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-m", "tui", *words]
    if shell:
        line = ["bash", "-c", f'set -o pipefail; "$@" {shell}', "-", *line]
    return subprocess.run(
        line,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("latin-1", "26×26×8"),
        ("cp437", "26x26x8"),
        ("ascii", "26x26x8"),
        ("utf-8", "26×26×8"),
    ],
)
def test_a_sign_that_is_lacking_is_another(encoding: str, told: str) -> None:
    assert told in command("calc", *NETWORK, encoding=encoding).stdout.decode(encoding)


@pytest.mark.parametrize("shell", ["| head -c 1", "2>&1 | head -c 1", ">&-", "2>&-", "> /dev/full"])
def test_nobody_reads_it(shell: str) -> None:
    told = command("doctor", shell=shell)
    assert b"Traceback" not in told.stderr and b"Exception ignored" not in told.stderr
    if shell == "> /dev/full":
        assert told.returncode == 1 and b"The output cannot be written: No space" in told.stderr


def test_nobody_answers_where_standard_input_is_closed() -> None:
    told = command("train", "--sample", "digits", "--learning-rate", "30", shell="<&-")
    assert told.returncode == 2 and told.stderr.endswith(b"To start anyway, add --yes.\n")


def test_every_sign_that_the_program_writes_has_another_in_ascii() -> None:
    for file in (*ROOT.glob("tui/**/*.py"), *ROOT.glob("lessons/*.md")):
        for sign in {one for one in file.read_text() if ord(one) > 127}:
            if not unicodedata.category(sign).startswith("L"):
                assert (
                    plain_sign(sign) != "?" or sign in SIGNS or "SYMBOL" in unicodedata.name(sign)
                ), (sign, file)


@given(st.text(), st.sampled_from(ENCODINGS))
def test_any_text_is_taken_cell_for_cell(text: str, encoding: str) -> None:
    text.encode(encoding, IN_TEXT)
    shown = text.encode(encoding, IN_CELLS).decode(encoding)
    wide = sum(unicodedata.east_asian_width(one) in ("W", "F") for one in text)
    assert len(shown) == len(text) + wide
