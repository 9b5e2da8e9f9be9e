"""The fields of some runs: every setting, and the metrics and arguments that occur among them."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tui.common.stop_rule import METRICS
from tui.common.text import clean
from tui.runs.export.run_formatting import ordered_metrics
from tui.runs.selection.program_arguments import parse_arguments
from tui.runs.selection.run_fields import Field, Value
from tui.runs.selection.setting_fields import FIELDS
from tui.runs.store.run_summary import RunSummary, Which

_BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
_WHICH: dict[str, Which] = {"best.": "best", "last.": "last"}
_ARGUMENT = "arg."
_SHORT = {"acc": "accuracy", "val_acc": "val_accuracy"}
"""Names that earlier versions of Keras used."""
_UNQUOTED = re.compile(r"[\w./-]+")
"""A name that needs no quotes."""
_MOST_COMPARED = 2000
"""Names that are looked through for one of a similar spelling."""


class FieldError(ValueError):
    """A name is no setting or metric; the message says which are near."""


class FieldCatalogue:
    """Finds fields by name.

    A metric's own name, or `best.` before it, means its value in the run's best epoch; `last.` that
    in the last epoch. `arg.` is an argument of somebody's own program.
    """

    def __init__(self, runs: Iterable[RunSummary] = ()) -> None:
        """Make it.

        Args:
            runs: those whose metrics and arguments are known.
        """
        names: set[tuple[str, ...]] = set()
        arguments: set[tuple[str, ...]] = set()
        for run in runs:
            names.add(run.metrics.names)
            if run.external is not None:
                arguments.add(run.external.arguments)
        self.metrics = ordered_metrics({name for some in names for name in some})
        """The metrics of the runs, those of the course first."""
        self.arguments = sorted({name for some in arguments for name in parse_arguments(some)})
        """The named arguments of programs."""
        self._metrics = set(self.metrics) | set(METRICS)

    @cached_property
    def _metrics_by_case(self) -> dict[str, str]:
        return {name.casefold(): name for name in sorted(self._metrics, reverse=True)}

    @cached_property
    def _arguments_by_case(self) -> dict[str, str]:
        return {name.casefold(): name for name in reversed(self.arguments)}

    def find(self, name: str) -> Field:
        """Return the field of a name, whether in capitals or not.

        Raises:
            FieldError: when there is none.
        """
        field = self._found(name)
        if field is not None:
            return field
        name = name.strip()
        if _plain(name).startswith(tuple(_WHICH)):
            raise FieldError(self._unknown(name[len("best.") :], "metric", self._metrics))
        raise FieldError(self._unknown(name, "setting or metric", self.names()))

    def _found(self, name: str) -> Field | None:
        name = name.strip()
        plain = _plain(name)
        for prefix, which in _WHICH.items():
            if plain.startswith(prefix):
                metric = self._metric(name[len(prefix) :])
                if metric is not None:
                    return metric_field(metric, which)
        if plain in _BY_NAME:
            return _BY_NAME[plain]
        metric = self._metric(name)
        if metric is not None:
            return metric_field(metric)
        argument = self._arguments_by_case.get(plain.removeprefix(_ARGUMENT))
        return argument_field(argument) if argument is not None else None

    def kept(self, name: str) -> Field:
        """Return the field of a stored name; one that no run has now may be a metric."""
        field = self._found(name)
        if field is not None:
            return field
        if name.startswith(_ARGUMENT):
            return argument_field(name.removeprefix(_ARGUMENT))
        which: Which = "last" if name.startswith("last.") else "best"
        return metric_field(name.removeprefix(f"{which}."), which)

    def knows(self, name: str) -> bool:
        """Return whether there is a field of this name."""
        return self._found(name) is not None

    def names(self) -> Iterator[str]:
        """Yield every name and abbreviation, the shortest way to write each metric."""
        yield from _BY_NAME
        yield from self.metrics
        yield from (name for name in METRICS if name not in self.metrics)
        yield from (f"{_ARGUMENT}{name}" for name in self.arguments)

    def fields(self) -> list[Field]:
        """Return all fields once, metrics twice: of the best epoch and of the last."""
        return [
            *(metric_field(name) for name in self.metrics),
            *FIELDS,
            *(argument_field(name) for name in self.arguments),
            *(metric_field(name, "last") for name in self.metrics),
        ]

    def complete(self, typed: str) -> str:
        """Return a name that begins with what was typed; empty if there is none.

        >>> FieldCatalogue().complete("lear"), FieldCatalogue().complete("last.val_a")
        ('learning_rate', 'last.val_accuracy')
        """
        prefix = next((one for one in _WHICH if typed.startswith(one)), "")
        rest = typed[len(prefix) :]
        if not rest:
            return ""
        metrics = (*self.metrics, *METRICS)
        names: Iterable[str] = metrics if prefix else (*(field.name for field in FIELDS), *metrics)
        if not prefix and typed.startswith(_ARGUMENT):
            names = (f"{_ARGUMENT}{name}" for name in self.arguments)
        found = next(
            (name for name in names if name.startswith(rest) and _UNQUOTED.fullmatch(name)), ""
        )
        return prefix + found if found and len(found) > len(rest) else ""

    def _metric(self, name: str) -> str | None:
        if name in self._metrics:
            return name
        folded = name.casefold()
        found = self._metrics_by_case.get(folded)
        return found if found is not None else _SHORT.get(folded)

    def _unknown(self, name: str, what: str, names: Iterable[str]) -> str:
        some = [one for one, _ in zip(names, range(_MOST_COMPARED), strict=False)]
        near = difflib.get_close_matches(name[:60].casefold(), some, n=3, cutoff=0.6)
        shown = clean(name, 40)
        listed = " or ".join(clean(one, 40) for one in near)
        cure = f"Did you mean {listed}?" if near else ""
        return f"No run has a {what} {shown!r}. {cure}".rstrip()


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.casefold())


@dataclass(frozen=True)
class _ReadMetric:
    """Reads a metric; unlike a lambda equal to another one for the same metric."""

    name: str
    which: Which

    def __call__(self, run: RunSummary) -> Value | None:
        return run.metrics.value(self.name, self.which)


@dataclass(frozen=True)
class _ReadArgument:
    """Reads an argument of somebody's own program."""

    name: str

    def __call__(self, run: RunSummary) -> Value | None:
        external = run.external
        return parse_arguments(external.arguments).get(self.name) if external is not None else None


def metric_field(name: str, which: Which = "best") -> Field:
    """Return the field of a metric."""
    plain = _plain(name)
    clear = plain not in _BY_NAME and not plain.startswith(tuple(_WHICH))
    written = name if which == "best" and clear else f"{which}.{name}"
    return Field(written, f"of the {which} epoch", "metric", _ReadMetric(name, which))


def argument_field(name: str) -> Field:
    """Return the field of an argument of somebody's own program."""
    return Field(f"{_ARGUMENT}{name}", "argument of a program", "mixed", _ReadArgument(name))


def is_value(value: Value | None) -> bool:
    """Return whether a run has a value that can be ordered: a text, or a finite or infinite number.

    >>> is_value(0.0), is_value(float("nan")), is_value(None)
    (True, False, False)
    """
    return value is not None and not (isinstance(value, float) and math.isnan(value))
