"""The commands of `cnn-tui`, one file each."""

from __future__ import annotations

import click

from tui import __version__
from tui.cli.lazy import LazyCommands

_COMMANDS = LazyCommands(
    {
        "calc": "calc:calc",
        "solve": "solve:solve_command",
        "explain": "explain:explain",
        "train": "train:train",
        "runs": "runs:runs",
        "look": "look:look",
        "data": "data:data",
        "lessons": "lessons:lessons",
        "lesson": "lesson_plain:lesson",
        "drills": "drills:drills",
        "progress": "progress:progress",
        "doctor": "doctor:doctor",
    }
)


@click.group(
    commands=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="cnn-tui")
@click.option("--lessons", "folder", metavar="DIR", help="Add the lessons in DIR to the course.")
@click.pass_context
def cli(context: click.Context, folder: str | None) -> None:
    """Learn convolution geometry and train small CNNs in a terminal.

    Without a command the app opens. The environment variable CNN_TUI_LESSONS names a folder of
    more lessons too.
    """
    if folder is not None:
        from tui.cli.lessons import add_lessons

        add_lessons(folder)
    if context.invoked_subcommand is None:
        from tui.app.start import open_app

        context.exit(open_app())
