"""Make a block of each kind from its text; a file for each family of kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.course.lesson.model import Part
from tui.course.reading.blocks.chain import read_chain
from tui.course.reading.blocks.code import read_code, safe_lines
from tui.course.reading.blocks.layers import read_calculator
from tui.course.reading.blocks.look import read_look
from tui.course.reading.blocks.questions import read_choice, read_predict
from tui.course.reading.blocks.solve import read_solve
from tui.course.reading.blocks.train import read_train
from tui.course.reading.fields import Fields
from tui.course.reading.problems import LessonProblem
from tui.course.reading.source import Chunk
from tui.geometry.errors import did_you_mean, shown

__all__ = ["KINDS", "read_block", "safe_lines"]

_READERS: Mapping[str, Callable[[Fields], Part | None]] = {
    "calculator": read_calculator,
    "predict": read_predict,
    "choice": read_choice,
    "solve": read_solve,
    "chain": read_chain,
    "train": read_train,
    "look": read_look,
}
KINDS = (*_READERS, "code")
"""Every word that may stand behind a fence."""


def read_block(chunk: Chunk, file: str) -> tuple[Part | None, list[LessonProblem]]:
    """Return the block a fenced chunk describes.

    Args:
        chunk: the lines between the fences.
        file: the file they stand in.

    Returns:
        The block, None when something essential is wrong, and the problems.
    """
    opening = chunk.line - 1
    if not chunk.closed:
        cure = (
            f"{shown(chunk.kind)[1:-1]} is never closed: write ``` on a line of its own behind it."
        )
        return None, [LessonProblem(file, opening, cure)]
    if chunk.kind == "code":
        return read_code(chunk, file)
    if chunk.kind not in KINDS:
        cure = f"no block is called {shown(chunk.kind)}: {did_you_mean(chunk.kind, KINDS)}."
        return None, [LessonProblem(file, opening, cure)]
    fields = Fields(chunk, chunk.kind, file)
    if not fields.sound:
        return None, fields.problems
    block = _READERS[chunk.kind](fields)
    fields.finish()
    return block, fields.problems
