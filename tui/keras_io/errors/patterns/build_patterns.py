"""Messages about building a model: merging, reshaping, undefined sizes, pretrained networks."""

from __future__ import annotations

import math

from tui.keras_io.errors.keras_shapes import (
    KerasShape,
    are_compatible,
    element_count,
    format_shape,
    pluralize,
)
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, explain_as


def _add(match: PatternMatch) -> Explanation | None:
    first, second = match.shape("first"), match.shape("second")
    return _merged([first, second], "Add") if first and second else None


def _numpy_or_add(match: PatternMatch) -> Explanation | None:
    """Explain what Keras and NumPy say in nearly the same words; Keras leaves the batch out."""
    first, second = match.shape("first"), match.shape("second")
    if not first or not second or are_compatible(first, second):
        return None
    answer = _merged([first, second], "Add")
    if "Operands could not" in match.message.plain:
        return answer
    return Explanation(
        "merge",
        f"The shapes {format_shape(first)} and {format_shape(second)} cannot be combined element "
        "by element.",
        f"In NumPy: print both shapes. In Keras (Add, Multiply and the like): {answer.cure}",
        guess=True,
    )


def _listed(match: PatternMatch) -> Explanation | None:
    shapes = match.shapes("shapes")
    kind = "Add" if "mode" in match.regex[0] and "concat" not in match.regex[0] else "Concatenate"
    return _merged(shapes, kind) if len(shapes) > 1 else None


def _concat_op(match: PatternMatch) -> Explanation | None:
    first, second = match.shape("first"), match.shape("second")
    if not first or not second:
        return None
    return _merged([first, second], "Concatenate")


def _merged(shapes: list[KerasShape], layer: str) -> Explanation:
    """Explain on which axes the inputs of an Add or Concatenate differ."""
    observed = f"{layer} receives {' and '.join(map(format_shape, shapes))}"
    if len({len(one) for one in shapes}) > 1:
        return Explanation(
            "merge",
            f"{observed}: they have different numbers of axes.",
            "Give all the same number of axes: Flatten() or GlobalAveragePooling2D() for a volume, "
            "Reshape() for a vector.",
        )
    axes = [i for i, sides in enumerate(zip(*shapes, strict=True)) if len({*sides} - {None}) > 1]
    last = len(shapes[0]) - 1
    spatial = [axis for axis in axes if axis != last]
    axis_names = " and ".join("the last axis (depth)" if i == last else f"axis {i}" for i in axes)
    differ = f"{observed}: they differ in {axis_names}." if axes else f"{observed}."
    if layer == "Concatenate":
        if not spatial:
            return Explanation(
                "merge",
                differ,
                "Join them along the last axis, Concatenate(axis=-1): they may differ only there.",
                guess=True,
            )
        return Explanation(
            "merge",
            f"{differ} Concatenate joins along one axis, by default the last; all others have to "
            "be equal.",
            'Make height and width equal: padding="same" on both branches, the same strides and '
            "poolings, or Cropping2D, ZeroPadding2D or Resizing on one.",
        )
    if axes == [last] and len(shapes[0]) > 1:
        return Explanation(
            "merge",
            f"{differ} {layer} adds element by element: the shapes have to be equal.",
            "Give both branches the same number of filters: a Conv2D(filters, 1) on the shorter "
            "branch does that.",
        )
    return Explanation(
        "merge",
        f"{differ} {layer} works element by element: the shapes have to be equal.",
        'Give both branches the same strides and padding="same", and a Conv2D(filters, 1, '
        "strides=…) on the shorter branch.",
    )


def _reshape(match: PatternMatch) -> Explanation | None:
    context = match.message.squeezed[match.regex.start() : match.regex.start() + 600]
    if "flatten" in context and match.text("size"):
        return Explanation(
            "picture-size",
            f"Flatten gives {pluralize(match.number('size'), 'value')}, but the next layer was "
            "built for another number. Usually the images have a different size from input_shape.",
            "Load the images with the size that the model was built for: target_size=(height, "
            "width).",
            guess=True,
        )
    given, wanted = match.shape("given"), match.shape("wanted")
    text = match.text("size")
    size = int(text) if text else element_count(given)
    if text == "" and None in given[1:]:
        size = None
    groups = match.regex.groupdict()
    total = int(groups["total"]) if groups.get("total") else None
    sides = [side for side in wanted if side is not None]
    if total is None:
        total = math.prod(sides) if sides else None
    free = len(sides) < len(wanted)
    to = f"{format_shape(wanted)}" if wanted else "that shape"
    observed = f"{pluralize(size, 'value')} cannot be reshaped to {to}"
    if free:
        observed += f": {total} does not divide {size:,}." if size is not None else "."
    else:
        observed += f", which takes {pluralize(total, 'value')}."
    return Explanation(
        "reshape",
        f"{observed[0].upper()}{observed[1:]}",
        "A reshape keeps the number of values: height·width·depth has to equal it. To change the "
        "size of images, resize them (target_size, tf.image.resize). If the model's Flatten raised "
        "this, the images have a different size from the one that the model was built for.",
    )


