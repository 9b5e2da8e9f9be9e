"""Whether a network can learn these labels with their loss: its end is judged before the start.

The class mode decides on the loss. `binary` (labels 0 and 1, binary cross-entropy) takes one
probability, `categorical` and `sparse` (cross-entropy over classes) take one for each class. Of
that Keras checks the number of units only: with a linear end it trains on and stays at guessing,
and a softmax over one unit always says 1.

What is refused and what is merely said was measured with Keras 3, and is held against it by
`tests/workers/trainer/test_network_end_learns.py`.
"""

from __future__ import annotations

from dataclasses import replace

from tui.datasets import LoaderSettings
from tui.geometry import Network, Volume, trace_network
from tui.geometry.output_bounds import output_bounds
from tui.runs.network_check.corrections import (
    corrected_network,
    correction_sentence,
    input_volume,
    last_layer,
    loading,
    outputs,
)
from tui.runs.network_check.pixel_range import pixel_finding
from tui.runs.network_check.refusals import blind, no_probabilities, no_row, no_weights, units
from tui.runs.network_check.unusual import odd
from tui.runs.settings.findings import Finding

__all__ = ["input_volume", "judge_network", "last_layer", "outputs"]


def judge_network(network: Network, settings: LoaderSettings) -> tuple[Finding, ...]:
    """Say what keeps a network from learning from these images, or what is odd about it.

    Args:
        network: any network, also one that does not fit.
        settings: the loader, which fixes the input, the classes and the shape of the labels.

    Returns:
        One finding to refuse it by; or the odd ones, the worst first; or none.
    """
    found = _judge(network, settings)
    if not found:
        return ()
    corrected = corrected_network(network, settings, lambda one: _judge(one, settings))
    return tuple(
        replace(one, network=corrected, cure=correction_sentence(one.cure, network, corrected))
        for one in found
    )


def _judge(network: Network, settings: LoaderSettings) -> list[Finding]:
    volume = input_volume(settings)
    if network.input != volume:
        return [
            Finding(
                "refuse",
                f"The network takes {network.input}, but the images are loaded as {volume}.",
                f"Or load the images so: {loading(network.input)}.",
            )
        ]
    rows = trace_network(network)
    for row in rows:
        if row.error is not None:
            return [Finding("refuse", f"{row.name}: {row.error.message}")]
    effect = rows[-1].effect if rows else None
    if effect is None or isinstance(effect.output, Volume):
        return [no_row(rows, settings)]
    values = output_bounds(network)
    wrong = (
        blind(rows, values, settings)
        or units(effect.output, values[-1], settings)
        or no_weights(rows)
        or no_probabilities(rows, values[-1], settings)
    )
    if wrong is not None:
        return [wrong]
    found = odd(rows, values[-1], settings)
    if pixels := pixel_finding(network, settings):
        found.insert(0, pixels)
    return sorted(found, key=lambda one: one.severity == "remark")
