"""A Keras model taken apart: each use of a layer, and where its values come from."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.geometry.graphs.graph import GraphInput
from tui.keras_io.layer_config import Step

Told = tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from.

    Args:
        index: position in `Calls.calls`; −1 is the first input, −2 the second.
        told: its shape without the batch, where the description tells it.
    """

    index: int
    told: Told = None


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a layer.

    Args:
        step: the layer; its number is its place in the list, from 1.
        inside: names of the models that hold it, the outermost first.
        use: which use of the layer, from 0.
        sources: what it receives.
        plain: whether all else that it is called with is single numbers and words.
        frozen: whether it, or a model that holds it, is not trained.
        again: whether all its numbers were counted with an earlier use of it.
    """

    step: Step
    inside: tuple[str, ...]
    use: int
    sources: tuple[Source, ...]
    plain: bool
    frozen: bool
    again: bool


@dataclass
class Calls:
    """A model taken apart.

    Args:
        inputs: what comes in.
        calls: the layers, without the inputs.
        outputs: positions of those whose outputs are the model's.
    """

    inputs: list[GraphInput] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    opened: int = 0
    """How many models were gone through."""
