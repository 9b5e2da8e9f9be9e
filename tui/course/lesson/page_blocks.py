"""What a page shows and lets one try: words, a calculator, code, a training, a picture.

`line` is where a part begins in its file, so that a problem can name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.geometry import Layer, Volume

CALCULATOR_FIELDS = ("W1", "H1", "D1", "K", "F", "S", "P", "dilation")
"""The fields of a calculator, by the names the course gives them."""
PICTURES = ("flower", "temple", "digit")
"""The pictures that come with the packages this program needs anyway."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Words between two blocks.

    Args:
        markdown: Markdown of one or more lines, without the page's heading.
        line: where it begins.
    """

    markdown: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class CalculatorBlock:
    """A layer to play with.

    Args:
        input: the volume it starts with.
        layer: the layer it starts with; it fits the input.
        fixed: the fields that cannot be edited, of :data:`CALCULATOR_FIELDS`.
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
        id: its name in the learner's progress; one of a kind in its lesson.
        prompt: what to watch for.
        data: "digits", or "own" for the folder that the learner opened last (digits when none).
        network: a network in the one-line form; empty for the one that suits the data.
        epochs: at most this many.
        stop: the stop rule, such as "accuracy > 0.997"; "never" for none.
        shares: a training for each share of the training images, above 0 to 1; the curves of
            all stand in one chart.
        seed: seeds weights, shuffling and the choice of a share.
        explain: what was to be seen, told when all are over; may be empty.
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
    """A picture, and what ready-made filters and layers make of it.

    Args:
        id: its name in the learner's progress; may be empty.
        prompt: what to look for.
        picture: one of :data:`PICTURES`.
        filters: names of ready-made filters, one map each.
        then: layers that every map goes through afterwards, such as `activation:a=relu` and
            `maxpool:f=2`.
        line: where it begins.
    """

    id: str
    prompt: str
    picture: str
    filters: tuple[str, ...]
    then: tuple[Layer, ...] = ()
    line: int = 0
