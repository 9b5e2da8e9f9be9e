"""Messages about missing data, data types, memory, and what TensorFlow supports on a CPU."""

from __future__ import annotations

import math
import re

from tui.geometry import Network, Vector, output_shape
from tui.keras_io.errors.explain_labels import ADD_FLATTEN, explain_labels
from tui.keras_io.errors.keras_shapes import (
    KerasShape,
    are_compatible,
    format_shape,
    parse_shape,
    pluralize,
)
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, explain_as

_GIVE_LABELS = (
    "Give them: model.fit(images, labels), or a dataset of pairs; flow_from_directory needs "
    'class_mode="categorical", "sparse" or "binary", not None, and image_dataset_from_directory '
    "label_mode, not None."
)
_EMPTY = (
    "Check what is read: print the number of images and the path. flow_from_directory expects one "
    "subfolder for each class."
)
USE_LESS_MEMORY = (
    "Take a smaller batch_size{batch}, smaller images, or fewer filters in the first layers; a "
    "Dense after a large Flatten usually takes the most. End other programs that hold memory (an "
    "older notebook kernel)."
)
_MAX_CLASSES = 5000  # more are probably the pixels of a map
_LOSS_WORDS = re.compile(
    r"loss|crossentropy|mean_squared|mean_absolute|/mse/|/mae/|metrics|accuracy"
)


def _text(match: PatternMatch) -> Explanation:
    """Explain text where numbers are expected; NumPy's str160 is 5 characters of 32 bits each."""
    bits = match.text("bits")
    letters = int(bits) // 32 if bits else 0
    size = f" (up to {pluralize(letters, 'letter')} each)" if letters else ""
    return Explanation(
        "dtype",
        f"An array holds text{size}, not numbers: class names instead of labels, or file names "
        "instead of images.",
        "Labels: turn the names into class numbers (integers), np.unique(labels, "
        "return_inverse=True)[1]. Images: load the files first (keras.utils.load_img, "
        "img_to_array), or let "
        "image_dataset_from_directory read them.",
    )


def _object(match: PatternMatch) -> Explanation:
    """Explain an array of Python objects by their type."""
    sort = match.text("sort").lower()
    if "none" in sort:
        return Explanation(
            "dtype",
            "An array holds None instead of numbers: a file that could not be read (cv2.imread "
            "returns None), or missing labels.",
            "Find the entries that are None: [i for i, one in enumerate(images) if one is None].",
        )
    if sort in ("int", "float", "bool"):
        return Explanation(
            "dtype",
            f"An array has the dtype object: Python objects ({sort} among them), not numbers of "
            "one type. A table with text or empty cells gives such an array.",
            'Convert it to numbers: np.asarray(values).astype("float32"). If that fails, the error '
            "names the value.",
        )
    if sort == "str":
        return _text(match)
    of = f" ({match.text('sort')})" if sort else ""
    return Explanation(
        "dtype",
        f"An array holds objects{of} (dtype object), not numbers: usually images of different "
        "sizes, which do not form one array, or None for a file that cannot be read.",
        "Give all images one size and depth as they are loaded, then "
        'np.stack(images).astype("float32"): it fails at once if one has another size.',
        guess=True,
    )


def _dimensions(match: PatternMatch) -> Explanation | None:
    """Explain two shapes that have to be equal, in a named operation."""
    context = match.message.squeezed[match.regex.start() : match.regex.start() + 1500]
    first, second = match.shape("first"), match.shape("second")
    if not first and not second:
        shapes = re.search(
            r"withinputshapes:[(\[]([^()\[\]]*)[)\]],[(\[]([^()\[\]]*)[)\]]", context
        )
        if shapes is None:
            return None
        first, second = parse_shape(shapes[1]), parse_shape(shapes[2])
    if not first or not second or are_compatible(first, second):
        return None
    if _LOSS_WORDS.search(context):
        return _in_loss(first, second, match.network, "/equal" in context)
    layer = re.search(r"(?:add|multiply|average|maximum|subtract)(?:_\d+)?/", context)
    if layer or re.search(r"op:(?:add|sub|mul)", context):
        cure = (
            "Print both shapes. In a model (Add and the like): give both branches the same number "
        )
        cure += 'of filters, the same strides and padding="same".'
        return Explanation(
            "merge",
            f"{format_shape(first)} and {format_shape(second)} cannot be combined element by "
            "element.",
            cure.removeprefix("Print both shapes. ") if layer else cure,
            guess=layer is None,
        )
    return None


