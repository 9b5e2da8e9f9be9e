"""Write the pages that are made of the source: docs/commands.md and docs/events.md.

    python scripts/reference.py

A test fails while they are not what this writes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import click

from tui.cli.command import cli

ROOT = Path(__file__).parents[1]
WIDTH = 90
"""Characters of a line of help."""
EVENTS = ROOT / "tui" / "runs" / "events" / "event_types.py"

COMMANDS_START = """# Commands

What `--help` says of each command; this page is made of it. What they have in common, and their
exit codes, are in [the shell](shell.md), what `--json` prints is in [its own page](json.md).
"""

EVENTS_START = """# The events of a training

`events.jsonl` in the folder of a run, and what `cnn-tui train --json` prints: one JSON object a
line, `type` first. This page is made of the types in `tui/runs/events/event_types.py`. A reader
passes over types and fields that it does not know; later versions add some. A number that is not
finite is `null`, and every event has `at`, when it happened, in seconds since 1970.
"""


def commands_page() -> str:
    """Return docs/commands.md: the help of each command, with a list of them all."""
    found = list(_commands(cli, None, "cnn-tui"))
    lines = [COMMANDS_START]
    lines += [f"- [`{name}`](#{name.replace(' ', '-')})" for name, _ in found]
    for name, text in found:
        lines += ["", f"## {name}", "", "```", text, "```"]
    return "\n".join(lines) + "\n"


def _commands(
    command: click.Command, parent: click.Context | None, name: str
) -> Iterator[tuple[str, str]]:
    """Yield the names and the help of a command and of those in it."""
    context = click.Context(
        command,
        info_name=name.split()[-1],
        parent=parent,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in sorted(command.commands):
            yield from _commands(command.commands[inner], context, f"{name} {inner}")


def events_page() -> str:
    """Return docs/events.md: each type of event, with its fields."""
    lines = [EVENTS_START]
    for one in ast.parse(EVENTS.read_text(encoding="utf-8")).body:
        if not isinstance(one, ast.ClassDef) or one.name.startswith("_"):
            continue
        tags = [word.value for word in one.keywords if word.arg == "tag"]
        name = ast.literal_eval(tags[0]) if tags else one.name
        lines += [f"## `{name}`", "", _paragraph(ast.get_docstring(one) or ""), ""]
        fields = list(_fields(one))
        if fields:
            lines += ["| field | type | |", "|---|---|---|"]
            lines += [
                f"| `{field}` | `{kind}` | {meaning} |".replace("|  |", "| |")
                for field, kind, meaning in fields
            ]
            lines.append("")
    return "\n".join(lines)


def _fields(one: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Yield the name, type and meaning of the fields of a struct."""
    for place, statement in enumerate(one.body):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        following = one.body[place + 1] if place + 1 < len(one.body) else None
        meaning = ""
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            meaning = _paragraph(str(following.value.value)).replace("|", "\\|")
        kind = ast.unparse(statement.annotation).replace("|", "or")
        yield statement.target.id, kind, meaning


def _paragraph(text: str) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join(text.strip().split("\n\n")[0].split()).replace("``", "`")


PAGES = {"commands.md": commands_page, "events.md": events_page}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (ROOT / "docs" / page).write_text(make(), encoding="utf-8")
