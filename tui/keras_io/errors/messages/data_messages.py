"""Rows of the table: how much data there is and of what type, and what the machine can take."""

from __future__ import annotations

import math
import re

from tui.geometry import Network, Vector, output_shape
from tui.keras_io.errors.explain_labels import FLATTEN, judge_labels
from tui.keras_io.errors.keras_shapes import Sides, counted, read_sides, same, written
from tui.keras_io.errors.message_patterns import Answer, Found, Pattern, says

_GIVE_LABELS = (
    "Give them: model.fit(pictures, labels), or a dataset of pairs; flow_from_directory needs "
    'class_mode="categorical", "sparse" or "binary", not None, and image_dataset_from_directory '
    "label_mode, not None."
)
_EMPTY = (
    "Look at what is read: print the number of pictures and the path. flow_from_directory wants "
    "one folder for each class inside the folder that is named."
)
SMALLER = (
    "Take a smaller batch_size{batch}, smaller pictures, or fewer filters in the first layers; a "
    "Dense behind a large Flatten mostly takes the most. End other programs that hold the memory "
    "(an older kernel of the notebook)."
)
_MOST_CLASSES = 5000  # more are rather the pixels of a map
_LOSS_WORDS = re.compile(
    r"loss|crossentropy|mean_squared|mean_absolute|/mse/|/mae/|metrics|accuracy"
)


def _text(found: Found) -> Answer:
    """Text where numbers are wanted; NumPy's str160 is a text of 5 letters, 32 bits each."""
    bits = found.text("bits")
    letters = int(bits) // 32 if bits else 0
    size = f" (up to {counted(letters, 'letter')} each)" if letters else ""
    return Answer(
        "dtype",
        f"An array holds text{size}, not numbers: names of classes where labels are wanted, or "
        "names of files where the pictures themselves are.",
        "Labels: make class numbers (integers) of the names, np.unique(labels, "
        "return_inverse=True)[1]. Pictures: load the files first (keras.utils.load_img, "
        "img_to_array), or let "
        "image_dataset_from_directory read them.",
    )


def _object(found: Found) -> Answer:
    """An array of Python objects, by what they are."""
    sort = found.text("sort").lower()
    if "none" in sort:
        return Answer(
            "dtype",
            "An array holds None in the place of numbers: a file that could not be read "
            "(cv2.imread gives None), or labels that are missing.",
            "Look which entry is None: [i for i, one in enumerate(pictures) if one is None].",
        )
    if sort in ("int", "float", "bool"):
        return Answer(
            "dtype",
            f"An array has the dtype object: single Python things ({sort} among them), not numbers "
            "of one type. Columns of a table that hold text or gaps make such an array.",
            'Make numbers of it: np.asarray(values).astype("float32"); where that fails, it says '
            "which value is none.",
        )
    if sort == "str":
        return _text(found)
    of = f" ({found.text('sort')})" if sort else ""
    return Answer(
        "dtype",
        f"An array holds single things{of}, dtype object, not numbers: mostly pictures of "
        "different sizes, which make no common array, or None for a file that cannot be read.",
        "Bring all pictures to one size and depth as they are loaded, then "
        'np.stack(pictures).astype("float32"): it fails at once where one is of another size.',
        guess=True,
    )


def _dimensions(found: Found) -> Answer | None:
    """Two shapes that have to be equal, in a named operation."""
    context = found.message.squeezed[found.match.start() : found.match.start() + 1500]
    first, second = found.shape("first"), found.shape("second")
    if not first and not second:
        shapes = re.search(
            r"withinputshapes:[(\[]([^()\[\]]*)[)\]],[(\[]([^()\[\]]*)[)\]]", context
        )
        if shapes is None:
            return None
        first, second = read_sides(shapes[1]), read_sides(shapes[2])
    if not first or not second or same(first, second):
        return None
    if _LOSS_WORDS.search(context):
        return _in_loss(first, second, found.network, "/equal" in context)
    layer = re.search(r"(?:add|multiply|average|maximum|subtract)(?:_\d+)?/", context)
    if layer or re.search(r"op:(?:add|sub|mul)", context):
        cure = "Print both shapes. In a model (Add and the like): give both ways the same number "
        cure += 'of filters, the same strides and padding="same".'
        return Answer(
            "merge",
            f"{written(first)} and {written(second)} do not go together value by value.",
            cure.removeprefix("Print both shapes. ") if layer else cure,
            guess=layer is None,
        )
    return None


