"""Names and paths in less room: cut between words, never within a number, and marked with `…`.

All widths are in terminal cells: a letter of some scripts takes two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import takewhile

from tui.common.text import clean

_SEPARATORS = " ·,;:–-(/"
"""What is not left before the sign of a cut."""


def cells(text: str) -> int:
    """Return the width of a clean text.

    >>> cells("dogs"), cells("犬"), cells("e\\u0301")
    (4, 2, 1)
    """
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def shorten_words(text: object, width: int) -> str:
    """Return a text on one line, without its last words if it is too wide.

    A first word without room for all of it is cut within, but not within a number.

    >>> shorten_words("cats and dogs · course 12", 24)
    'cats and dogs · course …'
    >>> shorten_words("cats and dogs · course", 17), shorten_words("0.0066667078", 8)
    ('cats and dogs …', '…')
    >>> shorten_words("cats_and_dogs", 8)
    'cats_an…'
    """
    safe = clean(text)
    if cells(safe) <= width:
        return safe
    words, kept = safe.split(" "), ""
    for word in words:
        longer = f"{kept} {word}" if kept else word
        if cells(longer) + 2 > width:
            break
        kept = longer
    kept = kept.rstrip(_SEPARATORS)
    return f"{kept} …" if kept else f"{_first_cells(words[0], width - 1)}…"


def _first_cells(word: str, width: int) -> str:
    """Return the beginning of a word without a part of a number at its end."""
    kept, used = "", 0
    for character in word:
        used += _width(character)
        if used > width:
            break
        kept += character
    after = word[len(kept) : len(kept) + 1]
    if after.isdigit() or after == ".":
        kept = kept.rstrip("0123456789.")
    return kept


def shorten_distinctly(texts: Sequence[object], width: int) -> list[str]:
    """Return texts shortened by words; those that begin alike show where they differ.

    >>> shorten_distinctly(["cats, half of it", "cats, half twice", "dogs"], 12)
    ['… of it', '… twice', 'dogs']
    >>> shorten_distinctly(["augmented_1", "augmented_2"], 8)
    ['augm…d_1', 'augm…d_2']
    """
    whole = [clean(text) for text in texts]
    short = [shorten_words(text, width) for text in whole]
    for one in {name for name in short if short.count(name) > 1}:
        places = [place for place, name in enumerate(short) if name == one]
        if all(whole[place] == one for place in places):
            continue  # they are the same
        split = [whole[place].split(" ") for place in places]
        alike = (len(set(words)) == 1 for words in zip(*split, strict=False))
        same = sum(takewhile(bool, alike))
        for place, words in zip(places, split, strict=True):
            if same and len(words) > same:
                short[place] = shorten_words(" ".join(["…", *words[same:]]), width)
            elif cells(whole[place]) > width:
                short[place] = _without_middle(whole[place], width)
    return short


def _without_middle(text: str, width: int) -> str:
    """Return the beginning and the end of a text."""
    start = width // 2
    return f"{_first_cells(text, start)}…{_last_cells(text, width - start - 1)}"


def _last_cells(text: str, width: int) -> str:
    kept, used = "", 0
    for character in reversed(text):
        used += _width(character)
        if used > width:
            break
        kept = character + kept
    return kept


def shorten_path(path: object, width: int) -> str:
    """Return a path whose last part is always shown: a folder's own name says most.

    >>> shorten_path("/home/you/images/pets/train", 40), shorten_path("/home/you/images/pets", 16)
    ('/home/you/images/pets/train', '…/images/pets')
    >>> shorten_path("/home/cats_and_dogs/", 15), shorten_path("/home/cats_and_dogs", 9)
    ('…/cats_and_dogs', '…and_dogs')
    """
    safe = clean(path)
    if cells(safe) <= width:
        return safe
    parts = safe.rstrip("/").split("/")
    shown = parts[-1]
    if cells(shown) + 2 > width:
        return shown if cells(shown) <= width else f"…{_last_cells(shown, width - 1)}"
    for part in reversed(parts[:-1]):
        if cells(part) + 1 + cells(shown) + 2 > width:
            break
        shown = f"{part}/{shown}"
    return f"…/{shown}"
