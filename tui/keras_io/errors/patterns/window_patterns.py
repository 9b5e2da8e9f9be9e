"""Messages about windows that do not fit, groups, and stride with dilation."""

from __future__ import annotations

import re

from tui.geometry import nearest_fits
from tui.keras_io.errors.explain_windows import explain_window
from tui.keras_io.errors.locate_layer import LayerClues, locate_layer
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, layer_label


def _received_only(match: PatternMatch) -> Explanation | None:
    """Explain TensorFlow's message when layers run one by one (eagerly)."""
    reach = match.text("reach")
    side = match.text("side")
    clues = LayerClues(
        "window",
        class_name=match.message.layer_class,
        received=match.message.argument_shape,
        window_size=int(reach) if reach else None,
        input_size=int(side) if side else None,
    )
    return explain_window(clues, match)


def _keras(match: PatternMatch) -> Explanation | None:
    kernel = match.shape_after("kernelshape")
    clues = LayerClues(
        "window",
        class_name=match.message.layer_class,
        received=match.shape_after("inputs[.]?shape"),
        kernel=kernel[:-2] or match.shape_after("pool_size"),
        stride=match.shape_after("strides"),
        dilation=match.shape_after("dilation_rate"),
        filters=kernel[-1] if kernel else None,
    )
    return explain_window(clues, match)


def _downsampling(match: PatternMatch) -> Explanation | None:
    name, received = match.text("name"), match.shape_after("inputshape")
    return explain_window(LayerClues("window", name=name, received=received), match)


def _negative(match: PatternMatch) -> Explanation | None:
    """Explain TensorFlow's message, whose numbers are in the node and in the shapes after it."""
    text = match.message.squeezed[match.regex.start() : match.regex.start() + 3000]
    shapes = re.search(r"withinputshapes:[(\[]([^()\[\]]*)[)\]](?:,[(\[]([^()\[\]]*)[)\]])?", text)
    first, second = (shapes[1], shapes[2] or "") if shapes else ("", "")
    received = tuple(int(n) if n.isdigit() else None for n in first.split(",") if n)
    weights = tuple(int(n) if n.isdigit() else None for n in second.split(",") if n)
    pool = "maxpooling2d" if "maxpool" in text else "averagepooling2d" if "avgpool" in text else ""
    if len(received) == 4 and 'data_format="NCHW"'.lower().replace('"', "") in text:
        received = (received[0], *received[2:], received[1])
    clues = LayerClues(
        "window",
        name=match.text("name"),
        class_name=pool if len(weights) != 4 else "",
        # With dilation, TensorFlow splits the input first, and the shapes are those of a part.
        received=match.message.argument_shape if "spacetobatch" in text else received,
        kernel=weights[:2] if len(weights) == 4 else match.shape_after("ksize")[1:3],
        stride=match.shape_after("strides")[1:3],
        dilation=match.shape_after("dilations")[1:3],
        window_size=match.number("reach") if "spacetobatch" not in text else None,
        input_size=match.number("side") if "spacetobatch" not in text else None,
        filters=weights[-1] if len(weights) == 4 else None,
    )
    return explain_window(clues, match)


def _groups(match: PatternMatch) -> Explanation | None:
    filters, depth = match.text("filters"), match.text("depth")
    received = match.shape_after("fullinputshapeis")
    groups = match.number("groups")
    clues = LayerClues(
        "groups", groups=groups, received=received, filters=int(filters) if filters else None
    )
    located = locate_layer(clues, match.network)
    what = "the filters K" if filters else "the input's depth D1"
    count = filters or (received[-1] if received else None) or depth or "?"
    return Explanation(
        "groups",
        f"{layer_label(located, 'The convolution')}: groups = {groups} does not divide {what} = "
        f"{count}.",
        "Use a number that divides both the depth D1 and the filters K, such as groups=1.",
        located.row.index if located else None,
        changes=nearest_fits(located.row.layer, located.shape) if located and located.shape else (),
    )


