"""A pasted error message, cleaned, and the facts that can be read from it without explaining it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tui.keras_io.errors.keras_shapes import NUMBERS, KerasShape, parse_shape

MAX_CHARACTERS = 200_000
"""Characters that are read. Of a longer text the end is kept: a traceback ends with its message."""

# Colour codes: as sent, spelled out, or without the escape character.
_COLORS = re.compile(
    r"(?:\x1b|\u241b|\\x1b|\\u001b|\\033|\\e)\[[0-9;?]{0,20}[A-Za-z]|\[[0-9;]{1,12}m"
)
# What logs, emails and boxed tracebacks put before each line.
_PREFIX = re.compile(
    r"^\s{0,40}(?:[│┃║|>]{1,4}\s|[\w.-]{1,40}\s{1,8}\|\s"
    r"|\[?\d{4}-\d\d-\d\d[T ,]\d\d:\d\d:\d\d[.,\d]{0,10}Z?\]?[:\s]"
    r"|[EWIF]\d{4}\s\d\d:\d\d:\d\d\.\d+\s+\d+\s[\w.]+:\d+\]"
    r"|(?:ERROR|INFO|WARNING|CRITICAL|DEBUG)[\s:]{1,2}(?:root:)?"
    r"|E\s{3,8}(?=\S))+"
)
_DROPPED_LETTERS = frozenset(" \t`'\"‘’“”´*\\•│┃║─━═╭╮╰╯┌┐└┘├┤\u200b\ufffd")
_SPACED_NUMBERS = re.compile(rf"([\[(])\s*({NUMBERS}(?:\s+{NUMBERS}){{1,7}})\s*([\])])")
_WRAPPED_VALUES = (
    (re.compile(r"Dimension\((\w{1,12})\)"), r"\1"),
    (re.compile(r"TensorShape\(([\[(][^()\[\]]{0,200}[\])])\)"), r"\1"),
    (re.compile(r"torch\.Size\((\[[^()\[\]]{0,200}\])\)"), r"\1"),
    (re.compile(r"np\.int\d{1,2}\((-?\d{1,12})\)"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """A cleaned message.

    Args:
        plain: the text without colours and log prefixes, with single blanks.
        squeezed: the same in lower case without blanks, quotes and asterisks, so that a message
            matches however it was wrapped and quoted. Shapes keep their commas.
        offsets: for each character of `squeezed`, its position in `plain`.
    """

    plain: str
    squeezed: str
    offsets: tuple[int, ...]

    def contains(self, *words: str) -> bool:
        """Return whether any of the words is in the text, ignoring blanks and quotes."""
        return any(squeeze(word) in self.squeezed for word in words)

    @property
    def version(self) -> str:
        """The version of Keras, from paths and words that only one version uses; or ""."""
        text = self.squeezed
        if re.search(r"whencalling\w{1,60}\.call\(\)|argumentsreceivedby\w{1,60}\.", text):
            return "Keras 3"
        for version, words in _VERSIONS:
            if any(word in text for word in words):
                return version
        return ""

    @property
    def stage(self) -> str:
        """Whether arrays or symbolic shapes were computed; empty if unknown."""
        if self.contains("Graph execution error", "[[node", "[[{{node"):
            return "while a compiled graph ran"
        if self.contains("[Op:", "__wrapped__"):
            return "while layers ran one by one (eager)"
        if self.contains("KerasTensor", "in user code", "SymbolicTensor"):
            return "while the model was traced with shapes only"
        return ""

    @property
    def layer_class(self) -> str:
        """The class of the layer that was called, in lower case; or ""."""
        found = re.search(
            r"whencalling(?:layer[\w.\-/]{1,100}?\(type(\w{1,60})\)|(\w{1,60})\.call\(\))",
            self.squeezed,
        )
        return (found[1] or found[2] or "") if found else ""

    @property
    def argument_shape(self) -> KerasShape:
        """The shape that the called layer received; () if unknown or for a whole model."""
        found = re.search(
            r"argumentsreceivedby(?!sequential|functional|layermodel|layersequential)"
            r"[\w.\-/]{1,100}(?:\(type\w{1,60}\)|\.call\(\)):?.{0,20}?"
            r"(?:inputs|args|x)=.{0,60}?shape=[(\[]([^()\[\]]{0,100})[)\]]",
            self.squeezed,
        )
        return parse_shape(found[1]) if found else ()

    @property
    def loss(self) -> str:
        """The loss that it names; empty where it names none or several."""
        found = set(_LOSSES.findall(self.squeezed))
        return found.pop() if len(found) == 1 else ""

    @property
    def layer(self) -> str:
        """The name of a layer; empty where none can be recognized."""
        for found in re.finditer(r"\blayer\s+([`'\"]?)([\w.\-/]{1,60}?)[`'\"]?(?=[\s,.:]|$)",
                                 self.plain):  # fmt: skip
            if found[1] or re.fullmatch(rf"(?i:{_NAMES})(?:_\d{{1,4}})?", found[2]):
                return found[2]
        # Without the word "layer": only with a number after it, as in conv2d_3.
        found_alone = re.search(rf"(?<![\w.])((?:{_CLASSES})_\d{{1,4}})(?:_input)?\b", self.plain)
        return found_alone[1] if found_alone else ""

    @property
    def exception(self) -> str:
        """The name of the last exception, such as ValueError; or ""."""
        found = re.findall(r"\b([A-Z]\w{0,30}(?:Error|Exception))\b", self.plain)
        return found[-1] if found else ""

    def shapes(self) -> Iterator[KerasShape]:
        """Yield each shape once, in order."""
        seen: set[KerasShape] = set()
        for found in re.finditer(rf"[\[(]((?:{NUMBERS},?){{1,8}})[\])]", self.squeezed):
            sides = parse_shape(found[1])
            before = self.squeezed[max(found.start() - 7, 0) : found.start()]
            # A single number may be an index, and `[0, 10)` is a range.
            if "([".index(found[0][0]) != ")]".index(found[0][-1]):
                continue
            if found[0][0] == "[" and before[-1:].isalnum() and not before.endswith("shape"):
                continue
            is_shape = "," in found[1] or re.search(r"(?:shapes?:?|vs\.?|and)$", before)
            if is_shape and sides not in seen:
                seen.add(sides)
                yield sides


_LOSSES = re.compile(
    r"(?:sparse_categorical|(?<!sparse_)categorical_focal|(?<!sparse_)categorical|binary_focal|"
    r"binary)_crossentropy|mean_squared_error|mean_absolute_error"
)
_CLASSES = (
    "separable_conv2d|depthwise_conv2d|conv2d_transpose|convolution2d|conv[123]d|"
    "(?:global_)?(?:max|average)_?pooling[123]d|zero_?padding2d|batch_?normalization|flatten|"
    "dense|dropout|activation|lstm|gru|concatenate|add|reshape|embedding"
)
_NAMES = rf"{_CLASSES}|sequential|functional|model|\w{{1,60}}_\d{{1,4}}"
_VERSIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Keras 3", ("keras/src/backend", "keras/src/ops", "keras/src/layers/layer.py",
                 "keras/src/models", "keras/src/trainers", "keras/src/losses",
                 "keras/src/utils/traceback_utils.py:122", "target.shape=", "keras_tensor")),
    ("TensorFlow 2.6 to 2.15 (Keras 2)", ("callargumentsreceivedbylayer", "keras/engine/input_spec",
                 "keras/src/engine", "keras/utils/traceback_utils", "graphexecutionerror")),
    ("TensorFlow 2.0 to 2.5", ("tensorflow/python/keras", "tensorflow_core", "withthelayer::",
                               "inusercode")),
    ("Keras 1 or 2, or TensorFlow 1", ("checkingmodeltarget:the", "checkingmodelinput:the")),
    ("Keras 1", ("checkingmodeltarget:expected", "checkingmodelinput:expected", "convolution2d")),
    ("Keras 2 alone, or TensorFlow 1", ("keras/engine", "topology.py", "errorwhenchecking",
                                        "(op:", "[[node:")),
)  # fmt: skip


def _with_commas(found: re.Match[str]) -> str:
    """Put commas into NumPy's `[None 2 2]`, and join a number broken over two lines, `[3⏎20]`."""
    if not re.search(r"[ \t]", found[2].strip()):
        return found[0]
    return found[1] + ",".join(found[2].split()) + found[3]