def _in_loss(
    first: KerasShape, second: KerasShape, network: Network | None, equal: bool
) -> Explanation | None:
    """Explain the shapes of labels and output, in either order."""
    if len(first) != len(second):
        target, output = sorted((first, second), key=len)
        if equal:  # the shapes in the accuracy metric, without the classes
            return _equal(target, output) if len(output) > 2 else None
        return explain_labels(target, output, network)
    made = output_shape(network) if network is not None else None
    if isinstance(made, Vector) and (first[-1] == made.size) != (second[-1] == made.size):
        return explain_labels(
            *((second, first) if first[-1] == made.size else (first, second)), network
        )
    if len(first) == 4 or (len(first) == 2 and max(first[1] or 0, second[1] or 0) > _MAX_CLASSES):
        return Explanation(
            "label-maps",
            f"The labels and the network's output, {format_shape(first)} and "
            f"{format_shape(second)}, hold different numbers of values; the message does not say "
            "which is which.",
            "For maps (masks): give both the same height, width and depth; a mask read in colour "
            "has three times the values of a grayscale one. For classes: Flatten and one unit for "
            "each class.",
            guess=True,
        )
    if len(first) == 2 and first[0] == second[0]:
        a, b = sorted((first[1] or 0, second[1] or 0))
        return Explanation(
            "units",
            f"One of {format_shape(first)} and {format_shape(second)} is the labels' shape, the "
            "other the network's output; the message does not say which is which. The number of "
            "units in the last layer is not the number of classes.",
            f"One unit for each class: with {b} classes Dense({b}), with {a} classes Dense({a}).",
            guess=True,
        )
    return None


def _equal(target: KerasShape, output: KerasShape) -> Explanation:
    return Explanation(
        "flatten",
        f"The accuracy compares {format_shape(target)} with {format_shape(output)}: one of them "
        "has a prediction for each position, not for each image. Usually Flatten is missing before "
        "the last Dense.",
        ADD_FLATTEN,
        guess=True,
    )


def _memory(match: PatternMatch) -> Explanation:
    shape = match.shape("shape")
    device = match.text("device")
    where = {"gpu": " on the GPU", "cpu": " on the machine"}.get(device.lower(), "")
    size = ""
    if shape and None not in shape:
        values = math.prod(side or 0 for side in shape)
        size = f" for an array of {format_shape(shape)}, {pluralize(values, 'value')}"
    batch = f" (now {shape[0]})" if len(shape) == 4 and shape[0] and shape[0] <= 4096 else ""
    return Explanation(
        "memory",
        f"There is not enough memory{where}{size}.",
        USE_LESS_MEMORY.format(batch=batch),
    )


def _loaded(match: PatternMatch) -> Explanation:
    text = match.text("size")
    return Explanation(
        "memory",
        f"The machine does not have enough memory for one array{f' of {text}' if text else ''}.",
        "Do not load all images at once: flow_from_directory and image_dataset_from_directory read "
        "them batch by batch. uint8 takes a quarter of the memory of float32.",
    )


