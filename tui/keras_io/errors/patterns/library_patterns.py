"""Messages of NumPy, OpenCV, tf.data, HDF5, Theano and PyTorch, and warnings."""

from __future__ import annotations

from tui.keras_io.errors.explain_axes import explain_axis_count, explain_last_axis
from tui.keras_io.errors.explain_inputs import explain_input
from tui.keras_io.errors.explain_labels import USE_ONE_HOT
from tui.keras_io.errors.explain_windows import explain_window
from tui.keras_io.errors.keras_shapes import IMAGE_DEPTHS, KerasShape, format_shape
from tui.keras_io.errors.locate_layer import LayerClues
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, explain_as
from tui.keras_io.errors.patterns.data_patterns import USE_LESS_MEMORY

_ONE_SIZE = (
    "Give all images one size and one depth as they are loaded: target_size=(height, width) and "
    'color_mode="rgb"; in tf.data tf.image.resize, and decode with channels=3.'
)

_USE_LESS_MEMORY = USE_LESS_MEMORY.format(batch="")


def _constructed(match: PatternMatch) -> Explanation | None:
    expected, got = match.shape("expected"), match.shape("got")
    return explain_input("The model", expected, got) if expected and got else None


def _torch_window(match: PatternMatch) -> Explanation | None:
    received = match.text("input").split("x")
    kernel = match.text("kernel").split("x")
    if len(received) != 2 or len(kernel) != 2:
        return None
    height, width = (int(side) for side in received)
    rows, columns = (int(side) for side in kernel)
    clues = LayerClues("window", received=(None, height, width, None), kernel=(rows, columns))
    return explain_window(clues, match)


def _torch_product(match: PatternMatch) -> Explanation | None:
    last, wanted = match.number("last"), match.number("n")
    got: KerasShape = (match.number("batch"), last)
    return explain_last_axis("A dense layer", "dense", wanted, got, match)


def _theano_axes(match: PatternMatch) -> Explanation | None:
    one, other = match.number("one"), match.number("other")
    if match.text("axis") != "1" or one == other:
        return None
    if match.message.contains("AbstractConv", "ConvOp", "CorrMM", "GpuDnnConv"):
        return Explanation(
            "channels-first",
            f"A convolution has {one} maps where {other} are expected: its filters and its input "
            "have different axis orders. Theano has the channels first, TensorFlow last.",
            "Make weights, images and ~/.keras/keras.json (image_dim_ordering, image_data_format, "
            "backend) agree; use the weights file for Theano.",
            guess=True,
        )
    low, high = sorted((one, other))
    if low == 1:
        what = f"One has {high} values for each image, the other one: labels that are class "
        what += f"numbers, and {high} units; or one-hot labels, and one unit."
        cure = USE_ONE_HOT.format(units=high)
        return Explanation("integer-labels", what, cure, guess=True)
    return Explanation(
        "units",
        f"Labels and output have {one} and {other} values for each image; the message does not say "
        "which is which.",
        f"One unit for each class: with {high} classes Dense({high}), with {low} Dense({low}).",
        guess=True,
    )


def _torch_channels(match: PatternMatch) -> Explanation | None:
    last, wanted = match.number("last"), match.number("n")
    return explain_last_axis("A convolution", "conv", wanted, (None, None, None, last), match)


def _dimensional(match: PatternMatch) -> Explanation | None:
    """Explain TensorFlow's message with a number of axes and the received shape."""
    wanted, got = match.number("n"), match.shape("got") or match.shape_after("withinputshapes")
    if not got or len(got) == wanted:
        return None
    return explain_axis_count(
        f"An operation takes {wanted} axes, but receives {format_shape(got)}.", wanted, got
    )


def _two_sizes(match: PatternMatch) -> Explanation | None:
    first, second = match.shape("first"), match.shape("second")
    if not first or not second:
        return None
    observed = f"One image is {format_shape(first)}, another {format_shape(second)}."
    depths = {first[-1], second[-1]}
    if len(first) == len(second) == 3 and first[:2] == second[:2] and depths <= {*IMAGE_DEPTHS}:
        return Explanation(
            "color", f"{observed} Their depths differ: grayscale and colour are mixed.", _ONE_SIZE
        )
    if {len(first), len(second)} == {2, 3} and first[:2] == second[:2]:
        return Explanation(
            "color", f"{observed} One has no depth: grayscale and colour are mixed.", _ONE_SIZE
        )
    return Explanation("ragged", f"{observed} All images of a batch need the same size.", _ONE_SIZE)


