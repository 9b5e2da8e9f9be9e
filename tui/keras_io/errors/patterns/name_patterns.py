"""Messages about names, arguments and methods that Keras does not know."""

from __future__ import annotations

import re

from tui.keras_io.errors.keras_names import REMOVED, nearest, renamed
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, explain_as
from tui.keras_io.layer_classes import READABLE
from tui.keras_io.model_json import MODEL_CLASSES

_NAMES = (
    "Correct the spelling. Common names are categorical_crossentropy, "
    "sparse_categorical_crossentropy, binary_crossentropy; adam, sgd, rmsprop; relu, softmax, "
    "sigmoid; accuracy."
)
_ARGUMENTS = (
    "Look up the arguments. Common names are strides (with s), padding, filters, kernel_size, "
    "units, learning_rate, epochs."
)
_NEW_IN_FILES = ("batch_shape", "optional", "dtype_policy", "registered_name")
_OWN_CLASSES = {
    name.lower() for name in (*READABLE, *MODEL_CLASSES, "InputLayer", "Add", "Concatenate")
}
_SORTS = {"objective": "loss", "lossfunction": "loss", "metricfunction": "metric",
          "activationfunction": "activation function"}  # fmt: skip


def _word(match: PatternMatch) -> Explanation | None:
    """Explain a class, a function or a name that this Keras does not know."""
    name = match.text("name")
    what = _SORTS.get(match.text("what").lower(), match.text("what").lower())
    if not name or name.startswith(("<", "(", "{", "[")) or name in ("of", "in", "for"):
        return None
    if name.lower() in _OWN_CLASSES:
        return Explanation(
            "file",
            f"{name} is part of Keras: the file was saved by another version of Keras than the one "
            "that loads it, or keras and tf.keras are mixed.",
            "Load it with the version that saved it (and save it again), or build the network in "
            "Python and load only its weights.",
        )
    near = nearest(name, what)
    if near and near != name:
        what = f"Keras knows no {what or 'word'} called {name}: most likely a misspelt {near}."
        return Explanation("name", what, f'Write "{near}".')
    own = f'load_model(path, custom_objects={{"{name}": …}})'
    if what in ("", "layer"):
        cure = f"If it is your own, pass it when the file is loaded: {own}; else correct the name."
    else:
        cure = f"{_NAMES} Pass a function of your own when a file is loaded: {own}."
    return Explanation("name", f"Keras knows no {what or 'class or function'} called {name}.", cure)


def _argument(match: PatternMatch) -> Explanation | None:
    """Explain an argument that a layer, an optimizer or a method does not have."""
    name, layer = match.text("name"), match.text("layer")
    if name in _NEW_IN_FILES:
        return Explanation(
            "file",
            f"The file was saved by a newer Keras than the one that loads it: this one has no "
            f"argument {name}.",
            "Load it with Keras 3 (TensorFlow 2.16 or later), or build the network in Python and "
            "load only its weights.",
        )
    subject = f"{layer} has" if layer else "There is"
    if layer.lower() == "optimizer":
        subject = "The optimizer has"
    owner = layer or ("" if "__init__()" in match.regex[0] else match.text("method"))
    return Explanation(
        "argument",
        f"{subject} no argument {name}{'' if layer else ' here'}, in this version of Keras.",
        renamed(name, owner) or _ARGUMENTS,
    )


def _missing(match: PatternMatch) -> Explanation | None:
    """Explain a missing required argument of a layer."""
    names = re.findall(
        r"kernel_size|filters|units|nb_row|nb_col|rate|target_shape", match.regex["names"]
    )
    if not names:
        return None
    example = {
        "kernel_size": "the kernel size after the number of filters, Conv2D(16, 3) or "
        "Conv2D(16, kernel_size=3)",
        "filters": "the number of filters and their size, Conv2D(16, 3)",
        "units": "the number of units, Dense(10)",
        "rate": "the fraction to drop, Dropout(0.5)",
        "target_shape": "the shape without the batch, Reshape((28, 28, 1))",
    }.get(names[0], "rows and columns of the kernel, Convolution2D(16, 3, 3)")
    return Explanation("argument", f"{' and '.join(names)} is missing.", f"Give {example}.")


