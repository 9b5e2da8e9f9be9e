"""Messages about how images and labels are passed to compile, fit, evaluate and predict."""

from __future__ import annotations

import re

from tui.keras_io.errors.keras_shapes import pluralize
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, explain_as

_ARRAYS = "np.array(images) and np.array(labels)"
_NO_DATA = ("zip", "map", "filter", "enumerate", "str", "posixpath", "windowspath", "set")
_PAIR = "yield (images, labels), a tuple of two arrays (a third may hold sample weights)"


def _cardinality(match: PatternMatch) -> Explanation:
    """Explain different numbers of examples in the arrays, or in the entries of a list."""
    sizes = {name: match.text(name) for name in ("x", "y")}
    many = {name: re.findall(r"\d+", text) for name, text in sizes.items()}
    x, y = many["x"], many["y"]
    if len(x) > 1 and (len(y) <= 1 or len(y) == len(x)) and len(x) > (2 if len({*x}) > 1 else 1):
        as_many = y == [str(len(x))]
        return Explanation(
            "losses",
            f"The images are a plain list of {len(x)} arrays"
            + (f" ({x[0]} high)" if len({*x}) == 1 else "")
            + ": Keras treats each entry of a list as a separate input.",
            "Make one array of them: np.stack(images), or np.array(images).",
            guess=not as_many and len({*x}) > 1,
        )
    if len(x) == 1 and len(y) > 1:
        return Explanation(
            "losses",
            f"The labels are a plain list of {len(y)} entries: Keras treats each as the labels of "
            "a separate output.",
            "Make one array of them: np.array(labels).",
            guess=len(y) < 4,
        )
    return explain_counts(x[0] if len(x) == 1 else "", y[0] if len(y) == 1 else "")


def explain_counts(x: str, y: str) -> Explanation:
    """Explain different numbers of images and labels."""
    sizes = f": {x} images, {y} labels" if x and y else ""
    return Explanation(
        "counts",
        f"The arrays hold different numbers of examples{sizes}.",
        "Each image needs one label: print(len(images), len(labels)), and find out where some were "
        "left out (unreadable files, a split of only one of the two).",
        guess=not sizes,
    )


def _same_samples(match: PatternMatch) -> Explanation:
    return explain_counts(match.text("x"), match.text("y"))


def _inputs(match: PatternMatch) -> Explanation:
    """Explain a number of arrays that is not the model's number of inputs."""
    instead = match.regex.groupdict().get("instead")
    got, want = instead or match.text("got"), match.number("want")
    number = 1 if got.lower() == "one" else int(got)
    name = match.text("layer")
    subject = name if name else "The model"
    what = f"{subject} takes {pluralize(want, 'input')}, but receives {pluralize(number, 'array')}."
    if want > number:
        return Explanation(
            "losses",
            what,
            f"Give a list with one array for each input, [first, second] ({want} in all), in the "
            "order of the model's inputs.",
        )
    return Explanation(
        "losses",
        what,
        "Each entry of a list or tuple counts as an array: make one array of the images, "
        "np.array(images). A dataset or generator has to yield tuples (images, labels), not lists.",
    )


def _arrays(match: PatternMatch) -> Explanation:
    """Explain the wrong number of arrays in a list, in Keras 1 and 2."""
    want, got = match.number("want"), match.number("got")
    end = {"input": "input", "target": "output"}.get(match.text("side").lower(), "input or output")
    given = {"input": "images", "output": "labels"}.get(end, "images or labels")
    text = f"The model has {pluralize(want, end, f'{end}s')}, but {pluralize(got, 'array')} of "
    text += f"{given} {'was' if got == 1 else 'were'} given."
    if want == 1:
        one = given.split()[0]
        return Explanation(
            "losses",
            f"{text} Keras treats each entry of a plain list as a separate array.",
            f"Make one array of them: np.array({one}).",
        )
    return Explanation(
        "losses", text, f"Give a list with one array of {given} for each of the {want}."
    )


def _unreadable(match: PatternMatch) -> Explanation:
    """Explain data that fit cannot read: lists of numbers, or other objects."""
    types = re.findall(r"<class([\w.]{1,80})>", match.message.squeezed[match.regex.start() :])
    last = types[-1].rsplit(".", 1)[-1] if types else ""
    if last.endswith("iterator") or last in _NO_DATA:
        return Explanation(
            "generator",
            f"Keras cannot read data from what was given ({last}).",
            f"Give arrays, {_ARRAYS}; or a tf.data.Dataset, a PyDataset, or a generator, which has "
            f"to {_PAIR}.",
        )
    return Explanation(
        "losses",
        "Images or labels are plain lists, but Keras takes arrays.",
        f"Make arrays of both: {_ARRAYS}.",
        guess=not types,
    )


def _structure(match: PatternMatch) -> Explanation:
    if match.text("got").startswith("{"):
        return Explanation(
            "losses",
            "The images were given as a dict, whose keys are not the names of the model's inputs.",
            "Give the array itself, or a dict with the names of model.input_names as keys.",
        )
    return Explanation(
        "losses",
        "The data does not have the structure of the model's inputs: an array instead of a list, "
        "or the reverse. On its own, this is a warning.",
        "Give one array to a model with one input, and a list of arrays to one with several.",
        guess=True,
    )


