"""A pretrained backbone that a network stands on, and how it is fine-tuned."""

from __future__ import annotations

import msgspec

from tui.common.stop_rule import SpecError
from tui.common.text import clean, exact
from tui.datasets import LoaderSettings
from tui.runs.settings.backbones import backbone

HIGHEST_FINE_TUNING_RATE = 1.0


class FineTuning(msgspec.Struct, frozen=True, kw_only=True):
    """Training the last layers of a backbone too, after its head."""

    from_layer: str
    """The first layer of the backbone that is trained, by its name in Keras; those after it are
    trained too, except BatchNormalization, which stays in inference mode."""
    learning_rate: float = 1e-5
    head_epochs: int = 5
    """Epochs in which the head alone is trained, before these layers; 0: both from the start."""

    def __post_init__(self) -> None:
        if not self.from_layer:
            raise SpecError(
                "Fine-tuning needs the name of the backbone's first layer that is trained."
            )
        if not 0 < self.learning_rate <= HIGHEST_FINE_TUNING_RATE:
            raise SpecError(
                f"A learning rate of {exact(self.learning_rate)} does not fine-tune; choose above "
                f"0 to {HIGHEST_FINE_TUNING_RATE:g}, for example 0.00001."
            )
        if not 0 <= self.head_epochs <= 100_000:
            raise SpecError(
                f"The head cannot be trained alone for {self.head_epochs} epochs; choose 0 to "
                "100,000."
            )


class PretrainedBase(msgspec.Struct, frozen=True, kw_only=True):
    """A network of `keras.applications` without its top, whose output is the input of a head."""

    name: str
    """The function of `keras.applications` that builds it, for example `MobileNetV2`."""
    weights: str
    """The absolute path of the file of weights (`.weights.h5`, `.h5` or `.keras`)."""
    fine_tuning: FineTuning | None = None
    """None: all its layers stay frozen."""

    def __post_init__(self) -> None:
        backbone(self.name)
        if not self.weights:
            raise SpecError(
                f"{self.name} needs a file of weights: name one, or train a network of your own."
            )


def check_base(base: PretrainedBase | None, data: LoaderSettings, gpus: int = 0) -> None:
    """Check that images are loaded as a backbone needs them.

    Args:
        base: None: there is no backbone, and everything is possible.
        data: the loader.
        gpus: that share each batch, as in `TrainingSpec.gpus`.

    Raises:
        SpecError: when they are too small, not in colour, or scaled already; or when several GPUs
            are to share a batch.
    """
    if base is None:
        return
    kind, (height, width) = backbone(base.name), data.target_size
    if data.color_mode != "rgb":
        raise SpecError(
            f"{kind.name} takes colour images, and these are loaded as {clean(data.color_mode)}. "
            "Choose the colour mode rgb (under 3 Data, or --color-mode rgb)."
        )
    if min(height, width) < kind.least:
        raise SpecError(
            f"{kind.name} takes images of at least {kind.least}×{kind.least}, and these are "
            f"loaded as {height}×{width}. Choose a target size of {kind.side}, which it was "
            f"trained on (under 3 Data, or --target-size {kind.side})."
        )
    if gpus not in (0, 1):
        raise SpecError(
            f"A network on {kind.name} is trained on one GPU, not on "
            f"{'all' if gpus < 0 else gpus} together. Choose 1 GPU (--gpus 1)."
        )
    if data.rescale_divisor != 1:
        raise SpecError(
            f"{kind.name} scales the pixels itself, and they are divided by "
            f"{exact(data.rescale_divisor)} before. Choose a rescale divisor of 1."
        )
