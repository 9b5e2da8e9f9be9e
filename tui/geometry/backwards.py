"""Working backwards: which F, S, P and dilation turn one side into another."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.geometry import checks
from tui.geometry.axes import window_axis
from tui.geometry.errors import GeometryError, did_you_mean, shown
from tui.geometry.layers import Conv2D, Layer, MaxPool2D
from tui.geometry.network import Network
from tui.geometry.rules import apply_layer
from tui.geometry.shapes import Pair, Volume


@dataclass(frozen=True, slots=True)
class Bounds:
    """The range of each setting that :func:`solve` tries.

    Args:
        kernel, stride, padding, dilation: (lowest, highest), both included.
    """

    kernel: tuple[int, int] = (1, 11)
    stride: tuple[int, int] = (1, 4)
    padding: tuple[int, int] = (0, 5)
    dilation: tuple[int, int] = (1, 1)


DEFAULT_BOUNDS = Bounds()

MOST_TRIES = 1_000_000
"""The most combinations that are searched."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Settings that turn one side into another.

    Args:
        kernel, stride, padding, dilation: F, S, P and the dilation.
        exact: whether S divides. If not, Keras gets the result by rounding down.
        builds: whether Keras's Conv2D accepts them: it refuses S > 1 with dilation > 1.
    """

    kernel: int
    stride: int
    padding: int
    dilation: int
    exact: bool
    builds: bool


def solve(
    width_in: int,
    width_out: int,
    *,
    bounds: Bounds = DEFAULT_BOUNDS,
    stop: Callable[[], bool] | None = None,
) -> tuple[Solution, ...]:
    """Return every F, S, P and dilation that turn one side into another.

    Args:
        width_in: W1, or H1.
        width_out: W2, or H2.
        bounds: the ranges that are tried.
        stop: called now and then; once it returns True the search ends with what was found.

    Returns:
        All solutions within the bounds: exact ones first, then by dilation, S, P and F, the
        smallest first.

    Raises:
        GeometryError: a side or a bound out of range, or bounds too wide to search.

    >>> for solution in solve(5, 3, bounds=Bounds(kernel=(1, 5), stride=(1, 2), padding=(0, 1))):
    ...     print(solution.kernel, solution.stride, solution.padding, solution.exact)
    3 1 0 True
    5 1 1 True
    1 2 0 True
    3 2 1 True
    2 2 1 False
    """
    checks.whole_number(width_in, "width")
    checks.whole_number(width_out, "width")
    for name, lowest in (("kernel", 1), ("stride", 1), ("padding", 0), ("dilation", 1)):
        for bound in getattr(bounds, name):
            checks.whole_number(bound, name, least=lowest)
    tries = math.prod(
        max(high - low + 1, 0)
        for low, high in (bounds.kernel, bounds.stride, bounds.padding, bounds.dilation)
    )
    if tries > MOST_TRIES:
        raise GeometryError(
            f"F {_range_text(bounds.kernel)}, S {_range_text(bounds.stride)}, "
            f"P {_range_text(bounds.padding)} and dilation {_range_text(bounds.dilation)} are "
            f"{tries:,} combinations, more than {MOST_TRIES:,}: lower one of the bounds."
        )
    found = []
    lowest, highest = bounds.stride
    for kernel in range(bounds.kernel[0], bounds.kernel[1] + 1):
        if stop is not None and stop():
            break
        for dilation in range(bounds.dilation[0], bounds.dilation[1] + 1):
            for padding in range(bounds.padding[0], bounds.padding[1] + 1):
                room = window_axis(width_in, kernel, padding=padding, dilation=dilation).room
                if room < 0:
                    continue
                # W2 = ⌊room / S⌋ + 1, so that room / W2 < S ≤ room / (W2 - 1).
                first = max(room // width_out + 1, lowest)
                last = highest if width_out == 1 else min(room // (width_out - 1), highest)
                for stride in range(first, last + 1):
                    builds = stride == 1 or dilation == 1
                    exact = room % stride == 0
                    found.append(Solution(kernel, stride, padding, dilation, exact, builds))
    found.sort(key=lambda s: (not s.exact, s.dilation, s.stride, s.padding, s.kernel))
    return tuple(found)


def _range_text(bounds: tuple[int, int]) -> str:
    return f"{bounds[0]:,} to {bounds[1]:,}"


_STEPS: tuple[Layer, ...] = (  # the commonest first: they lead to the first chains found
    Conv2D(16, Pair(3, 3), activation="relu"),
    MaxPool2D(Pair(2, 2)),
    Conv2D(16, Pair(5, 5), activation="relu"),
    MaxPool2D(Pair(3, 3), stride=Pair(2, 2)),
    Conv2D(16, Pair(3, 3), stride=Pair(2, 2), activation="relu"),
)
_KINDS = tuple(dict.fromkeys(step.kind for step in _STEPS))
_MOST_STATES = 4000
_MOST_LAYERS = 12


def solve_chain(
    start: Volume,
    at_most: Pair,
    kinds: Sequence[str] = ("conv", "maxpool"),
    limit: int = 5,
    stop: Callable[[], bool] | None = None,
) -> tuple[Network, ...]:
    """Return a few short chains that reduce a volume to a size, all of which fit exactly.

    A pooling never follows a pooling, nor comes first where there are convolutions.
    Filters double after each pooling from 16 on, as the course has it.

    Args:
        start: the input volume.
        at_most: the largest width and height of the output.
        kinds: which layers may be used: "conv", "maxpool" or both.
        limit: the most chains to return.
        stop: called now and then; once it returns True the search ends with what was found.

    Returns:
        Networks, the shortest first; none if no chain of at most 12 layers does it.

    Raises:
        GeometryError: a volume or size out of range, or an unknown kind.

    >>> from tui.geometry.one_line import format_network
    >>> print(format_network(solve_chain(Volume(10, 10, 1), Pair(4, 4), limit=1)[0]))
    10x10x1 conv:k=16,f=3,a=relu maxpool:f=2
    """
    checks.sound_shape(start)
    checks.whole_pair(at_most, "width")
    for kind in kinds:
        if kind not in _KINDS:
            raise GeometryError(f"{shown(kind)} cannot be chained: {did_you_mean(kind, _KINDS)}.")
    steps = [step for step in _STEPS if step.kind in kinds]
    found: list[Network] = []
    visits: dict[tuple[Pair, int], int] = {}
    queue: deque[tuple[Volume, tuple[Layer, ...]]] = deque([(start, ())])
    states = 0
    while queue and len(found) < limit and states < _MOST_STATES:
        if stop is not None and stop():
            break
        volume, layers = queue.popleft()
        states += 1
        if layers and volume.width <= at_most.w and volume.height <= at_most.h:
            found.append(Network(start, _filters_doubled(layers)))
            continue
        if len(layers) == _MOST_LAYERS:
            continue
        for step in steps:
            after = layers[-1].kind if layers else "maxpool" if "conv" in kinds else ""
            if after == step.kind == "maxpool":
                continue
            try:
                effect = apply_layer(step, volume)
            except GeometryError:
                continue
            if not effect.fits or not isinstance(effect.output, Volume):
                continue
            # Many orders of the same layers lead to the same size: a few of them are enough.
            key = (effect.output.plane, len(layers))
            visits[key] = visits.get(key, 0) + 1
            if visits[key] <= limit:
                queue.append((effect.output, (*layers, step)))
    return tuple(found)


def _filters_doubled(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    filters, doubled = 16, []
    for layer in layers:
        if isinstance(layer, Conv2D):
            layer = Conv2D(filters, layer.kernel, layer.stride, activation=layer.activation)
        else:
            filters = min(filters * 2, 512)
        doubled.append(layer)
    return tuple(doubled)
