"""Messages of every version, whole, mangled and cut."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable

import pytest

from tests.unit.keras_io.errors.messages import OLD, Old
from tui.keras_io.errors import ERROR_KINDS, PATTERNS, explain_keras_error
from tui.keras_io.errors.message_patterns import Pattern

KNOWN = [old for old in OLD if old.kind != "unknown"]


@pytest.mark.parametrize("old", OLD, ids=lambda old: old.text[:50])
def test_old_messages_are_explained_rightly(old: Old) -> None:
    found = explain_keras_error(old.text, old.network)
    said = " ".join(found.lines())
    assert (found.kind, found.row) == (old.kind, old.row), said
    for word in old.words:
        assert word in said
    assert said.isprintable()


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_each_row_of_the_table_finds_its_example(pattern: Pattern) -> None:
    found = explain_keras_error(pattern.example)
    assert found.pattern == pattern.id
    assert found.kind in ERROR_KINDS
    assert found.what.endswith(".") and found.cure.endswith(".")


def test_each_kind_is_in_the_table_once() -> None:
    assert len({pattern.id for pattern in PATTERNS}) == len(PATTERNS)
    given = {explain_keras_error(pattern.example).kind for pattern in PATTERNS}
    given |= {explain_keras_error(old.text, old.network).kind for old in KNOWN}
    rare = {"ragged", "turned", "already-flat", "flat-pictures", "label-axes"}
    assert set(ERROR_KINDS) - rare <= given


def _hard(width: int) -> Callable[[str], str]:
    return lambda text: "\n".join(text[i : i + width] for i in range(0, len(text), width))


def _soft(text: str) -> str:
    return textwrap.fill(text, 60, break_long_words=False, break_on_hyphens=False)


def _each_line(before: str, after: str = "") -> Callable[[str], str]:
    return lambda text: "\n".join(f"{before}{line}{after}" for line in _soft(text).split("\n"))


MANGLED: dict[str, Callable[[str], str]] = {
    "wrapped within words at 40": _hard(40),
    "wrapped within words at 79": _hard(79),
    "wrapped at blanks": _soft,
    "coloured": lambda text: re.sub(r"(\S+)", "\x1b[0;31m\\1\x1b[0m", text),
    "colours without escape": lambda text: "[0;31m" + text.replace(": ", "[0m: "),
    "without quotes": lambda text: re.sub(r"[`'\"]", "", text),
    "with curly quotes": lambda text: text.replace("`", "’").replace('"', "“"),
    "from a container's log": _each_line("web_1  | "),
    "from a log": _each_line("2023-05-01 12:00:01,123 ERROR "),
    "from a mail": _each_line("> "),
    "in a box": lambda text: f"╭─────╮\n{_each_line('│ ', '  │')(text)}\n╰─────╯",
    "from HTML": html.escape,
    "from pytest": _each_line("E       "),
    "in Markdown": lambda text: "**" + text.replace("_", "\\_") + "**",
    "as a repr": repr,
    "in square brackets": lambda text: re.sub(
        r"\(((?:None|\d+)(?:, ?(?:None|\d+))*)\)", r"[\1]", text
    ),
    "without blanks in shapes": lambda text: text.replace(", ", ","),
    "as TensorShape": lambda text: re.sub(r"\((None(?:, ?\d+)+)\)", r"TensorShape([\1])", text),
    "below a traceback": lambda text: (
        'Traceback (most recent call last):\n  File "train.py", line 12, in <module>\n'
        f"    model.fit(x, y, epochs=5)\n{text}\n"
    ),
    "above another error": lambda text: (
        f"{text}\n\nDuring handling of the above exception, another exception occurred:\n\n"
        "KeyboardInterrupt\n"
    ),
}


@pytest.mark.parametrize("how", MANGLED)
def test_mangled_messages_are_explained_alike(how: str) -> None:
    for old in KNOWN:
        found = explain_keras_error(MANGLED[how](old.text), old.network)
        assert (found.kind, found.row) == (old.kind, old.row), old.text
    for pattern in PATTERNS:
        whole = explain_keras_error(pattern.example)
        assert explain_keras_error(MANGLED[how](pattern.example)).kind == whole.kind, pattern.id


# What the part of a message that is left does say, where it says less than the whole.
LESS = {
    ("channels-first", "window"),  # "subtracting 5 from 3" without the shapes
    ("already-flat", "rank"),
    ("channels-first", "units"),  # Theano's, without the node
    ("batch-axis", "window"),  # without the operation's own input
    ("generator", "losses"),  # "x=<list_", without the rest of the type
    ("file", "argument"),  # "unexpected keyword argument 'ba"
    ("losses", "counts"),  # without the sizes, of which a list has several
    ("integer-labels", "binary"),  # without the traceback that names a metric
}


def test_cut_messages_are_never_explained_wrongly() -> None:
    for old in KNOWN:
        for cut in range(5, len(old.text), 5):
            for part in (old.text[cut:], old.text[:cut]):
                kind = explain_keras_error(part, old.network).kind
                assert kind in (old.kind, "unknown") or (old.kind, kind) in LESS, part


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A `Concatenate` layer should be fed otherwise", ""),
        ("a `Lambda` layer whose `function` is a Python lambda", ""),
        ("model.add(Flatten()) for i in tree.flatten(data)", ""),
        ("ValueError: something is wrong with layer conv2d_3.", "conv2d_3"),
        ("ValueError: something is wrong with layer `head`", "head"),
        ("node max_pooling2d_1/MaxPool broke", "max_pooling2d_1"),
    ],
)
def test_names_of_layers_are_not_read_out_of_prose(text: str, name: str) -> None:
    found = explain_keras_error(text)
    assert ([line for line in found.facts if line.startswith("Layer")] or [""])[0] == (
        f"Layer: {name}." if name else ""
    )


def test_the_version_is_not_read_out_of_a_learner_s_own_words() -> None:
    said = explain_keras_error(
        "Unrecognized keyword arguments passed to Conv2D: {'border_mode': 'same'}"
    )
    assert "Keras 1" not in " ".join(said.facts)


def test_a_message_of_its_own_kind_is_never_guessed_at() -> None:
    for text in (
        "ValueError: shapes (3,4) and (5,6) not aligned: 4 (dim 1) != 5 (dim 0)",
        "TypeError: fit() missing 1 required positional argument: 'y'",
        "KeyError: 'val_acc'",
        "ImportError: cannot import name 'np_utils'",
        "RuntimeError: Attempting to capture an EagerTensor without building a function.",
    ):
        found = explain_keras_error(text)
        assert found.kind == "unknown" and not found.pattern, text
        assert any(found.facts)
