"""Whether a network can learn these labels with their loss, checked before a training starts.

The class mode determines the loss. `binary` (labels 0 and 1, binary cross-entropy) needs one
probability, `categorical` and `sparse` (cross-entropy over classes) need one for each class. Keras
checks only the number of units: with a linear output it trains and does not get better than
guessing, and a softmax over one unit is always 1.

What is refused and what is only reported was measured with Keras 3, and is compared with it by
`tests/workers/trainer/test_network_check_learns.py`.
"""

from __future__ import annotations

import functools
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
    output_count,
)
from tui.runs.network_check.pixel_range import pixel_finding
from tui.runs.network_check.refusals import (
    constant_output,
    no_weights,
    not_flat,
    not_probabilities,
    wrong_units,
)
from tui.runs.network_check.unusual import unusual
from tui.runs.settings.findings import HEAD, Finding

__all__ = ["input_volume", "judge_network", "last_layer", "output_count"]


# Cached: a form with many seeds asks the same for each of them, at every key.
@functools.lru_cache(maxsize=16)
def judge_network(
    network: Network, settings: LoaderSettings, features: Volume | None = None
) -> tuple[Finding, ...]:
    """Return what keeps a network from learning from these images, or what is unusual about it.

    Args:
        network: any network, even one whose layers do not fit.
        settings: the loader, which fixes the input, the classes and the shape of the labels.
        features: the output of the backbone that the network is the head of; None: it gets the
            images themselves.

    Returns:
        One finding that refuses it; or those that question it, the worst first; or none.
    """
    found = _judge(network, settings, features)
    if not found:
        return ()
    corrected = corrected_network(
        network, settings, lambda changed: _judge(changed, settings, features), features
    )
    return tuple(
        replace(
            one,
            network=corrected,
            cure=correction_sentence(one.cure, network, corrected),
            about=one.about if features is None else HEAD,
        )
        for one in found
    )


def _judge(network: Network, settings: LoaderSettings, features: Volume | None) -> list[Finding]:
    volume = features or input_volume(settings)
    if network.input != volume and features is not None:
        return [
            Finding(
                "refuse",
                f"The head takes {network.input}, but the backbone gives {features} for images of "
                f"{settings.input_volume_text}.",
            )
        ]
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
        return [not_flat(rows, settings)]
    values = output_bounds(network)
    wrong = (
        constant_output(rows, values, settings)
        or wrong_units(effect.output, values[-1], settings)
        or no_weights(rows)
        or not_probabilities(rows, values[-1], settings)
    )
    if wrong is not None:
        return [wrong]
    found = unusual(rows, values[-1], settings)
    if features is None and (pixels := pixel_finding(network, settings)):
        found.insert(0, pixels)
    return sorted(found, key=lambda one: one.severity == "remark")
