"""The kernels of a convolution as images, now and before training."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.inspection.answers import Kernel, KernelsShown
from tui.inspection.requests import Kernels
from tui.inspector.maps.feature_maps import to_uint8
from tui.inspector.opened_network import OpenedNetwork, kernel_of
from tui.inspector.refusal import Refusal

COLOURS = 3


def kernels(network: OpenedNetwork, request: Kernels) -> KernelsShown:
    """Answer with the kernels of a convolution."""
    layer = network.layer(request.layer)
    found = kernel_of(layer)
    if found is None:
        raise Refusal(
            f"{layer.name} ({type(layer).__name__}) has no kernels.", "Choose a convolution."
        )
    now = kernels_by_filter(layer, found)
    earlier = network.before.get(request.layer)
    before = None if earlier is None else kernels_by_filter(layer, earlier)
    first = max(request.first, 0)
    return KernelsShown(
        id=request.id,
        layer=request.layer,
        count=len(now),
        kernels=tuple(
            _kernel(index, now[index], None if before is None else before[index])
            for index in range(first, min(first + max(request.count, 0), len(now)))
        ),
    )


def kernels_by_filter(layer: keras.Layer, kernel: NDArray[Any]) -> NDArray[Any]:
    """Return a kernel as (filters, height, width, channels that a filter reads).

    Keras stores (height, width, channels, filters). A transposed convolution has the last two
    swapped, and a depthwise one has its own kernels for each channel.
    """
    if isinstance(layer, (keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)):
        height, width, channels, multiple = kernel.shape
        return kernel.reshape(height, width, channels * multiple).transpose(2, 0, 1)[..., None]
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return kernel.transpose(2, 0, 1, 3)
    return kernel.transpose(3, 0, 1, 2)


def _kernel(index: int, kernel: NDArray[Any], before: NDArray[Any] | None) -> Kernel:
    colour = kernel.shape[-1] == COLOURS
    picture = kernel if colour else kernel[..., 0]
    least, greatest = float(picture.min()), float(picture.max())
    pixels = b""
    if before is not None:
        earlier = before if colour else before[..., 0]
        pixels = to_uint8(earlier, float(earlier.min()), float(earlier.max())).tobytes()
    return Kernel(
        index=index,
        height=picture.shape[0],
        width=picture.shape[1],
        colour=colour,
        pixels=to_uint8(picture, least, greatest).tobytes(),
        before=pixels,
        least=least,
        greatest=greatest,
    )


def copy_kernels(layers: list[keras.Layer]) -> dict[int, NDArray[Any]]:
    """Return a copy of the kernel of each convolution, by the position of the layer."""
    found = {position: kernel_of(layer) for position, layer in enumerate(layers)}
    return {position: np.array(kernel) for position, kernel in found.items() if kernel is not None}
