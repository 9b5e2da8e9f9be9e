"""Layers that add, cut off, enlarge or lay out anew what they receive, and compute nothing."""

from __future__ import annotations

from tui.geometry import checks
from tui.geometry.errors import GeometryError, shown
from tui.geometry.graphs.graph import AnyShape, shape_of, sides_of
from tui.geometry.graphs.layer_output import Made, all_of
from tui.geometry.graphs.reaches import Enlarged, Reach, Shifted
from tui.geometry.shapes import LARGEST, Pair, Volume
from tui.keras_io.layer_config import Step


def padded(step: Step, shape: AnyShape) -> Made:
    (left, right), (top, bottom) = _frame(step, "padding", 1)
    volume = volume_in(step, shape)
    output = Volume(volume.width + left + right, volume.height + top + bottom, volume.depth)
    return Made(output, reach=(Shifted(Pair(left, top)),))


def cropped(step: Step, shape: AnyShape) -> Made:
    (left, right), (top, bottom) = _frame(step, "cropping", 0)
    volume = volume_in(step, shape)
    width, height = volume.width - left - right, volume.height - top - bottom
    if min(width, height) < 1:
        raise step.refuse(
            f"cuts {left + right} columns and {top + bottom} rows off {volume}, and nothing "
            "would be left: cut off less.",
            "padding",
        )
    return Made(Volume(width, height, volume.depth), reach=(Shifted(Pair(-left, -top)),))


def _frame(step: Step, key: str, default: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """What is added or cut off: (left, right), (top, bottom). Keras has rows first."""
    value = step.config.get(key, default)
    rows, columns = value if isinstance(value, list) and len(value) == 2 else (value, value)
    found = []
    for side in (columns, rows):
        pair = side if isinstance(side, list) and len(side) == 2 else [side, side]
        try:
            before, after = (checks.whole(one, key, least=0) for one in pair)
        except GeometryError as error:
            raise step.refuse(f"has {key} wrong: {error.message}", "padding") from None
        found.append((before, after))
    return found[0], found[1]


def enlarged(step: Step, shape: AnyShape) -> Made:
    times = step.pair("size", "kernel", 2)
    volume = volume_in(step, shape)
    output = Volume(volume.width * times.w, volume.height * times.h, volume.depth)
    nearest = step.config.get("interpolation", "nearest") == "nearest"
    return Made(output, reach=(Enlarged(times) if nearest else None,))


def resized(step: Step, shape: AnyShape) -> Made:
    volume = volume_in(step, shape)
    height, width = step.whole("height", "height"), step.whole("width", "width")
    return Made(Volume(width, height, volume.depth), reach=(None,))


def reshaped(step: Step, shape: AnyShape) -> Made:
    target = step.config.get("target_shape")
    if not isinstance(target, list) or not 1 <= len(target) <= 8:
        raise step.refuse(
            f"has target_shape = {shown(target)}: a list of one to eight numbers can be read."
        )
    known, open_at = 1, None
    for place, side in enumerate(target):
        if side == -1 and open_at is None and not isinstance(side, bool):
            open_at = place
            continue
        try:
            known *= checks.whole(side, "side", most=LARGEST**3)
        except GeometryError as error:
            raise step.refuse(f"has target_shape wrong: {error.message}") from None
    sides = list(target)
    if open_at is not None:
        sides[open_at] = shape.size // known
        known *= sides[open_at]
    if known != shape.size:
        raise step.refuse(
            f"cannot lay the {shape.size:,} values of {shape} out as "
            f"{shown(target)}: the product of the sides has to be {shape.size:,}."
        )
    same = tuple(sides) == sides_of(shape)
    return Made(shape_of(sides), reach=(Shifted() if same else _scattered(shape),))


def _scattered(shape: AnyShape) -> Reach | None:
    """Places are lost, but for one place alone: a vector of channels, or a single cell."""
    return all_of(shape) if not isinstance(shape, Volume) or shape.plane == (1, 1) else None


def permuted(step: Step, shape: AnyShape) -> Made:
    dims, sides = step.config.get("dims"), sides_of(shape)
    if not isinstance(dims, list) or sorted(map(str, dims)) != [
        str(number + 1) for number in range(len(sides))
    ]:
        raise step.refuse(
            f"has dims = {shown(dims)}: each of 1 to {len(sides)}, the axes of {shape}, once "
            "can be read."
        )
    return Made(shape_of([sides[dim - 1] for dim in dims]), reach=(_scattered(shape),))


def repeated(step: Step, shape: AnyShape) -> Made:
    return Made(shape_of((step.whole("n", "n"), shape.size)), reach=(all_of(shape),))


def volume_in(step: Step, shape: AnyShape) -> Volume:
    if step.config.get("data_format") == "channels_first":
        raise step.refuse(
            'is laid out channels_first, D×H×W: build the model with data_format="channels_last".'
        )
    if not isinstance(shape, Volume):
        raise step.refuse(f"works on a volume W×H×D, and receives {shape}.")
    return shape
