"""The commands of `cnn-tui`, one file each."""

from __future__ import annotations

import click

from tui import __version__
from tui.commands.calc import calc
from tui.commands.lesson import lessons
from tui.commands.runs import runs
from tui.commands.solve import solve_command
from tui.commands.train import train


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cnn-tui")
@click.pass_context
def cli(context: click.Context) -> None:
    """Learn convolution geometry and train small CNNs in a terminal.

    Without a command the app opens.
    """
    if context.invoked_subcommand is None:
        from tui.start import open_app

        context.exit(open_app())


for command in (calc, solve_command, train, runs, lessons):
    cli.add_command(command)
