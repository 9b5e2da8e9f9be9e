"""What Keras and TensorFlow say when shapes do not fit, taken apart into its numbers.

The wordings are those of Keras 3 (`ops/operation_utils.py`, `layers/input_spec.py`), of
Keras 2, and of TensorFlow's own shape functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from tui.geometry.keras_complaint import Complaint, Sides

_LONGEST = 200_000
_ESCAPES = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")

_SHAPE = r"[(\[]([^()\[\]]{0,200})[)\]]"
_LAYER = r"of\s+layer\s+[\"']?([\w.\-/]{1,100})[\"']?\s+is\s+incompatible\s+with\s+the\s+layer:"
_OLD_LAYER = r"is\s+incompatible\s+with\s+(?:the\s+)?layer\s+[\"']?([\w.\-/]{1,100})[\"']?:"
_OF_LAYER = rf"(?:{_LAYER}|{_OLD_LAYER})"


def read_complaint(text: str) -> Complaint | None:
    """Find the first message in a text that is known here.

    Args:
        text: what was pasted: a message, or a whole traceback.

    Returns:
        The message's numbers; None when none is known.

    >>> read_complaint('Input 0 of layer "dense" is incompatible with the layer: expected axis '
    ...     "-1 of input shape to have value 16, but received input with shape (None, 9)").expected
    (16,)
    """
    # A traceback's last words are the message: what is too long is cut at the front.
    plain = " ".join(_ESCAPES.sub("", text[-_LONGEST:]).split())
    for pattern, read in _KNOWN.items():
        found = re.search(pattern, plain)
        if found is None:
            continue
        complaint = read(found, plain[found.start() : found.start() + 3000], plain)
        if complaint.kind != "targets" or (_last(complaint.expected) and _last(complaint.received)):
            return complaint
    return None


def _sides(text: str) -> Sides:
    """The numbers of a shape: `(None, 2, 2)`, `[?,2,2]`, or NumPy's `[None 2 2]`."""
    found = re.findall(r"None|\?|-?\d+", text)
    return tuple(int(one) if one.isdigit() and len(one) < 10 else None for one in found[:8])


def _last(sides: Sides) -> int | None:
    return sides[-1] if sides else None


def _after(key: str, text: str) -> Sides:
    found = re.search(rf"{key}\s{{0,3}}[=:]?\s{{0,3}}(?:{_SHAPE}|(\d{{1,9}}))", text)
    if found is None:
        return ()
    return _sides(found[1] if found[1] is not None else found[2])


def _calling(plain: str) -> str:
    """The class in Keras's "Exception encountered when calling MaxPooling2D.call()"."""
    found = re.search(r"when calling (?:layer \"[^\"]{1,100}\" \(type )?(\w{1,60})", plain)
    return found[1] if found else ""


def _argument(plain: str) -> Sides:
    """The shape in Keras's "Arguments received by Conv2D.call()", unless a model was called."""
    called = r"Arguments received by (?!Sequential|Functional)\w{1,60}\.call\(\):.{0,40}?"
    found = re.search(rf"{called}(?:inputs|args)=.{{0,40}}?shape={_SHAPE}", plain)
    return _sides(found[1]) if found else ()


def _at_once(found: re.Match[str], here: str, plain: str) -> Complaint:
    """TensorFlow's, when a model is called on numbers."""
    return Complaint(
        "window",
        class_name=_calling(plain),
        received=_argument(plain),
        reach=int(found[1]) if found.lastindex else None,
    )


def _window(found: re.Match[str], here: str, plain: str) -> Complaint:
    kernel = _after("kernel shape", here)
    pool = _after("pool_size", here)
    return Complaint(
        "window",
        class_name=_calling(plain),
        received=_after(r"inputs[ .]shape", here),
        kernel=kernel[:-2] or pool,
        stride=_after("strides", here),
        dilation=_after("dilation_rate", here),
        filters=kernel[-1] if kernel else None,
    )


