"""What a training that diverged began with, and what of that is to blame."""

from __future__ import annotations

from dataclasses import dataclass

from tui.geometry import GeometryError, Network, Rescaling, parse_network
from tui.numbers import figure
from tui.text import exact
from tui.training.network_end import judge_network
from tui.training.rates import FAR_TOO_HIGH, RATES, lower_rate
from tui.training.spec import TrainingSpec

UNSCALED = 16.0
"""Pixels that go up to more than this were not rescaled: the usual is up to 1."""


@dataclass(frozen=True)
class Cause:
    """What is to blame.

    Args:
        began: what it began with, in a sentence.
        advice: what to do about it.
        learning_rate: the one to go on with; 0 where another cause is named.
    """

    began: str
    advice: str
    learning_rate: float = 0.0


def cause_of(spec: TrainingSpec, rate: float) -> Cause:
    """Return what is to blame for a training that diverged.

    A network that cannot learn is named before pixels that were not rescaled, these before an odd
    learning rate; where all is usual a lower rate is advised.

    Args:
        spec: what was trained.
        rate: the learning rate in force.
    """
    network = network_of(spec)
    highest = 255 / spec.data.rescale_divisor if spec.data.rescale_divisor else 255.0
    rescaled = network is not None and any(isinstance(one, Rescaling) for one in network.layers)
    unscaled = highest > UNSCALED and not rescaled
    began = f"It began with learning rate {exact(rate)} ({spec.optimizer})"
    usual = RATES[spec.optimizer].usual
    if rate > FAR_TOO_HIGH * usual:
        began += f", {figure(rate / usual)} times the usual {usual:g}"
    began += f", and with pixels up to {highest:g}." if unscaled else "."
    found = judge_network(network, spec.data) if network is not None else ()
    if found and found[0].severity == "refuse":
        return Cause(began, str(found[0]))
    if unscaled:
        return Cause(
            began,
            "Divide the pixels by 255 (the rescale divisor, under 3 Data), or begin the network "
            "with rescaling:scale=1/255.",
        )
    lower = lower_rate(rate, spec.optimizer)
    return Cause(began, f"Start again with a learning rate of {exact(lower)}.", lower)


def network_of(spec: TrainingSpec) -> Network | None:
    """Return a spec's network; None where its line does not read."""
    try:
        return parse_network(spec.network)
    except GeometryError:
        return None
