"""Fields for one number or several, separated by commas."""

from __future__ import annotations

from collections.abc import Callable

from tui.common.arithmetic import ArithmeticProblem, evaluate, is_arithmetic, whole_number
from tui.common.number_list import split_numbers
from tui.ui.forms.fields import NumberInput, RateInput, rate_text
from tui.ui.forms.line_input import LineInput

LONGEST = 200
"""The most characters of a list."""


def _noted(field: SeveralNumbers | SeveralRates) -> str:
    """Return the results of arithmetic, or the number of values; empty for a plain number."""
    parts = field.parts
    try:
        result = field.evaluated()
    except ArithmeticProblem:
        return ""
    if any(map(is_arithmetic, parts)):
        return f"= {result}"
    return f"{len(parts)} values" if len(parts) > 1 else ""


def _change_last(field: SeveralNumbers | SeveralRates, change: Callable[[], None]) -> None:
    """Change the last number of a field alone.

    Args:
        field: with one number or several.
        change: changes the field's number.
    """
    before = field.parts[:-1]
    with field.prevent(LineInput.Changed):
        field.value = field.parts[-1]
    change()
    field.value = ", ".join([*before, field.value])
    field.cursor_position = len(field.value)


class SeveralNumbers(NumberInput):
    """Whole numbers; ↑ and ↓ change the last one. Each may be arithmetic."""

    def __init__(self, value: int, *, minimum: int = 0, id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, minimum=minimum, id=id)
        self.max_length = LONGEST

    @property
    def parts(self) -> list[str]:
        """The numbers as they are typed."""
        return split_numbers(self.value)

    @property
    def numbers(self) -> list[int]:
        """The numbers, each once.

        Raises:
            ArithmeticProblem: if one of them is none.
        """
        return list(dict.fromkeys(map(whole_number, self.parts)))

    def evaluated(self) -> str:
        if len(self.parts) == 1:
            return super().evaluated()
        return ", ".join(str(whole_number(part)) for part in self.parts)

    @property
    def note(self) -> str:
        return _noted(self)

    def action_add(self, step: int) -> None:
        _change_last(self, lambda: super(SeveralNumbers, self).action_add(step))


class SeveralRates(RateInput):
    """Positive numbers; ↑ and ↓ change the last one. Each may be arithmetic."""

    def __init__(self, value: float, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, id=id)
        self.max_length = LONGEST

    @property
    def parts(self) -> list[str]:
        """The numbers as they are typed."""
        return split_numbers(self.value)

    @property
    def rates(self) -> list[float]:
        """The numbers, each once.

        Raises:
            ArithmeticProblem: if one of them is none.
        """
        return list(dict.fromkeys(float(evaluate(part)) for part in self.parts))

    def evaluated(self) -> str:
        return ", ".join(rate_text(float(evaluate(part))) for part in self.parts)

    @property
    def note(self) -> str:
        return _noted(self)

    def action_add(self, step: int) -> None:
        _change_last(self, lambda: super(SeveralRates, self).action_add(step))