def _in_loss(first: Sides, second: Sides, network: Network | None, equal: bool) -> Answer | None:
    """Labels and output, in either order."""
    if len(first) != len(second):
        target, output = sorted((first, second), key=len)
        if equal:  # the accuracy's own shapes, from which the answers are gone
            return _equal(target, output) if len(output) > 2 else None
        return judge_labels(target, output, network)
    made = output_shape(network) if network is not None else None
    if isinstance(made, Vector) and (first[-1] == made.size) != (second[-1] == made.size):
        return judge_labels(
            *((second, first) if first[-1] == made.size else (first, second)), network
        )
    if len(first) == 4 or (len(first) == 2 and max(first[1] or 0, second[1] or 0) > _MOST_CLASSES):
        return Answer(
            "label-maps",
            f"The labels and the network's output, {written(first)} and {written(second)}, hold "
            "different numbers of values; which is which is not said.",
            "For maps (masks): bring both to the same height, width and depth; a mask read in "
            "colour has three times the values of a grey one. For classes: Flatten and one unit "
            "for each class.",
            guess=True,
        )
    if len(first) == 2 and first[0] == second[0]:
        a, b = sorted((first[1] or 0, second[1] or 0))
        return Answer(
            "units",
            f"One of {written(first)} and {written(second)} is the labels' shape, the other the "
            "network's output; which is which is not said. The last layer's units are not as many "
            "as there are classes.",
            f"One unit for each class: with {b} classes Dense({b}), with {a} classes Dense({a}).",
            guess=True,
        )
    return None


def _equal(target: Sides, output: Sides) -> Answer:
    return Answer(
        "flatten",
        f"The accuracy compares {written(target)} with {written(output)}: one of them has an "
        "answer for each place, not for each picture. Mostly Flatten is missing before the last "
        "Dense.",
        FLATTEN,
        guess=True,
    )


def _memory(found: Found) -> Answer:
    shape = found.shape("shape")
    place = found.text("device")
    where = {"gpu": " on the GPU", "cpu": " on the machine"}.get(place.lower(), "")
    size = ""
    if shape and None not in shape:
        values = math.prod(side or 0 for side in shape)
        size = f" for an array of {written(shape)}, {counted(values, 'value')}"
    batch = f" (now {shape[0]})" if len(shape) == 4 and shape[0] and shape[0] <= 4096 else ""
    return Answer(
        "memory",
        f"There is not enough memory{where}{size}.",
        SMALLER.format(batch=batch),
    )


def _loaded(found: Found) -> Answer:
    text = found.text("size")
    return Answer(
        "memory",
        f"The machine does not have enough memory for one array{f' of {text}' if text else ''}.",
        "Do not load all pictures at once: flow_from_directory and image_dataset_from_directory "
        "read them batch by batch. uint8 takes a quarter of float32.",
    )


