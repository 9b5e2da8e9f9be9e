"""The open network: its layers, their outputs, and how images are prepared for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.geometry import Graph, sides_of
from tui.inspection.answers import LayerInfo, Opened
from tui.inspector.image_preparation import Preparation, picture_key
from tui.inspector.layer_outputs import LayerOutputs, layer_uses, symbolic_outputs
from tui.inspector.refusal import Refusal
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.model_files import snapshots
from tui.runs.store.run_folder import RunFolder

Array = NDArray[Any]


def flat_layers(model: keras.Model) -> list[keras.Layer]:
    """Return the layers of a chain in order, including those of inner models, without inputs."""
    found: list[keras.Layer] = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += flat_layers(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            found.append(layer)
    return found


def is_convolution(layer: keras.Layer) -> bool:
    """Return whether a layer slides kernels over a volume."""
    kinds = keras.layers
    return isinstance(
        layer,
        (kinds.Conv2D, kinds.Conv2DTranspose, kinds.DepthwiseConv2D, kinds.SeparableConv2D),
    )


def kernel_of(layer: keras.Layer) -> Array | None:
    """Return the kernel of a convolution as Keras stores it; None for any other layer."""
    if not is_convolution(layer):
        return None
    separable = isinstance(layer, (keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D))
    variable = layer.depthwise_kernel if separable and hasattr(layer, "depthwise_kernel") else None
    return np.asarray(keras.ops.convert_to_numpy(layer.kernel if variable is None else variable))


@dataclass
class OpenedNetwork:
    """A model with its weights, and where it comes from.

    Args:
        model: takes one image; a chain of layers, or any model with its graph.
        preparation: prepares image files for the model.
        classes: names in the order of the labels; empty if unknown.
        weights: their name: `best`, `epoch-3`, or that of a file.
        epoch: after which they were saved; -1 if unknown.
        before: the kernel before training, by the position of a convolution.
        spec: of its run; None for a file.
        run: its folder; None for a file.
        note: a sentence about the network or its weights.
        graph: the graph that was read from a foreign file; None for a chain.
    """

    model: keras.Model
    preparation: Preparation
    classes: tuple[str, ...]
    weights: str
    epoch: int = -1
    before: dict[int, Array] = field(default_factory=dict)
    spec: TrainingSpec | None = None
    run: RunFolder | None = None
    note: str = ""
    graph: Graph | None = None

    def __post_init__(self) -> None:
        if self.graph is None:
            self.layers = flat_layers(self.model)
            outputs = symbolic_outputs(self.model, self.layers)
            self.features = LayerOutputs(self.model.inputs, outputs, self.layers)
            self.end = len(self.layers) - 1
            return
        given, inputs = self.graph.inputs[0], list(self.model.inputs)
        if given.free:  # the layers are called again for the chosen size
            inputs = [keras.Input(sides_of(given.shape))]
        uses = layer_uses(self.model, self.graph, inputs)
        self.layers = [layer for layer, _ in uses]
        self.features = LayerOutputs(inputs, [output for _, output in uses], None)
        self.end = max(self.graph.outputs[0], 0)

    @property
    def last(self) -> keras.Layer:
        """The layer whose output is that of the network."""
        return self.layers[self.end]

    def before_last(self) -> Any:
        """Return the symbolic input of the last layer."""
        source = self.end - 1
        if self.graph is not None:
            source = self.graph.rows[self.end].sources[0]
        return self.features.outputs[source] if source >= 0 else self.features.inputs[0]

    def described(self, request: int) -> Opened:
        """Return the answer that describes the network."""
        height, width, depth = self.features.inputs[0].shape[1:]
        run = self.run
        return Opened(
            id=request,
            layers=tuple(map(self._info, range(len(self.layers)))),
            input_height=height,
            input_width=width,
            input_depth=depth,
            classes=self.classes,
            weights=self.weights,
            epoch=self.epoch,
            snapshots=tuple(snapshots(run)) if run is not None else (),
            has_best=run is not None and (run.path / "best.keras").exists(),
            has_final=run is not None and (run.path / "final.keras").exists(),
            rescale_divisor=self.preparation.divisor,
            color_mode=self.preparation.color_mode,
            interpolation=self.preparation.interpolation,
            note=self.note,
        )

    def _info(self, position: int) -> LayerInfo:
        layer, shape = self.layers[position], self.features.shapes[position]
        height, width, depth = shape if len(shape) == 3 else (0, 0, int(np.prod(shape)))
        row = self.graph.rows[position] if self.graph is not None else None
        return LayerInfo(
            name=layer.name,
            kind=type(layer).__name__,
            height=height,
            width=width,
            depth=depth,
            parameters=layer.count_params() if row is None else row.parameters or 0,
            sources=row.sources if row is not None and not row.follows else (),
        )

    def layer(self, position: int) -> keras.Layer:
        """Return a layer by its position.

        Raises:
            Refusal: if there is none.
        """
        if not 0 <= position < len(self.layers):
            raise Refusal(
                f"There is no layer {position}: the network has {len(self.layers)}.",
                "Choose one of them.",
            )
        return self.layers[position]

    def activations(self, picture: str, position: int) -> NDArray[np.float32]:
        """Return the output of a layer for an image, without the batch axis.

        Raises:
            Refusal: if there is no such layer, or the image cannot be read.
        """
        self.layer(position)
        key = picture_key(picture)
        return self.features.of(key, position, lambda: self.preparation.array(picture))
