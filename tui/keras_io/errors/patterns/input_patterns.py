"""Messages about an input whose axes do not match what a layer or a model takes."""

from __future__ import annotations

import re
from dataclasses import replace

from tui.keras_io.errors.explain_axes import (
    MODELS,
    explain_axis_count,
    explain_last_axis,
    explain_rank,
    is_about_input,
)
from tui.keras_io.errors.explain_inputs import explain_input
from tui.keras_io.errors.keras_shapes import format_shape
from tui.keras_io.errors.locate_layer import LayerClues
from tui.keras_io.errors.message_patterns import CHECKING, Explanation, Pattern, PatternMatch


def _input_shape(match: PatternMatch) -> Explanation | None:
    """Explain the wrong shape of a model's input, or of a layer with its own input shape."""
    expected, got = match.shape("expected"), match.shape("got")
    checking = "tohaveshape" in match.regex[0]
    if checking and not is_about_input(match):
        return None
    name = re.sub(r"_input(_\d+)?$", "", match.text("layer"))
    subject = "The model"
    if name and not name.lower().startswith((*MODELS, "input")):
        fed = name != match.text("layer")
        subject = f"The input of {name}" if fed else f"The layer {name}"
    if not expected or not got:
        return None
    first = expected[0]
    batched = len(expected) == len(got) == 4 and expected[0] == got[0]
    if len(expected) <= len(got) and first is not None and checking and not batched:
        # Keras 2 gives both without the batch, Keras 1 both with it.
        expected, got = (None, *expected), (None, *got)
    return explain_input(subject, expected, got, match.network)


def _dimensions(match: PatternMatch) -> Explanation | None:
    """Explain a message of Keras 1 or 2 with a number of axes and the shape of the array."""
    got, wanted = match.shape("got"), match.number("n")
    name = re.sub(r"_input(_\d+)?$", "", match.text("layer"))
    if not is_about_input(match):
        return None
    observed = (
        f"{name} takes {wanted} axes, including the batch, but the array has the shape "
        f"{format_shape(got)}."
    )
    if wanted == 4 and match.network is not None:
        volume = match.network.input
        expected = (None, volume.height, volume.width, volume.depth)
        return explain_input("The network", expected, got, match.network)
    return explain_axis_count(observed, wanted, got)


def _rank(match: PatternMatch) -> Explanation | None:
    wanted, number = match.number("wanted"), match.number("n")
    received = match.shape_after("shapereceived") or (None,) * number
    clues = LayerClues("rank", match.text("layer"), expected=(wanted,), received=received)
    return explain_rank(clues, match, shape_known=bool(match.shape_after("shapereceived")))


def _kernel_rank(match: PatternMatch) -> Explanation | None:
    kernel = match.shape("kernel")
    clues = LayerClues(
        "rank",
        class_name=match.message.layer_class,
        expected=(len(kernel),),
        received=match.shape("got"),
        kernel=kernel[:-2],
    )
    return explain_rank(clues, match, shape_known=True)


def _axis(match: PatternMatch) -> Explanation | None:
    """Explain a last axis of another length than the layer was built for."""
    expected, got = match.number("n"), match.shape("got")
    name = match.text("layer")
    answer = explain_last_axis(
        f"The layer {name}" if name else "A layer", name, expected, got, match
    )
    if match.network is None or answer.row is not None:
        return answer
    other = (
        "No layer of the network given here has these numbers: the message is from another network."
    )
    return replace(answer, what=f"{answer.what} {other}")


def _filter_depth(match: PatternMatch) -> Explanation | None:
    """Explain TensorFlow's check of a convolution: the depth of the input and of the filters."""
    last, expected = match.number("last"), match.number("n")
    got = match.shape_after("withinputshapes") or (None, None, None, last)
    name = (match.regex.groupdict().get("name") or "").split("/")
    layer = name[-2] if len(name) > 1 else "conv"
    subject = f"The layer {layer}" if len(name) > 1 else "A convolution"
    return explain_last_axis(subject, "dense" if len(got) == 2 else layer, expected, got, match)


def _matmul(match: PatternMatch) -> Explanation | None:
    first = match.shape("first") or match.shape("left")
    second = match.shape("second") or match.shape("right")
    if len(first) != 2 or len(second) != 2 or first[1] == second[0] or second[0] is None:
        return None
    answer = explain_last_axis("A dense layer", "dense", second[0], first, match)
    small = min(first[1] or 0, second[0]) < 64
    if answer.row is None and small and not match.message.contains("dense"):
        return None  # a matrix product in the user's own code
    return replace(answer, guess=answer.row is None)