def _stride_and_dilation(match: PatternMatch) -> Explanation | None:
    clues = LayerClues(
        "stride-and-dilation",
        stride=match.shape_after("strides"),
        dilation=match.shape_after("dilation_rate"),
    )
    located = locate_layer(clues, match.network)
    return Explanation(
        "stride-and-dilation",
        f"{layer_label(located, 'The convolution')}: Keras refuses a stride above 1 together with "
        "a dilation above 1.",
        "Take S = 1, or dilation = 1.",
        located.row.index if located else None,
        changes=nearest_fits(located.row.layer, located.shape) if located and located.shape else (),
    )


WINDOW_PATTERNS = (
    Pattern("eager-negative", "TensorFlow 2, eager",
        r"outputsizewouldbenegative:-?\d+\[input_size:<n:side>,effective_filter_size:<n:reach>",
        "Computed output size would be negative: -1 [input_size: 1, effective_filter_size: 3, "
        "stride: 1] [Op:Conv2D]", _received_only),
    Pattern("eager-negative-cut", "TensorFlow 2, eager",
        r"effective_filter_size:<n:reach>\b",
        "[effective_filter_size: 3, stride: 1] [Op:Conv2D]", _received_only, ambiguous=True),
    Pattern("pooling-descriptor", "TensorFlow 2, eager, oneDNN",
        r"could not create a (?:descriptor|primitive descriptor) for a pooling",
        "could not create a descriptor for a pooling forward propagation primitive",
        _received_only),
    Pattern("computed-output", "Keras 3",
        r"Computed output size would be (?:zero or )? negative",
        "Computed output size would be zero or negative. Received `inputs shape=(None, 1, 1, "
        "32)`, `kernel shape=(3, 3, 32, 64)`, `dilation_rate=[1 1]`", _keras),
    Pattern("downsampling", "TensorFlow 2.6 to 2.15",
        r"dimensions in the output is <= 0 due to downsampling in <name:name>\.?consider",
        "One of the dimensions in the output is <= 0 due to downsampling in conv2d_3. Consider "
        "increasing the input size. Received input shape [None, 1, 1, 32]", _downsampling),
    Pattern("downsampling-cut", "TensorFlow 2.6 to 2.15",
        r"dimensions in the output is <= 0 due to downsampling",
        "One of the dimensions in the output is <= 0 due to downsampling", _received_only),
    Pattern("negative-dimension", "TensorFlow, every version",
        r"Negative dimension size caused by subtracting <n:reach> from <n:side>"
        r"(?:for (?:\{\{node)? (?P<name>[\w.\-/]{1,300}))?",
        "Negative dimension size caused by subtracting 3 from 1 for 'conv2d_3/convolution' (op: "
        "'Conv2D') with input shapes: [?,1,1,32], [3,3,32,32].", _negative),
    Pattern("groups-depth", "Keras 3",
        r"number of input channels must be evenly divisible by the number of groups.{0,80}?"
        r"groups=<n:groups>,? (?:but the input has <n:depth>)?",
        "The number of input channels must be evenly divisible by the number of groups. Received "
        "groups=3, but the input has 4 channels (full input shape is (None, 7, 7, 4)).", _groups),
    Pattern("groups-filters", "TensorFlow 2.3 on, Keras 3",
        r"number of filters must be evenly divisible by the number of groups\.? Received:? "
        r"groups=<n:groups>,filters=<n:filters>(?!\d)",
        "The number of filters must be evenly divisible by the number of groups. Received: "
        "groups=3, filters=4.", _groups),
    Pattern("stride-and-dilation", "every version",
        r"strides?>1 not supported in conjunction with dilation(?:_rate|s)?>1",
        "`strides > 1` not supported in conjunction with `dilation_rate > 1`.",
        _stride_and_dilation),
)  # fmt: skip
