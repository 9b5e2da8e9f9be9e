"""`cnn-tui completion`: the script with which a shell completes commands, runs and the rest."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from tui.cli.main import COMPLETE

INSTALLED_BY = {
    "bash": "cnn-tui completion bash >> ~/.bashrc",
    "zsh": "cnn-tui completion zsh >> ~/.zshrc",
    "fish": "cnn-tui completion fish > ~/.config/fish/completions/cnn-tui.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(INSTALLED_BY)))
def completion(shell: str) -> None:
    """Print the script that completes commands, options and names at the tab key.

    It completes the names of runs, samples, lessons, networks and folders too. It starts the
    program at each press of the key, so it offers what there is at that time. A new shell has it
    after:

    \b
      cnn-tui completion bash >> ~/.bashrc        # bash 4.4 or newer
      cnn-tui completion zsh >> ~/.zshrc          # after the line with compinit
      cnn-tui completion fish > ~/.config/fish/completions/cnn-tui.fish
    """
    from tui.cli.command import cli

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(cli, {}, "cnn-tui", COMPLETE).source().rstrip()
    click.echo(f"{script}\n# Installed by: {INSTALLED_BY[shell]}")