def _downsampling(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint("window", name=found[1], received=_after("input shape", here))


def _negative(found: re.Match[str], here: str, plain: str) -> Complaint:
    """TensorFlow's own: the numbers stand in the node and in the shapes behind it."""
    shapes = re.search(rf"with input shapes: {_SHAPE}(?:, {_SHAPE})?", here)
    received, weights = (_sides(shapes[1]), _sides(shapes[2] or "")) if shapes else ((), ())
    operation = "MaxPool" if "MaxPool" in here else "AvgPool" if "AvgPool" in here else ""
    classes = {"MaxPool": "MaxPooling2D", "AvgPool": "AveragePooling2D"}
    kernel = weights[:2] if weights else _after("ksize", here)[1:3]
    return Complaint(
        "window",
        name=found[1],
        class_name=classes.get(operation, ""),
        # With dilation TensorFlow cuts the input up first, and its shapes are those of a part.
        received=_argument(plain) if "SpaceToBatch" in here else received,
        kernel=kernel,
        stride=_after("strides", here)[1:3],
        dilation=_after("dilations", here)[1:3],
        filters=weights[-1] if weights else None,
    )


def _axis(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint(
        "axis",
        name=found[1] or found[2],
        expected=(int(found[3]),),
        received=_sides(found[4]),
    )


def _rank(found: re.Match[str], here: str, plain: str) -> Complaint:
    received = _after("shape received", here)
    return Complaint(
        "rank",
        name=found[1] or found[2],
        expected=(int(found[3]),),
        received=received or (None,) * int(found[4]),
    )


def _kernel_rank(found: re.Match[str], here: str, plain: str) -> Complaint:
    kernel = _sides(found[1])
    return Complaint(
        "rank",
        class_name=_calling(plain),
        expected=(len(kernel),),
        received=_sides(found[2]),
        kernel=kernel[:-2],
    )


def _input(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint(
        "input",
        name=found[1] or found[2],
        expected=_sides(found[3]),
        received=_sides(found[4]),
    )


def _channel_groups(found: re.Match[str], here: str, plain: str) -> Complaint:
    received = re.search(rf"full input shape is {_SHAPE}", here)
    return Complaint(
        "groups", groups=int(found[1]), received=_sides(received[1]) if received else ()
    )


def _filter_groups(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint("groups", groups=int(found[1]), filters=int(found[2]))


def _both(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint(
        "stride-and-dilation",
        stride=_after("strides", here),
        dilation=_after("dilation_rate", here),
    )


def _targets(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint("targets", expected=_sides(found[1]), received=_sides(found[2]))


def _logits(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint("targets", expected=_sides(found[2]), received=_sides(found[1]))


def _labels(found: re.Match[str], here: str, plain: str) -> Complaint:
    return Complaint("labels", expected=(int(found[1]),), received=(int(found[2]),))


_Reader: TypeAlias = Callable[[re.Match[str], str, str], Complaint]
_KNOWN: Mapping[str, _Reader] = {
    r"Computed output size would be negative: -\d{1,9} \[input_size: -?\d{1,9}, "
    r"effective_filter_size: (\d{1,9})": _at_once,
    r"could not create a descriptor for a pooling": _at_once,
    r"Computed output size would be (?:zero or )?negative": _window,
    r"dimensions in the output is <= 0 due to downsampling in ([\w.\-/]{1,100}?)\. ": _downsampling,
    r"Negative dimension size caused by subtracting \d{1,9} from \d{1,9} for "
    r"'(?:\{\{node )?([\w.\-/]{1,300})": _negative,
    rf"{_OF_LAYER} expected axis -?\d of input shape to have value (\d{{1,9}}),? "
    rf"but (?:received input with|got) shape {_SHAPE}": _axis,
    rf"{_OF_LAYER} expected (?:min_|max_)?ndim=(\d), found ndim=(\d)": _rank,
    rf"Kernel shape must have the same length as input, but received kernel of shape {_SHAPE} "
    rf"and input of shape {_SHAPE}": _kernel_rank,
    rf"{_OF_LAYER} expected shape={_SHAPE}, found shape={_SHAPE}": _input,
    r"number of input channels must be evenly divisible by the number of groups\. "
    r"Received groups=(\d{1,9})": _channel_groups,
    r"number of filters must be evenly divisible by the number of groups\. "
    r"Received: groups=(\d{1,9}), filters=(\d{1,9})": _filter_groups,
    r"`?strides > 1`? not supported in conjunction with `?dilation_rate > 1`?": _both,
    r"`target` and `output` must have the same shape\. Received: "
    rf"target\.shape={_SHAPE}, output\.shape={_SHAPE}": _targets,
    rf"`?logits`? and `?labels`? must have the same shape,? received \({_SHAPE} vs {_SHAPE}\)": (
        _logits
    ),
    rf"Shapes {_SHAPE} and {_SHAPE} are incompatible": _targets,
    r"label value of (\d{1,9}) which is outside the valid range of \[0, (\d{1,9})\)": _labels,
}
"""Every message, the likelier first, and how its numbers are read."""
