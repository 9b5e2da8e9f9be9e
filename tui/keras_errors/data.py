"""Rows of the table: how much data there is and of what type, and what the machine can take."""

from __future__ import annotations

import math
import re

from tui.geometry import Network, Vector, output_shape
from tui.keras_errors.labels import FLATTEN, judge_labels
from tui.keras_errors.patterns import Answer, Found, Pattern, told
from tui.keras_errors.shapes import Sides, counted, read_sides, same, written

_GIVE_LABELS = (
    "Give them: model.fit(pictures, labels), or a dataset of pairs; flow_from_directory needs "
    'class_mode="categorical", "sparse" or "binary", not None, and image_dataset_from_directory '
    "label_mode, not None."
)
_EMPTY = (
    "Look at what is read: print the number of pictures and the path. flow_from_directory wants "
    "one folder for each class inside the folder that is named."
)
_NUMBERS = (
    "Labels: class numbers, for instance sorted(set(labels)).index(label), or class_mode, which "
    'makes them of folder names. Pictures: np.stack(pictures).astype("float32"), all of one size.'
)
_MOST_CLASSES = 5000  # more are rather the pixels of a map
_LOSS_WORDS = re.compile(
    r"loss|crossentropy|mean_squared|mean_absolute|/mse/|/mae/|metrics|accuracy"
)


