"""A filter of runs as people type it: `lr>=0.001 val_accuracy>.9 model~course or state=died`.

    filter    = all { "or" all }
    all       = part { [ "and" ] part }
    part      = [ "-" | "not" ] ( "(" filter ")" | condition | word )
    condition = name operator value { "," value }

A word without an operator is looked for in the texts of a run. Quotes keep blanks and signs.
"""

from __future__ import annotations

import re

from tui.common.metrics import higher_is_better
from tui.common.text import clean, exact
from tui.runs.selection.conditions import ConditionError, Test, condition
from tui.runs.selection.field_catalogue import FieldCatalogue, FieldError
from tui.runs.selection.filter_tokens import Token, read_tokens
from tui.runs.selection.run_fields import Field
from tui.runs.settings.non_default import non_default_settings
from tui.runs.settings.pretrained_model import model_text
from tui.runs.store.run_summary import RunSummary

LONGEST = 1000
"""Characters of a filter."""
EXAMPLE = "lr>=0.001 val_accuracy>.9 model~course"
_NESTED = 40
"""Parentheses within each other."""


class FilterError(ValueError):
    """A filter is not complete or not possible; the message says where, and the cure."""


class RunFilter:
    """A filter, ready to be asked of each run.

    >>> RunFilter("lr>=0.001 -died").words
    ('died',)
    """

    def __init__(self, text: str, catalogue: FieldCatalogue | None = None) -> None:
        """Read a filter.

        Args:
            text: as typed; an empty one lets every run through.
            catalogue: the fields that may be named.

        Raises:
            FilterError: when it is not complete, or names what no run has.
        """
        if len(text) > LONGEST:
            raise FilterError(f"A filter may have {LONGEST} characters, and this one {len(text)}.")
        self.text = text
        self.words: tuple[str, ...] = ()
        """The words that are looked for in texts."""
        self._catalogue = catalogue or FieldCatalogue()
        self._texts: dict[str, tuple[RunSummary, str]] = {}
        self._tokens = read_tokens(text, self._catalogue)
        self._position = 0
        self._test: Test | None = None
        if self._tokens[0].sign != "end":
            self._test = self._any_of(0)
            if self._next.sign == "close":
                raise FilterError("There is a ) without a (. Put a word with ) in quotes.")

    def matches(self, run: RunSummary) -> bool:
        """Return whether a run passes the filter."""
        return self._test is None or self._test(run)

    def share_texts(self, other: RunFilter) -> None:
        """Use the texts that another filter has already made of the runs."""
        self._texts = other._texts

    def hint(self) -> str:
        """Return a sentence where a word is the name of a setting or metric; else empty."""
        for word in self.words:
            if self._catalogue.knows(word):
                field = self._catalogue.find(word)
                name, shown = clean(field.name, 40), f"“{clean(word, 40)}”"
                return (
                    f"{shown} is looked for as a word. To compare it write {_example(field, name)}."
                )
        return ""

    def meant(self, typed: str) -> str:
        """Return a sentence where a word may be the beginning of a condition; else empty."""
        name = typed if self._catalogue.knows(typed) else self._catalogue.complete(typed)
        if not name:
            return ""
        example = _example(self._catalogue.find(name), clean(name, 40))
        return f"{clean(name, 40)} goes on with a sign and a value, as in {example}."

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _any_of(self, depth: int) -> Test:
        tests = [self._all_of(depth)]
        while self._next.sign == "or":
            self._position += 1
            tests.append(self._all_of(depth))
        if len(tests) == 1:
            return tests[0]
        return lambda run: any(test(run) for test in tests)

    def _all_of(self, depth: int) -> Test:
        tests = []
        while self._next.sign not in ("or", "close", "end"):
            if self._next.sign == "and":
                self._position += 1
                continue
            tests.append(self._part(depth))
        if not tests:
            raise FilterError(
                "“or” stands between two conditions, and one is missing. "
                "Write for example state=died or state=failed."
                if self._next.sign == "or" or self._tokens[self._position - 1].sign == "or"
                else f"A condition is missing. Write for example {EXAMPLE}."
            )
        if len(tests) == 1:
            return tests[0]
        return lambda run: all(test(run) for test in tests)

    def _part(self, depth: int) -> Test:
        token = self._next
        self._position += 1
        refused = False
        while token.sign == "not":
            if self._next.sign in ("or", "and", "close", "end"):
                raise FilterError("“not” or “-” needs a condition after it, as in -state=died.")
            refused, token = not refused, self._next
            self._position += 1
        test = self._single(token, depth)
        return (lambda run: not test(run)) if refused else test

    def _single(self, token: Token, depth: int) -> Test:
        if token.sign == "open":
            if depth >= _NESTED:
                raise FilterError(f"More than {_NESTED} parentheses lie within each other.")
            inner = self._any_of(depth + 1)
            if self._next.sign != "close":
                raise FilterError("A ) is missing.")
            self._position += 1
            return inner
        if token.sign == "word":
            return self._word(token.text)
        return self._condition(token)

    def _word(self, word: str) -> Test:
        self.words = (*self.words, word)
        part = word.casefold()
        return lambda run: part in self._text(run)

    def _condition(self, token: Token) -> Test:
        if not token.text:
            raise FilterError(
                f"A name is missing before {token.operator}. Write for example {EXAMPLE}."
            )
        try:
            field = self._catalogue.find(token.text)
        except FieldError as error:
            if known := self._name_with_blank():
                raise FilterError(
                    f"A name with a blank needs quotes: {_quoted(known)}{token.operator}"
                    f"{clean(','.join(token.values), 20) or '…'}"
                ) from error
            quotes = ' To look for a word with such a sign, put it in quotes: "a=b".'
            raise FilterError(f"{error}{'' if 'mean' in str(error) else quotes}") from error
        operator = token.operator
        if operator == ":":
            operator = "~" if field.kind == "text" else "="
        if not token.values:
            name = clean(token.text, 40)
            raise FilterError(
                f"{name}{token.operator} needs a value, as in {_example(field, name)}."
            )
        try:
            return condition(field, operator, token.values)
        except ConditionError as error:
            raise FilterError(str(error)) from error

    def _name_with_blank(self) -> str:
        """Return the name that the condition's name is the last word of; empty without one.

        The word before it was taken as one to look for.
        """
        words = [self._tokens[self._position - 1].text]
        for token in reversed(self._tokens[max(self._position - 6, 0) : self._position - 1]):
            if token.sign != "word":
                break
            words.insert(0, token.text)
            name = " ".join(words)
            if self._catalogue.knows(name):
                return name
        return ""

    def _text(self, run: RunSummary) -> str:
        """Return the text of a run that words are looked for in.

        It is kept, since every typed letter filters thousands of runs.
        """
        name = run.run.name
        before = self._texts.get(name)
        if before is None or before[0] is not run:
            before = self._texts[name] = run, search_text(run)
        return before[1]


