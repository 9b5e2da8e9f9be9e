"""What a row of the table of messages is, and how its wording is found in a message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from tui.geometry import Change, Network
from tui.keras_io.errors.error_message import ErrorMessage
from tui.keras_io.errors.keras_shapes import KerasShape, parse_shape
from tui.keras_io.errors.locate_layer import LocatedLayer

GUESS_NOTE = "This is a guess: other causes can give the same message."
_MAX_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a message means.

    Args:
        kind: the mistake, a key of `ERROR_KINDS`, or "unknown".
        what: what happened and why, with the numbers, in whole sentences.
        cure: what to do; for an unknown message, which mistakes are known.
        row: the layer's index in the network; None where it is not one layer, where no network
            was given, or where the message came from another network.
        guess: whether other causes could have given the same message.
        changes: the nearest settings that work, where there are any.
        facts: what else the message says: shapes, the layer's name, the version.
        pattern: id of the pattern that matched; empty where none did.
    """

    kind: str
    what: str
    cure: str
    row: int | None = None
    guess: bool = False
    changes: tuple[Change, ...] = ()
    facts: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the message was recognized."""
        return self.kind != "unknown"

    @property
    def sentence(self) -> str:
        """Everything but the facts, on one line."""
        return f"{self.what} {self.cure}{f' {GUESS_NOTE}' if self.guess else ''}"

    def lines(self) -> list[str]:
        """Return the whole answer, one paragraph per line."""
        facts = [f"In the message: {' '.join(self.facts)}"] if self.facts else []
        if not self.is_known:
            return [self.what, *facts, self.cure]
        near = "; ".join(change.sentence for change in self.changes[:_MAX_CHANGES])
        return [
            self.what,
            f"What to do: {self.cure}",
            *([f"The nearest settings that fit: {near}."] if near else []),
            *facts,
            *([GUESS_NOTE] if self.guess else []),
        ]


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """A pattern found in a message.

    Args:
        regex: the match of its regular expression.
        message: the whole message.
        network: the network that the message may have come from.
    """

    regex: re.Match[str]
    message: ErrorMessage
    network: Network | None

    def shape(self, name: str) -> KerasShape:
        """Return a captured shape; empty where the group did not match."""
        text = self.text(name)
        return parse_shape(text) if text else ()

    def shapes(self, name: str) -> list[KerasShape]:
        """Return each shape of a captured list."""
        return [
            parse_shape(shape) for shape in re.findall(r"[(\[]([^()\[\]]+)[)\]]", self.text(name))
        ]

    def number(self, name: str) -> int:
        """Return a captured whole number."""
        return int(self.text(name))

    def text(self, name: str) -> str:
        """Return captured text with its original capitals, without blanks; "" where none."""
        groups = self.regex.re.groupindex
        group = name if name in groups else f"{name}{_WORD}"
        if group not in groups or not self.regex[group]:
            return ""
        begin, end = self.regex.span(group)
        offsets = self.message.offsets
        captured = self.message.plain[offsets[begin] : offsets[end - 1] + 1]
        if group != name:  # only the blank or the quote after it ends a word
            captured = re.split(r"[\s`'\"‘’“”]", captured)[0]
        return "".join(captured.split()).replace("\\_", "_").rstrip(".:,")  # Markdown's

    def shape_after(self, key: str) -> KerasShape:
        """Return the shape or the number that follows a word, within the same message."""
        text = self.message.squeezed[self.regex.start() : self.regex.start() + 3000]
        found = re.search(rf"{key}[=:]?(?:[(\[]([^()\[\]]{{0,200}})[)\]]|(\d{{1,9}}))", text)
        return parse_shape(found[1] if found[1] is not None else found[2]) if found else ()


Explainer: TypeAlias = Callable[[PatternMatch], Explanation | None]
"""Explains a match; None where its numbers make no sense, so that other patterns are tried."""

CHECKING = r"(?:errorwhenchecking (?:model)?(?P<side>input|target):)? expected <name:layer> to have"
"""How Keras 1 and 2 begin to say that an array does not have the shape of an input or output."""

_WORD = "_word"
_TOKENS = {
    "shape": r"[\[(](?P<{0}>[^()\[\]]{{0,200}})[\])]",
    "shapes": r"\[?(?P<{0}>(?:[\[(][^()\[\]]{{0,200}}[\])],?){{2,12}})",
    "n": r"(?P<{0}>\d{{1,9}})",
    "int": r"(?P<{0}>-?\d{{1,9}})",
    "name": r"(?P<{0}>[\w.\-/:]{{1,100}}?)",
    "word": r"(?P<{0}_word>[\w.\-/]{{1,100}})",
    "any": r"(?P<{0}>.{{1,200}}?)",
}


@dataclass(frozen=True)
class Pattern:
    """A row of the table: one wording of one or more mistakes.

    Args:
        id: the row's name.
        versions: which versions use this wording.
        wording: a regular expression that ignores blanks, quotes and case, and in which
            `<shape:x>`, `<shapes:x>` (a list of them), `<n:x>`, `<int:x>`, `<name:x>`,
            `<word:x>` (up to the next blank) and `<any:x>` capture a value under a name.
        example: a message that it matches.
        explain: returns what the message means.
        ambiguous: whether the words may come from elsewhere, so that any other row goes first.
    """

    id: str
    versions: str
    wording: str
    example: str
    explain: Explainer = field(repr=False)
    ambiguous: bool = False

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The wording as it is searched for in a squeezed message."""
        text = re.sub(r"[\s`'\"]+", "", self.wording)
        text = re.sub(
            r"<(shapes?|n|int|name|word|any):(\w+)>", lambda m: _TOKENS[m[1]].format(m[2]), text
        )
        return re.compile(text, re.IGNORECASE | re.ASCII)


def layer_label(located: LocatedLayer | None, otherwise: str) -> str:
    """Return how a sentence names a layer: with its number where that is known."""
    return located.label if located is not None else otherwise


def explain_as(kind: str, what: str, cure: str, *, guess: bool = False) -> Explainer:
    """Return an explainer with fixed sentences, in which `{name}` is a captured value."""

    def explain(match: PatternMatch) -> Explanation:
        names = (name.removesuffix(_WORD) for name in match.regex.groupdict())
        captured = {name: match.text(name) for name in names}
        return Explanation(kind, what.format(**captured), cure.format(**captured), guess=guess)

    return explain
