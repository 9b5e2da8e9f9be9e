"""Rows of the table: windows that do not go in, and other settings that a layer cannot have."""

from __future__ import annotations

import re

from tui.geometry import nearest_fits
from tui.keras_io.errors.explain_windows import judge_window
from tui.keras_io.errors.locate_layer import Complaint, find_place
from tui.keras_io.errors.message_patterns import Answer, Found, Pattern, label_of


def _received_only(found: Found) -> Answer | None:
    """TensorFlow's, when a model is called on numbers."""
    reach = found.text("reach")
    side = found.text("side")
    complaint = Complaint(
        "window",
        class_name=found.message.called,
        received=found.message.argument,
        reach=int(reach) if reach else None,
        side=int(side) if side else None,
    )
    return judge_window(complaint, found)


def _keras(found: Found) -> Answer | None:
    kernel = found.behind("kernelshape")
    complaint = Complaint(
        "window",
        class_name=found.message.called,
        received=found.behind("inputs[.]?shape"),
        kernel=kernel[:-2] or found.behind("pool_size"),
        stride=found.behind("strides"),
        dilation=found.behind("dilation_rate"),
        filters=kernel[-1] if kernel else None,
    )
    return judge_window(complaint, found)


def _downsampling(found: Found) -> Answer | None:
    name, received = found.text("name"), found.behind("inputshape")
    return judge_window(Complaint("window", name=name, received=received), found)


def _negative(found: Found) -> Answer | None:
    """TensorFlow's own: the numbers stand in the node and in the shapes behind it."""
    text = found.message.squeezed[found.match.start() : found.match.start() + 3000]
    shapes = re.search(r"withinputshapes:[(\[]([^()\[\]]*)[)\]](?:,[(\[]([^()\[\]]*)[)\]])?", text)
    first, second = (shapes[1], shapes[2] or "") if shapes else ("", "")
    received = tuple(int(n) if n.isdigit() else None for n in first.split(",") if n)
    weights = tuple(int(n) if n.isdigit() else None for n in second.split(",") if n)
    pool = "maxpooling2d" if "maxpool" in text else "averagepooling2d" if "avgpool" in text else ""
    if len(received) == 4 and 'data_format="NCHW"'.lower().replace('"', "") in text:
        received = (received[0], *received[2:], received[1])
    complaint = Complaint(
        "window",
        name=found.text("name"),
        class_name=pool if len(weights) != 4 else "",
        # With dilation TensorFlow cuts the input up first, and its shapes are those of a part.
        received=found.message.argument if "spacetobatch" in text else received,
        kernel=weights[:2] if len(weights) == 4 else found.behind("ksize")[1:3],
        stride=found.behind("strides")[1:3],
        dilation=found.behind("dilations")[1:3],
        reach=found.number("reach") if "spacetobatch" not in text else None,
        side=found.number("side") if "spacetobatch" not in text else None,
        filters=weights[-1] if len(weights) == 4 else None,
    )
    return judge_window(complaint, found)


def _groups(found: Found) -> Answer | None:
    filters, depth = found.text("filters"), found.text("depth")
    received = found.behind("fullinputshapeis")
    groups = found.number("groups")
    complaint = Complaint(
        "groups", groups=groups, received=received, filters=int(filters) if filters else None
    )
    place = find_place(complaint, found.network)
    what = "the filters K" if filters else "the input's depth D1"
    count = filters or (received[-1] if received else None) or depth or "?"
    return Answer(
        "groups",
        f"{label_of(place, 'The convolution')}: groups = {groups} does not divide {what} = "
        f"{count}.",
        "Take a number that divides both the depth D1 and the filters K, such as groups=1.",
        place.row.index if place else None,
        changes=nearest_fits(place.row.layer, place.shape) if place and place.shape else (),
    )


def _stride_and_dilation(found: Found) -> Answer | None:
    complaint = Complaint(
        "stride-and-dilation",
        stride=found.behind("strides"),
        dilation=found.behind("dilation_rate"),
    )
    place = find_place(complaint, found.network)
    return Answer(
        "stride-and-dilation",
        f"{label_of(place, 'The convolution')}: Keras refuses a stride above 1 together with a "
        "dilation above 1.",
        "Take S = 1, or dilation = 1.",
        place.row.index if place else None,
        changes=nearest_fits(place.row.layer, place.shape) if place and place.shape else (),
    )


WINDOW_PATTERNS = (
    Pattern("eager-negative", "TensorFlow 2, eager",
        r"outputsizewouldbenegative:-?\d+\[input_size:<n:side>,effective_filter_size:<n:reach>",
        "Computed output size would be negative: -1 [input_size: 1, effective_filter_size: 3, "
        "stride: 1] [Op:Conv2D]", _received_only),
    Pattern("eager-negative-cut", "TensorFlow 2, eager",
        r"effective_filter_size:<n:reach>\b",
        "[effective_filter_size: 3, stride: 1] [Op:Conv2D]", _received_only, weak=True),
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
