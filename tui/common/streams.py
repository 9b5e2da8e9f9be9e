"""Standard output and errors that accept any text in any encoding.

A terminal or a pipe may be Latin-1, cp437 or ASCII. A character that it lacks becomes one that it
has: × becomes x, → becomes ->. So a command never fails because of a character. Where the exact
text matters (JSON, Python code) it is escaped instead: :func:`json_text` and :func:`code_text`.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
import unicodedata
from typing import TextIO

SIGNS = {
    "×": "x",
    "·": "*",
    "•": "*",
    "−": "-",
    "–": "-",
    "—": "-",
    "…": "...",
    "→": "->",
    "←": "<-",
    "↑": "^",
    "↓": "v",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "‹": "<",
    "›": ">",
    "✓": "v",
    "✗": "x",
    "◐": "o",
    "●": "*",
    "◆": "*",
    "★": "*",
    "✚": "+",
    "▲": "^",
    "▾": "v",
    "▸": ">",
    "◂": "<",
    "↕": "^v",
    "■": "#",
    "□": "o",
    "⊘": "/",
    "◌": "o",
    "◉": "O",
    "≡": "=",
    "°": "o",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "±": "+-",
    "√": "sqrt ",
    "²": "^2",
    "³": "^3",
    "‖": "|",
    "⏎": "<",
    "⌊": "floor(",
    "⌋": ")",
    "⌈": "ceil(",
    "⌉": ")",
    "\N{REPLACEMENT CHARACTER}": "?",
}
"""The replacement of a sign that an encoding lacks."""
_ONE_CELL = {"→": ">", "√": "v", "⌊": "[", "⌋": "]", "⌈": "[", "⌉": "]", "²": "2", "³": "3"}
"""Replacements of one cell, for the app; for other signs the first letter is taken."""
IN_TEXT, IN_CELLS = "cnn-tui-signs", "cnn-tui-cells"
"""Names of the two error handlers, as for :func:`codecs.register_error`."""


def plain_sign(character: str) -> str:
    """Return the ASCII replacement of a character that an encoding lacks.

    >>> [plain_sign(one) for one in "×→é─│└█西"]
    ['x', '->', 'e', '-', '|', '+', '#', '?']
    """
    if character in SIGNS:
        return SIGNS[character]
    name = unicodedata.name(character, "")
    if name.startswith("BOX DRAWINGS"):
        across, down = "HORIZONTAL" in name or "DASH" in name, "VERTICAL" in name
        return "-" if across and not down else "|" if down and not across else "+"
    if "BLOCK" in name or "SHADE" in name or name.startswith("BRAILLE"):
        return "#"
    if name.startswith("SYMBOL FOR"):
        return "?"
    base = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return base if base.isprintable() and base else "?"


def _plain_cells(character: str) -> str:
    plain = _ONE_CELL.get(character) or plain_sign(character)[:1]
    wide = unicodedata.east_asian_width(character) in ("W", "F")
    return plain * 2 if wide else plain


def _in_text(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain_sign, error.object[error.start : error.end])), error.end


def _in_cells(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain_cells, error.object[error.start : error.end])), error.end


codecs.register_error(IN_TEXT, _in_text)
codecs.register_error(IN_CELLS, _in_cells)


class _AsciiText(io.TextIOWrapper):
    """An ASCII stream that reports another encoding.

    Click takes an ASCII stream for a mistake and writes UTF-8 into it.
    """

    signs = IN_TEXT

    def write(self, text: str) -> int:
        return super().write(text.encode("ascii", self.signs).decode("ascii"))


def terminals(*streams: TextIO | None) -> bool:
    """Return whether all of some standard streams are terminals; a closed one is None."""
    return all(stream is not None and stream.isatty() for stream in streams)


def take_any_text() -> None:
    """Make standard output and errors accept any text, for the whole process."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed: nobody reads it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
            continue
        if not isinstance(stream, io.TextIOWrapper):
            continue  # replaced by a test
        if codecs.lookup(stream.encoding).name == "ascii":
            stream = _of_ascii(stream)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)  # the old one cannot be used any more
        else:
            stream.reconfigure(errors=IN_TEXT)


def _of_ascii(stream: io.TextIOWrapper) -> _AsciiText:
    stream.flush()
    buffered = stream.line_buffering
    return _AsciiText(stream.detach(), encoding="latin-1", errors=IN_TEXT, line_buffering=buffered)


def draw_in_any_text() -> None:
    """Make the streams that the app draws on accept any text, each sign with its width."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if isinstance(stream, _AsciiText):
            stream.signs = IN_CELLS
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=IN_CELLS)


def _takes(stream: TextIO | None, text: str) -> bool:
    encoding = "ascii" if isinstance(stream, _AsciiText) else getattr(stream, "encoding", None)
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def json_text(text: str) -> str:
    r"""Return the same JSON, escaped where standard output needs it.

    Args:
        text: JSON, or lines of it. Only its strings have signs beyond ASCII.
    """
    return text if _takes(sys.stdout, text) else _escaped_json(text)


def _escaped_json(text: str) -> str:
    r"""Return JSON in ASCII.

    >>> print(_escaped_json('["西瓜", "×"]'))
    ["\u897f\u74dc", "\u00d7"]
    """

    def escape(match: re.Match[str]) -> str:
        units = match[0].encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))

    return re.sub(r"[^\x00-\x7f]", escape, text)


def code_text(text: str) -> str:
    r"""Return the same Python program, escaped where standard output needs it.

    Args:
        text: a program with signs beyond ASCII only in comments and in strings that are not raw.
    """
    if _takes(sys.stdout, text):
        return text
    return text.encode("ascii", "backslashreplace").decode()
