"""The field for the weights of the classes in the loss."""

from __future__ import annotations

from tui.common.numbers import tenths
from tui.datasets.loader.image_counts import UNEVEN, count_images
from tui.runs.settings.class_weights import (
    NONE,
    ClassWeight,
    class_weight_text,
    parse_class_weight,
    weights_in_use,
    weights_text,
)
from tui.runs.settings.spec import TrainingSpec
from tui.ui.forms.fields import FieldRow
from tui.ui.forms.line_input import LineInput
from tui.ui.services import Dataset

HINT = "balanced: classes with fewer images count more in the loss. Or by name: cats=2, dogs=1."


class ClassWeightField(FieldRow):
    """Takes `none`, `balanced`, or a weight for each class that is named."""

    def __init__(self) -> None:
        self._typed = LineInput(NONE, compact=True, id="class-weight")
        super().__init__("class weights", self._typed, role="text")

    def show(self, text: str) -> None:
        """Show weights as they are typed."""
        self._typed.value = text

    def fill(self, weight: ClassWeight) -> None:
        """Show the weights of a spec."""
        self.show(class_weight_text(weight))

    def weight(self, classes: tuple[str, ...]) -> ClassWeight:
        """Return the weights that are typed.

        Raises:
            SpecError: when they cannot be used for these classes.
        """
        return parse_class_weight(self._typed.value, classes)


def weights_hint(spec: TrainingSpec | None, dataset: Dataset | None) -> str:
    """Return what the weights of a training come to, or what can be typed.

    Args:
        spec: what to train; None where it is not known.
        dataset: its images.
    """
    if spec is None or dataset is None:
        return HINT
    counts = count_images(dataset.summary, spec.data).training
    if spec.class_weight is None:
        present = [number for number in counts if number]
        if present and max(present) >= UNEVEN * min(present):
            times = tenths(max(present) / min(present))
            return f"The largest class has {times} times the images of the smallest. {HINT}"
        return HINT
    weights = weights_in_use(spec.class_weight, spec.data.classes, counts)
    return (
        f"In the loss of the training images: {weights_text(spec.data.classes, weights)}. "
        "val_loss counts every image the same."
    )