BUILD_PATTERNS = (
    Pattern("merge-received", "Keras 3",
        r"Inputs have incompatible shapes\.? Received shapes <shape:first> and <shape:second>",
        "Inputs have incompatible shapes. Received shapes (8, 8, 4) and (8, 8, 6)", _add),
    Pattern("merge-operands", "Keras 2, TensorFlow",
        r"Operands could not be broadcast together with (?:remapped)? shapes <shape:first>,?"
        r"(?:and)?<shape:second>",
        "Operands could not be broadcast together with shapes (56, 56, 64) (56, 56, 256)",
        _numpy_or_add),
    Pattern("concatenate", "Keras 2, TensorFlow, Keras 3",
        r"Concatenate layer requires inputs with matching shapes except for the concat(?:enation)?"
        r"axis\.?:? (?:Got inputs? shapes:|received:?)? (?:input_shape=)?<shapes:shapes>",
        "A `Concatenate` layer requires inputs with matching shapes except for the concatenation "
        "axis. Received: input_shape=[(None, 8, 8, 4), (None, 7, 7, 4)]", _listed),
    Pattern("merge-mode", "Keras 1",
        r"(?:mode can only merge layers with matching output shapes.{0,40}?|can be merged using "
        r".{1,12}? mode\.?) Layer shapes: <shapes:shapes>",
        "\"concat\" mode can only merge layers with matching output shapes except for the concat "
        "axis. Layer shapes: [(None, 73, 73, 64), (None, 35, 35, 96)]", _listed),
    Pattern("concat-op", "TensorFlow",
        r"ConcatOp: Dimensions? .{0,60}? shape\[0\]=<shape:first> vs\.? shape\[\d+\]="
        r"<shape:second>",
        "ConcatOp : Dimensions of inputs should match: shape[0] = [1,8,8,4] vs. shape[1] = "
        "[1,7,7,4]", _concat_op),
    Pattern("concat-dimension", "TensorFlow 1, 2",
        r"Dimension \d in both shapes must be equal,? but are \d+ and \d+\.? shapes are "
        r"<shape:first> and <shape:second>\.?(?=.{0,200}concat)",
        "Dimension 1 in both shapes must be equal, but are 8 and 7. Shapes are [?,8,8] and "
        "[?,7,7]. for 'concatenate_1/concat' (op: 'ConcatV2')", _concat_op),
    Pattern("merge-list", "Keras 2, TensorFlow, Keras 3",
        r"layer should be called on a list of (?:(?:at least|exactly) )?(?:\d+ )?inputs?",
        "A merge layer should be called on a list of inputs. Received: input_shape=(None, 8)",
        explain_as("merge",
            "Add, Concatenate and the like combine several tensors, but only one was given.",
            "Give them a list: Add()([a, b]). They belong in a Functional model, not in a "
            "Sequential one.")),
    Pattern("reshape-layer", "Keras 2, TensorFlow, Keras 3",
        r"total size of (?:the tensor|new array) must be unchanged.{0,100}?(?:input_shape=|input "
        r"shape:?) <shape:given>.{0,30}?(?:target_shape=|output_shape=)? <shape:wanted>",
        "total size of new array must be unchanged, input_shape = [49], output_shape = [7, 7, 7]",
        _reshape),
    Pattern("reshape-tensor", "TensorFlow",
        r"Input to reshape is a tensor with <n:size> values,? but the requested shape "
        r"(?:has|requires a multiple of) <n:total>(?!\d)",
        "Input to reshape is a tensor with 7840 values, but the requested shape has 10240",
        _reshape),
    Pattern("reshape-array", "NumPy",
        r"cannot reshape array of size <n:size> into shape <shape:wanted>",
        "cannot reshape array of size 7840 into shape (10,32,32,1)", _reshape),
    Pattern("minimum-size", "keras.applications, every version",
        r"Input size must be at least <n:size>x(?P<height>\d{1,5})",
        "Input size must be at least 75x75; Received: input_shape=(64, 64, 3)",
        explain_as("minimum-size",
            "This pretrained network takes images of at least {size}×{height}: smaller ones shrink "
            "to nothing before its last layers.",
            "Load larger images, target_size=({size}, {height}) or more, and give the same "
            "input_shape; or use a smaller network.")),
    Pattern("three-channels", "keras.applications, every version",
        r"(?:The input must have 3 channels|should have exactly 3 input channels)",
        "The input must have 3 channels; Received `input_shape=(64, 64, 1)`",
        explain_as("color",
            "ImageNet weights are for colour images: the input has to have 3 channels.",
            'Load the images with color_mode="rgb" (grayscale images too: all three channels are '
            'then equal), with input_shape=(height, width, 3). Or use weights=None.')),
    Pattern("imagenet-classes", "keras.applications, every version",
        r"weights=?(?:as)?=?imagenet.{0,30}?include_top.{0,20}?classes should be 1000",
        "If using `weights='imagenet'` with `include_top=True`, `classes` should be 1000.",
        explain_as("pretrained",
            "The last layer of a network trained on ImageNet has 1,000 classes.",
            'Use include_top=False, and add your own last layers: GlobalAveragePooling2D(), '
            'Dense(classes, activation="softmax").')),
    Pattern("imagenet-shape", "keras.applications, every version",
        r"setting include_top=True.{0,40}? input_shape should be <shape:wanted>",
        "When setting `include_top=True` and loading `imagenet` weights, `input_shape` should be "
        "(224, 224, 3).",
        explain_as("pretrained",
            "With its own last layers this network takes only images of ({wanted}).",
            "Use include_top=False for another size, and add your own last layers.")),
    Pattern("dense-open", "Keras 2, TensorFlow",
        r"last dimension of the inputs to (?:a)? dense (?:layer)? should be defined",
        "The last dimension of the inputs to `Dense` should be defined. Found `None`.",
        explain_as("open-size",
            "Dense needs a fixed number of values, but a size before it is undefined (None): "
            "Flatten of images of any size has no fixed length.",
            "Give the size, input_shape=(height, width, depth); or use GlobalAveragePooling2D() "
            "instead of Flatten().")),
    Pattern("variable-open", "Keras 3",
        r"initialize variables must be fully-?defined",
        "Shapes used to initialize variables must be fully-defined (no `None` dimensions).",
        explain_as("open-size",
            "A layer's weights would have an undefined size (None): the input's height, width or "
            "depth is not given, and Flatten or the channels depend on it.",
            "Give the size, keras.Input(shape=(height, width, depth)), so that every size is "
            "fixed; or use GlobalAveragePooling2D() instead of Flatten().")),
    Pattern("flatten-open", "Keras 1, Keras 2",
        r"shape of the input to flatten is not fully defined",
        "The shape of the input to \"Flatten\" is not fully defined (got (None, None, 512)).",
        explain_as("open-size",
            "Flatten needs fixed sizes, but the images' height or width is undefined (None).",
            "Give input_shape=(height, width, depth); with include_top=False, give it to the "
            "pretrained network. Or use GlobalAveragePooling2D().")),
    Pattern("channels-open", "Keras 2, TensorFlow, Keras 3",
        r"channel dimension of the inputs should be defined",
        "The channel dimension of the inputs should be defined. Found `None`.",
        explain_as("open-size",
            "The depth (the number of channels) of the input is not given.",
            "Give it: keras.Input(shape=(height, width, 3)) for colour images, 1 for grayscale.")),
    Pattern("disconnected", "Keras 1, Keras 2, TensorFlow",
        r"Graph disconnected: cannot obtain value for tensor",
        "Graph disconnected: cannot obtain value for tensor Tensor(\"input_1:0\") at layer",
        explain_as("disconnected",
            "The output is not connected to the model's inputs: it depends on an Input that was "
            "not given to Model.",
            "Give Model the Input that the layers were called on: list every keras.Input that "
            "leads to the output in Model(inputs=[…], outputs=…), and create no new one in "
            "between.")),
    Pattern("not-connected", "Keras 3",
        r"(?:Output with path .{0,60}? is not connected to inputs|inputs? not connected to "
        r"outputs?|cannot be reached given provided output)",
        "Output with path `` is not connected to `inputs`",
        explain_as("disconnected",
            "The output is not connected to the model's inputs: no layers lead from one to the "
            "other.",
            "Give Model the Input that the layers were called on (list every one that leads to the "
            "output, Model(inputs=[…], outputs=…)), and call each layer on the tensor before it.")),
    Pattern("not-built", "TensorFlow 2, Keras 3",
        r"(?:model has not yet been built|layer isn'?t built|has never been called and thus has "
        r"no defined|has never been called|first layer in (?:this|a) (?:sequential)? model must "
        r"(?:get|have) an? input_shape|has no (?:defined)? (?:input|output)s? yet|"
        r"weights for model .{0,40}? have not yet been created|model must be built)",
        "This model has not yet been built. Build the model first by calling `build()` or by "
        "calling the model on a batch of data.",
        explain_as("not-built",
            "The layer or model does not know its input shape yet: none was given, and no data has "
            "passed through.",
            "Begin the model with keras.Input(shape=(height, width, depth)), or call it on one "
            "batch first.")),
)  # fmt: skip
