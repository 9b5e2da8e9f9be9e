"""Read the blocks of a lesson: pictures, trainings and code here, the others by their readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from tui.common.python_syntax import NOT_PYTHON, parse_python
from tui.common.stop_rule import SpecError, StopRule
from tui.common.text import clean
from tui.course.exercises import EXERCISES
from tui.course.lesson.lesson import Part
from tui.course.lesson.page_blocks import PICTURES, CodeBlock, LookBlock, TrainBlock
from tui.course.lesson.questions import WriteBlock
from tui.course.reading.choice_reader import read_choice, read_expect
from tui.course.reading.chunks import Chunk
from tui.course.reading.layer_fields import network_that_fits, read_calculator
from tui.course.reading.problems import LessonProblem
from tui.course.reading.question_reader import (
    read_chain,
    read_explain,
    read_predict,
    read_solve,
)
from tui.course.reading.toml_fields import Fields
from tui.geometry import (
    KERNELS,
    Activation,
    AveragePool2D,
    GeometryError,
    Layer,
    MaxPool2D,
    Network,
    Volume,
    parse_layer,
    parse_network,
    trace_network,
)
from tui.geometry.errors import did_you_mean, shown

_MAPS = {"digit": Volume(6, 6, 1)}
"""What a 3×3 filter leaves of the small pictures at least; of all others `_LARGE_MAP`."""
_LARGE_MAP = Volume(38, 38, 1)


def read_look(fields: Fields) -> LookBlock | None:
    """Read a picture with its filters; None when an essential key is wrong."""
    block_id = fields.name("id", required=False)
    prompt = fields.text("prompt", '"Which filter finds the stems?"')
    picture = fields.text("picture", '"flower"')
    if picture and picture not in PICTURES:
        fields.add(f"is {shown(picture)}: {did_you_mean(picture, PICTURES)}.", "picture")
        picture = ""
    filters = fields.texts("filters", '["vertical-edges"]', minimum=1, maximum=len(KERNELS))
    for name in filters:
        if name not in KERNELS:
            fields.add(f"has {shown(name)}: {did_you_mean(name, KERNELS)}.", "filters")
    if len(set(filters)) != len(filters):
        fields.add("names a filter twice: name each one once.", "filters")
    then = _following_layers(fields, picture)
    if not picture or then is None:
        return None
    return LookBlock(block_id, prompt, picture, filters, then, fields.line)


def _following_layers(fields: Fields, picture: str) -> tuple[Layer, ...] | None:
    """Read the layers that every map goes through; None when they are wrong."""
    line = fields.text("then", '"activation:a=relu maxpool:f=2"', required=False)
    layers: list[Layer] = []
    for word in line.split():
        try:
            layer = parse_layer(word)
        except GeometryError as error:
            fields.add(f"cannot be read: {error.message}", "then")
            return None
        if not isinstance(layer, (Activation, MaxPool2D, AveragePool2D)):
            fields.add(
                f"has {shown(word)}: only layers without weights can be used here, so write "
                "activation, maxpool or avgpool.",
                "then",
            )
            return None
        layers.append(layer)
    network = Network(_MAPS.get(picture, _LARGE_MAP), tuple(layers))
    for row in trace_network(network):
        if row.error is not None:
            fields.add(f"does not fit: {row.error.message}", "then")
            return None
    return tuple(layers)


_DATA: tuple[Literal["digits", "own"], ...] = ("digits", "own")
_INPUTS = {"digits": "8x8x1", "own": "150x150x3"}
"""The input that a network without one is checked with: digits, and the course's size."""


