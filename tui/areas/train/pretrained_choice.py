"""What is chosen about a pretrained network in the form of a training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from tui.common.numbers import count
from tui.common.text import clean, size_text
from tui.datasets import LoaderSettings
from tui.runs.settings.backbone_kind import Backbone
from tui.runs.settings.backbone_weights import MissingWeights, find_weights
from tui.runs.settings.backbones import BACKBONES, backbone
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.pretrained import FineTuning
from tui.runs.settings.pretrained_model import PREFIX, pixels_text
from tui.runs.settings.spec import TrainingSpec
from tui.ui.forms.fields import rate_text


@dataclass(frozen=True)
class PretrainedChoice:
    """A pretrained network, and how it is trained.

    Args:
        name: of the backbone.
        weights: its file; empty: the one in Keras's cache.
        head: in the one-line form, without an input; empty: the usual one.
        size: height and width of the images; None: those that it was trained on.
        fine_tuning: None: the backbone stays frozen.
    """

    name: str = "MobileNetV2"
    weights: str = ""
    head: str = ""
    size: tuple[int, int] | None = None
    fine_tuning: FineTuning | None = None

    @classmethod
    def of(cls, spec: TrainingSpec) -> PretrainedChoice:
        """Return the choice that leads to a spec with a backbone."""
        assert spec.base is not None
        base, size = spec.base, spec.data.target_size
        side = backbone(base.name).side
        return cls(
            base.name,
            base.weights,
            spec.network.partition(" ")[2],
            None if size == (side, side) else size,
            base.fine_tuning,
        )

    @property
    def line(self) -> str:
        """The choice for `make_spec`."""
        return f"{PREFIX}{self.name}"

    @property
    def kind(self) -> Backbone:
        """The backbone."""
        return backbone(self.name)

    def loading(self, settings: LoaderSettings) -> LoaderSettings:
        """Return how the images are loaded: in its size and in colour."""
        size = self.size or (self.kind.side, self.kind.side)
        return replace(settings, target_size=size, color_mode="rgb")

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `make_spec`."""
        return {"head": self.head, "weights": self.weights, "fine_tuning": self.fine_tuning}

    def described(self, settings: LoaderSettings) -> str:
        """Return in two sentences what is trained, and how the images are loaded.

        Args:
            settings: of the folder that it is to be trained on.

        Raises:
            SpecError: when it cannot be trained on it, or a value cannot be.
        """
        spec = make_spec("", self.loading(settings), model=self.line, **self.arguments())
        _, _, head = spec.network.partition(" ")
        return (
            f"{self.kind.name}, {count(self.kind.parameters)} weights, and {clean(head, 200)}. "
            f"{_tuning(self.fine_tuning)} Images: {spec.data.input_volume_text}, pixels "
            f"{pixels_text(self.name)}."
        )


def _tuning(tuning: FineTuning | None) -> str:
    if tuning is None:
        return "The backbone stays frozen."
    after = f"after {tuning.head_epochs} epochs" if tuning.head_epochs else "from the start"
    return (
        f"{after.capitalize()} it is trained too, from {clean(tuning.from_layer, 60)} on, at "
        f"{rate_text(tuning.learning_rate)}."
    )


def listed() -> list[tuple[str, str]]:
    """Return the name and a line of each backbone, for a list of them (blocking)."""
    return [(name, _row(kind)) for name, kind in BACKBONES.items()]


def _row(kind: Backbone) -> str:
    here = "here" if has_weights(kind) else f"{size_text(kind.bytes)} to get"
    sides = f"{kind.side}×{kind.side}"
    return f"{kind.name:<18}{sides:>8}{count(kind.parameters, 12):>13} weights  {here}"


def has_weights(kind: Backbone) -> bool:
    """Return whether a backbone's weights are in Keras's cache."""
    try:
        find_weights(kind, "")
    except MissingWeights:
        return False
    except ValueError:
        return True  # it is there, and something is wrong with it
    return True
