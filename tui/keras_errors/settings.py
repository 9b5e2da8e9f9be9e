"""Rows of the table: names, arguments and files that Keras does not take."""

from __future__ import annotations

from tui.geometry.keras_classes import READABLE
from tui.geometry.keras_described import MODELS
from tui.keras_errors.patterns import Answer, Found, Pattern, told

_NAMES = (
    "Correct the spelling: categorical_crossentropy, sparse_categorical_crossentropy, "
    "binary_crossentropy; adam, sgd, rmsprop; relu, softmax, sigmoid; accuracy."
)

_OWN_CLASSES = {name.lower() for name in (*READABLE, *MODELS, "InputLayer", "Add", "Concatenate")}


def _class(found: Found) -> Answer:
    """A class or a function that the Keras that loads a file does not know."""
    name = found.text("name")
    if name.lower() in _OWN_CLASSES:
        return Answer(
            "file",
            f"{name} is Keras's own: the file was saved by another version of Keras than the one "
            "that loads it, or keras and tf.keras are mixed.",
            "Load it with the version that saved it (and save it anew), or build the network in "
            "Python and load its weights alone.",
        )
    return Answer(
        "name",
        f"Keras knows no {found.text('what') or 'class or function'} called {name}.",
        "Correct the spelling; a class or function of your own has to be given when a file is "
        f'loaded: load_model(path, custom_objects={{"{name}": …}}).',
    )