LIBRARY_PATTERNS = (
    Pattern("softmax-one", "Keras 3, a warning",
        r"using a softmax over axis -?\d of a tensor of shape <shape:output>\.? This axis has size "
        r"1",
        "You are using a softmax over axis -1 of a tensor of shape (8, 1). This axis has size 1. "
        "The softmax operation will always return the value 1",
        explain_as("units",
            "A softmax over one value is always 1: the network cannot learn.",
            'For two classes use Dense(1, activation="sigmoid") with binary_crossentropy; for more '
            'Dense(classes, activation="softmax").')),
    Pattern("one-class-loss", "Keras 3, a warning",
        r"In loss categorical_crossentropy,? expected y_pred\.shape to be .{1,60}? Received:? "
        r"y_pred\.shape=<shape:output>",
        "In loss categorical_crossentropy, expected y_pred.shape to be (batch_size, num_classes) "
        "with num_classes > 1. Received: y_pred.shape=(None, 1).",
        explain_as("binary",
            "categorical_crossentropy compares one value for each class, but the network ends in "
            "one unit.",
            'For two classes use Dense(1, activation="sigmoid") with binary_crossentropy and '
            'class_mode="binary"; for more Dense(classes, activation="softmax").')),
    Pattern("from-logits", "TensorFlow 2, Keras 3, a warning",
        r"received from_logits=True,? but the output argument was produced by a (?P<what>\w{1,20}?)"
        r"activation",
        '"`sparse_categorical_crossentropy` received `from_logits=True`, but the `output` argument '
        "was produced by a Softmax activation and thus does not represent logits.",
        explain_as("setting",
            "The loss expects values before {what} (from_logits=True), but the last layer already "
            "applies {what}.",
            "Leave from_logits=True out, or remove the activation of the last layer.")),
    Pattern("no-gradients", "TensorFlow 2",
        r"No gradients provided for any variable",
        "No gradients provided for any variable: ['conv2d/kernel:0']",
        explain_as("no-labels",
            "The loss does not depend on any weight. Usually the labels are missing in fit (y, or "
            "a generator without them), or compile was given no loss; else every layer is frozen, "
            "or the loss is not computed from the model's output.",
            "Give the labels, model.fit(images, labels); check that layer.trainable is True for "
            "some layer.", guess=True)),
    Pattern("not-read", "OpenCV",
        r"(?:NoneType object has no attribute shape|!_src\.empty\(\)|!ssize\.empty\(\))",
        "AttributeError: 'NoneType' object has no attribute 'shape'",
        explain_as("file",
            "Something is None where an image is expected: cv2.imread returns None, without an "
            "error, for a file that is missing or not an image.",
            "Check that the path is right and the file can be opened: print(path, "
            "os.path.exists(path)).", guess=True)),
    Pattern("inhomogeneous", "NumPy",
        r"(?:inhomogeneous shape|setting an array element with a sequence|all input arrays must "
        r"have the same shape)",
        "setting an array element with a sequence. The requested array has an inhomogeneous shape "
        "after 1 dimensions.",
        explain_as("ragged",
            "The images in a list have different sizes (or some are grayscale and some colour), so "
            "they cannot become one array.",
            _ONE_SIZE)),
    Pattern("broadcast-into", "NumPy",
        r"could not broadcast input array from shape <shape:first> into shape <shape:second>",
        "could not broadcast input array from shape (150,150) into shape (150,150,3)", _two_sizes),
    Pattern("batch-tensors", "tf.data",
        r"Cannot (?:batch tensors|add tensor to the batch).{0,80}?(?:First element had shape|"
        r"Shapes are:\s?\[tensor\]:)<shape:first>,?(?: and element \d+ had shape|\[batch\]:)"
        r"<shape:second>",
        "Cannot batch tensors with different shapes in component 0. First element had shape "
        "[150,150,3] and element 1 had shape [128,128,3].", _two_sizes),
    Pattern("four-dimensional", "TensorFlow",
        r"(?:input|tensor|tensor_in|out_backprop) must be <n:n>-dimensional:?\s?<shape:got>",
        "input must be 4-dimensional[28,28,1] [Op:Conv2D]", _dimensional),
    Pattern("shape-rank", "TensorFlow 1, 2",
        r"Shape must be rank <n:n> but is rank \d{1,2} for",
        "Shape must be rank 4 but is rank 3 for 'conv2d/Conv2D' (op: 'Conv2D') with input shapes: "
        "[?,28,28], [3,3,1,32].", _dimensional),
    Pattern("broadcastable", "TensorFlow 2.4 on",
        r"required broadcastable shapes",
        "required broadcastable shapes [[{{node mean_squared_error/SquaredDifference}}]]",
        explain_as("axis",
            "Two arrays combined element by element have different shapes; the message does not "
            "say which arrays. In a loss they are the labels and the network's output.",
            "Print model.output_shape and labels.shape: they have to agree after the batch axis.",
            guess=True), ambiguous=True),
    Pattern("decode", "Keras 2 with h5py 3",
        r"str object has no attribute decode",
        "AttributeError: 'str' object has no attribute 'decode'",
        explain_as("file",
            "An old Keras reads an HDF5 file with a new h5py (3 or later).",
            'Use a newer Keras, or an older h5py: pip install "h5py<3".', guess=True)),
    Pattern("no-config", "HDF5",
        r"(?:No model (?:config)? found in (?:the)? (?:config)? file|object layer_names doesn'?t "
        r"exist|cannot find (?:model_config|layer_names))",
        "ValueError: No model found in config file.",
        explain_as("file",
            "The file has only weights, no network.",
            'Build the network in Python, then model.load_weights(path); whole models are saved '
            'with model.save("name.keras").')),
    Pattern("archive-item", "Keras 3",
        r"There is no item named .{1,40}? in the archive",
        "KeyError: \"There is no item named 'model.weights.h5' in the archive\"",
        explain_as("file",
            "The .keras file lacks a part: it is damaged, or is another kind of zip file.",
            'Save it again with model.save("name.keras"), or use an undamaged copy.')),
    Pattern("newer-file", "Keras 2 with a file of Keras 3",
        r"Unrecognized keyword arguments:?,?(?:dict_keys)?[\[(]{0,2}(?:batch_shape|optional|"
        r"dtype_policy|registered_name)",
        "Error when deserializing class 'InputLayer' using config. Exception encountered: "
        "Unrecognized keyword arguments: ['batch_shape']",
        explain_as("file",
            "The file was saved by a newer Keras than the one that loads it.",
            "Load it with Keras 3, or build the network in Python and load only its weights.")),
    Pattern("marshal", "Keras 1, Keras 2",
        r"bad marshal data",
        "ValueError: bad marshal data (unknown type code)",
        explain_as("file",
            "The file has Python code (a Lambda layer) of another version of Python.",
            "Load it with the Python version that saved it, or rebuild the network and load only "
            "the weights.")),
    Pattern("theano-axes", "Keras 1 on Theano",
        r"Input dimension mis-?match\.? \(input\[\d+\]\.shape\[<n:axis>\]=<n:one>,input\[\d+\]\."
        r"shape\[\d\]=<n:other>\)",
        "Input dimension mis-match. (input[0].shape[1] = 6, input[1].shape[1] = 1)", _theano_axes),
    Pattern("theano-product", "Keras 1 on Theano",
        r"Shape mismatch: x has <n:last> cols \(and <n:batch> rows\) but y has <n:n> rows",
        "Shape mismatch: x has 2304 cols (and 32 rows) but y has 1600 rows (and 128 cols)",
        _torch_product),
    Pattern("theano-channels", "Keras 1 on Theano",
        r"images and kernel must have the same stack size",
        "CorrMM images and kernel must have the same stack size",
        explain_as("color",
            "The images have a different number of channels from the one that the first layer was "
            "built for: grayscale instead of colour or the reverse, or the channels are on another "
            "axis.",
            'Load them with the right color_mode ("rgb" or "grayscale"); check the order of the '
            'axes: print(images.shape).', guess=True)),
    Pattern("torch-window", "Keras 3 on PyTorch",
        r"Calculated padded input size per channel:\s?\((?P<input>\d+x\d+)\)\.? Kernel size:\s?"
        r"\((?P<kernel>\d+x\d+)\)",
        "Calculated padded input size per channel: (1 x 1). Kernel size: (3 x 3). Kernel size "
        "can't be greater than actual input size", _torch_window),
    Pattern("torch-pool", "Keras 3 on PyTorch",
        r"Calculated output size:\s?\([\dx]+\)\.? Output size is too small",
        "Given input size: (64x1x1). Calculated output size: (64x0x0). Output size is too small",
        explain_as("window",
            "A pooling window is larger than its input, the output of the layers before it.",
            'Use fewer poolings, padding="same", or larger images.')),
    Pattern("torch-product", "Keras 3 on PyTorch",
        r"mat1 and mat2 shapes cannot be multiplied \(<n:batch>x<n:last> and <n:n>x\d+\)",
        "mat1 and mat2 shapes cannot be multiplied (32x14400 and 20736x64)", _torch_product),
    Pattern("torch-channels", "Keras 3 on PyTorch",
        r"to have <n:n> channels,? but got <n:last> channels instead",
        "Given groups=1, weight of size [32, 3, 3, 3], expected input[8, 1, 28, 28] to have 3 "
        "channels, but got 1 channels instead", _torch_channels),
    Pattern("torch-memory", "Keras 3 on PyTorch",
        r"CUDA out of memory",
        "CUDA out of memory. Tried to allocate 20.00 MiB",
        explain_as("memory",
            "The GPU does not have enough memory.",
            _USE_LESS_MEMORY)),
    Pattern("allocation", "TensorFlow, a log line",
        r"Allocation of \d+ exceeds \d+% of free system memory",
        "Allocation of 822083584 exceeds 10% of free system memory.",
        explain_as("memory",
            "A large array was allocated: a tenth of the free memory or more. This is a warning; "
            "training goes on as long as there is memory.",
            _USE_LESS_MEMORY, guess=True),
        ambiguous=True),
    Pattern("constructed-with", "TensorFlow 2, a warning",
        r"constructed with shape (?:Tensor\(.{1,60}?shape=)? <shape:expected> .{0,30}? for input "
        r".{0,200}? it was (?:re-)?called on an? (?:input|tensor) with incompatible shape "
        r"<shape:got>",
        "Model was constructed with shape (None, 28, 28, 1) for input KerasTensor(...), but it was "
        "called on an input with incompatible shape (None, 28, 28).", _constructed, ambiguous=True),
)  # fmt: skip
