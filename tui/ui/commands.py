"""Commands in short rows, and parts of a screen that carry them out.

A part is an object that a screen holds, such as what steers a run: it declares `COMMANDS` and has a
method for each. The screen takes the rows among its own `BINDINGS`, keeps the object under the name
that the rows were declared for, and so needs no method of its own, and no base class.
"""

from __future__ import annotations

from typing import Protocol

from textual.binding import Binding

Row = tuple[str, str, str, str, str]
"""Keys, what is called, the command's name, its label, and its tooltip."""


class Part(Protocol):
    """What a screen hands commands over to."""

    def offers(self, command: str) -> bool:
        """Whether a command makes sense now; else no key leads to it and the footer lacks it."""


class HasParts:
    """A screen that hands commands over to its parts. No DOMNode itself, as `CancelsWorkers`."""

    def action_part(self, part: str, command: str, *values: object) -> object:
        """Have a part of the screen carry out a command."""
        return getattr(getattr(self, part), command)(*values)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Say whether a command makes sense now: a part's is its own to judge."""
        if action != "part":
            return True
        part: Part | None = getattr(self, str(parameters[0]), None)
        return part is not None and part.offers(str(parameters[1]))


def rows(group: str, *declared: Row, part: str = "", footer: tuple[str, ...] = ()) -> list[Binding]:
    """Return the bindings of commands.

    Args:
        group: the beginning of their ids.
        declared: a row for each: `("m", "metric", "metric", "Metric", "Draw another metric")`. What
            is called is a method with its arguments: `zoom(1)`.
        part: the name under which the screen holds the object that carries them out; empty: itself.
        footer: the names of the commands that the footer shows.

    >>> (binding,) = rows("chart", ("plus", "zoom(1)", "in", "Zoom in", "Less"), part="charts")
    >>> binding.id, binding.action, binding.show
    ('chart.in', "part('charts', 'zoom', 1)", False)
    """
    found = []
    for keys, called, name, label, tooltip in declared:
        action = _action(part, called) if part else called
        found.append(
            Binding(keys, action, label, show=name in footer, id=f"{group}.{name}", tooltip=tooltip)
        )
    return found


def _action(part: str, called: str) -> str:
    method, _, arguments = called.rstrip(")").partition("(")
    return f"part({', '.join([repr(part), repr(method), *filter(None, [arguments])])})"
