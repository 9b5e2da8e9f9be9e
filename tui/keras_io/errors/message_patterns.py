"""What a row of the table is, and how its wording is found in a message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from tui.geometry import Change, Network
from tui.keras_io.errors.error_message import Message
from tui.keras_io.errors.keras_shapes import Sides, read_sides
from tui.keras_io.errors.locate_layer import Place


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one message.

    Args:
        kind: a key of `KINDS`.
        what: what happened and why, with the numbers; whole sentences.
        cure: what to do; whole sentences.
        row: the layer's index in the network; None where it is none, or not known.
        guess: whether other causes could have given the same words.
        changes: the nearest settings that work, where there are any.
    """

    kind: str
    what: str
    cure: str
    row: int | None = None
    guess: bool = False
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern found in a message.

    Args:
        match: where.
        message: the whole message.
        network: the network it may have come from.
    """

    match: re.Match[str]
    message: Message
    network: Network | None

    def shape(self, name: str) -> Sides:
        """Return a shape that the pattern caught; empty where it did not."""
        text = self.text(name)
        return read_sides(text) if text else ()

    def shapes(self, name: str) -> list[Sides]:
        """Return each shape of a list that the pattern caught."""
        return [read_sides(one) for one in re.findall(r"[(\[]([^()\[\]]+)[)\]]", self.text(name))]

    def number(self, name: str) -> int:
        """Return a whole number that the pattern caught."""
        return int(self.text(name))

    def text(self, name: str) -> str:
        """Return what the pattern caught, with its own capital letters, without blanks; or ""."""
        groups = self.match.re.groupindex
        group = name if name in groups else f"{name}{_WORD}"
        if group not in groups or not self.match[group]:
            return ""
        begin, end = self.match.span(group)
        caught = self.message.plain[self.message.places[begin] : self.message.places[end - 1] + 1]
        if group != name:  # nothing bounds it but the blank or the quote behind it
            caught = re.split(r"[\s`'\"‘’“”]", caught)[0]
        return "".join(caught.split()).replace("\\_", "_").rstrip(".:,")  # Markdown's

    def behind(self, key: str) -> Sides:
        """Return the shape or the number that stands after a word, within the same message."""
        text = self.message.squeezed[self.match.start() : self.match.start() + 3000]
        found = re.search(rf"{key}[=:]?(?:[(\[]([^()\[\]]{{0,200}})[)\]]|(\d{{1,9}}))", text)
        return read_sides(found[1] if found[1] is not None else found[2]) if found else ()


Explains: TypeAlias = Callable[[Found], Answer | None]
"""Says what a message means; None where its numbers make no sense, so that others may try."""

CHECKING = r"(?:errorwhenchecking (?:model)?(?P<side>input|target):)? expected <name:layer> to have"
"""How Keras 1 and 2 begin to say that an array has another shape than an input or an output."""

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
        id: what the row is called.
        era: which versions say so.
        wording: a regular expression in which blanks and quotes mean nothing, small and
            capital letters are the same, and `<shape:x>`, `<shapes:x>` (a list of them),
            `<n:x>`, `<int:x>`, `<name:x>`, `<word:x>` (up to the next blank), `<any:x>`
            catch a value under a name.
        example: a message that it finds.
        explain: what the message means.
        weak: whether the words may come from elsewhere, so that any other row goes first.
    """

    id: str
    era: str
    wording: str
    example: str
    explain: Explains = field(repr=False)
    weak: bool = False

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The wording as it is looked for in a squeezed message."""
        text = re.sub(r"[\s`'\"]+", "", self.wording)
        text = re.sub(
            r"<(shapes?|n|int|name|word|any):(\w+)>", lambda m: _TOKENS[m[1]].format(m[2]), text
        )
        return re.compile(text, re.IGNORECASE | re.ASCII)


def label_of(place: Place | None, otherwise: str) -> str:
    """Return how a sentence names a layer: with its row where that is known."""
    return place.label if place is not None else otherwise


def says(kind: str, what: str, cure: str, *, guess: bool = False) -> Explains:
    """Answer with fixed sentences, in which `{name}` is what the pattern caught."""

    def explain(found: Found) -> Answer:
        names = (name.removesuffix(_WORD) for name in found.match.groupdict())
        caught = {name: found.text(name) for name in names}
        return Answer(kind, what.format(**caught), cure.format(**caught), guess=guess)

    return explain