SETTING_PATTERNS = (
    Pattern("identifier", "TensorFlow 2, Keras 3",
        r"Could not interpret (?P<what>activation|loss|optimizer|metric|initializer|regularizer)?"
        r"(?:function)?(?:identifier)?:<word:name>",
        "Could not interpret activation function identifier: sofmax",
        told("name", "Keras knows no {what} called {name}.", _NAMES)),
    Pattern("unknown-name", "Keras 1, Keras 2, TensorFlow",
        r"Unknown (?P<what>loss function|activation function|metric function|optimizer|layer|"
        r"initializer)s?:<word:name>",
        "Unknown loss function: categorical_crossentrop",
        _class),
    Pattern("locate-class", "Keras 3",
        r"Could not locate (?:class|function) <name:name>\.? (?:make sure|ensure)",
        "Could not locate class 'Attention2'. Make sure custom classes and functions are "
        "decorated with `@keras.saving.register_keras_serializable()`.",
        _class),
    Pattern("keyword", "Keras 3",
        r"Unrecognized keyword arguments? passed to (?P<layer>\w{1,60}): \{(?P<name>\w{1,60}):",
        "Unrecognized keyword arguments passed to Conv2D: {'stride': 2}",
        told("argument", "{layer} has no argument {name}.",
             "Look up its arguments: strides (with s), padding instead of border_mode, filters and "
             "kernel_size instead of nb_filter, nb_row and nb_col, units instead of output_dim.")),
    Pattern("keyword-old", "Keras 2, TensorFlow",
        r"(?:Keyword argument not understood:,?|got an unexpected keyword argument)\(?,?"
        r"<word:name>",
        "__init__() got an unexpected keyword argument 'border_mode'",
        told("argument", "There is no argument {name} here, in this version of Keras.",
             "Look up the arguments: strides (with s), padding instead of border_mode, filters and "
             "kernel_size instead of nb_filter, nb_row and nb_col, learning_rate instead of lr.")),
    Pattern("kernel-size", "every version",
        r"(?P<what>kernel_size|strides|pool_size|dilation_rate) argument must be a tuple of "
        r"<n:n> integers?\.? Received:?(?:kernel_size=|strides=|pool_size=|dilation_rate=)?"
        r"(?P<got>[\w(,.\-]{1,40}\)?)",
        "The `kernel_size` argument must be a tuple of 2 integers. Received kernel_size=(3, 3, 3)",
        told("setting", "{what} is {got}, but has to be {n} whole numbers above 0.",
             "Take one number for all axes, or rows and columns: {what}=3 or {what}=(3, 3).")),
    Pattern("positive", "TensorFlow 2, Keras 3",
        r"Received an invalid value for (?:argument)? (?P<what>units|filters|rate|pool_size)"
        r".{0,60}?(?:Received|got):?(?:[\w]{1,20}=)?(?P<got>-?[\d.]{1,12})",
        "Received an invalid value for `units`, expected a positive integer. Received: units=-3",
        told("setting", "{what} is {got}, which this layer cannot have.",
             "Take a whole number above 0 (a rate: from 0 up to 1).")),
    Pattern("positive-filters", "Keras 3",
        r"Invalid value for argument (?P<what>\w{1,30})\.? Expected a strictly positive value"
        r"\.? Received (?:\w{1,20}=)?(?P<got>-?[\d.]{1,12})",
        "Invalid value for argument `filters`. Expected a strictly positive value. Received "
        "filters=0.",
        told("setting", "{what} is {got}, but has to be above 0.", "Take a whole number above 0.")),
    Pattern("padding-value", "every version",
        r"padding argument must be (?:a list/tuple or)? one of .{1,40}? Received:?"
        r"<word:got>",
        "The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: full",
        told("setting", "padding is {got}, which Keras does not know.",
             "Take \"valid\" (none) or \"same\" (the size is kept at stride 1).")),
    Pattern("not-a-layer", "TensorFlow 2, Keras 3",
        r"(?:Only instances of keras\.Layer can be added|The added layer must be an instance of "
        r"class Layer)",
        "The added layer must be an instance of class Layer. Found: <class 'type'>",
        told("setting", "What was added to the model is no layer: a class without its (…), or a "
             "tensor, or layers of two packages (keras and tf.keras) mixed.",
             "Write Dense(10), not Dense; and take all layers from one package.")),
    Pattern("unique-names", "every version",
        r"(?:should have unique names?|name .{1,40}? is used \d+ times in the model)",
        "All layers added to a Sequential model should have unique names. Name 'a' is already the "
        "name of a layer in this model.",
        told("names", "Two layers of one model have the same name.",
             "Give each layer a name of its own, or leave name= out.")),
    Pattern("not-compiled", "every version",
        r"(?:must compile (?:your model|a model|the model)? before|must call compile(?:\(\))? "
        r"before)",
        "You must compile your model before training/testing.",
        told("not-compiled", "The model has no loss and no optimizer yet.",
             "Call model.compile(optimizer=\"adam\", loss=…, metrics=[\"accuracy\"]) before fit or "
             "evaluate.")),
    Pattern("class-mode", "every version",
        r"Invalid class_mode:?(?P<got>\w{1,40}?);? expected one of",
        "Invalid class_mode: catagorical; expected one of: {'sparse', 'categorical', 'binary', "
        "None, 'input'}",
        told("class-mode", "There is no class_mode called {got}.",
             "Take class_mode=\"categorical\" (one-hot labels, for categorical_crossentropy), "
             "\"sparse\" (class numbers) or \"binary\" (two classes and one sigmoid unit).")),
    Pattern("label-mode", "TensorFlow 2.3 on, Keras 3",
        r"(?:label_mode argument must be one of|When passing label_mode=binary,? there must be "
        r"exactly 2)",
        "When passing `label_mode=\"binary\"`, there must be exactly 2 class_names.",
        told("class-mode", "label_mode does not go with this folder: \"binary\" is for exactly "
             "two classes.", "Take label_mode=\"categorical\" with categorical_crossentropy, or "
             "\"int\" with sparse_categorical_crossentropy.")),
    Pattern("subset", "TensorFlow 2.3 on, Keras 3",
        r"(?:If subset is set,? validation_split must be set|subset must be either training)",
        "If `subset` is set, `validation_split` must be set, and inversely.",
        told("setting", "validation_split and subset go together, and one is missing.",
             "Give both, with a seed: validation_split=0.2, subset=\"training\", seed=1; and once "
             "more with subset=\"validation\".")),
    Pattern("no-file", "every version",
        r"(?:(?<!cannotopensharedobjectfile:)No such file or directory:(?![;,])<word:path>|"
        r"File not found: filepath=<word:keras>|unable to open file: name=<word:hdf>)",
        "FileNotFoundError: [Errno 2] No such file or directory: 'cats'",
        told("file", "There is no file or folder {path}{keras}{hdf} here.",
             "Paths are counted from the folder in which the program runs: print(os.getcwd()), or "
             "give the whole path.")),
    Pattern("signature", "HDF5",
        r"(?:file signature not found|unable to (?:synchronously)? open (?:file|object))",
        "OSError: Unable to open file (file signature not found)",
        told("file", "The file is no HDF5 file, or is cut: a download that broke off, a .keras "
             "file (a zip) under another name, or a pointer of Git LFS.",
             "Look at its size, load it anew, and name it as what it is.", guess=True)),
    Pattern("ending-weights", "Keras 3",
        r"filename must end in (?P<ending>\.weights\.h5|\.keras|\.h5)",
        "The filename must end in `.weights.h5`. Received: filepath=weights.h5",
        told("file", "Keras 3 writes weights into files whose name ends in {ending}.",
             "Name it so: model.save_weights(\"name.weights.h5\").")),
    Pattern("ending-model", "Keras 3",
        r"Invalid filepath extension for saving",
        "Invalid filepath extension for saving. Please add either a `.keras` extension",
        told("file", "Keras 3 writes a model into a file whose name ends in .keras.",
             "Name it so: model.save(\"name.keras\").")),
    Pattern("format-model", "Keras 3",
        r"File format not supported: filepath",
        "File format not supported: filepath=model. Keras 3 only supports V3 `.keras` files",
        told("file", "Keras 3 loads .keras and .h5 files, no folder of a SavedModel.",
             "Load it with TensorFlow up to 2.15 (Keras 2) and save it with "
             "model.save(\"name.keras\"); or take keras.layers.TFSMLayer for predictions only.")),
)  # fmt: skip
