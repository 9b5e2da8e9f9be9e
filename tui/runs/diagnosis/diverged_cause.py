"""What a training that diverged began with, and what of that is to blame."""

from __future__ import annotations

from dataclasses import dataclass

from tui.common.text import exact
from tui.geometry import GeometryError, Network, parse_network
from tui.runs.network_end import judge_network
from tui.runs.network_end.pixels import PIXELS, reach_of
from tui.runs.settings.learning_rates import RATES, distance, lower_rate, times_words
from tui.runs.settings.spec import TrainingSpec


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

    A network that cannot learn is named before pixels that are too large, these before an odd
    learning rate; where all is usual a lower rate is advised, and none where it is low already.

    Args:
        spec: what was trained.
        rate: the learning rate in force.
    """
    network = network_of(spec)
    found = judge_network(network, spec.data) if network is not None else ()
    reach = reach_of(network, spec.data) if network is not None else None
    far = distance(rate, spec.optimizer)
    began = f"It began with learning rate {exact(rate)} ({spec.optimizer})"
    if far:
        usual = RATES[spec.optimizer].usual
        began += f", {times_words(rate, spec.optimizer)} the usual {usual:g}"
    if reach is not None and reach.too_large:
        began += f", and with pixels up to {max(abs(reach.low), abs(reach.high)):.3g}"
    began += "."
    if found and found[0].severity == "refuse":
        return Cause(began, str(found[0]))
    pixels = next((one for one in found if one.about == PIXELS), None)
    if pixels is not None and reach is not None and reach.too_large:
        return Cause(began, pixels.cure or pixels.sentence)
    if far < 0:
        return Cause(
            began,
            "So small a learning rate is not to blame: look at the images, the labels and the "
            "network.",
        )
    lower = lower_rate(rate, spec.optimizer)
    return Cause(began, f"Start again with a learning rate of {exact(lower)}.", lower)


def network_of(spec: TrainingSpec) -> Network | None:
    """Return a spec's network; None where its line does not read."""
    try:
        return parse_network(spec.network)
    except GeometryError:
        return None
