"""What a Keras model says of itself: its network as JSON, what it was compiled with."""

from __future__ import annotations

import contextlib
from typing import Any

_MOST_JSON = 20_000_000
_MOST_NAMES = 100
_MOST_CLASSES = 1000
_CLASS_LOSSES = ("categoricalcrossentropy", "sparsecategoricalcrossentropy")


def network_json(model: Any) -> str:
    """Return `model.to_json()`; empty where the model cannot be written, or is huge.

    A model of layers or functions of the user's own may not say how it is built.
    """
    with contextlib.suppress(Exception):
        text = str(model.to_json())
        if len(text) <= _MOST_JSON:
            return text
    return ""


def loss_name(model: Any) -> str:
    """Return the loss that a model was compiled with: a name, or names; empty if not known."""
    with contextlib.suppress(Exception):
        return ", ".join(_names(model.loss))
    return ""


def class_numbers(model: Any) -> tuple[str, ...]:
    """Return the numbers of a classifier's classes, `0`, `1`, …, from its loss and its output.

    Empty for any other model, and for one with several outputs.
    """
    with contextlib.suppress(Exception):
        (loss,) = _names(model.loss)
        outputs = int(model.output_shape[-1])
        name = loss.lower().replace("_", "")
        if name == "binarycrossentropy" and outputs == 1:
            return "0", "1"
        if name in _CLASS_LOSSES and 2 <= outputs <= _MOST_CLASSES:
            return tuple(str(number) for number in range(outputs))
    return ()


def metric_names(model: Any) -> tuple[str, ...]:
    """Return the metrics that a model was compiled with, besides the loss."""
    with contextlib.suppress(Exception):
        return tuple(_names(model._compile_metrics._user_metrics))[:_MOST_NAMES]
    return ()


def optimizer_name(model: Any) -> str:
    """Return the class of a model's optimizer; empty without one."""
    optimizer = getattr(model, "optimizer", None)
    inner = getattr(optimizer, "inner_optimizer", None)  # under a LossScaleOptimizer
    return "" if optimizer is None else type(inner or optimizer).__name__


def schedule_name(model: Any) -> str:
    """Return the class of the learning-rate schedule of a model's optimizer; empty without one."""
    optimizer = getattr(model, "optimizer", None)
    optimizer = getattr(optimizer, "inner_optimizer", None) or optimizer
    rate = getattr(optimizer, "_learning_rate", None)
    if hasattr(rate, "get_config") and callable(rate):
        return type(rate).__name__
    if callable(rate) and not hasattr(rate, "assign"):
        return "a function"
    return ""


def _names(given: Any) -> list[str]:
    if given is None:
        return []
    if isinstance(given, dict):
        return [name for value in given.values() for name in _names(value)]
    if isinstance(given, (list, tuple)):
        return [name for value in given for name in _names(value)]
    if isinstance(given, str):
        return [given]
    name = getattr(given, "name", None) or getattr(given, "__name__", None)
    return [str(name or type(given).__name__)]
