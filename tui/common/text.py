"""Make text from outside safe to put on a terminal.

File names, class names, log lines and run names come from disk. A name may hold an
escape sequence (which the terminal would carry out), a newline (which would break a row), or a
direction override (which would show a name backwards). Every such text goes through :func:`clean`
on its way to the screen, and is never parsed as markup afterwards.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Sequence

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures: ESC becomes ␛, newline ␊
    if code == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    # Cc: C1 controls; Cf: bidi overrides and zero-width characters; Cs: undecodable bytes
    # that Python carries as lone surrogates; Zl/Zp: line and paragraph separators.
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return _REPLACEMENT
    return character


def clean(text: object, limit: int | None = None) -> str:
    """Return a text on one line, with every control character replaced by a visible sign.

    Args:
        text: anything from outside the program, converted by `str`.
        limit: the most characters; a longer text ends in `…`.

    >>> clean("cat\\x1b[2J.jpg")
    'cat␛[2J.jpg'
    >>> clean("a long name", limit=6)
    'a lon…'
    """
    raw = str(text)
    # Most names are plain ASCII and need no look at each character.
    safe = raw if raw.isascii() and raw.isprintable() else "".join(map(_visible, raw))
    if limit is not None and len(safe) > limit:
        return safe[: max(limit - 1, 0)] + "…"
    return safe


def exact(number: float) -> str:
    """Return the shortest text that is read back as the same number.

    For settings, which are stored or typed again. What is only shown may be rounded.

    >>> exact(0.001), exact(20.0), exact(1e-5), exact(0.0066667078), exact(1 / 3)
    ('0.001', '20', '1e-05', '0.0066667078', '0.3333333333333333')
    """
    short = f"{number:g}"
    return short if float(short) == number else repr(float(number))


def exact_32(number: float) -> float:
    """Return the shortest number that is the same in 32 bits, as Keras stores a learning rate.

    >>> exact_32(0.0010000000474974513), exact_32(0.006666707806289196), exact_32(1e300)
    (0.001, 0.006666708, 1e+300)
    """
    try:
        bits = struct.pack("f", number)
    except (OverflowError, ValueError):  # too large for 32 bits
        return number
    for digits in range(1, 9):
        short = float(f"{number:.{digits}g}")
        if struct.pack("f", short) == bits:
            return short
    return float(f"{number:.9g}")


def stored_path(path: str) -> str:
    """Return a path as JSON and msgpack can store it, to be read back by `disk_path`.

    Python holds a name that is not UTF-8 as lone surrogates, which neither can store. Such a path
    is escaped behind a NUL, with which no path begins.

    >>> stored_path("cats/café.jpg"), stored_path("cats/caf\\udce9.jpg")
    ('cats/café.jpg', '\\x00cats/caf\\\\udce9.jpg')
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        pass
    else:
        if not path.startswith("\0"):
            return path
    return "\0" + path.encode("unicode_escape").decode("ascii")


def disk_path(stored: str) -> str:
    """Return the path that `stored_path` received; other texts stay as they are.

    >>> disk_path(stored_path("cats/caf\\udce9.jpg")) == "cats/caf\\udce9.jpg"
    True
    """
    if not stored.startswith("\0"):
        return stored
    try:
        return stored[1:].encode("ascii").decode("unicode_escape")
    except UnicodeError:
        return stored


def size_text(number: float) -> str:
    """Return a number of bytes with a unit, in powers of ten as file managers use them.

    >>> size_text(812), size_text(68_606_236), size_text(824_887_076), size_text(5.25e9)
    ('812 bytes', '68.6 MB', '825 MB', '5.25 GB')
    """
    if number < 1000:
        return f"{number:.0f} byte" + ("" if number == 1 else "s")
    for unit in ("kB", "MB", "GB", "TB"):
        number /= 1000
        if number < 999.5 or unit == "TB":
            break
    return f"{number:.3g} {unit}" if number < 999.5 else f"{number:,.0f} {unit}"


def in_words(names: Sequence[str], word: str = "and") -> str:
    """Return names as part of a sentence.

    >>> in_words(["the driver", "TensorFlow", "JAX"]), in_words(["2", "4"], "or"), in_words(["JAX"])
    ('the driver, TensorFlow and JAX', '2 or 4', 'JAX')
    """
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
