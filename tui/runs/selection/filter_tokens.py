"""The tokens of a filter: words, conditions, parentheses, and the words that join them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tui.runs.selection.conditions import OPERATORS
from tui.runs.selection.field_catalogue import FieldCatalogue

_OPERATOR = re.compile(r"\s*(" + "|".join(map(re.escape, OPERATORS)) + r")\s*")
_WORDS = {"or": "or", "|": "or", "||": "or", "and": "and", "&": "and", "&&": "and", "not": "not"}
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")

Sign = Literal["word", "condition", "open", "close", "or", "and", "not", "end"]


@dataclass(frozen=True)
class Token:
    """A token; of a condition its name, operator and values."""

    sign: Sign
    text: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


def read_tokens(text: str, catalogue: FieldCatalogue) -> list[Token]:
    """Return the tokens of a filter; the last one is its end."""
    found: list[Token] = []
    position, depth = 0, 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if position == len(text):
            return [*found, Token("end")]
        sign, after = text[position], text[position + 1 : position + 2]
        if sign == "(":
            found.append(Token("open"))
            depth, position = depth + 1, position + 1
        elif sign == ")" and depth:
            found.append(Token("close"))
            depth, position = depth - 1, position + 1
        elif (sign == "-" and after.strip()) or (
            sign == "!" and after.strip() not in ("", "=", "~")
        ):
            found.append(Token("not"))
            position += 1
        else:
            token, position = _term(text, position, depth > 0, catalogue)
            found.append(token)


def _term(text: str, position: int, nested: bool, catalogue: FieldCatalogue) -> tuple[Token, int]:
    """Return the word or condition at a position, and where it ends."""
    quoted = text[position] in "\"'"
    name, position = _piece(text, position, nested, "<>=~", catalogue)
    operator = _OPERATOR.match(text, position)
    if operator is not None:
        sign, position = operator[1], operator.end()
    elif not quoted and text[position : position + 1] == ":":
        sign, position = ":", position + 1
    elif not quoted and name.casefold() in _WORDS:
        return Token(_WORDS[name.casefold()]), position  # type: ignore[arg-type]
    else:
        return Token("word", name), position
    values, position = _values(text, position, nested, several=sign[0] not in "<>")
    return Token("condition", name, sign, values), position


def _values(
    text: str, position: int, nested: bool, *, several: bool
) -> tuple[tuple[str, ...], int]:
    values: list[str] = []
    while position < len(text) and not text[position].isspace():
        quoted = text[position] in "\"'"
        value, end = _piece(text, position, nested, "," if several else "")
        if end == position:  # a comma too many, or a parenthesis
            break
        if not several and _THOUSANDS.fullmatch(value):
            value = value.replace(",", "")
        if value or quoted:
            values.append(value)
        position = end
        if not (several and text[position : position + 1] == ","):
            break
        position += 1
    return tuple(values), position


def _piece(
    text: str, position: int, nested: bool, ends: str, catalogue: FieldCatalogue | None = None
) -> tuple[str, int]:
    """Return a quoted text, or what comes before a blank or a sign, and where it ends.

    Args:
        text: of the filter.
        position: where it begins.
        nested: whether a parenthesis may end it.
        ends: signs that end it.
        catalogue: fields whose name a colon ends.
    """
    quote = text[position : position + 1]
    if quote and quote in "\"'":
        end = text.find(quote, position + 1)
        if end < 0:  # still being typed
            return text[position + 1 :], len(text)
        return text[position + 1 : end], end + 1
    begin = position
    while position < len(text):
        sign = text[position]
        if sign.isspace() or sign in ends or (sign == ")" and nested):
            break
        if "=" in ends and sign == "!" and text[position + 1 : position + 2] in ("=", "~"):
            break
        if sign == ":" and catalogue is not None and catalogue.knows(text[begin:position]):
            break
        position += 1
    return text[begin:position], position
