"""A lesson's words in plain text, and how many rows they take."""

from __future__ import annotations

import pytest

from tui.course.lesson.markdown import plain_lines, top_headings
from tui.course.lesson.page_height import prose_rows


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("[a\nlink](lesson:a)", ["a link (lesson:a)"]),
        ("[a][b]\n\n[b]: lesson:a", ["a (lesson:a)"]),
        ("<https://keras.io>", ["https://keras.io"]),
        ("*k* `a*b` **c**", ["k a*b c"]),
        ("1. one\n2. two\n   goes on", ["1. one", "2. two goes on"]),
        ("- a\n  - b\n\n- c", ["- a", "  - b", "", "- c"]),
        ("~~~\n# no heading\n~~~", ["    # no heading"]),
        ("````\n```\n````", ["    ```"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["| a | b |", "|---|---|", "| 1 | 2 |"]),
        ("> said", ["> said"]),
        ("## More\nwords", ["## More", "words"]),
        ("a<!-- no -->b\n\n<!-- nor this -->\n\nc", ["ab", "", "c"]),
        (r"\*plain\* &amp; K", ["*plain* & K"]),
    ],
)
def test_words_in_plain_text(words: str, lines: list[str]) -> None:
    assert list(plain_lines(words, 78)) == lines


def test_nothing_of_a_long_word_is_cut() -> None:
    word = "cnn-tui-calc" * 9
    assert word in list(plain_lines(f"Try {word} now", 40))


@pytest.mark.parametrize("head", ["# Two", " # Two", "Two\n===", "# Two #", "#\tTwo"])
def test_a_heading_of_the_first_level_is_found_however_it_is_written(head: str) -> None:
    assert list(top_headings(f"Words.\n\n{head}\n\n```\n# none\n```\n")) == [("Two", 2)]


def test_rows_are_those_of_the_words_that_are_shown() -> None:
    target = "https://keras.io/" + "x" * 200
    assert prose_rows(f"[a\nlink]({target})") == 1
    assert prose_rows(f"[a][b]\n\n[b]: {target}") == 1
    assert prose_rows("- one\n- two\n\nthree") == 4
