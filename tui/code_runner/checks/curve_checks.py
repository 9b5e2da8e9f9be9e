"""Checks on charts: which curves of a history they show, and whether their names are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip

CURVE_ERRORS = (
    Raises(
        r"'History' object is not subscriptable",
        "history-subscript",
        "history is the object that fit gives back; the dictionary is its attribute: "
        'history.history["loss"].',
    ),
    Raises(
        r"NameError: name '(val_)?(loss|accuracy)'",
        "no-quotes",
        "The names of the curves are keys, and keys are texts: they need quotes, as in "
        'history.history["loss"].',
    ),
    Raises(
        r"x and y must have same first dimension",
        "lengths",
        "The list of epochs and the list of values are not equally long. There are five epochs: "
        "history.epoch, or leave it out.",
    ),
    Raises(
        r"KeyError",
        "no-key",
        "There is no such key. Those of the history are loss, accuracy, val_loss and val_accuracy.",
    ),
    Raises(
        r"a line takes a list of numbers",
        "no-list",
        "plot takes lists of numbers, and got something else: "
        'plt.plot(history.history["loss"], label="loss").',
    ),
)


def check_curves(run: FinishedRun) -> str:
    """Whether the two losses are drawn, with labels and a legend."""
    run.must_end_well(CURVE_ERRORS)
    must_draw(run, run.namespace["history"], ("loss", "val_loss"))
    return "The chart has loss and val_loss, each with its name in the legend."


def must_draw(run: FinishedRun, history: Any, wanted: Sequence[str]) -> None:
    """Raise a slip where a chart does not show these curves of a history."""
    values: Mapping[str, list[float]] = history.history
    lines = run.drawn.series
    if not lines:
        raise Slip("nothing-drawn", "Nothing was drawn: plt.plot(…) draws a line.")
    drawn = [_key_of(line.y, values) for line in lines]
    if any(key is None and _key_of(line.x, values) for key, line in zip(drawn, lines, strict=True)):
        raise Slip(
            "axes-exchanged",
            "The values stand on the axis of the epochs. The first list goes to the right, the "
            "second up: plt.plot(epochs, values).",
        )
    for name in wanted:
        if name not in drawn:
            seen = ", ".join(key or "something else" for key in drawn)
            other = "accuracy" if "loss" in name else "loss"
            more = (
                f" You asked the history for {other}."
                if any(other in (key or "") for key in drawn)
                else ""
            )
            raise Slip(
                "curve-missing",
                f"The chart shows {seen}; {name} is missing.{more} It is "
                f'history.history["{name}"].',
            )
    for name in wanted:
        line = lines[drawn.index(name)]
        if not line.label:
            raise Slip(
                "no-label",
                f'The line of {name} has no name: plt.plot(…, label="{name}").',
            )
        if line.label.strip().lower() != name and line.label.strip().lower() in values:
            raise Slip(
                "labels-exchanged",
                f"The line of {name} is labelled {line.label}: a reader would take one curve for "
                "the other.",
            )
    if not run.drawn.legends:
        raise Slip("no-legend", "The labels are shown only after plt.legend().")


def _key_of(numbers: list[float], values: Mapping[str, list[float]]) -> str | None:
    for key, known in values.items():
        if len(known) == len(numbers) and np.allclose(numbers, known):
            return key
    return None
