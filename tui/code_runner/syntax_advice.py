"""What to look for when Python cannot read a program."""

from __future__ import annotations

import re

_ADVICE = (
    (
        r"keyword argument repeated",
        "an argument is named twice in the same call. Take one of the two out.",
    ),
    (
        r"positional argument follows keyword",
        "an argument without a name stands behind one with a name. Put it in front, or name it.",
    ),
    (
        r"'(return|yield|await)[^']*' outside",
        "return, yield and await belong inside a function, indented below its def. Where no "
        "function is asked for, give the value a name instead: x = …",
    ),
    (
        r"'break' outside|'continue' not properly",
        "break and continue belong inside a loop, indented below for or while.",
    ),
    (
        r"cannot assign to|[Mm]aybe you meant '=='",
        "= gives a value a name, and on its left a name is needed. To compare, write ==.",
    ),
    (
        r"unterminated|EOL while scanning|EOF while scanning",
        "a text has no closing quote.",
    ),
    (
        r"expected an indented block",
        "below a line that ends in a colon, the next line has to be indented by four spaces.",
    ),
    (
        r"indent",
        "a line is indented differently from those around it: lines that belong together begin "
        "in the same column.",
    ),
    (
        r"was never closed|unmatched|does not match|unexpected EOF",
        "a bracket is missing or one too many: each that is opened has to be closed.",
    ),
    (r"expected ':'", "the line needs a colon at its end."),
    (
        r"forgot a comma",
        "between two arguments or two elements a comma is missing.",
    ),
    (
        r"invalid (non-printable )?character",
        "a character is none that Python knows, such as a curly quote or a × that was copied. "
        "Type it again.",
    ),
    (r"duplicate argument", "two parameters of the function have the same name."),
)
_ANY = "look for a bracket, a quote, a comma or a colon that is missing, and at the indentation."


def syntax_advice(message: str) -> str:
    """Return what to look for, as the second half of a sentence.

    Args:
        message: of a SyntaxError.

    >>> syntax_advice("keyword argument repeated: rescale")
    'an argument is named twice in the same call. Take one of the two out.'
    """
    return next((advice for pattern, advice in _ADVICE if re.search(pattern, message)), _ANY)