def squeeze(text: str) -> str:
    """Return a text in lower case without blanks, quotes and asterisks."""
    return "".join(letter for letter in text if letter not in _DROPPED_LETTERS).lower()


def read_message(text: str) -> ErrorMessage:
    """Clean a pasted text.

    Args:
        text: a message, a traceback or a log, possibly wrapped, quoted or coloured.

    >>> found = read_message("\\x1b[31mValueError\\x1b[0m: Shapes (None,\\n  1) and [None 7] are")
    >>> found.squeezed
    'valueerror:shapes(none,1)and[none,7]are'
    """
    text = _COLORS.sub("", text[-MAX_CHARACTERS:])
    if "&" in text:
        text = html.unescape(text)
    text = unicodedata.normalize("NFKC", text.replace("\\n", "\n").replace("\\t", " "))
    lines = [_PREFIX.sub("", line[:20_000]) for line in re.split(r"[\r\n]+", text)]
    joined = _SPACED_NUMBERS.sub(_with_commas, "\n".join(lines))
    plain = " ".join(joined.split())
    for pattern, instead in _WRAPPED_VALUES:
        plain = pattern.sub(instead, plain)
    # A line broken within a word or a number has no blank there: words are searched in `squeezed`.
    kept: list[str] = []
    offsets: list[int] = []
    for offset, letter in enumerate(plain):
        small = letter.lower()
        if letter in _DROPPED_LETTERS or len(small) != 1 or (small == ":" and kept[-1:] == [":"]):
            continue
        kept.append(small)
        offsets.append(offset)
    return ErrorMessage(plain, "".join(kept), tuple(offsets))
