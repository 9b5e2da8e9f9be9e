"""Layers in a learner's words, and what a hint may say."""

from __future__ import annotations

from tui.geometry import (
    AveragePool2D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    Layer,
    MaxPool2D,
    Padding,
    Pair,
    Quantity,
    SeparableConv2D,
)

QUESTIONS: dict[Quantity, str] = {
    "W2": "how wide is the output, W2?",
    "H2": "how high is the output, H2?",
    "D2": "how deep is the output, D2?",
    "parameters": "how many parameters does it learn?",
    "macs": "how many multiply-and-add steps (MACs) does one picture take?",
}
RULES: dict[Quantity, str] = {
    "W2": "W2 = (W1 − F + 2P)/S + 1, the division rounded down.",
    "H2": "H2 = (H1 − F + 2P)/S + 1, the division rounded down. Height is the second number.",
    "D2": "Each filter makes one map. A pooling works in every channel by itself.",
    "parameters": "One filter: its width times its height times the input's depth, and one bias.",
    "macs": "Every weight is multiplied once at every place of the output. A bias is only added.",
}


def in_words(layer: Layer) -> str:
    """Say a layer's settings, without what is at its default.

    Args:
        layer: the layer.

    >>> from tui.geometry import parse_layer
    >>> in_words(parse_layer("conv:k=8,f=3,s=2,p=1")), in_words(parse_layer("maxpool:f=2"))
    ('K = 8 filters, F = 3, S = 2, P = 1', 'max pooling, F = 2, S = 2')
    """
    match layer:
        case Conv2D():
            parts = [f"K = {layer.filters:,} filter{'s' * (layer.filters != 1)}"]
            parts += [f"F = {layer.kernel.short}", f"S = {layer.stride.short}"]
            parts += _padding(layer.padding)
            if layer.dilation != Pair(1, 1):
                parts.append(f"dilation {layer.dilation.short}")
            if layer.groups > 1:
                parts.append(f"{layer.groups} groups")
            if not layer.use_bias:
                parts.append("no bias")
            return ", ".join(parts)
        case DepthwiseConv2D():
            each = f"{layer.multiplier} filter{'s' * (layer.multiplier != 1)} a channel"
            return f"depthwise, {each}, F = {layer.kernel.short}"
        case SeparableConv2D():
            return f"separable, K = {layer.filters:,} filters, F = {layer.kernel.short}"
        case MaxPool2D() | AveragePool2D():
            name = "max pooling" if isinstance(layer, MaxPool2D) else "average pooling"
            parts = [name, f"F = {layer.pool.short}", f"S = {layer.stride.short}"]
            return ", ".join(parts + (_padding(layer.padding) if layer.padding != "valid" else []))
        case Dense():
            return f"Dense with {layer.units:,} unit{'s' * (layer.units != 1)}"
        case Flatten():
            return "Flatten"
    return layer.keras_name


def in_row(layer: Layer) -> str:
    """Say a layer as one option or one row: its Keras name and what counts of it.

    >>> from tui.geometry import parse_layer
    >>> in_row(parse_layer("conv:k=8,f=3")), in_row(parse_layer("maxpool:f=3,s=2"))
    ('Conv2D, 8 filters of 3×3', 'MaxPooling2D 3×3, S = 2')
    """
    match layer:
        case Conv2D():
            text = f"Conv2D, {layer.filters:,} filter{'s' * (layer.filters != 1)} of {layer.kernel}"
            return text + (f", S = {layer.stride.short}" if layer.stride != Pair(1, 1) else "")
        case MaxPool2D() | AveragePool2D():
            text = f"{layer.keras_name} {layer.pool}"
            return text + (f", S = {layer.stride.short}" if layer.stride != layer.pool else "")
    return in_words(layer)


def _padding(padding: Padding) -> list[str]:
    if isinstance(padding, Pair):
        return [f"P = {padding.short}"]
    return ["padding same" if padding == "same" else "P = 0"]
