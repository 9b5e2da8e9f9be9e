"""A stand-in for matplotlib.pyplot: it notes what is drawn and prints a small picture of it.

The charts of a notebook need a window; here a check has to know what they show, and the learner
sees it in letters.
"""

from __future__ import annotations

import importlib.machinery
import sys
import types
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_BARS = "▁▂▃▄▅▆▇█"
_GREYS = " ░▒▓█"
_WIDE = 48


@dataclass
class Series:
    """One line of a chart: its values and its name in the legend."""

    x: list[float]
    y: list[float]
    label: str = ""


@dataclass
class Drawn:
    """What a program has drawn so far."""

    series: list[Series] = field(default_factory=list)
    images: list[Any] = field(default_factory=list)
    legends: int = 0
    shown: int = 0
    new: list[Series | Any] = field(default_factory=list)
    """What the next `show` prints: a legend may name a line after it is drawn."""


class _Nothing:
    """An axis, a figure, a legend: takes every call."""

    def __init__(self, plots: dict[str, Any]) -> None:
        self._plots = plots

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._plots.get(name.removeprefix("set_"), lambda *_, **__: self)


def install() -> Drawn:
    """Put the stand-in where `import matplotlib.pyplot` finds it; return what will be drawn."""
    drawn = Drawn()
    calls: dict[str, Any] = {}
    anything = _Nothing(calls)

    def plot(*values: Any, label: str = "", **_: Any) -> list[_Nothing]:
        if not values:
            return []
        lines = [value for value in values if not isinstance(value, str)]
        pairs = [lines] if len(lines) == 1 else [lines[i : i + 2] for i in range(0, len(lines), 2)]
        for pair in pairs:
            y = _numbers(pair[-1])
            x = _numbers(pair[0]) if len(pair) == 2 else [float(n) for n in range(len(y))]
            if len(x) != len(y):
                raise ValueError(
                    "x and y must have same first dimension, but have shapes "
                    f"({len(x)},) and ({len(y)},)"
                )
            drawn.series.append(Series(x, y, str(label)))
            drawn.new.append(drawn.series[-1])
        return [anything]

    def imshow(image: Any, *_: Any, **__: Any) -> _Nothing:
        values = np.asarray(image)
        if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in (3, 4)):
            raise TypeError(f"Invalid shape {values.shape} for image data")
        drawn.images.append(values)
        drawn.new.append(values)
        return anything

    def legend(*given: Any, labels: Any = None, **_: Any) -> _Nothing:
        drawn.legends += 1
        names = given[-1] if given else labels  # legend(labels) or legend(handles, labels)
        if isinstance(names, (list, tuple)):
            for series, name in zip(drawn.series, names, strict=False):
                series.label = series.label or str(name)
        return anything

    def show(*_: Any, **__: Any) -> None:
        drawn.shown += 1
        for one in drawn.new:
            print(_line(one) if isinstance(one, Series) else _picture(one))
        drawn.new.clear()

    def subplots(rows: int = 1, columns: int = 1, **_: Any) -> tuple[_Nothing, Any]:
        if rows * columns == 1:
            return anything, anything
        axes = np.empty((rows, columns), dtype=object)
        axes.fill(anything)
        return anything, axes.squeeze()

    calls.update(plot=plot, imshow=imshow, legend=legend, show=show)
    pyplot = types.ModuleType("matplotlib.pyplot")
    pyplot.__dict__.update(calls, subplots=subplots)
    pyplot.__dict__["__getattr__"] = lambda name: getattr(anything, name)
    package = types.ModuleType("matplotlib")
    package.__path__ = []
    package.__dict__["pyplot"] = pyplot
    package.__dict__["use"] = lambda *_, **__: None
    for module in (package, pyplot):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module
    return drawn


def _numbers(values: Any) -> list[float]:
    flat = np.asarray(values)
    if flat.ndim != 1:
        raise ValueError(f"a line takes a list of numbers, and this is {type(values).__name__}")
    return [float(value) for value in flat]


def _line(series: Series) -> str:
    """A chart of one row: a bar for each value, and where it begins and ends."""
    if not series.y:
        return f"[chart] {series.label or 'a line'}: no values"
    values = np.interp(
        np.linspace(0, len(series.y) - 1, min(len(series.y), _WIDE)),
        np.arange(len(series.y)),
        np.nan_to_num(series.y),
    )
    low, high = float(values.min()), float(values.max())
    steps = np.zeros(len(values)) if high == low else (values - low) / (high - low) * 7
    bars = "".join(_BARS[round(float(step))] for step in steps)
    return f"[chart] {series.label or 'no label'}: {bars}  {series.y[0]:.3f} to {series.y[-1]:.3f}"


def _picture(values: Any) -> str:
    """A picture in five shades, at most 48 letters wide."""
    grey = values.astype(float)
    grey = grey[..., :3].mean(axis=2) if grey.ndim == 3 else grey
    grey = np.nan_to_num(grey)
    height, width = grey.shape
    columns = min(width, _WIDE)
    rows = max(round(height * columns / width / 2), 1)
    picked = grey[
        np.linspace(0, height - 1, rows).astype(int)[:, None],
        np.linspace(0, width - 1, columns).astype(int)[None, :],
    ]
    low, high = picked.min(), picked.max()
    shades = np.zeros(picked.shape) if high == low else (picked - low) / (high - low) * 4
    lines = ["".join(_GREYS[round(float(shade))] for shade in row) for row in shades]
    return "\n".join([f"[picture of {width}×{height}]", *lines])