def read_train(fields: Fields) -> TrainBlock:
    """Read a training."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"Watch where the curves part."')
    word = fields.text("data", '"digits"', required=False) or "digits"
    data = next((name for name in _DATA if name == word), None)
    if data is None:
        fields.add(f"is {shown(word)}: {did_you_mean(word, _DATA)}.", "data")
    network = _network(fields, data or "digits")
    epochs = fields.number("epochs", "5", minimum=1, maximum=100, default=5)
    stop = _stop(fields)
    shares = fields.shares("shares", "[0.1, 1.0]", maximum=5) or (1.0,)
    seed = fields.number("seed", "42", minimum=0, maximum=2**31 - 1, default=42)
    return TrainBlock(
        block_id, prompt, data or "digits", network, epochs, stop, shares, seed,
        read_explain(fields), fields.line,
    )  # fmt: skip


def _network(fields: Fields, data: str) -> str:
    """Return the line of the network when it fits; empty, with a problem, when it does not."""
    line = fields.text("network", '"conv:k=16,f=3 flatten"', required=False)
    if not line:
        return ""
    whole = line if line[0].isdigit() else f"{_INPUTS[data]} {line}"
    try:
        network = parse_network(whole)
    except GeometryError as error:
        fields.add(f"cannot be read: {error.message}", "network")
        return ""
    return line if network_that_fits(fields, network, "network") else ""


def _stop(fields: Fields) -> str:
    """Return the stop rule in its standard spelling; "never" when there is none."""
    text = fields.text("stop", '"accuracy > 0.997"', required=False) or "never"
    try:
        rule = StopRule.parse(text)
    except SpecError as error:
        fields.add(f"cannot be read: {error}", "stop")
        return "never"
    return "never" if rule is None else str(rule)


def safe_lines(text: str) -> str:
    """Return a text of several lines with its control characters made visible."""
    return "\n".join(clean(line.expandtabs(4)) for line in text.split("\n")).strip("\n")


def read_code(chunk: Chunk, file: str) -> tuple[Part | None, list[LessonProblem]]:
    """Return the code block of a chunk; a problem when it is not Python.

    Args:
        chunk: the lines between the fences.
        file: the file that they are from.
    """
    try:
        parse_python(chunk.text)
    except NOT_PYTHON as error:
        line = chunk.line + ((getattr(error, "lineno", None) or 1) - 1)
        reason = clean(getattr(error, "msg", None) or error, 100)
        cure = f"code is not Python: {reason}. Fix it, or use a fence without a word for text."
        return None, [LessonProblem(file, line, cure)]
    return CodeBlock(safe_lines(chunk.text), chunk.line - 1), []


__all__ = ["KINDS", "read_block", "safe_lines"]

_READERS: Mapping[str, Callable[[Fields], Part | None]] = {
    "calculator": read_calculator,
    "predict": read_predict,
    "choice": read_choice,
    "expect": read_expect,
    "solve": read_solve,
    "chain": read_chain,
    "train": read_train,
    "look": read_look,
}
KINDS = (*_READERS, "code", "write")
"""Every word that may follow a fence."""


def read_write(chunk: Chunk, name: str, file: str) -> tuple[Part | None, list[LessonProblem]]:
    """Return the block of a fence `write NAME`: it names an exercise that the program holds.

    Args:
        chunk: the lines between the fences.
        name: what stands behind the word write.
        file: the file they stand in.
    """
    fields = Fields(chunk, "write", file)
    if not fields.sound:
        return None, fields.problems
    title = fields.text("title", '"The callback, once more"', required=False)
    for key in ("program", "solution", "check", "hints", "prompt"):
        fields.refuse(key, "belongs to the exercise that the program holds. Take it out.")
    fields.finish()
    problems = list(fields.problems)
    if name not in EXERCISES:
        example = next(iter(EXERCISES))
        cure = (
            f"write has the exercise {shown(name)}: {did_you_mean(name, EXERCISES)}."
            if name
            else f"write names no exercise: put one behind the word, such as ```write {example}."
        )
        problems.append(LessonProblem(file, chunk.line - 1, cure))
        return None, problems
    return WriteBlock(name, title, chunk.line - 1), problems


def read_block(chunk: Chunk, file: str) -> tuple[Part | None, list[LessonProblem]]:
    """Return the block that a chunk describes.

    Args:
        chunk: the lines between the fences.
        file: the file that they are from.

    Returns:
        The block, or None when something essential is wrong; and the problems.
    """
    opening = chunk.line - 1
    if not chunk.closed:
        cure = (
            f"{shown(chunk.kind)[1:-1]} is never closed: write ``` on a line of its own after it."
        )
        return None, [LessonProblem(file, opening, cure)]
    if chunk.kind == "code":
        return read_code(chunk, file)
    kind, _, rest = chunk.kind.partition(" ")
    if kind == "write":
        return read_write(chunk, rest.strip(), file)
    if chunk.kind not in _READERS:
        cure = f"there is no block {shown(chunk.kind)}: {did_you_mean(kind, KINDS)}."
        return None, [LessonProblem(file, opening, cure)]
    fields = Fields(chunk, chunk.kind, file)
    if not fields.sound:
        return None, fields.problems
    block = _READERS[chunk.kind](fields)
    fields.finish()
    return block, fields.problems
