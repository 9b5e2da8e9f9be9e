"""The lines of a training's program that build a pretrained backbone, and that fine-tune it."""

from __future__ import annotations

from tui.geometry import Network
from tui.keras_io.write_code import layer_calls
from tui.runs.settings.backbone_kind import CAFFE_MEAN, IMAGENET_DEVIATION, IMAGENET_MEAN, Pixels
from tui.runs.settings.backbones import backbone
from tui.runs.settings.pretrained import FineTuning, PretrainedBase


def backbone_code(base: PretrainedBase, head: Network, size: tuple[int, int]) -> str:
    """Return a program that builds a network on a backbone, as the variable `model`.

    Args:
        base: the backbone, with its file of weights.
        head: whose input is the backbone's output.
        size: height and width of the images.
    """
    kind = backbone(base.name)
    shape = f"({size[0]}, {size[1]}, 3)"
    lines = [
        "import keras",
        "from keras import layers",
        "",
        f"pixels = keras.Input(shape={shape})  # rows, columns, channels; values from 0 to 255",
        *_PREPROCESSING[kind.pixels],
        f"base = keras.applications.{kind.name}(",
        f"    include_top=False, weights=None, input_tensor=x, input_shape={shape}",
        ")",
        f"base.load_weights({base.weights!r})",
        *(_EFFICIENT if kind.name.startswith("EfficientNetB") else []),
        "base.trainable = False  # BatchNormalization is in inference mode then",
        "for layer in base.layers:",
        "    if isinstance(layer, layers.Dropout):",
        "        layer.rate = 0  # not while the backbone is frozen",
        "x = base.output",
        *(f"x = layers.{call}(x)" for call in layer_calls(head)),
        "model = keras.Model(pixels, x)",
        "",
    ]
    return "\n".join(lines)


_PREPROCESSING: dict[Pixels, list[str]] = {
    "tf": [
        "# As keras.applications' preprocess_input does it: between -1 and 1.",
        "x = layers.Rescaling(1 / 127.5, offset=-1)(pixels)",
    ],
    "torch": [
        "# As keras.applications' preprocess_input does it: standardized with ImageNet's values.",
        "x = layers.Rescaling(1 / 255)(pixels)",
        f"mean, deviation = {list(IMAGENET_MEAN)}, {list(IMAGENET_DEVIATION)}",
        "x = layers.Normalization(mean=mean, variance=[one**2 for one in deviation])(x)",
    ],
    "caffe": [
        "# As keras.applications' preprocess_input does it: BGR, less the mean of each channel.",
        "x = keras.ops.flip(pixels, axis=-1)",
        f"x = layers.Normalization(mean={list(CAFFE_MEAN)}, variance=[1.0, 1.0, 1.0])(x)",
    ],
    "own": ["x = pixels  # the backbone's first layers scale them"],
}

_EFFICIENT = [
    "# Keras's files for ImageNet hold the deviation where the layer takes its square root.",
    "for layer in base.layers:",
    "    if isinstance(layer, layers.Normalization):",
    f"        deviation = keras.ops.array({list(IMAGENET_DEVIATION)})",
    "        if keras.ops.all(keras.ops.abs(layer.adapt_variance - deviation) < 1e-3):",
    "            layer.adapt_variance.assign(deviation**2)",
    "            layer.finalize_state()",
]


def fine_tuning_lines(tuning: FineTuning) -> list[str]:
    """Return the lines that open the last layers of the backbone, before the model is compiled."""
    return [
        "",
        "# Fine-tuning: the backbone too, without BatchNormalization, from this layer on.",
        "names = [layer.name for layer in base.layers]",
        f"for layer in base.layers[names.index({tuning.from_layer!r}) :]:",
        "    layer.trainable = not isinstance(layer, layers.BatchNormalization)",
    ]
