"""The parts of a page that are not questions: prose, calculator, code, training, picture.

`line` is where a part begins in its file, so that a problem can name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.geometry import Layer, Volume

CALCULATOR_FIELDS = ("W1", "H1", "D1", "K", "F", "S", "P")
"""The fields of a calculator, by their names in the course; each has a row."""
FIXED_FIELDS = (*CALCULATOR_FIELDS, "dilation")
"""What can be fixed; the dilation always is."""
CALCULATOR_ROWS = 1 + (len(CALCULATOR_FIELDS) + 2) + 1
"""The height of a calculator: its keys, its fields in a frame, and the formula.

Below the formula a note takes more rows where the stride does not divide; then the page scrolls.
"""
PICTURES = ("flower", "temple", "digit")
"""The pictures that come with packages which this program needs anyway."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Text between two blocks.

    Args:
        markdown: one or more lines of Markdown, without the heading of the page.
        line: where it begins.
    """

    markdown: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class CalculatorBlock:
    """A layer whose settings can be changed.

    Args:
        input: the volume at the start.
        layer: the layer at the start; it fits the input.
        fixed: the fields that cannot be edited, of :data:`FIXED_FIELDS`.
        line: where it begins.
    """

    input: Volume
    layer: Layer
    fixed: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Python to read and copy; it is never run.

    Args:
        source: the program text.
        line: where it begins.
    """

    source: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class TrainBlock:
    """A real training, run from the page.

    Args:
        id: its name in the learner's progress; unique in its lesson.
        prompt: what to look for.
        data: "digits", or "own" for the folder that the learner opened last (digits when none).
        network: in the one-line form; empty for the default network of the data.
        epochs: the maximum.
        stop: the stop rule, such as "accuracy > 0.997"; "never" for none.
        shares: of the training images, above 0 and up to 1; there is a training for each, and
            one chart for all.
        seed: of weights, shuffling and the choice of a share.
        explain: what could be observed, shown at the end; may be empty.
        line: where it begins.
    """

    id: str
    prompt: str
    data: Literal["digits", "own"] = "digits"
    network: str = ""
    epochs: int = 5
    stop: str = "never"
    shares: tuple[float, ...] = (1.0,)
    seed: int = 42
    explain: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LookBlock:
    """A picture behind ready-made filters and layers.

    Args:
        id: its name in the learner's progress; may be empty.
        prompt: what to look for.
        picture: one of :data:`PICTURES`.
        filters: names of ready-made filters, one map each.
        then: layers that each map goes through afterwards, such as `activation:a=relu` and
            `maxpool:f=2`.
        line: where it begins.
    """

    id: str
    prompt: str
    picture: str
    filters: tuple[str, ...]
    then: tuple[Layer, ...] = ()
    line: int = 0
