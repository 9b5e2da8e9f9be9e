"""The settings of each layer in the one-line form: their keys, readers and writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from tui.geometry.errors import GeometryError, did_you_mean, shown
from tui.geometry.layers import ACTIVATIONS
from tui.geometry.shapes import Pair

ErrorField: TypeAlias = str
"""The setting that an error names, as in :class:`GeometryError`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a layer in the one-line form.

    Args:
        field: the attribute of the layer.
        key: the short key that is written.
        names: other keys that are read, among them Keras's.
        read: returns the value of a text; also receives the field that errors name.
        write: returns the text of a value.
    """

    field: str
    key: str
    names: tuple[str, ...]
    read: Callable[[str, ErrorField], Any]
    write: Callable[[Any], str]


def _digits(text: str, field: ErrorField) -> int:
    # Nine digits are enough for every allowed value, and Python refuses to read thousands.
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise GeometryError(
        f"{shown(text)} is not a whole number for {field}: write digits, such as 3.", field=field
    )


def _pair(text: str, field: ErrorField) -> Pair:
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2:
        raise GeometryError(
            f"{shown(text)} has {len(parts)} numbers for {field}: write one, such as 3, or "
            "width and height, such as 3x5.",
            field=field,
        )
    return Pair(_digits(parts[0], field), _digits(parts[-1], field))


def _write_pair(value: Pair) -> str:
    return str(value.w) if value.w == value.h else f"{value.w}x{value.h}"


def _padding(text: str, field: ErrorField) -> Literal["valid", "same"] | Pair:
    word = text.lower()
    if word == "same":
        return "same"
    if word == "valid":
        return "valid"
    if not word[:1].isdigit():
        raise GeometryError(
            f"{shown(text)} is not a padding: write p=valid, p=same, or a number such as p=1.",
            field=field,
        )
    return _pair(word, field)


def _write_padding(value: str | Pair) -> str:
    return value if isinstance(value, str) else _write_pair(value)


def _output_padding(text: str, field: ErrorField) -> Pair | None:
    word = text.lower()
    if word in ("auto", "none"):
        return None
    if not word[:1].isdigit():
        raise GeometryError(
            f"{shown(text)} is not an output padding: write o=auto, or a number such as o=1.",
            field=field,
        )
    return _pair(word, field)


def _write_output_padding(value: Pair | None) -> str:
    return "auto" if value is None else _write_pair(value)


def _function(text: str, field: ErrorField) -> str:
    if text in ACTIVATIONS:
        return text
    raise GeometryError(
        f"activation {shown(text)} is not known: {did_you_mean(text, ACTIVATIONS)}.", field=field
    )


def _boolean(text: str, field: ErrorField) -> bool:
    try:
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[
            text.lower()
        ]
    except KeyError:
        raise GeometryError(
            f"{shown(text)} is neither yes nor no: write bias=yes or bias=no.", field=field
        ) from None


def _write_truth(value: bool) -> str:
    return "yes" if value else "no"


def _number(text: str, field: ErrorField) -> float:
    try:
        over, slash, under = text.partition("/")
        if len(text) > 60:
            raise ValueError
        return float(over) / float(under) if slash else float(over)
    except (ValueError, ZeroDivisionError):
        raise GeometryError(
            f"{shown(text)} is not a number for {field}: write one such as 0.5 or 1/255.",
            field=field,
        ) from None


def _write_number(value: float) -> str:
    """Return 1/255 rather than 0.00392156862745098 where it is read back as the same number."""
    if 0 < value < 1:
        part = Fraction(value).limit_denominator(1000)
        if part.numerator == 1 and 1 / part.denominator == value and len(repr(value)) > 6:
            return f"1/{part.denominator}"
    return repr(value)


_FILTERS = Setting("filters", "k", ("filters",), _digits, str)
_KERNEL = Setting("kernel", "f", ("kernel", "kernel_size"), _pair, _write_pair)
_POOL = Setting("pool", "f", ("pool", "pool_size"), _pair, _write_pair)
_STRIDE = Setting("stride", "s", ("stride", "strides"), _pair, _write_pair)
_PADDING = Setting("padding", "p", ("padding",), _padding, _write_padding)
_ZEROS = Setting("padding", "p", ("padding",), _pair, _write_pair)
_DILATION = Setting("dilation", "d", ("dilation", "dilation_rate"), _pair, _write_pair)
_OUTPUT_PADDING = Setting(
    "output_padding", "o", ("output_padding", "op"), _output_padding, _write_output_padding
)
_GROUPS = Setting("groups", "g", ("groups",), _digits, str)
_MULTIPLIER = Setting("multiplier", "m", ("multiplier", "depth_multiplier"), _digits, str)
_FUNCTION = Setting("activation", "a", ("activation",), _function, str)
_LAYER_FUNCTION = Setting("function", "a", ("function", "activation"), _function, str)
_BIAS = Setting("use_bias", "bias", ("use_bias",), _boolean, _write_truth)
_UNITS = Setting("units", "k", ("units", "u"), _digits, str)
_RATE = Setting("rate", "rate", ("r",), _number, _write_number)
_SCALE = Setting("scale", "scale", (), _number, _write_number)
_OFFSET = Setting("offset", "offset", (), _number, _write_number)

_WINDOW = (_KERNEL, _STRIDE, _PADDING, _DILATION)
_POOLING = (_POOL, _STRIDE, _PADDING)

SETTINGS: Mapping[str, tuple[Setting, ...]] = {
    "conv": (_FILTERS, *_WINDOW, _GROUPS, _FUNCTION, _BIAS),
    "depthwise": (*_WINDOW, _MULTIPLIER, _FUNCTION, _BIAS),
    "separable": (_FILTERS, *_WINDOW, _MULTIPLIER, _FUNCTION, _BIAS),
    "transposed": (_FILTERS, *_WINDOW, _OUTPUT_PADDING, _FUNCTION, _BIAS),
    "maxpool": _POOLING,
    "avgpool": _POOLING,
    "globalmax": (),
    "globalavg": (),
    "zeropad": (_ZEROS,),
    "flatten": (),
    "dense": (_UNITS, _FUNCTION, _BIAS),
    "activation": (_LAYER_FUNCTION,),
    "dropout": (_RATE,),
    "batchnorm": (),
    "rescaling": (_SCALE, _OFFSET),
}
"""The settings of every kind of layer, in the order in which they are written."""