def _quoted(name: str) -> str:
    return f'"{clean(name, 60)}"'


def search_text(run: RunSummary) -> str:
    """Return the text that a filter's words are looked for in, in lower case."""
    parts = [run.title, run.note, run.status, run.run.name]
    if run.spec is not None:
        spec = run.spec
        parts += [model_text(spec), spec.data.directory, f"batch {spec.data.batch_size}"]
        parts += [f"{spec.optimizer} {exact(spec.learning_rate)}", *non_default_settings(spec)]
    elif run.external is not None:
        external = run.external
        parts += [external.path, *external.arguments, external.optimizer]
    return "\n".join((*parts, *run.changed)).casefold()


def last_name(text: str) -> str:
    """Return the beginning of a name at the end of a filter that is being typed; empty if none.

    >>> last_name("state=died learn"), last_name("-last.val"), last_name("lr>"), last_name('"big r')
    ('learn', 'last.val', '', '')
    """
    if text.count('"') % 2:
        return ""
    found = re.search(r"(?:^|[\s(])[-!(]*([A-Za-z_][\w./]*)$", text)
    return found[1] if found is not None else ""


def _example(field: Field, name: str) -> str:
    by_kind = {
        "state": "=died",
        "text": "~word",
        "time": ">=2026-11-30",
        "age": "<2d",
        "metric": "<0.5" if higher_is_better(name) is False else ">0.9",
        "mixed": "=64",
    }
    numbers = {"learning_rate": ">=0.001", "share": "<1", "seed": "=42", "done": ">10"}
    if field.name == "settings":
        return f"{name}~augmented"
    return f"{name}{numbers.get(field.name) or by_kind.get(field.kind, '>=10')}"
