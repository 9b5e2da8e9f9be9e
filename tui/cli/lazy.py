"""Commands whose modules are imported when they are asked for: no command waits for the others'."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, MutableMapping

import click


class LazyCommands(MutableMapping[str, click.Command]):
    """The commands of a group by name; each is imported at the first look at it.

    The names alone are known without that: for the list of names and for what was mistyped.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        """Note where the commands are.

        Args:
            places: for each name `module:attribute`, the module beside this one.
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
