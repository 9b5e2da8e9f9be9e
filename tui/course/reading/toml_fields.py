"""Read the TOML of a block key by key, and collect problems with their lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import Any

from tui.common.text import clean
from tui.course.reading.chunks import Chunk
from tui.course.reading.problems import LessonProblem
from tui.geometry.errors import did_you_mean, shown

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def one_line(text: str) -> str:
    """Return a text on one line, safe to draw; a TOML text may run over several.

    >>> one_line("How wide\\n  is it?")
    'How wide is it?'
    """
    return clean(" ".join(text.split()))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Fields:
    """The keys of one TOML text.

    Each method returns a value of its type even when the text is wrong, and records the
    problem: a file is read to its end, and its author sees all problems at once.

    Args:
        chunk: the TOML text.
        what: the subject of the sentences, such as "predict".
        file: the file that it is from.
    """

    def __init__(self, chunk: Chunk, what: str, file: str) -> None:
        self.problems: list[LessonProblem] = []
        self.line = max(chunk.line - 1, 1)
        self._chunk, self._what, self._file = chunk, what, file
        self._read: set[str] = set()
        self._values: dict[str, Any] = {}
        self.sound = False
        try:
            self._values = tomllib.loads(chunk.text)
            self.sound = True
        except RecursionError:
            self.add("is nested too deeply: a block is a short list of key = value lines.")
        except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
            found = _AT_LINE.search(str(error))
            reason = clean(_AT_LINE.sub("", str(error)), 120).rstrip(".")
            last = chunk.line + max(len(chunk.lines) - 1, 0)
            line = chunk.line + int(found[1]) - 1 if found and found[1] else last
            self.problems.append(
                LessonProblem(
                    file,
                    line,
                    f"{what} is not TOML: {reason}. Write key = value, with texts in quotes and "
                    'lists in brackets, such as hints = ["…", "…"].',
                )
            )

    def add(self, rest: str, key: str = "") -> None:
        """Record a problem at the line of a key; `rest` is its sentence without the subject."""
        subject = f"{self._what}: {key}" if key else self._what
        self.problems.append(LessonProblem(self._file, self.line_of(key), f"{subject} {rest}"))

    def line_of(self, key: str) -> int:
        """Return the line of a key; the first line of the block when the key is missing."""
        if key:
            pattern = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
            for index, line in enumerate(self._chunk.lines):
                if pattern.match(line):
                    return self._chunk.line + index
        return self.line

    def has(self, key: str) -> bool:
        """Return whether a key is present."""
        return key in self._values

    def _take(self, key: str, example: str, *, required: bool) -> Any:
        self._read.add(key)
        if key in self._values:
            return self._values[key]
        if required and self.sound:
            self.add(f"is missing: write {key} = {example}.", key)
        return None

    def text(self, key: str, example: str, *, required: bool = True) -> str:
        """Return a text on one line; empty when it is missing or not a text."""
        value = self._take(key, example, required=required)
        if value is None:
            return ""
        if isinstance(value, str) and value.strip():
            return one_line(value)
        self.add(f"is {shown(value)}: write a text in quotes, such as {example}.", key)
        return ""

    def name(self, key: str, *, required: bool = True) -> str:
        """Return an id of small letters, digits and hyphens; empty when it is wrong."""
        value = self.text(key, '"first-width"', required=required)
        if value and not _ID.fullmatch(value):
            self.add(
                f"is {shown(value)}: use small letters, digits and hyphens, such as "
                '"first-width"; the learner\'s progress is kept under it.',
                key,
            )
            return ""
        return value

    def texts(
        self, key: str, example: str, *, minimum: int = 0, maximum: int = 20
    ) -> tuple[str, ...]:
        """Return a list of texts; empty when something is wrong with it."""
        value = self._take(key, example, required=minimum > 0)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(
            isinstance(item, str) and item.strip() for item in value
        ):
            self.add(f"is {shown(value)}: write a list of texts, such as {example}.", key)
            return ()
        if not minimum <= len(value) <= maximum:
            self.add(f"has {len(value)} texts: write {minimum} to {maximum}.", key)
            return ()
        return tuple(map(one_line, value))

    def number(
        self, key: str, example: str, *, minimum: int, maximum: int, default: int | None = None
    ) -> int:
        """Return a whole number; the minimum when something is wrong with it.

        Args:
            key: its name.
            example: what might be written there.
            minimum, maximum: the bounds, both included.
            default: its value when it is missing; None where it is required.
        """
        value = self._take(key, example, required=default is None)
        if value is None:
            return minimum if default is None else default
        if not _is_whole(value) or not minimum <= value <= maximum:
            self.add(f"is {shown(value)}: use a whole number from {minimum} to {maximum}.", key)
            return minimum
        return int(value)

    def numbers(self, key: str, example: str, *, minimum: int, maximum: int) -> tuple[int, ...]:
        """Return a list of whole numbers; empty when it is missing or wrong."""
        value = self._take(key, example, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(map(_is_whole, value)):
            self.add(f"is {shown(value)}: write a list of whole numbers, such as {example}.", key)
            return ()
        for number in value:
            if not minimum <= number <= maximum:
                self.add(f"has {shown(number)}: use numbers from {minimum} to {maximum}.", key)
                return ()
        return tuple(value)

    def shares(self, key: str, example: str, *, maximum: int) -> tuple[float, ...]:
        """Return a list of different shares, above 0 and up to 1; empty when missing or wrong."""
        value = self._take(key, example, required=False)
        if value is None:
            return ()
        sound = isinstance(value, list) and all(
            isinstance(item, (int, float)) and not isinstance(item, bool) and 0 < item <= 1
            for item in value
        )
        if not sound or not 1 <= len(value) <= maximum or len(set(value)) != len(value):
            self.add(
                f"is {shown(value)}: write 1 to {maximum} different shares above 0 and up to 1, "
                f"such as {example}.",
                key,
            )
            return ()
        return tuple(map(float, value))

    def tables(
        self, key: str, example: str, *, minimum: int, maximum: int
    ) -> tuple[dict[str, Any], ...]:
        """Return a list of tables; empty when it is missing or wrong."""
        value = self._take(key, example, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.add(f"is {shown(value)}: write a list of tables, such as {example}.", key)
            return ()
        if not minimum <= len(value) <= maximum:
            self.add(f"has {len(value)} tables: write {minimum} to {maximum}.", key)
            return ()
        return tuple(value)

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return true or false; the default when it is missing or wrong."""
        value = self._take(key, "true", required=False)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.add(f"is {shown(value)}: write true or false, without quotes.", key)
        return default

    def skip(self, key: str) -> None:
        """Accept a key that cannot be checked because another one is wrong."""
        self._read.add(key)

    def refuse(self, key: str, reason: str) -> None:
        """Record a problem when a key is present that must not be."""
        self._read.add(key)
        if key in self._values:
            self.add(reason, key)

    def finish(self, known: Iterable[str] = ()) -> None:
        """Record a problem for every key that was not read."""
        names = sorted(self._read | set(known))
        for key in self._values:
            if key not in names:
                self.add(f"is not a known key: {did_you_mean(key, names)}.", clean(key, 40))
