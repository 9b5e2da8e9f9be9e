"""A layer as Keras describes it, and its settings one by one with their types checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.geometry import checks
from tui.geometry.errors import GeometryError, escaped, shown
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
class LayerConfig:
    """A layer as Keras describes it.

    Args:
        number: its position in the model, from 1, without the inputs.
        name: the name that the model gives it.
        class_name: the class of `keras.layers`.
        module: the module of that class; empty where an older Keras did not write it.
        settings: as they were in the JSON.
    """

    number: int
    name: str
    class_name: str
    module: str
    settings: Mapping[str, Any]

    @property
    def label(self) -> str:
        """The layer as a message names it."""
        return f'layer {self.number} "{escaped(self.name)}" ({escaped(self.class_name)})'

    def refuse(self, why: str, field: str | None = None) -> GeometryError:
        """Return an error that names this layer and says why it cannot be read."""
        return GeometryError(f"{self.label} {why}", field=field)

    def whole_number(self, key: str, field: str, default: int | None = None) -> int:
        """Return a setting that is a whole number."""
        try:
            return checks.whole_number(self.settings.get(key, default), field)
        except GeometryError as error:
            raise self.refuse(f"has {key} wrong: {error.message}", field) from None

    def pair(self, key: str, field: str, default: int | None = None, *, least: int = 1) -> Pair:
        """Return a setting that is one number, or rows and columns."""
        value = self.settings.get(key, default)
        if not isinstance(value, (list, tuple)):
            value = [value, value]
        if len(value) != 2:
            raise self.refuse(
                f"has {key} = {shown(value)}: two numbers, rows and columns, can be read.", field
            )
        try:
            rows, columns = (checks.whole_number(one, field, least=least) for one in value)
            return Pair(columns, rows)
        except GeometryError as error:
            raise self.refuse(f"has {key} wrong: {error.message}", field) from None

    def number_of(self, key: str, default: float | None = None) -> float:
        """Return a setting that is a finite number."""
        try:
            return checks.number(self.settings.get(key, default), key)
        except GeometryError as error:
            raise self.refuse(f"cannot be read: {error.message}", key) from None

    def boolean(self, key: str, default: bool) -> bool:
        """Return a setting that is true or false."""
        value = self.settings.get(key, default)
        if not isinstance(value, bool):
            raise self.refuse(f"has {key} = {shown(value)}: true or false can be read.")
        return value

    def padding(self) -> Any:
        """Return "valid" or "same"."""
        value = self.settings.get("padding", "valid")
        if isinstance(value, str) and value.lower() in ("valid", "same"):
            return value.lower()
        raise self.refuse(
            f'has padding = {shown(value)}: "valid" and "same" can be read.', "padding"
        )

    def frame(self, key: str, default: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return what is added or cut off on each side: (left, right), (top, bottom)."""
        value = self.settings.get(key, default)
        rows, columns = value if isinstance(value, list) and len(value) == 2 else (value, value)
        sides = []
        for side in (columns, rows):
            pair = side if isinstance(side, list) and len(side) == 2 else [side, side]
            try:
                before, after = (checks.whole_number(one, key, least=0) for one in pair)
            except GeometryError as error:
                raise self.refuse(f"has {key} wrong: {error.message}", "padding") from None
            sides.append((before, after))
        return sides[0], sides[1]

    def equal_padding(self) -> Pair:
        """Return the P of a ZeroPadding2D that is the same on opposite sides."""
        for before, after in (sides := self.frame("padding", 1)):
            if before != after:
                raise self.refuse(
                    f"pads {before} before and {after} after: only the same P on opposite sides "
                    f"can be expressed, such as ({after}, {after}).",
                    "padding",
                )
        return Pair(sides[0][0], sides[1][0])

    def axis_of(self, axis: object, rank: int) -> int:
        """Return an axis counted from 0 without the batch; Keras counts the batch as 0."""
        if (
            isinstance(axis, bool)
            or not isinstance(axis, int)
            or not (-rank <= axis < 0 or 1 <= axis <= rank)
        ):
            raise self.refuse(
                f"has axis = {shown(axis)}: −1, the channels, or one of 1 to {rank} can be read."
            )
        return axis + rank if axis < 0 else axis - 1

    def check_channels_last(self) -> None:
        """Raise a GeometryError for the other order of axes."""
        if self.settings.get("data_format") == "channels_first":
            raise self.refuse(
                "is laid out channels_first, D×H×W: build the model with "
                'data_format="channels_last", which TensorFlow can compute everywhere.'
            )

    def activation(self) -> str:
        """Return the name of the activation, "linear" where there is none."""
        value = self.settings.get("activation")
        if value is None:
            return "linear"
        named = value
        if isinstance(value, Mapping):
            inner = value.get("config")
            named = value.get("class_name")
            if named == "function" and isinstance(inner, str):
                named = inner
            elif isinstance(named, str) and named in ACTIVATION_CLASSES:
                layer = LayerConfig(self.number, self.name, named, "", _mapping(inner))
                return layer.own_activation()
        if isinstance(named, str) and named in ACTIVATIONS:
            return named
        raise self.refuse(
            f"has the activation {shown(named)}: those of Keras that keep the shape and need no "
            f"argument can be read, such as {', '.join(ACTIVATIONS[:5])}.",
            "activation",
        )

    def own_activation(self) -> str:
        """Return the activation of a layer such as ReLU."""
        name = ACTIVATION_CLASSES[self.class_name]
        defaults = _ACTIVATION_DEFAULTS.get(name, {})
        found = {key: self.settings.get(key, value) for key, value in defaults.items()}
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
