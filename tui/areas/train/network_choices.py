"""The networks that a training can choose from, and where a corrected one goes."""

from __future__ import annotations

from msgspec.structs import replace

from tui.geometry import Network, format_network
from tui.runs.settings.recipe import MODELS, network_for
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.ui.services import Host

CALCULATOR = "calculator"
"""The choice of the network that was edited in the calculator."""
BEFORE = "as before"
"""The choice of the network of the run whose settings were taken."""


class NetworkChoice:
    """What the field for the network offers.

    Args:
        host: has the calculator's network.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.again: TrainingSpec | None = None
        """The run whose settings were taken last."""

    def names(self) -> list[str]:
        """Return what there is to choose from; the calculator's own once it was open."""
        return [
            *MODELS,
            *([CALCULATOR] if self._host.network is not None else []),
            *([BEFORE] if self.again is not None else []),
        ]

    def line(self, chosen: str) -> str:
        """Return a choice as a recipe takes it: a name, or a network in its one-line form."""
        if chosen == CALCULATOR and self._host.network is not None:
            return format_network(self._host.network)
        if chosen == BEFORE and self.again is not None:
            return self.again.network
        return chosen

    def name_of(self, spec: TrainingSpec) -> str:
        """Return the name of a run's network, if it is one of the known ones."""
        for name in MODELS:
            try:
                if format_network(network_for(name, spec.data)) == spec.network:
                    return name
            except SpecError:
                continue
        return BEFORE

    def correct(self, chosen: str, network: Network) -> str:
        """Put a corrected network in the place of the chosen one, and return its name."""
        if chosen == BEFORE and self.again is not None:
            self.again = replace(self.again, network=format_network(network))
            return BEFORE
        self._host.network = network
        return CALCULATOR