DATA_PATTERNS = (
    Pattern("empty", "TensorFlow 2, Keras 3",
        r"(?:Expected input data to be non-?empty|Sequence has length 0|PyDataset has length 0|"
        r"Unexpected result of (?:train|test|predict)_function \(Empty logs\)|Found 0 images "
        r"belonging to|No images found in directory|Found 0 files belonging|fit.{0,6} got an empty "
        r"(?:dataset|input)|contains? zero samples|Found 0 validated image filenames|Training data "
        r"contains \d{1,3} samples,? which is not sufficient to be split)",
        "Expected input data to be non-empty.",
        explain_as("no-data",
            "There is no data: no image was found, or none is left after the split.",
            _EMPTY)),
    Pattern("ran-out", "TensorFlow 2, Keras 3",
        r"Your (?:input|dataset) ran out of data",
        "Your input ran out of data; interrupting training. Make sure that your dataset or "
        "generator can generate at least `steps_per_epoch * epochs` batches.",
        explain_as("no-data",
            "More batches were requested than there are.",
            "Leave steps_per_epoch and validation_steps out, or use number of images // "
            "batch_size; a tf.data pipeline repeats with .repeat().")),
    Pattern("end-of-sequence", "TensorFlow 2, a log line",
        r"OUT_OF_RANGE:?\s?End of sequence",
        "Local rendezvous is aborting with status: OUT_OF_RANGE: End of sequence",
        explain_as("no-data",
            "The data came to an end. TensorFlow 2.16 and later log this after each epoch; on its "
            "own it is harmless.",
            "If the training stops early: leave steps_per_epoch out, or repeat the data with "
            ".repeat().", guess=True), ambiguous=True),
    Pattern("steps-needed", "TensorFlow 2, Keras 3",
        r"(?:infinitely repeating (?:dataset|data)|generator.{0,40}?|data is an infinite.{0,30}?) "
        r"(?:,? you must (?:specify|provide)|must specify|please provide) .{0,4}steps",
        "When passing an infinitely repeating dataset, you must specify the `steps_per_epoch` "
        "argument.",
        explain_as("no-data",
            "The data never ends, so Keras does not know when an epoch does.",
            "Give steps_per_epoch = number of images // batch_size, or leave .repeat() out.")),
    Pattern("no-target", "TensorFlow 2",
        r"(?:Target data is missing|therefore expects target data|No targets? (?:data)? "
        r"(?:was|were) (?:provided|passed)|y argument is not supported when using)",
        "Target data is missing. Your model has `loss`: categorical_crossentropy, and therefore "
        "expects target data to be passed in `fit()`.",
        explain_as("no-labels",
            "Labels are missing, or were given twice (y together with a dataset or generator that "
            "has its own).",
            _GIVE_LABELS)),
    Pattern("none-values", "TensorFlow, Keras 3",
        r"(?:None values not supported|Attempt to convert a value \(None\) with an unsupported "
        r"type)",
        "None values not supported.",
        explain_as("no-labels",
            "Something is None where numbers are expected. In fit or evaluate that is usually the "
            "labels: they were not given, the generator yields none, or validation_data is not "
            "(images, labels).",
            _GIVE_LABELS, guess=True)),
    Pattern("dtype-text", "TensorFlow, Keras 3, NumPy",
        r"(?:Invalid dtype:?<?(?:u)?str(?P<bits>\d{0,6})|Invalid dtype:?(?:string|bytes\d{0,6})|"
        r"could not convert string to float|Cast string to \w{1,10} is not supported|Data type "
        r".{1,30}? not understood|type <class str>.{0,20}unsupported|invalid literal for int\(\) "
        r"with base 10|UFuncNoLoopError|must be real number,? not str)",
        "ValueError: Invalid dtype: str160", _text),
    Pattern("dtype-object", "TensorFlow, Keras 3",
        r"(?:Invalid dtype:?object|Failed to convert a NumPy array to a Tensor \(Unsupported "
        r"object type (?P<sort>[\w.]{1,60})|Cannot convert \w{1,40} to EagerTensor)",
        "Failed to convert a NumPy array to a Tensor (Unsupported object type numpy.ndarray).",
        _object),
    Pattern("dtype-list", "TensorFlow, every version",
        r"(?:has DataType u?int\d{1,2} not in list of allowed values|that does not match type "
        r"u?int\d{1,2}|attr T of u?int\d{1,2} is not in the list of allowed values|conversion "
        r"requested (?:to type|dtype) u?int\d{1,2} for .{0,20}?(?:type|dtype) float|was expected "
        r"to be an? u?int\d{1,2} tensor but is a (?:float|half|double) tensor)",
        "Value passed to parameter 'input' has DataType uint8 not in list of allowed values: "
        "float16, bfloat16, float32",
        explain_as("dtype",
            "The input has integers where floats are needed.",
            'Convert them to floats: images.astype("float32") / 255, or a Rescaling(1/255) layer; '
            'tf.cast(x, tf.float32).')),
    Pattern("oom-shape", "TensorFlow",
        r"OOM when allocating tensor with shape <shape:shape>.{0,120}?(?:device:|/)"
        r"(?P<device>gpu|cpu):",
        "OOM when allocating tensor with shape[32,64,224,224] and type float on /job:localhost/"
        "replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc", _memory),
    Pattern("oom", "TensorFlow",
        r"(?:OOM when allocating tensor(?: with shape <shape:shape>)?|ResourceExhaustedError|"
        r"Resource exhausted:|CUDA_ERROR_OUT_OF_MEMORY|failed to allocate memory|Dst tensor is not "
        r"initialized)",
        "ResourceExhaustedError: failed to allocate memory", _memory, ambiguous=True),
    Pattern("array-memory", "NumPy",
        r"Unable to allocate (?P<size>[\d.]+\s?[KMGT]iB) for an array",
        "Unable to allocate 13.4 GiB for an array with shape (60000, 224, 224, 3)", _loaded),
    Pattern("layout", "TensorFlow on a CPU",
        r"only supports? (?:the)? NHWC",
        "The Conv2D op currently only supports the NHWC tensor format on the CPU. The op was given "
        "the format: NCHW",
        explain_as("layout",
            "The layers are channels-first (NCHW), which TensorFlow supports on a GPU only.",
            'Build them with data_format="channels_last" (the default), and give '
            'input_shape=(height, width, channels); check ~/.keras/keras.json and '
            'K.set_image_data_format.')),
    Pattern("grouped-cpu", "TensorFlow on a CPU",
        r"(?:Fused conv implementation does not support grouped convolutions|grouped convolutions? "
        r"(?:is|are) not supported on CPU|gradients? for grouped convolutions? (?:is|are) not "
        r"supported)",
        "Fused conv implementation does not support grouped convolutions for now.",
        explain_as("layout",
            "TensorFlow supports a convolution with this depth or with groups on a GPU only. If no "
            "groups are set, the depth of the images is a multiple of the depth that the layer was "
            "built for: colour images (3) for a layer built for grayscale (1).",
            'Without groups: load the images with the right color_mode ("grayscale" for a depth of '
            '1). With groups: use groups=1, or train on a GPU.', guess=True)),
    Pattern("dimensions-equal", "TensorFlow, every version",
        r"Dimensions must be equal,? but are \d{1,9} and \d{1,9} for",
        "Dimensions must be equal, but are 7 and 10 for '{{node mean_squared_error/sub}} = "
        "Sub[T=DT_FLOAT](a, b)' with input shapes: [8,7], [8,10].", _dimensions, ambiguous=True),
    Pattern("incompatible-shapes", "TensorFlow, every version",
        r"Incompatible shapes: <shape:first> vs\.? <shape:second>",
        "Incompatible shapes: [32,7] vs. [32,10] [[node mean_squared_error/SquaredDifference]]",
        _dimensions, ambiguous=True),
)  # fmt: skip
