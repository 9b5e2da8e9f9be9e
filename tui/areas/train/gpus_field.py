"""The field for the number of GPUs, which is there where there are several."""

from __future__ import annotations

from tui.runs.queue.shared_gpus import check_sharing
from tui.runs.settings.several_gpus import check_gpus, gpus_text, parse_gpus
from tui.ui.forms.fields import ChoiceInput, FieldRow


class GpusField(FieldRow):
    """Chooses how many GPUs share each batch; hidden until it is known that there are several."""

    DEFAULT_CSS = """
    GpusField { display: none; }
    GpusField.-offered { display: block; }
    """

    def __init__(self) -> None:
        self._choice = ChoiceInput(["1"], "1", id="gpus")
        super().__init__("GPUs", self._choice)
        self._there = 0
        self._asked = "1"
        """What settings that were taken over ask for, shown as soon as there are several."""

    def offer(self, number: int) -> None:
        """Show the field, if a training here can use more than one GPU."""
        self._there = number
        if number > 1:
            chosen = self._choice.value if self.has_class("-offered") else self._asked
            self._choice.set_options([*map(str, range(1, number + 1)), "all"], chosen)
        self.set_class(number > 1, "-offered")

    def show(self, gpus: int) -> None:
        """Show the number of GPUs in settings that were taken over."""
        self._asked = gpus_text(gpus)
        if self.has_class("-offered"):
            self._choice.value = self._asked

    def gpus(self, batch_size: int) -> int:
        """Return the chosen number, as in `TrainingSpec.gpus`.

        Raises:
            SpecError: when there are not so many, or they cannot share a batch evenly.
        """
        if not self.has_class("-offered"):
            return 0
        chosen = parse_gpus(self._choice.value)
        check_gpus(chosen, batch_size)
        check_sharing(chosen, batch_size, self._there)
        return chosen