INPUT_PATTERNS = (
    Pattern("expected-shape", "TensorFlow 2.2 on",
        r"(?:layer <name:layer> is incompatible with the layer: )? expected shape=<shape:expected>,"
        r"? found shape=<shape:got>",
        "Input 0 of layer \"model\" is incompatible with the layer: expected shape=(None, 96, 96, "
        "3), found shape=(None, 96, 96)", _input_shape),
    Pattern("invalid-input-shape", "Keras 3",
        r"Expected shape <shape:expected>,? but input has incompatible shape <shape:got>"
        r"(?P<layer>)",
        "Invalid input shape for input Tensor(\"data:0\", shape=(32, 32, 3)). Expected shape "
        "(None, 32, 32, 3), but input has incompatible shape (32, 32, 3)", _input_shape),
    Pattern("checking-input", "Keras 1, Keras 2, TensorFlow 1 to 2.1",
        CHECKING + r" shape <shape:expected> but got (?:an )?array with shape <shape:got>",
        "Error when checking input: expected conv2d_1_input to have shape (150, 150, 3) but got "
        "array with shape (128, 128, 3)", _input_shape),
    Pattern("checking-input-axes", "Keras 1, Keras 2, TensorFlow 1 to 2.1",
        CHECKING + r" <n:n> dimension(?:s|\(s\)),? but got (?:an )?array with shape <shape:got>",
        "Error when checking input: expected conv2d_1_input to have 4 dimensions, but got array "
        "with shape (60000, 28, 28)", _dimensions),
    Pattern("cannot-feed", "TensorFlow 1",
        r"Cannot feed value of shape <shape:got> for Tensor .{1,60}?, which has shape "
        r"<shape:expected>(?P<layer>)",
        "Cannot feed value of shape (64, 28, 28) for Tensor 'x:0', which has shape '(?, 784)'",
        _input_shape),
    Pattern("ndim", "every version",
        r"(?:layer (?P<layer>[\w.\-/]{1,100}?) (?:is incompatible with the layer)?:)? expected "
        r"(?:min_|max_)?ndim=<n:wanted>,? found ndim=<n:n>",
        "Input 0 is incompatible with layer conv2d_1: expected ndim=4, found ndim=3", _rank),
    Pattern("kernel-length", "Keras 3",
        r"Kernel shape must have the same length as input,? but received kernel of shape "
        r"<shape:kernel> and input of shape <shape:got>",
        "Kernel shape must have the same length as input, but received kernel of shape (3, 3, 28, "
        "8) and input of shape (None, 28, 28).", _kernel_rank),
    Pattern("axis-value", "every version",
        r"(?:layer (?P<layer>[\w.\-/]{1,100}?) (?:is incompatible with the layer)?:)? expected "
        r"axis (?P<axis>-?\d) of input shape to have value <n:n>,? but (?:received input with|got) "
        r"shape <shape:got>",
        "Input 0 of layer dense is incompatible with the layer: expected axis -1 of input shape "
        "to have value 512 but received input with shape [None, 14400]", _axis),
    Pattern("filter-depth", "TensorFlow, every version",
        r"(?:input depth must be evenly divisible by filter depth:|number of input channels does "
        r"not match corresponding dimension of filter,|Depth of input \(|input depth of) <n:last>"
        r"(?:vs\.?|!=|\) is not a multiple of input depth of filter \(|does not match the filter "
        r"input depth of) <n:n>(?!\d)",
        "input depth must be evenly divisible by filter depth: 1 vs 3", _filter_depth),
    Pattern("filter-depth-equal", "TensorFlow 1, 2",
        r"Dimensions must be equal,? but are <n:last> and <n:n> for (?:\{\{node)?"
        r"(?P<name>[\w.\-/]{1,300}?(?:convolution|conv2d|matmul))\b",
        "Dimensions must be equal, but are 1 and 3 for 'conv2d_1/convolution' (op: 'Conv2D') with "
        "input shapes: [?,224,224,1], [3,3,3,64].", _filter_depth),
    Pattern("matmul", "TensorFlow, every version",
        r"(?:Matrix size-incompatible: In\[0\]: <shape:first>, In\[1\]: <shape:second>|In\[0\]"
        r"mismatch In\[1\] shape: \d+ vs\.? \d+: (?P<left>\[[\d,]+\]) (?P<right>\[[\d,]+\]))",
        "Matrix size-incompatible: In[0]: [32,14400], In[1]: [20736,512] [[{{node dense/MatMul}}]]",
        _matmul, ambiguous=True),
)  # fmt: skip
