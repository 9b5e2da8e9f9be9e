"""What a check sees of a program that was run, and how it says that something is wrong."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tui.code_client.messages import RunProgram
from tui.code_runner.limits import Forbidden, Stopped
from tui.code_runner.pyplot import Drawn


class Slip(Exception):
    """The learner's lines do something else than was asked.

    Args:
        name: of the mistake; empty where it is none that is known.
        sentence: what happened, why, and the cure.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


@dataclass(frozen=True)
class Raises:
    """A mistake that shows in an error.

    Args:
        pattern: found in "TypeError: the message".
        slip: the name of the mistake.
        sentence: what happened, why, and the cure.
        when: must be found in the learner's lines as well; empty where the error is enough.
    """

    pattern: str
    slip: str
    sentence: str
    when: str = ""


def no_name(name: str) -> Raises:
    """Return what is said where the lines below use a name that the learner did not give."""
    return Raises(
        rf"NameError: name '{name}'",
        "no-name",
        f"The next lines use `{name}`, and nothing has that name. Begin a line with {name} = …",
    )


class FinishedRun:
    """A program that has run to its end or to an error.

    Args:
        request: what was run.
        tree: the program as Python reads it.
        namespace: its names.
        drawn: what it drew.
        error: what it ended with; None when it ended well.
    """

    def __init__(
        self,
        request: RunProgram,
        tree: ast.Module,
        namespace: dict[str, Any],
        drawn: Drawn,
        error: BaseException | None,
    ) -> None:
        self._request = request
        self._tree = tree
        self.namespace = namespace
        self.drawn = drawn
        self.error = error

    @property
    def answer(self) -> str:
        """The learner's lines."""
        lines = self._request.program.splitlines()
        return "\n".join(lines[self._request.first - 1 :][: self._request.count])

    def calls(self, name: str) -> list[ast.Call]:
        """Return the calls of a function or method in the learner's lines."""
        return [
            node
            for node in self._nodes(ast.Call)
            if getattr(node.func, "attr", getattr(node.func, "id", "")) == name
        ]

    def uses(self, *names: str) -> bool:
        """Whether a name, an attribute or a text of the learner's lines is one of these."""
        found = {getattr(node, "id", None) for node in self._nodes(ast.Name)}
        found |= {getattr(node, "attr", None) for node in self._nodes(ast.Attribute)}
        found |= {getattr(node, "value", None) for node in self._nodes(ast.Constant) if _text(node)}
        return any(name in found for name in names)

    def keyword(self, call: str, name: str | None) -> bool:
        """Whether a call in the learner's lines names an argument; None stands for **options."""
        return any(name == keyword.arg for node in self.calls(call) for keyword in node.keywords)

    def _nodes(self, kind: type[ast.AST]) -> list[Any]:
        first, count = self._request.first, self._request.count
        return [
            node
            for node in ast.walk(self._tree)
            if isinstance(node, kind) and first <= getattr(node, "lineno", 0) < first + count
        ]

    def must_end_well(self, known: Sequence[Raises] = ()) -> None:
        """Go on only where the program ended without an error.

        Raises:
            Slip: the error shows a known mistake.
            BaseException: the error itself, where it shows none.
        """
        if self.error is not None:
            self._explain(self.error, known)

    def get(self, name: str, what: str) -> Any:
        """Return what the program calls by a name.

        Args:
            name: the name.
            what: what it should be, for the sentence.

        Raises:
            Slip: there is no such name.
        """
        if name not in self.namespace:
            raise Slip(
                "no-name",
                f"There is no `{name}` when the program ends: give {what} the name {name}, with "
                f"{name} = … at the beginning of the line.",
            )
        return self.namespace[name]

    def call(
        self, function: Callable[..., Any], *arguments: Any, known: Sequence[Raises] = ()
    ) -> Any:
        """Call what the learner wrote.

        Raises:
            Slip: it raises an error that shows a known mistake.
            BaseException: what it raises, where it shows none.
        """
        try:
            return function(*arguments)
        except Stopped:
            raise
        except BaseException as error:
            self.error = error
            self._explain(error, known)
            raise

    def _explain(self, error: BaseException, known: Sequence[Raises]) -> None:
        if not isinstance(error, (Forbidden, SystemExit, MemoryError)):
            text = f"{type(error).__name__}: {error}"
            for one in known:
                if re.search(one.pattern, text) and (
                    not one.when or re.search(one.when, self.answer)
                ):
                    raise Slip(one.slip, one.sentence)
        raise error

    def function(self, name: str) -> Callable[..., Any]:
        """Return a function of the program.

        Raises:
            Slip: there is none of that name.
        """
        found = self.get(name, "the function")
        if not inspect.isfunction(found):
            raise Slip("no-function", f"`{name}` is not a function any more: do not assign to it.")
        return found


def _text(node: ast.Constant) -> bool:
    return isinstance(node.value, str)


def returned_nothing(value: object, example: str) -> None:
    """Raise a slip where a function gave None back.

    Args:
        value: what it gave.
        example: the line that is missing.
    """
    if value is None:
        raise Slip(
            "no-return",
            "The function gives back None. A function gives back what stands behind return: end "
            f"it with `{example}`.",
        )
