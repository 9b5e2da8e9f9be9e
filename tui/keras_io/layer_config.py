"""One layer of a Keras configuration, and its settings one by one with their types checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.geometry import checks
from tui.geometry.errors import GeometryError, shown
from tui.geometry.layers import ACTIVATIONS
from tui.geometry.shapes import Pair

ACTIVATION_CLASSES = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax"}
_ACTIVATION_DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "relu": {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
    "elu": {"alpha": 1.0},
    "softmax": {"axis": -1},
}
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Step:
    """One layer as Keras describes it.

    Args:
        number: its place in the chain, from 1, the input not counted.
        name: the name the model gives it.
        class_name: the class of `keras.layers`.
        module: where that class is from; empty where an older Keras did not say.
        config: its settings, as they were in the JSON.
    """

    number: int
    name: str
    class_name: str
    module: str
    config: Mapping[str, Any]

    @property
    def label(self) -> str:
        """How a message names it."""
        return f'layer {self.number} "{_plain(self.name)}" ({_plain(self.class_name)})'

    def refuse(self, why: str, field: str | None = None) -> GeometryError:
        """Return the error that says why this layer cannot be read."""
        return GeometryError(f"{self.label} {why}", field=field)

    def whole(self, key: str, field: str, default: int | None = None) -> int:
        """Return a setting that is a whole number."""
        try:
            return checks.whole(self.config.get(key, default), field)
        except GeometryError as error:
            raise self.refuse(f"has {key} wrong: {error.message}", field) from None

    def pair(self, key: str, field: str, default: int | None = None, *, least: int = 1) -> Pair:
        """Return a setting that is one number, or rows and columns."""
        value = self.config.get(key, default)
        if not isinstance(value, (list, tuple)):
            value = [value, value]
        if len(value) != 2:
            raise self.refuse(
                f"has {key} = {shown(value)}: two numbers, rows and columns, can be read.", field
            )
        try:
            rows, columns = (checks.whole(one, field, least=least) for one in value)
            return Pair(columns, rows)
        except GeometryError as error:
            raise self.refuse(f"has {key} wrong: {error.message}", field) from None

    def number_of(self, key: str, default: float | None = None) -> float:
        """Return a setting that is a finite number."""
        try:
            return checks.number(self.config.get(key, default), key)
        except GeometryError as error:
            raise self.refuse(f"cannot be read: {error.message}", key) from None

    def truth(self, key: str, default: bool) -> bool:
        """Return a setting that is true or false."""
        value = self.config.get(key, default)
        if not isinstance(value, bool):
            raise self.refuse(f"has {key} = {shown(value)}: true or false can be read.")
        return value

    def padding(self) -> Any:
        """Return "valid" or "same"."""
        value = self.config.get("padding", "valid")
        if isinstance(value, str) and value.lower() in ("valid", "same"):
            return value.lower()
        raise self.refuse(
            f'has padding = {shown(value)}: "valid" and "same" can be read.', "padding"
        )

    def zeros(self) -> Pair:
        """Return the P of a ZeroPadding2D that is the same on opposite sides."""
        value = self.config.get("padding", 1)
        rows, columns = value if isinstance(value, list) and len(value) == 2 else (value, value)
        found = []
        for side in (columns, rows):
            pair = side if isinstance(side, list) and len(side) == 2 else [side, side]
            try:
                before, after = (checks.whole(one, "padding", least=0) for one in pair)
            except GeometryError as error:
                raise self.refuse(f"has padding wrong: {error.message}", "padding") from None
            if before != after:
                raise self.refuse(
                    f"pads {before} before and {after} after: only the same P on opposite sides "
                    f"can be expressed, such as ({after}, {after}).",
                    "padding",
                )
            found.append(before)
        return Pair(*found)

    def activation(self) -> str:
        """Return the name of the activation, "linear" where there is none."""
        value = self.config.get("activation")
        if value is None:
            return "linear"
        named = value
        if isinstance(value, Mapping):
            inner = value.get("config")
            named = value.get("class_name")
            if named == "function" and isinstance(inner, str):
                named = inner
            elif isinstance(named, str) and named in ACTIVATION_CLASSES:
                step = Step(self.number, self.name, named, "", _mapping(inner))
                return step.own_activation()
        if isinstance(named, str) and named in ACTIVATIONS:
            return named
        raise self.refuse(
            f"has the activation {shown(named)}: those of Keras that keep the shape and need no "
            f"argument can be read, such as {', '.join(ACTIVATIONS[:5])}.",
            "activation",
        )

    def own_activation(self) -> str:
        """Return the activation that a layer such as ReLU stands for."""
        name = ACTIVATION_CLASSES[self.class_name]
        defaults = _ACTIVATION_DEFAULTS.get(name, {})
        found = {key: self.config.get(key, value) for key, value in defaults.items()}
        if name == "relu" and found == {**defaults, "max_value": 6}:
            return "relu6"
        for key, value in found.items():
            if value != defaults[key]:
                raise self.refuse(
                    f"has {key} = {shown(value)}: without it, it can be read as {name}.",
                    "activation",
                )
        return name


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _NOTHING


def _plain(text: str) -> str:
    return shown(text)[1:-1]