def _numbers_differ(found: Found) -> Answer:
    x, y = found.text("x"), found.text("y")
    sizes = f": {x} pictures, {y} labels" if x and y else ""
    return Answer(
        "counts",
        f"The arrays hold different numbers of examples{sizes}.",
        "Each picture needs one label: print(len(pictures), len(labels)), and look where some "
        "were left out (unreadable files, a split made for one of the two only).",
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
    where = {"gpu": "of the GPU", "cpu": "of the machine"}.get(place.lower(), "")
    size = ""
    if shape and None not in shape:
        values = math.prod(side or 0 for side in shape)
        size = f" for an array of {written(shape)}, {counted(values, 'value')}"
    batch = f" (now {shape[0]})" if len(shape) == 4 and shape[0] and shape[0] <= 4096 else ""
    return Answer(
        "memory",
        f"The memory {where} does not suffice{size}.".replace("  ", " "),
        f"Take a smaller batch_size{batch}, smaller pictures, or fewer filters in the first "
        "layers; a Dense behind a large Flatten mostly takes the most. End other programs that "
        "hold the memory (an older kernel of the notebook).",
    )


def _loaded(found: Found) -> Answer:
    text = found.text("size")
    return Answer(
        "memory",
        f"The machine's memory does not suffice for one array{f' of {text}' if text else ''}.",
        "Do not load all pictures at once: flow_from_directory and image_dataset_from_directory "
        "read them batch by batch. uint8 takes a quarter of float32.",
    )


DATA_PATTERNS = (
    Pattern("cardinality", "TensorFlow 2, Keras 3",
        r"Data cardinality is ambiguous(?:.{0,80}?x sizes:<n:x>.{0,12}?y sizes:<n:y>(?!\d))?",
        "Data cardinality is ambiguous: x sizes: 8 y sizes: 7 Make sure all arrays contain the "
        "same number of samples.", _numbers_differ),
    Pattern("same-samples", "Keras 1, Keras 2, TensorFlow 1",
        r"Input arrays should have the same number of samples as target arrays\.?(?:Found <n:x> "
        r"input samples and <n:y> target samples)?",
        "Input arrays should have the same number of samples as target arrays. Found 8 input "
        "samples and 7 target samples.", _numbers_differ),
    Pattern("all-arrays", "Keras 2, TensorFlow 1",
        r"(?:All (?:input|target) arrays (?:\([xy]\))? should have the same number of samples|"
        r"Found input variables with inconsistent numbers of samples:?\s?\[<n:x>,<n:y>\])",
        "All input arrays (x) should have the same number of samples.", _numbers_differ),
    Pattern("empty", "TensorFlow 2, Keras 3",
        r"(?:Expected input data to be non-?empty|Sequence has length 0|PyDataset has length 0|"
        r"Unexpected result of (?:train|test|predict)_function \(Empty logs\)|Found 0 images "
        r"belonging to|No images found in directory|Found 0 files belonging|fit.{0,6} got an empty "
        r"(?:dataset|input)|contains? zero samples|Found 0 validated image filenames|Training data "
        r"contains \d{1,3} samples,? which is not sufficient to be split)",
        "Expected input data to be non-empty.",
        told("no-data", "There is nothing to train on: no picture was found, or none is left after "
             "the split.", _EMPTY)),
    Pattern("ran-out", "TensorFlow 2, Keras 3",
        r"Your (?:input|dataset) ran out of data",
        "Your input ran out of data; interrupting training. Make sure that your dataset or "
        "generator can generate at least `steps_per_epoch * epochs` batches.",
        told("no-data", "More batches were asked for than there are.",
             "Leave steps_per_epoch and validation_steps out, or take number of pictures // "
             "batch_size; a tf.data pipeline repeats with .repeat().")),
    Pattern("end-of-sequence", "TensorFlow 2, a log line",
        r"OUT_OF_RANGE:?\s?End of sequence",
        "Local rendezvous is aborting with status: OUT_OF_RANGE: End of sequence",
        told("no-data", "The data came to its end. TensorFlow 2.16 and later log this after each "
             "epoch, and alone it is harmless.",
             "Where the training stops early: leave steps_per_epoch out, or repeat the data with "
             ".repeat().", guess=True), weak=True),
    Pattern("steps-needed", "TensorFlow 2, Keras 3",
        r"(?:infinitely repeating (?:dataset|data)|generator.{0,40}?|data is an infinite.{0,30}?) "
        r"(?:,? you must (?:specify|provide)|must specify|please provide) .{0,4}steps",
        "When passing an infinitely repeating dataset, you must specify the `steps_per_epoch` "
        "argument.",
        told("no-data", "The data never ends, so that Keras cannot know where an epoch does.",
             "Give steps_per_epoch = number of pictures // batch_size, or leave .repeat() out.")),
    Pattern("no-target", "TensorFlow 2",
        r"(?:Target data is missing|therefore expects target data|No targets? (?:data)? "
        r"(?:was|were) (?:provided|passed)|y argument is not supported when using)",
        "Target data is missing. Your model has `loss`: categorical_crossentropy, and therefore "
        "expects target data to be passed in `fit()`.",
        told("no-labels", "Labels are missing, or were given twice (y beside a dataset or "
             "generator, which brings its own).", _GIVE_LABELS)),
    Pattern("none-values", "TensorFlow, Keras 3",
        r"(?:None values not supported|Attempt to convert a value \(None\) with an unsupported "
        r"type)",
        "None values not supported.",
        told("no-labels", "Something is None where numbers are wanted. In fit or evaluate that is "
             "mostly the labels: they were not given, or the generator brings none.",
             _GIVE_LABELS, guess=True)),
    Pattern("dtype", "TensorFlow, Keras 3",
        r"(?:Invalid dtype:?<name:type>(?:$|[,.)]|traceback)|Failed to convert a NumPy array to a "
        r"Tensor \(Unsupported object type|could not convert string to float|Cast string to "
        r"\w{1,10} is not supported|Data type .{1,30}? not understood|type <class str>.{0,20}"
        r"unsupported|Cannot convert \w{1,40} to EagerTensor|invalid literal for int\(\) with base "
        r"10|UFuncNoLoopError|must be real number,? not str)",
        "Failed to convert a NumPy array to a Tensor (Unsupported object type numpy.ndarray).",
        told("dtype", "An array holds no numbers: names of classes (text), or single things "
             "(object), such as pictures of different sizes or None for a file that cannot be "
             "read.", _NUMBERS)),
    Pattern("unrecognized-data", "Keras 3",
        r"(?:Unrecognized data type: x=|Failed to find data adapter that can handle)",
        "Failed to find data adapter that can handle input: <class 'numpy.ndarray'>, (<class "
        "'list'> containing values of types {\"<class 'int'>\"})",
        told("dtype", "Pictures or labels are plain lists, where Keras takes arrays.",
             "Make arrays of both: np.array(pictures), np.array(labels).")),
    Pattern("dtype-list", "TensorFlow 1, 2",
        r"(?:has DataType u?int\d{1,2} not in list of allowed values|that does not match type "
        r"u?int\d{1,2})",
        "Value passed to parameter 'input' has DataType uint8 not in list of allowed values: "
        "float16, bfloat16, float32",
        told("dtype", "Whole numbers come where decimals are calculated with.",
             "Let them be decimals: pictures.astype(\"float32\") / 255, or a Rescaling(1/255) "
             "layer; tf.cast(x, tf.float32).")),
    Pattern("arrays-number", "Keras 1, Keras 2, TensorFlow 1",
        r"list of Numpy arrays that you are passing to your model is not the size the model "
        r"expected\.? Expected to see <n:want> array(?:\(s\)|s)?.{0,60}? instead got (?:the "
        r"following list of)? <n:got> array",
        "Error when checking model target: the list of Numpy arrays that you are passing to your "
        "model is not the size the model expected. Expected to see 2 array(s), but instead got "
        "the following list of 1 arrays",
        told("losses", "The model has {want} inputs or outputs of this sort, but {got} arrays were "
             "given: a list where an array is wanted, or the other way round.",
             "A list counts its entries: make one array of the pictures, np.array(pictures); for "
             "several outputs give one array of labels each.")),
    Pattern("inputs-number", "TensorFlow 2, Keras 3",
        r"layer <name:layer> expects <n:want> input\(s\),? but it received <n:got> input tensor",
        "Layer \"sequential\" expects 1 input(s), but it received 2 input tensors.",
        told("losses", "{layer} takes {want} input(s), but receives {got} arrays.",
             "A list or tuple counts its entries: make one array of the pictures, "
             "np.array(pictures). A dataset has to give pairs (pictures, labels).")),
    Pattern("loss-entries", "every version",
        r"(?:When passing a list as loss,? it should have one entry per model outputs?|in the "
        r"loss argument,? can'?t be found|Expected keys .{1,120}? in loss dict|Found "
        r"unexpected (?:losses|keys).{0,60}|Unknown entr(?:y|ies) in loss dictionary|"
        r"should have one loss per output)",
        "When passing a list as loss, it should have one entry per model outputs. The model has 2 "
        "outputs, but you passed loss=['mse']",
        told("losses", "Losses, labels and outputs of the model are not as many, or not of the "
             "same names.", "Give one loss and one array of labels for each output, in the order "
             "of the outputs or by their names: loss={{\"one\": …, \"two\": …}}.")),
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
        told("layout", "The layers are built channels-first (NCHW), which TensorFlow computes on a "
             "GPU only.", 'Build them with data_format="channels_last" (the default), and give '
             "input_shape=(height, width, channels); look into ~/.keras/keras.json and at "
             "K.set_image_data_format.")),
    Pattern("grouped-cpu", "TensorFlow on a CPU",
        r"(?:Fused conv implementation does not support grouped convolutions|grouped convolutions? "
        r"(?:is|are) not supported on CPU|gradients? for grouped convolutions? (?:is|are) not "
        r"supported)",
        "Fused conv implementation does not support grouped convolutions for now.",
        told("layout", "TensorFlow computes a convolution with this depth or with groups on a GPU "
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