def _removed(match: PatternMatch) -> Explanation:
    name = match.text("name").lower()
    return Explanation(
        "argument",
        f"Newer versions of Keras do not have {name}: it was removed.",
        f"Write {REMOVED[name]}.",
    )


def _tensor_word(match: PatternMatch) -> Explanation:
    """Explain `Flatten(x)` instead of `Flatten()(x)`."""
    name = match.text("argument")
    name = "" if "tuple" in name else name
    return Explanation(
        "not-called",
        "A layer was created with a tensor instead of its settings"
        + (f" (as {name})" if name else "")
        + ": the first parentheses take the settings, the second the tensor.",
        "Write Flatten()(x), not Flatten(x); Dense(10)(x), MaxPooling2D(2)(x).",
    )


NAME_PATTERNS = (
    Pattern("identifier", "TensorFlow 2, Keras 3",
        r"Could not interpret (?P<what>activation|loss|optimizer|metric|initializer|regularizer)?"
        r"(?:function)?(?:identifier)?:<word:name>",
        "Could not interpret activation function identifier: sofmax", _word),
    Pattern("unknown-name", "Keras 1, Keras 2, TensorFlow",
        r"Unknown (?P<what>loss(?: function)?|activation(?: function)?|metric(?: function)?|"
        r"optimizer|layer|initializer|regularizer)s?:<word:name>",
        "Unknown loss function: categorical_crossentrop", _word),
    Pattern("unknown-deserialized", "TensorFlow 2.13 to 2.15",
        r"Unknown (?P<what>loss|activation|metric|optimizer|layer|initializer|regularizer)"
        r"(?: function)? (?P<name>[\w.]{1,60}?) cannot be deserialized",
        "Unknown activation function 'rleu' cannot be deserialized.", _word),
    Pattern("invalid-name", "Keras 1",
        r"Invalid (?P<what>objective|activation(?: function)?|metric|optimizer|layer|"
        r"initialization|regularizer):<word:name>",
        "Invalid objective: sparse_categorial_crossentropy", _word),
    Pattern("locate-class", "Keras 3",
        r"Could not locate (?:class|function) <name:name>\.? (?:make sure|ensure)",
        "Could not locate class 'Attention2'. Make sure custom classes and functions are "
        "decorated with `@keras.saving.register_keras_serializable()`.", _word),
    Pattern("keyword", "Keras 3",
        r"Unrecognized keyword arguments? passed to (?P<layer>\w{1,60}): \{(?P<name>\w{1,60}):",
        "Unrecognized keyword arguments passed to Conv2D: {'stride': 2}", _argument),
    Pattern("keyword-optimizer", "Keras 3",
        r"Argument\(s\) not recognized: \{(?P<name>\w{1,60}):",
        "Argument(s) not recognized: {'lr': 0.001}", _argument),
    Pattern("keyword-passed", "Keras 1, Keras 2, TensorFlow",
        r"Unexpected keyword argument passed to (?P<layer>optimizer|\w{1,60}): <word:name>",
        "Unexpected keyword argument passed to optimizer: learning_rate", _argument),
    Pattern("keyword-deprecated", "TensorFlow 2.11 to 2.15",
        r"(?P<name>decay|lr) is deprecated in the new Keras optimizer",
        "decay is deprecated in the new Keras optimizer, please check the docstring for valid "
        "arguments, or use the legacy optimizer, e.g., tf.keras.optimizers.legacy.SGD.",
        _argument),
    Pattern("keyword-old", "Keras 2, TensorFlow, Keras 3",
        r"(?:Keyword argument not understood:,?|(?:(?<=[.:])(?P<method>[a-z_]{1,40})\(\))? got an "
        r"unexpected keyword argument)\(?,?<word:name>",
        "__init__() got an unexpected keyword argument 'border_mode'", _argument),
    Pattern("argument-missing", "Python, every version",
        r"__init__\(\) missing \d required positional arguments?: (?P<names>[\w,]{1,80})",
        "Conv2D.__init__() missing 1 required positional argument: 'kernel_size'", _missing),
    Pattern("removed", "TensorFlow 2.6 on, Keras 3",
        r"(?:Sequential|Functional|Model) object has no attribute (?P<name>predict_classes|"
        r"predict_proba|fit_generator|evaluate_generator|predict_generator)",
        "'Sequential' object has no attribute 'predict_classes'", _removed),
    Pattern("history-name", "TensorFlow 2, Keras 3",
        r"history\[(?P<half>val_)?acc\].{0,400}?KeyError:(?:val_)?acc(?!uracy)",
        "plt.plot(history.history['acc'])\nKeyError: 'acc'",
        explain_as("name",
            "The history calls it {half}accuracy: each metric has the name that compile was given.",
            'Write history.history["{half}accuracy"], or compile with metrics=["acc"]; '
            'print(history.history.keys()) shows the names.')),
    Pattern("padding-number", "every version",
        r"padding.{0,600}?(?:int|tuple|list) object has no attribute lower",
        "self.padding = standardize_padding(padding, allow_causal=rank == 1)\nAttributeError: "
        "'int' object has no attribute 'lower'",
        explain_as("setting",
            "padding is a number, but Keras takes a word.",
            'Write padding="same" (the size is kept at stride 1) or padding="valid" (none); '
            'ZeroPadding2D(1) before the layer pads with a number.')),
    Pattern("word-wanted", "every version",
        r"int object has no attribute lower",
        "AttributeError: 'int' object has no attribute 'lower'",
        explain_as("setting",
            "A number was given where Keras takes a word: usually padding=1.",
            'Write padding="same" or padding="valid"; ZeroPadding2D(1) before the layer pads with '
            'a number.', guess=True), ambiguous=True),
    Pattern("tensor-setting", "Keras 3",
        r"(?P<argument>data_format|units|filters|rate|pool_size|kernel_size|strides|name|padding|"
        r"activation|axis|argument must be a tuple of \d integers?\.? Received:?)=?<?(?:keras)?"
        r"tensor[(\s]?",
        "The `data_format` argument must be one of {'channels_first', 'channels_last'}. Received: "
        "data_format=<KerasTensor shape=(None, 26, 26, 8), dtype=float32, name=keras_tensor>",
        _tensor_word),
    Pattern("tensor-lower", "Keras 2, TensorFlow",
        r"(?P<argument>)(?:Tensor object has no attribute lower|int\(\) argument must be a "
        r"string.{0,60}? not (?:keras)?Tensor(?!\w))",
        "AttributeError: 'KerasTensor' object has no attribute 'lower'", _tensor_word),
    Pattern("metrics-list", "TensorFlow 2, Keras 3",
        r"(?:Expected metrics argument to be a list|Type of metrics argument not understood)"
        r".{0,80}?(?:metrics=|found:)(?P<got>\w{1,40}?)(?:of type|$|[,.)])",
        "Expected `metrics` argument to be a list, tuple, or dict. Received instead: "
        "metrics=accuracy of type <class 'str'>",
        explain_as("argument",
            "metrics is a single name ({got}), but Keras takes a list.",
            'Put it in parentheses: metrics=["{got}"].')),
    Pattern("no-layer", "every version",
        r"No such layer: <word:name>",
        "No such layer: conv2d_5. Existing layers are: ['conv2d', 'max_pooling2d', 'dense'].",
        explain_as("name",
            "The model has no layer named {name}. Keras goes on counting names from one model to "
            "the next, so that conv2d is conv2d_1 in a second model.",
            "Use a name that model.summary() shows, name the layers yourself (name=…), or use "
            "their position: model.layers[0].")),
)  # fmt: skip
