"""Messages about values that a setting cannot have, and files that Keras cannot load or save."""

from __future__ import annotations

from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, explain_as

_COLOR_MODES = 'Use color_mode="rgb", "grayscale" (written with an a) or "rgba".'


def _rate(match: PatternMatch) -> Explanation:
    """Explain a dropout rate that is a percentage or negative."""
    got = match.text("got")
    try:
        share = float(got) / 100 if 1 < float(got) <= 100 else None
    except ValueError:
        share = None
    cure = f"For {got} percent write {share:g}." if share else "Write 0.25 for a quarter."
    return Explanation("setting", f"rate is {got}, but has to be between 0 and 1.", cure)


def _weights_word(match: PatternMatch) -> Explanation:
    got = match.text("got")
    observed = f", but is {got}" if got else ""
    return Explanation(
        "pretrained",
        f'weights has to be "imagenet", None, or the path of an existing file{observed}.',
        'Write weights="imagenet" for the weights trained on ImageNet, weights=None to start from '
        "random weights; a path is relative to the folder in which the program runs.",
    )


SETTING_PATTERNS = (
    Pattern("kernel-size", "every version",
        r"(?P<what>kernel_size|strides|pool_size|dilation_rate) argument must be a tuple of "
        r"<n:n> integers?\.? Received:?(?:kernel_size=|strides=|pool_size=|dilation_rate=)?"
        r"(?P<got>[(\[][^()\[\]]{1,40}[)\]]|-?\d[\d.]{0,9}|(?!t(?:e?$|en)|k(?:e?$|er))\w{1,20})",
        "The `kernel_size` argument must be a tuple of 2 integers. Received kernel_size=(3, 3, 3)",
        explain_as("setting",
            "{what} is {got}, but has to be {n} positive integers.",
            "Give one number for all axes, or rows and columns: {what}=3 or {what}=(3, 3).")),
    Pattern("rate", "every version",
        r"(?:(?:Invalid value received for argument rate|invalid value for (?:argument)? rate|rate "
        r"must be a scalar tensor or a float in the range).{0,60}?(?:Received|got):?(?:rate=)?|"
        r"Invalid value (?=.{1,12}? received for rate))(?P<got>-?\d{1,9}(?:\.\d{1,9})?)",
        "Invalid value received for argument `rate`. Expected a float value between 0 and 1. "
        "Received: rate=25", _rate),
    Pattern("zeros", "TensorFlow 2.4 to 2.15",
        r"(?:(?P<what>strides?) must be > 0,? but got|(?:argument|all values of) (?P<other>strides|"
        r"kernel_size|pool_size|dilation_rate) (?:cannot contains? 0\(s\)|must be positive))",
        "The argument `strides` cannot contains 0(s). Received: (0, 0)",
        explain_as("setting",
            "{what}{other} is 0 or less on an axis, but has to be at least 1.",
            "Use 1 or more.")),
    Pattern("positive", "TensorFlow 2, Keras 3",
        r"Received an invalid value for (?:argument)? (?P<what>units|filters|pool_size)"
        r".{0,60}?(?:Received|got):?(?:[\w]{1,20}=)?(?P<got>-?[\d.]{1,12})",
        "Received an invalid value for `units`, expected a positive integer. Received: units=-3",
        explain_as("setting",
            "{what} is {got}, which this layer cannot have.",
            "Use a positive integer.")),
    Pattern("positive-filters", "Keras 3",
        r"Invalid value for argument (?P<what>\w{1,30})\.? Expected a strictly positive value"
        r"\.? Received (?:\w{1,20}=)?(?P<got>-?[\d.]{1,12})",
        "Invalid value for argument `filters`. Expected a strictly positive value. Received "
        "filters=0.",
        explain_as("setting",
            "{what} is {got}, but has to be positive.",
            "Use a positive integer.")),
    Pattern("padding-value", "every version",
        r"padding argument must be (?:a list/tuple or)? one of .{1,40}? Received:?"
        r"<word:got>",
        "The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: full",
        explain_as("setting",
            "padding is {got}, which Keras does not know.",
            'Use "valid" (none) or "same" (keeps the size at stride 1).')),
    Pattern("padding-old", "Keras 1",
        r"Invalid border mode(?: for \w{1,40})?:,?<word:got>",
        "('Invalid border mode for Convolution2D:', 'smae')",
        explain_as("setting",
            "border_mode (now called padding) is {got}, which Keras does not know.",
            'Use "valid" (none) or "same" (keeps the size at stride 1).')),
    Pattern("output-padding", "TensorFlow 2, Keras 3",
        r"(?:output_padding must be strictly less than strides|strides? .{0,40}? must be greater "
        r"than output_?padding)",
        "Stride (2, 2) must be greater than output padding (3, 3)",
        explain_as("setting",
            "output_padding is not smaller than strides: it only selects one of the output sizes "
            "that a stride allows.",
            "Use output_padding from 0 to strides − 1, for example 1 with strides=2; or leave it "
            "out.")),
    Pattern("cropping", "TensorFlow 2, Keras 3",
        r"(?:Values in cropping argument should be smaller than the corresponding spatial|Argument "
        r"cropping must be greater than)",
        "Values in `cropping` argument should be smaller than the corresponding spatial dimension "
        "of the input. Received: input_shape=(None, 28, 28, 1), cropping=((20, 20), (20, 20))",
        explain_as("setting",
            "Cropping2D crops more than there is: both sides together reach the height or the "
            "width.",
            "Crop less: both sides together have to be smaller than the input's height and "
            "width.")),
    Pattern("normal-axis", "TensorFlow 2, Keras 3",
        r"(?:input_shape\[self\.axis\].{0,100}?IndexError|Invalid value for axis argument|Invalid "
        r"axis:)",
        "shape = (input_shape[self.axis],)\nIndexError: tuple index out of range",
        explain_as("setting",
            "axis names an axis that the input does not have: a volume has the axes 0 (batch), 1, "
            "2 and 3.",
            "Leave axis out, or use axis=-1, the channels (the last axis).")),
    Pattern("weights-word", "keras.applications, every version",
        r"weights argument should be either None.{0,200}?loaded\.?(?:received:?weights="
        r"<word:got>)?",
        "The `weights` argument should be either `None` (random initialization), 'imagenet' "
        "(pre-training on ImageNet), or the path to the weights file to be loaded. Received: "
        "weights=imagnet", _weights_word),
    Pattern("color-mode", "every version",
        r"(?:color_mode must be one of.{0,50}?color_mode=|Invalid color_?mode:?)<word:got>",
        "Invalid color mode: greyscale; expected \"rgb\", \"rgba\", or \"grayscale\".",
        explain_as("setting",
            "There is no color_mode called {got}.",
            _COLOR_MODES)),
    Pattern("unique-names", "every version",
        r"(?:should have unique names?|name .{1,40}? is used \d+ times in the model)",
        "All layers added to a Sequential model should have unique names. Name 'a' is already the "
        "name of a layer in this model.",
        explain_as("names",
            "Two layers of one model have the same name.",
            "Give each layer a different name, or leave name= out.")),
    Pattern("not-compiled", "every version",
        r"(?:must compile (?:your model|a model|the model)? before|must call compile(?:\(\))? "
        r"before|model needs to be compiled before)",
        "You must compile your model before training/testing.",
        explain_as("not-compiled",
            "The model has no loss and no optimizer yet.",
            'Call model.compile(optimizer="adam", loss=…, metrics=["accuracy"]) before fit or '
            'evaluate.')),
    Pattern("class-mode", "every version",
        r"Invalid class_mode:?(?P<got>\w{1,40}?);? expected one of",
        "Invalid class_mode: catagorical; expected one of: {'sparse', 'categorical', 'binary', "
        "None, 'input'}",
        explain_as("class-mode",
            "There is no class_mode called {got}.",
            'Use class_mode="categorical" (one-hot labels, for categorical_crossentropy), "sparse" '
            '(class numbers) or "binary" (two classes and one sigmoid unit).')),
    Pattern("label-mode", "TensorFlow 2.3 on, Keras 3",
        r"(?:label_mode argument must be one of|When passing label_mode=binary,? there must be "
        r"exactly 2)",
        "When passing `label_mode=\"binary\"`, there must be exactly 2 class_names.",
        explain_as("class-mode",
            'label_mode does not match this folder: "binary" is for exactly two classes.',
            'Use label_mode="categorical" with categorical_crossentropy, or "int" with '
            'sparse_categorical_crossentropy.')),
    Pattern("subset", "TensorFlow 2.3 on, Keras 3",
        r"(?:If subset is set,? validation_split must be set|subset must be either training)",
        "If `subset` is set, `validation_split` must be set, and inversely.",
        explain_as("setting",
            "validation_split and subset are used together, but one is missing.",
            'Give both, with a seed: validation_split=0.2, subset="training", seed=1; and again '
            'with subset="validation".')),
    Pattern("seed", "TensorFlow 2.3 on, Keras 3",
        r"If using validation_split and shuffling the data,? you must provide a seed",
        "If using `validation_split` and shuffling the data, you must provide a `seed` argument, "
        "to make sure that there is no overlap between the training and validation subset.",
        explain_as("setting",
            "The training and validation subsets would be shuffled differently, so an image could "
            "be in both: a seed is missing.",
            "Give both calls the same seed, for example seed=1.")),
    Pattern("no-file", "every version",
        r"(?:(?<!cannotopensharedobjectfile:)No such file or directory:(?![;,])<word:path>|"
        r"File not found: filepath=<word:keras>|unable to open file: name=<word:hdf>)",
        "FileNotFoundError: [Errno 2] No such file or directory: 'cats'",
        explain_as("file",
            "There is no file or folder {path}{keras}{hdf}.",
            "Paths are relative to the folder in which the program runs: print(os.getcwd()), or "
            "give an absolute path.")),
    Pattern("signature", "HDF5",
        r"(?:file signature not found|unable to (?:synchronously)? open (?:file|object))",
        "OSError: Unable to open file (file signature not found)",
        explain_as("file",
            "The file is not HDF5, or is truncated: an interrupted download, a .keras file (a zip) "
            "under another name, or a Git LFS pointer.",
            "Check its size, download it again, and give it the right extension.", guess=True)),
    Pattern("ending-weights", "Keras 3",
        r"file(?:name|path provided) must end in (?P<ending>\.weights\.h5|\.keras|\.h5)",
        "The filename must end in `.weights.h5`. Received: filepath=weights.h5",
        explain_as("file",
            "Keras 3 only writes this file under a name that ends in {ending}.",
            'Write model.save_weights("name.weights.h5"); ModelCheckpoint("best.keras"), or '
            'ModelCheckpoint("best.weights.h5", save_weights_only=True).')),
    Pattern("ending-model", "Keras 3",
        r"Invalid filepath extension for saving",
        "Invalid filepath extension for saving. Please add either a `.keras` extension",
        explain_as("file",
            "Keras 3 writes a model to a file whose name ends in .keras.",
            'Write model.save("name.keras").')),
    Pattern("format-model", "Keras 3",
        r"File format not supported: filepath",
        "File format not supported: filepath=model. Keras 3 only supports V3 `.keras` files",
        explain_as("file",
            "Keras 3 loads .keras and .h5 files, not the folder of a SavedModel.",
            'Load it with TensorFlow up to 2.15 (Keras 2) and save it with '
            'model.save("name.keras"); or use keras.layers.TFSMLayer, for predictions only.')),
)  # fmt: skip
