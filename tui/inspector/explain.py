"""Where the network looked: Grad-CAM and occlusion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tui.inspection.messages import Explained
from tui.inspection.requests import Explain
from tui.inspector.gradcam import grad_cam
from tui.inspector.occlusion import occlusion
from tui.inspector.opened import OpenedNetwork
from tui.inspector.predictions import predict
from tui.inspector.refusal import Refusal
from tui.inspector.tiles import stretched


def explain(
    network: OpenedNetwork, request: Explain, tell: Callable[[int, int], None]
) -> Explained:
    """Show what of a picture speaks for a class."""
    picture = network.preparation.array(request.picture)
    found = predict(network, picture[None])[0]
    label = int(found.argmax()) if request.label == -1 else request.label
    if not 0 <= label < len(found):
        raise Refusal(
            f"There is no class {label}: the network has {len(found)}.",
            f"Choose 0 to {len(found) - 1}, or -1 for the predicted one.",
        )
    layer = gradient_of = ""
    if request.method == "grad-cam":
        cam = grad_cam(network, picture, label)
        heat, layer, gradient_of = cam.heat, cam.layer, cam.gradient_of
    else:
        heat = occlusion(network, picture, label, float(found[label]), tell)
    return Explained(
        id=request.id,
        method=request.method,
        label=label,
        layer=layer,
        height=heat.shape[0],
        width=heat.shape[1],
        heat=_bytes(heat),
        greatest=float(heat.max()),
        probability=float(found[label]),
        gradient_of=gradient_of,
    )


def _bytes(heat: NDArray[np.float64]) -> bytes:
    """Return a heat of 0 and more as bytes, 255 its greatest."""
    return stretched(heat, 0.0, float(heat.max())).tobytes()