FIT_PATTERNS = (
    Pattern("cardinality", "TensorFlow 2, Keras 3",
        r"Data cardinality is ambiguous(?:.{0,80}?x sizes:(?P<x>[\d,]{1,4000}?),?(?=y sizes|make|"
        r"$|[^\d,])(?:y sizes:(?P<y>[\d,]{1,4000})(?!\d))?)?",
        "Data cardinality is ambiguous: x sizes: 8 y sizes: 7 Make sure all arrays contain the "
        "same number of samples.", _cardinality),
    Pattern("same-samples", "Keras 1, Keras 2, TensorFlow 1",
        r"Input arrays should have the same number of samples as target arrays\.?(?:Found <n:x> "
        r"input samples and <n:y> target samples)?",
        "Input arrays should have the same number of samples as target arrays. Found 8 input "
        "samples and 7 target samples.", _same_samples),
    Pattern("all-arrays", "Keras 2, TensorFlow 1",
        r"(?:All (?:input|target) arrays (?:\([xy]\))? should have the same number of samples|"
        r"Found input variables with inconsistent numbers of samples:?\s?\[<n:x>,<n:y>\])",
        "All input arrays (x) should have the same number of samples.", _same_samples),
    Pattern("list-of-numbers", "Keras 3",
        r"int\(i\.shape\[0\]\) for i in tree\.flatten\(data\).{0,200}?IndexError",
        "int(i.shape[0]) for i in tree.flatten(data) if i is not None\nIndexError: tuple index "
        "out of range",
        explain_as("losses",
            "Single numbers were given where arrays are expected: usually the labels are a plain "
            "list, whose entries Keras treats as arrays.",
            f"Make arrays of both: {_ARRAYS}.")),
    Pattern("unrecognized-data", "TensorFlow 2, Keras 3",
        r"(?:Unrecognized data type: x=|Failed to find data adapter that can handle)",
        "Failed to find data adapter that can handle input: <class 'numpy.ndarray'>, (<class "
        "'list'> containing values of types {\"<class 'int'>\"})",
        _unreadable),
    Pattern("structure", "Keras 3",
        r"structure of inputs doesn'?t match the expected structure.{0,200}?Received:?(?:inputs=)?"
        r"(?P<got>[{\[(<\w])",
        "The structure of `inputs` doesn't match the expected structure. Expected: keras_tensor "
        "Received: inputs={'a': 'Tensor(shape=(32, 28, 28, 1))'}", _structure, ambiguous=True),
    Pattern("key-missing", "Keras 2, TensorFlow",
        r"(?:No data provided for <name:input>\. Need data for each key in|Missing data for input "
        r"(?P<other>[\w\-/]{1,100})\.You passed a data dictionary)",
        "No data provided for \"conv2d_5_input\". Need data for each key in: ['conv2d_5_input']",
        explain_as("losses",
            "Images or labels were given as a dict without the key {input}{other}.",
            "Give the array itself, or a dict with that name as key.")),
    Pattern("single-text", "Keras 2",
        r"(?:str|int|float) object has no attribute (?:ndim|shape)",
        "AttributeError: 'str' object has no attribute 'ndim'",
        explain_as("losses",
            "A single word or number was given where an array is expected: usually images or "
            "labels are a plain list.",
            f"Make arrays of both: {_ARRAYS}.", guess=True),
        ambiguous=True),
    Pattern("arrays-number", "Keras 1, Keras 2, TensorFlow 1",
        r"(?:checking model (?P<side>input|target):?the)? list of Numpy arrays that you are "
        r"passing to your model is not the size the model expected\.? Expected to see <n:want> "
        r"array(?:\(s\)|s)?.{0,60}? instead got (?:the "
        r"following list of)? <n:got> array",
        "Error when checking model target: the list of Numpy arrays that you are passing to your "
        "model is not the size the model expected. Expected to see 2 array(s), but instead got "
        "the following list of 1 arrays",
        _arrays),
    Pattern("inputs-number", "TensorFlow 2, Keras 3",
        r"layer <name:layer> expect(?:s|ed) <n:want> (?:named)? input\(s\)(?: with keys \[.{1,300}?"
        r"\])?[,.]?(?:but it received <n:got> input tensor|received (?P<instead>\d{1,4}) instead)",
        "Layer \"sequential\" expects 1 input(s), but it received 2 input tensors.", _inputs),
    Pattern("inputs-one", "Keras 1, Keras 2",
        r"model expects <n:want> (?P<layer>)(?:input|target)? arrays?,? but only received "
        r"(?P<got>one) array",
        "The model expects 2 input arrays, but only received one array. Found: array with shape "
        "(32, 28, 28, 1)", _inputs),
    Pattern("generator-tuple", "every version",
        r"(?:generator must return a tuple|output of generator should be a tuple)",
        "When passing a Python generator to a Keras model, the generator must return a tuple, "
        "either (input,) or (inputs, targets) or (inputs, targets, sample_weights).",
        explain_as("generator",
            "The generator yields something other than a tuple of two or three entries: a list, or "
            "the images alone, or more.",
            f"Let it {_PAIR}.")),
    Pattern("data-format-xy", "TensorFlow 2, Keras 3",
        r"Data is expected to be in format x,\(x,\),\(x,y\),? or \(x,y,sample_weight\)",
        "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, "
        "found: (1, 2, 3, 4)",
        explain_as("generator",
            "The data comes in tuples of more than three entries, but Keras takes (x, y) or (x, y, "
            "sample_weight).",
            f"Let the generator or dataset {_PAIR}; put several inputs into one tuple or dict: "
            "((first, second), labels).")),
    Pattern("generator-structure", "TensorFlow 2, tf.data",
        r"generator yielded an element (?:that (?:did not match|could not be converted)|of "
        r"(?:shape|type))",
        "`generator` yielded an element of shape (28, 28) where an element of shape (28, 28, 1) "
        "was expected.",
        explain_as("generator",
            "The generator yields another structure, shape or type than declared "
            "(output_signature), or than it yielded first.",
            "Print one yielded element (type, shape, dtype) and compare it with what the message "
            "expects; all elements have to match.")),
    Pattern("validation-generator", "TensorFlow 2, Keras 3",
        r"validation_split (?:is only supported for (?:tensors|numpy)|argument is not supported "
        r"when data adapter)",
        "`validation_split` is only supported for Tensors or NumPy arrays, found: <keras."
        "preprocessing.image.DirectoryIterator object at 0x7f>",
        explain_as("generator",
            "fit can only split arrays, not a generator or a dataset.",
            'Make a second generator and pass it as validation_data: '
            'ImageDataGenerator(validation_split=0.2) with subset="training" and "validation", or '
            'image_dataset_from_directory with the same two subsets.')),
    Pattern("validation-tuple", "every version",
        r"(?:When passing (?:a)? validation_data (?:argument)?,? it must contain|"
        r"validation_data should be a tuple|Incorrect format for validation data)",
        "When passing validation_data, it must contain 2 (x_val, y_val) or 3 (x_val, y_val, "
        "val_sample_weights) items, however it contains 1 items",
        explain_as("generator",
            "validation_data is not a tuple of images and labels.",
            "Give validation_data=(x_val, y_val), with images and labels.")),
    Pattern("class-weight", "Keras 2, TensorFlow 2",
        r"class_weight must (?:contain all classes|be a dictionary with keys)",
        "`class_weight` must contain all classes in the data. The classes {2, 3} exist in the data "
        "but not in `class_weight`.",
        explain_as("label-range",
            "class_weight lacks a weight for some of the classes in the labels.",
            "Give a weight for each class, numbered from 0: class_weight={{0: 1.0, 1: 2.5}}.")),
    Pattern("class-weight-index", "TensorFlow 2",
        r"indices\[\d{1,9}\]=<int:label> is not in \[0,\s?<n:classes>\)(?=.{0,200}GatherV2)",
        "indices[0] = 8 is not in [0, 2) [[{{node GatherV2}}]] [[IteratorGetNext]]",
        explain_as("label-range",
            "The number {label} is looked up in a table of {classes} entries. In fit this is "
            "usually class_weight, which lacks a weight for a class in the labels.",
            "Give class_weight an entry for each class, numbered from 0: look at "
            "print(np.unique(labels)).", guess=True)),
    Pattern("loss-single", "Keras 3",
        r"only a single output,? the loss argument must be a callable",
        "When there is only a single output, the `loss` argument must be a callable. Received "
        "instead: loss=['mse', 'mse'] of type <class 'list'>",
        explain_as("losses",
            "The model has one output, but several losses were given.",
            'Give one loss: loss="categorical_crossentropy".')),
    Pattern("no-loss", "every version",
        r"(?:No loss to compute|No loss found\.? You may have forgotten|loss argument in compile "
        r"cannot be empty|model cannot be compiled because it has no loss)",
        "No loss to compute. Provide a `loss` argument in `compile()`.",
        explain_as("not-compiled",
            "model.compile was given no loss.",
            'Give one: model.compile(optimizer="adam", loss="categorical_crossentropy", '
            'metrics=["accuracy"]); for class numbers as labels '
            '"sparse_categorical_crossentropy".')),
    Pattern("loss-entries", "every version",
        r"(?:When passing a list as loss,? it should have one entry per model outputs?|in the "
        r"loss argument,? can'?t be found|Expected keys .{1,120}? in loss dict|Found "
        r"unexpected (?:losses|keys).{0,60}|Unknown entr(?:y|ies) in loss dictionary|"
        r"should have one loss per output)",
        "When passing a list as loss, it should have one entry per model outputs. The model has 2 "
        "outputs, but you passed loss=['mse']",
        explain_as("losses",
            "The numbers or the names of losses, labels and outputs do not match.",
            'Give one loss and one array of labels for each output, in the order of the outputs or '
            'by their names: loss={{"one": …, "two": …}}.')),
)  # fmt: skip
