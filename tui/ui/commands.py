"""Commands declared in short rows, and the objects that a screen delegates them to.

A command handler is an object that a screen holds, such as the controls of a run. It declares its
commands in rows and has a method for each. The screen adds the rows to its own `BINDINGS` and keeps
the handler in the attribute that the rows name; it needs no method and no base class of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from textual.binding import Binding

CommandRow = tuple[str, str, str, str, str]
"""Keys, action, the command's name, label, and tooltip."""


class BackStep(NamedTuple):
    """What escape does now.

    One value, so that the footer cannot say anything other than what happens.
    """

    to: str
    """Where it leads, such as "Runs", or what it undoes, such as "Show all"."""
    go: Callable[[], object]


class CommandHandler(Protocol):
    """An object that carries out commands of a screen."""

    def offers(self, command: str) -> bool:
        """Whether a command makes sense now; if not, its keys are inactive."""


class DelegatesCommands:
    """A screen or widget that delegates commands to its handlers.

    Not a DOMNode itself, for the same reason as `CancelsWorkers`.
    """

    def action_delegate(self, handler: str, command: str, *values: object) -> object:
        """Call the method `command` of the object in the attribute `handler`."""
        return getattr(getattr(self, handler), command)(*values)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ask the handler whether a delegated command makes sense now."""
        if action != "delegate":
            return True
        handler: CommandHandler | None = getattr(self, str(parameters[0]), None)
        return handler is not None and handler.offers(str(parameters[1]))


def bindings(
    group: str, *rows: CommandRow, handler: str = "", footer: tuple[str, ...] = ()
) -> list[Binding]:
    """Return the bindings of commands.

    Args:
        group: prefix of the bindings' ids.
        rows: one for each command: `("m", "metric", "metric", "Metric", "Draw another metric")`.
            The action may have arguments: `zoom(1)`.
        handler: attribute of the screen that holds the commands' handler; empty for the screen.
        footer: names of the commands shown in the footer.

    >>> (binding,) = bindings("chart", ("+", "zoom(1)", "in", "Zoom in", "Less"), handler="charts")
    >>> binding.id, binding.action, binding.show
    ('chart.in', "delegate('charts', 'zoom', 1)", False)
    """
    return [
        Binding(
            keys,
            _delegated(handler, action) if handler else action,
            label,
            show=name in footer,
            id=f"{group}.{name}",
            tooltip=tooltip,
        )
        for keys, action, name, label, tooltip in rows
    ]


def _delegated(handler: str, action: str) -> str:
    method, _, arguments = action.rstrip(")").partition("(")
    return f"delegate({', '.join([repr(handler), repr(method), *filter(None, [arguments])])})"
