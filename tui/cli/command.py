"""The commands of `cnn-tui`; each is imported when it is run."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, MutableMapping

import click

from tui import __version__
from tui.cli.complete import complete_folder


class LazyCommands(MutableMapping[str, click.Command]):
    """The commands of a group by name, each imported when it is first looked up.

    Listing the names imports nothing.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        """Record where the commands are defined.

        Args:
            places: for each name `module:attribute`, the module below `tui.cli`.
        """
        self._places = dict(places)
        self._found: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._found:
            module, _, attribute = self._places[name].partition(":")
            found = getattr(importlib.import_module(f"tui.cli.{module}"), attribute)
            assert isinstance(found, click.Command), self._places[name]
            self._found[name] = found
        return self._found[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places.setdefault(name, "")
        self._found[name] = command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._found.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_COMMANDS = LazyCommands(
    {
        "calc": "calculator.calc:calc",
        "solve": "calculator.solve:solve_command",
        "explain": "calculator.explain:explain",
        "train": "training.train:train",
        "runs": "runs.runs:runs",
        "queue": "training.queue:queue",
        "open": "runs.open_run:open_run",
        "watch": "runs.watch:watch",
        "look": "look.look:look",
        "data": "data.data:data",
        "lessons": "lessons.lessons:lessons",
        "lesson": "lessons.lessons:lesson",
        "drills": "lessons.drills:drills",
        "progress": "lessons.progress:progress",
        "doctor": "doctor:doctor",
        "completion": "completion:completion",
    }
)


@click.group(
    commands=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="cnn-tui")
@click.option(
    "--lessons",
    "folder",
    metavar="DIR",
    shell_complete=complete_folder,
    help="Add the lessons in DIR to the course.",
)
@click.pass_context
def cli(context: click.Context, folder: str | None) -> None:
    """Learn convolution geometry and train small CNNs in a terminal.

    Without a command the app opens. The environment variable CNN_TUI_LESSONS names another folder
    of lessons, as --lessons does.

    \b
    For example:
      cnn-tui
      cnn-tui train --sample digits --epochs 3
      cnn-tui --lessons my-lessons
    """
    if folder is not None:
        from tui.cli.lessons.lessons import add_lessons

        add_lessons(folder)
    if context.invoked_subcommand is None:
        from tui.app.start import open_app

        context.exit(open_app())
