"""The commands of `cnn-tui`, one file each."""

from __future__ import annotations

import click

from tui import __version__
from tui.commands.calc import calc
from tui.commands.data import data
from tui.commands.doctor import doctor
from tui.commands.drills import drills
from tui.commands.explain import explain
from tui.commands.lesson import add_lessons, lessons
from tui.commands.look import look
from tui.commands.plain import lesson
from tui.commands.progress import progress
from tui.commands.runs import runs
from tui.commands.solve import solve_command
from tui.commands.train import train


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cnn-tui")
@click.option("--lessons", "folder", metavar="DIR", help="Add the lessons in DIR to the course.")
@click.pass_context
def cli(context: click.Context, folder: str | None) -> None:
    """Learn convolution geometry and train small CNNs in a terminal.

    Without a command the app opens. The environment variable CNN_TUI_LESSONS names a folder of
    more lessons too.
    """
    if folder is not None:
        add_lessons(folder)
    if context.invoked_subcommand is None:
        from tui.start import open_app

        context.exit(open_app())


for command in (
    calc,
    solve_command,
    explain,
    train,
    runs,
    look,
    data,
    lessons,
    lesson,
    drills,
    progress,
    doctor,
):
    cli.add_command(command)
