"""Messages of Keras and TensorFlow, old and new, and what is said of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.geometry import Network, nearest_fits, parse_network
from tui.keras_io.errors import explain_keras_error

DEEP = parse_network(
    "28x28x1 conv:k=8,f=3 maxpool:f=2 conv:k=16,f=3 maxpool:f=2 conv:k=32,f=3 maxpool:f=2 "
    "conv:k=32,f=3 flatten dense:k=10"
)
COURSE = parse_network(
    "150x150x3 conv:k=16,f=3 maxpool:f=2 conv:k=16,f=3 maxpool:f=2 flatten dense:k=512 dense:k=10"
)
TURNED = parse_network("9x4x2 conv:k=2,f=3x5")
GROUPS = parse_network("9x9x3 conv:k=4,f=3 conv:k=4,f=3,g=3")
DILATED = parse_network("9x9x3 conv:k=4,f=3 conv:k=4,f=3,s=2,d=2 flatten")
POOLS = parse_network("6x6x1 avgpool:f=2 maxpool:f=2 maxpool:f=2 flatten")
PADDED = parse_network("4x4x1 conv:k=2,f=3 conv:k=2,f=7,p=1")
LATE = parse_network("8x8x1 flatten conv:k=2,f=3 dense:k=3")
LATE_PADDED = parse_network("8x8x1 flatten conv:k=2,f=3,p=1 dense:k=3")

NODE = (
    "Negative dimension size caused by subtracting 3 from 1 for '{{{{node {path}}}}} = "
    'Conv2D[T=DT_FLOAT, data_format="NHWC", dilations=[1, 1, 1, 1], padding="VALID", '
    "strides=[1, 1, 1, 1]](x, w)' with input shapes: [?,1,1,32], [3,3,32,32]."
)


@pytest.mark.parametrize(
    ("text", "network", "row", "kind", "parts"),
    [
        (
            "ValueError: Computed output size would be zero or negative. Received `inputs "
            "shape=(None, 1, 1, 32)`, `kernel shape=(3, 3, 32, 32)`, `dilation_rate=[1 1]`, "
            "`strides=(1, 1)`, `padding=valid`.",
            DEEP, 6, "window",
            ["Layer 7 (conv2d_3): the filter is 3 wide, but the input is only 1", "3×3 → 1×1."],
        ),
        (
            "Computed output size would be negative. Received `inputs shape=(None, 4, 9, 2)`, "
            "`kernel shape=(5, 3, 2, 2)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, "
            "`padding=valid`.",
            TURNED, 0, "window", ["Layer 1 (conv2d): the filter is 5 high, but the input is only"],
        ),
        (
            "Exception encountered when calling MaxPooling2D.call().\n\n\x1b[1mComputed output "
            "size would be zero or negative. Received: `inputs.shape=[None 1 1 1]`, "
            "`pool_size=[2 2]`, `strides=(2, 2)`, `padding=valid`.\x1b[0m\n\nArguments received",
            POOLS, 2, "window", ["Layer 3 (max_pooling2d_1): the pool is 2 wide"],
        ),
        (
            "One of the dimensions in the output is <= 0 due to downsampling in conv2d_3. Consider "
            "increasing the input size. Received input shape [None, 1, 1, 32] which would produce "
            "output shape with a zero or negative value in a dimension.",
            DEEP, 6, "window", ["Layer 7 (conv2d_3): the filter is 3 wide"],
        ),
        (NODE.format(path="model/conv2d_3/Conv2D"), DEEP, 6, "window", ["Layer 7 (conv2d_3)"]),
        (NODE.format(path="s_1/conv2d_11_1/convolution"), DEEP, 6, "window", ["Layer 7"]),
        (
            "Negative dimension size caused by subtracting 3 from 1 for 'conv2d_8/convolution' "
            "(op: 'Conv2D') with input shapes: [?,1,1,32], [3,3,32,32].",
            DEEP, 6, "window", ["Layer 7 (conv2d_3)"],
        ),
        (
            "Computed output size would be zero or negative. Received `inputs shape=(None, 4, 4, "
            "2)`, `kernel shape=(7, 7, 2, 2)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, "
            "`padding=valid`.",
            PADDED, 1, "window", ["4 with P = 1"],
        ),
        (
            "Exception encountered when calling Conv2D.call(). {{function_node __wrapped__Conv2D}} "
            "Computed output size would be negative: -1 [input_size: 1, effective_filter_size: 3, "
            "stride: 1] [Op:Conv2D] Arguments received by Conv2D.call(): "
            "• inputs=tf.Tensor(shape=(1, 1, 1, 32), dtype=float32)",
            DEEP, 6, "window", ["Layer 7 (conv2d_3): the filter is 3 wide"],
        ),
        (
            "Exception encountered when calling MaxPooling2D.call(). Compute received an "
            "exception:Status: 2, message: could not create a descriptor for a pooling forward "
            "propagation primitive Arguments received by MaxPooling2D.call(): "
            "• inputs=tf.Tensor(shape=(1, 1, 1, 1), dtype=float32)",
            POOLS, 2, "window", ["Layer 3 (max_pooling2d_1): the pool is 2 wide"],
        ),
        (
            'Input 0 of layer "dense" is incompatible with the layer: expected axis -1 of input '
            "shape to have value 20736, but received input with shape (None, 14400)",
            COURSE, 5, "picture-size",
            ["Layer 6 (dense) was built for 20,736 values, but receives 14,400",
             "14,400 values come from images of 128×128"],
        ),
        (
            "Input 0 of layer dense_7 is incompatible with the layer: expected axis -1 of input "
            "shape to have value 512 but received input with shape [None, 14400]",
            COURSE, 6, "picture-size", ["Layer 7 (dense_1) was built for 512 values"],
        ),
        (
            "Input 0 is incompatible with layer dense_1: expected axis -1 of input shape to have "
            "value 20736 but got shape (32, 20735)",
            COURSE, 5, "picture-size", ["20,735"],
        ),
        (
            "Input 0 with name 'None' of layer 'dense' is incompatible with the layer: expected "
            "axis -1 of input shape to have value 20736, but received input with shape "
            "(None, 36, 36, 16)",
            COURSE, 5, "flatten", ["put Flatten() before it"],
        ),
        (
            "Input 0 with name 'None' of layer 'conv2d' is incompatible with the layer: expected "
            "axis -1 of input shape to have value 3, but received input with shape "
            "(None, 150, 150, 1)",
            COURSE, 0, "color", ["reads D1 = 3 channels, but receives", 'color_mode="rgb"'],
        ),
        (
            "Input 0 of layer conv2d is incompatible with the layer: expected min_ndim=4, found "
            "ndim=3. Full shape received: (None, 28, 28)",
            DEEP, 0, "depth-axis", ["The channel axis"],
        ),
        (
            "Input 0 of layer conv2d is incompatible with the layer: expected min_ndim=4, found "
            "ndim=3. Full shape received: (150, 150, 3)",
            COURSE, 0, "batch-axis", ["One image came without its batch"],
        ),
        (
            "Input 0 with name 'None' of layer 'conv2d_5' is incompatible with the layer: expected "
            "min_ndim=4, found ndim=2. Full shape received: (None, 64)",
            LATE, 1, "after-flatten", ["vector of 64 values. Put it before Flatten"],
        ),
        (
            "Input 0 with name 'None' of layer 'zero_padding2d' is incompatible with the layer: "
            "expected ndim=4, found ndim=2. Full shape received: (None, 64)",
            LATE_PADDED, 1, "after-flatten", ["Layer 2 (conv2d) slides over a volume"],
        ),
        (
            "Kernel shape must have the same length as input, but received kernel of shape "
            "(3, 3, 28, 8) and input of shape (None, 28, 28).",
            DEEP, 0, "depth-axis", ["Layer 1 (conv2d) takes 4 axes"],
        ),
        (
            "Input 0 of layer \"sequential\" is incompatible with the layer: expected shape=(None, "
            "150, 150, 3), found shape=(None, 128, 128, 3)",
            COURSE, None, "picture-size", ["target_size=(150, 150)"],
        ),
        (
            'Input 0 of layer "sequential" is incompatible with the layer: expected shape=(None, '
            "100, 150, 3), found shape=(None, 150, 100, 3)",
            None, None, "turned", ["Height and width are swapped"],
        ),
        (
            "The number of input channels must be evenly divisible by the number of groups. "
            "Received groups=3, but the input has 4 channels (full input shape is (None, 7, 7, "
            "4)).",
            GROUPS, 1, "groups", ["groups = 3 does not divide the input's depth D1 = 4"],
        ),
        (
            "The number of filters must be evenly divisible by the number of groups. Received: "
            "groups=3, filters=4.",
            GROUPS, 1, "groups", ["groups = 3"],
        ),
        (
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
            "strides=(2, 2) and dilation_rate=(2, 2)",
            DILATED, 1, "stride-and-dilation", ["Layer 2 (conv2d_1)", "Take S = 1"],
        ),
        (
            "Arguments `target` and `output` must have the same shape. Received: "
            "target.shape=(None, 4), output.shape=(None, 10)",
            COURSE, 6, "units", ["Layer 7 (dense_1) outputs (None, 10)", "Dense(4"],
        ),
        (
            "Shapes (None, 1) and (None, 10) are incompatible",
            COURSE, 6, "integer-labels", ["sparse_categorical"],
        ),
        (
            "`logits` and `labels` must have the same shape, received ((None, 1) vs (None, 2)).",
            None, None, "binary", ["ends in one unit", "Dense(2"],
        ),
        (
            "Received a label value of 12 which is outside the valid range of [0, 10).  Label "
            "values: 12 3",
            COURSE, 6, "label-range", ["has 10 units, for the classes 0 to 9, but a label is 12"],
        ),
    ],
)  # fmt: skip
def test_each_message_finds_its_layer(
    text: str, network: Network | None, row: int | None, kind: str, parts: list[str]
) -> None:
    found = explain_keras_error(text, network)
    assert (found.row, found.kind) == (row, kind)
    for part in parts:
        assert part in found.sentence
    assert found.sentence.isprintable() and "another network" not in found.sentence
    wrapped = f"Traceback (most recent call last):\n  File x\nValueError: {text}\n"
    assert explain_keras_error(wrapped, network) == found
    alone = explain_keras_error(text)
    assert alone.kind == kind and alone.row is None and alone.sentence.isprintable()


def test_changes_are_those_of_the_layer() -> None:
    found = explain_keras_error(NODE.format(path="conv2d_3/Conv2D"), DEEP)
    assert found.changes
    assert all(change.fits for change in found.changes)
    without = explain_keras_error(NODE.format(path="conv2d_3/Conv2D"))
    assert [c.setting for c in without.changes] == [c.setting for c in found.changes]
    for change in found.changes:
        assert nearest_fits(change.layer, change.shape) == ()


def test_a_message_of_another_network_says_so() -> None:
    text = (
        'Input 0 of layer "dense" is incompatible with the layer: expected axis -1 of input shape '
        "to have value 18496, but received input with shape (None, 9216)"
    )
    found = explain_keras_error(text, DEEP)
    assert found.row is None and "another network" in found.sentence
    assert "18,496" in found.sentence


@pytest.mark.parametrize("text", ["", "hello", "NameError: name 'x' is not defined", "Shapes () "])
def test_what_is_not_known_is_said(text: str) -> None:
    found = explain_keras_error(text, DEEP)
    assert (found.row, found.kind, found.changes) == (None, "unknown", ())
    assert not found.is_known
    assert "Known are" in found.sentence


@given(st.text(max_size=200), st.integers(0, 9))
def test_any_text_is_taken(text: str, cut: int) -> None:
    mixed = NODE.format(path=text[:30]) + text
    for one in (text, mixed[cut * 20 :], mixed.replace("1", text[:3])):
        assert explain_keras_error(one, DEEP).sentence


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5_000_000,
        "of layer " * 100_000,
        "Negative dimension size caused by subtracting 3 from 2 for '" + "a/" * 100_000,
        "Shapes (" * 100_000,
        "\x1b[" * 100_000,
        'of layer "a" is incompatible with the layer: expected axis ' * 20_000,
        NODE.format(path="conv2d").replace("[?,1,1,32]", "[?," + "9" * 5000 + ",1,32]"),
    ],
)  # fmt: skip
def test_long_texts_take_no_time(text: str) -> None:
    begun = time.monotonic()
    assert explain_keras_error(text, DEEP).sentence.isprintable()
    assert time.monotonic() - begun < 2