DATA_PATTERNS = (
    Pattern("empty", "TensorFlow 2, Keras 3",
        r"(?:Expected input data to be non-?empty|Sequence has length 0|PyDataset has length 0|"
        r"Unexpected result of (?:train|test|predict)_function \(Empty logs\)|Found 0 images "
        r"belonging to|No images found in directory|Found 0 files belonging|fit.{0,6} got an empty "
        r"(?:dataset|input)|contains? zero samples|Found 0 validated image filenames|Training data "
        r"contains \d{1,3} samples,? which is not sufficient to be split)",
        "Expected input data to be non-empty.",
        says("no-data", "There is nothing to train on: no picture was found, or none is left after "
             "the split.", _EMPTY)),
    Pattern("ran-out", "TensorFlow 2, Keras 3",
        r"Your (?:input|dataset) ran out of data",
        "Your input ran out of data; interrupting training. Make sure that your dataset or "
        "generator can generate at least `steps_per_epoch * epochs` batches.",
        says("no-data", "More batches were asked for than there are.",
             "Leave steps_per_epoch and validation_steps out, or take number of pictures // "
             "batch_size; a tf.data pipeline repeats with .repeat().")),
    Pattern("end-of-sequence", "TensorFlow 2, a log line",
        r"OUT_OF_RANGE:?\s?End of sequence",
        "Local rendezvous is aborting with status: OUT_OF_RANGE: End of sequence",
        says("no-data", "The data came to an end. TensorFlow 2.16 and later log this after each "
             "epoch, and alone it is harmless.",
             "Where the training stops early: leave steps_per_epoch out, or repeat the data with "
             ".repeat().", guess=True), weak=True),
    Pattern("steps-needed", "TensorFlow 2, Keras 3",
        r"(?:infinitely repeating (?:dataset|data)|generator.{0,40}?|data is an infinite.{0,30}?) "
        r"(?:,? you must (?:specify|provide)|must specify|please provide) .{0,4}steps",
        "When passing an infinitely repeating dataset, you must specify the `steps_per_epoch` "
        "argument.",
        says("no-data", "The data never ends, so that Keras cannot know where an epoch does.",
             "Give steps_per_epoch = number of pictures // batch_size, or leave .repeat() out.")),
    Pattern("no-target", "TensorFlow 2",
        r"(?:Target data is missing|therefore expects target data|No targets? (?:data)? "
        r"(?:was|were) (?:provided|passed)|y argument is not supported when using)",
        "Target data is missing. Your model has `loss`: categorical_crossentropy, and therefore "
        "expects target data to be passed in `fit()`.",
        says("no-labels", "Labels are missing, or were given twice (y beside a dataset or "
             "generator, which brings its own).", _GIVE_LABELS)),
    Pattern("none-values", "TensorFlow, Keras 3",
        r"(?:None values not supported|Attempt to convert a value \(None\) with an unsupported "
        r"type)",
        "None values not supported.",
        says("no-labels", "Something is None where numbers are wanted. In fit or evaluate that is "
             "mostly the labels: they were not given, the generator brings none, or "
             "validation_data is not (pictures, labels).",
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
        says("dtype", "Whole numbers come where decimals are calculated with.",
             "Let them be decimals: pictures.astype(\"float32\") / 255, or a Rescaling(1/255) "
             "layer; tf.cast(x, tf.float32).")),
    Pattern("oom-shape", "TensorFlow",
        r"OOM when allocating tensor with shape <shape:shape>.{0,120}?(?:device:|/)"
        r"(?P<device>gpu|cpu):",
        "OOM when allocating tensor with shape[32,64,224,224] and type float on /job:localhost/"
        "replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc", _memory),
    Pattern("oom", "TensorFlow",
        r"(?:OOM when allocating tensor(?: with shape <shape:shape>)?|ResourceExhaustedError|"
        r"Resource exhausted:|CUDA_ERROR_OUT_OF_MEMORY|failed to allocate memory|Dst tensor is not "
        r"initialized)",
        "ResourceExhaustedError: failed to allocate memory", _memory, weak=True),
    Pattern("array-memory", "NumPy",
        r"Unable to allocate (?P<size>[\d.]+\s?[KMGT]iB) for an array",
        "Unable to allocate 13.4 GiB for an array with shape (60000, 224, 224, 3)", _loaded),
    Pattern("layout", "TensorFlow on a CPU",
        r"only supports? (?:the)? NHWC",
        "The Conv2D op currently only supports the NHWC tensor format on the CPU. The op was given "
        "the format: NCHW",
        says("layout", "The layers are built channels-first (NCHW), which TensorFlow computes on a "
             "GPU only.", 'Build them with data_format="channels_last" (the default), and give '
             "input_shape=(height, width, channels); look into ~/.keras/keras.json and at "
             "K.set_image_data_format.")),
    Pattern("grouped-cpu", "TensorFlow on a CPU",
        r"(?:Fused conv implementation does not support grouped convolutions|grouped convolutions? "
        r"(?:is|are) not supported on CPU|gradients? for grouped convolutions? (?:is|are) not "
        r"supported)",
        "Fused conv implementation does not support grouped convolutions for now.",
        says("layout", "TensorFlow computes a convolution with this depth or with groups on a GPU "
             "only. Where no groups are set, the pictures' depth is a multiple of the one that the "
             "layer was built for: colour pictures (3) for a layer for grey ones (1).",
             'Without groups: load the pictures with the right color_mode ("grayscale" for a depth '
             "of 1). With groups: take groups=1, or train on a GPU.", guess=True)),
    Pattern("dimensions-equal", "TensorFlow, every version",
        r"Dimensions must be equal,? but are \d{1,9} and \d{1,9} for",
        "Dimensions must be equal, but are 7 and 10 for '{{node mean_squared_error/sub}} = "
        "Sub[T=DT_FLOAT](a, b)' with input shapes: [8,7], [8,10].", _dimensions, weak=True),
    Pattern("incompatible-shapes", "TensorFlow, every version",
        r"Incompatible shapes: <shape:first> vs\.? <shape:second>",
        "Incompatible shapes: [32,7] vs. [32,10] [[node mean_squared_error/SquaredDifference]]",
        _dimensions, weak=True),
)  # fmt: skip
