"""A real training, run from the page."""

from __future__ import annotations

from typing import Literal

from tui.common.stop_rule import SpecError, StopRule
from tui.course.lesson.blocks import TrainBlock
from tui.course.reading.blocks.layers import fitting
from tui.course.reading.blocks.questions import read_explain
from tui.course.reading.fields import Fields
from tui.geometry import GeometryError, parse_network
from tui.geometry.errors import did_you_mean, shown

_DATA: tuple[Literal["digits", "own"], ...] = ("digits", "own")
_INPUTS = {"digits": "8x8x1", "own": "150x150x3"}
"""What a network without an input is tried on: the digits' size, and the course's."""


def read_train(fields: Fields) -> TrainBlock:
    """Read a training."""
    block_id = fields.name("id")
    prompt = fields.text("prompt", '"Watch where the curves part."')
    word = fields.text("data", '"digits"', required=False) or "digits"
    data = next((name for name in _DATA if name == word), None)
    if data is None:
        fields.add(f"is {shown(word)}: {did_you_mean(word, _DATA)}.", "data")
    network = _network(fields, data or "digits")
    epochs = fields.number("epochs", "5", least=1, most=100, default=5)
    stop = _stop(fields)
    shares = fields.shares("shares", "[0.1, 1.0]", most=5) or (1.0,)
    seed = fields.number("seed", "42", least=0, most=2**31 - 1, default=42)
    return TrainBlock(
        block_id, prompt, data or "digits", network, epochs, stop, shares, seed,
        read_explain(fields), fields.line,
    )  # fmt: skip


def _network(fields: Fields, data: str) -> str:
    """Return the network's line as it was written, once it is known to fit."""
    line = fields.text("network", '"conv:k=16,f=3 flatten"', required=False)
    if not line:
        return ""
    whole = line if line[0].isdigit() else f"{_INPUTS[data]} {line}"
    try:
        network = parse_network(whole)
    except GeometryError as error:
        fields.add(f"cannot be read: {error.message}", "network")
        return ""
    return line if fitting(fields, network, "network") else ""


def _stop(fields: Fields) -> str:
    """Return a stop rule in one spelling, "never" when there is none."""
    text = fields.text("stop", '"accuracy > 0.997"', required=False) or "never"
    try:
        rule = StopRule.parse(text)
    except SpecError as error:
        fields.add(f"cannot be: {error}", "stop")
        return "never"
    return "never" if rule is None else str(rule)
