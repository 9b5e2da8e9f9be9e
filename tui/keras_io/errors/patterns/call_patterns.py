"""Messages about layers that are not called, and tensors or layers in the wrong place."""

from __future__ import annotations

import re

from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch, explain_as
from tui.keras_io.layer_classes import READABLE
from tui.keras_io.model_json import MODEL_CLASSES

_LIST = "Sequential takes one list: Sequential([Conv2D(16, 3), Flatten(), Dense(10)])."
_NOT_CALLED = (
    "Call the layer on a tensor: x = Flatten()(x), and give Model the last tensor, "
    "Model(inputs, x)."
)


def _added(match: PatternMatch) -> Explanation:
    """Explain an entry of a Sequential model that is not a layer."""
    message, begin = match.message, match.regex.end()
    given = re.compile(r".{0,20}?(?:found|received):(?:layer=)?").match(message.squeezed, begin)
    begin = given.end() if given else begin
    made = re.compile(r"<class[\w.]{0,100}layers[\w.]{0,60}\.(\w{1,40})>").match(
        message.squeezed, begin
    )
    if made is not None:
        first, last = message.offsets[made.start(1)], message.offsets[made.end(1) - 1]
        name = "".join(message.plain[first : last + 1].split())
        return Explanation(
            "not-called",
            f"{name} is a class, not a layer: its parentheses are missing.",
            f"Write {name}(), with its settings in parentheses (Dense(10), not Dense).",
        )
    if re.compile(r"<?(?:keras|tf\.)?tensor[\s(:]|<kerastensor").match(message.squeezed, begin):
        return Explanation(
            "not-called",
            "A tensor was added to a Sequential model, which takes layers.",
            "Add the layer itself, without a call: Flatten(), not Flatten()(x). Tensors belong in "
            "a Functional model, keras.Model(inputs, outputs).",
        )
    return Explanation(
        "not-called",
        "What was added to the model is not a layer: a class without its parentheses (), a tensor, "
        "or a layer of another package (keras and tf.keras mixed).",
        "Write Dense(10), not Dense; and import all layers from one package.",
        guess=True,
    )


def _symbolic(match: PatternMatch) -> Explanation:
    """Explain a layer called on, or a model made of, something that is not a symbolic tensor."""
    layer = re.compile(
        r".{0,600}?(?:<class[\w.]{0,100}layers[\w.]{0,60}\.\w{1,40}>|"
        r"<[\w.]{0,100}layers[\w.]{0,60}objectat|<\w{1,40}name=[\w\-]{1,60},built=)"
    ).match(match.message.squeezed, match.regex.start())
    if layer is not None:
        return Explanation(
            "not-called",
            "A layer was passed where a tensor is expected: it was created, but not called.",
            _NOT_CALLED,
        )
    if re.match("all|unrec|mustbe", match.regex[0]):
        return Explanation(
            "not-called",
            "The inputs or outputs given to Model are not tensors of a model: a layer that was not "
            "called, an array, or the result of a TensorFlow function.",
            f"{_NOT_CALLED} Begin with keras.Input(shape=…), and use only layers in between.",
            guess=True,
        )
    return Explanation(
        "disconnected",
        "A layer of a model is called on an array, or a TensorFlow or NumPy function on a tensor "
        "of a model that is being built.",
        "Begin with x = keras.Input(shape=…), call layers on tensors only, and put other functions "
        "in a layer (Rescaling, Lambda).",
    )


def _attribute(match: PatternMatch) -> Explanation | None:
    # In squeezed text, other words may come right before the name: "attributeerror:flatten".
    name = match.text("layer")
    if name not in (*READABLE, *MODEL_CLASSES):
        return None
    return Explanation(
        "not-called",
        f"{name} was passed where a tensor is expected: the layer was created, but not called.",
        _NOT_CALLED,
    )


def _positional(match: PatternMatch) -> Explanation | None:
    return Explanation(
        "not-called", "Sequential got its layers one by one, not as a list.", _LIST
    ) if match.message.contains("Sequential(", "Sequential.__init__") else None  # fmt: skip


def _input_shape(match: PatternMatch) -> Explanation:
    number = match.text("number")
    observed = f" ({number})" if number else ""
    return Explanation(
        "input-shape",
        f"The input shape is a single number{observed}, but Keras takes a tuple.",
        f"Write it with a comma: ({number or 784},); images have three numbers, "
        "(height, width, channels).",
    )


CALL_PATTERNS = (
    Pattern("not-a-layer", "every version",
        r"(?:Only instances of keras\.Layer can be added(?: to a Sequential model)?|The added "
        r"layer must be an instance of class Layer)",
        "The added layer must be an instance of class Layer. Found: <class 'keras.layers.core."
        "Flatten'>", _added),
    Pattern("symbolic", "Keras 2, TensorFlow 2, Keras 3",
        r"(?:was called with an input that isn'?t a symbolic tensor|A KerasTensor (?:is symbolic|"
        r"cannot be used as input to a TensorFlow function)|must be the output of a (?:Tensorflow|"
        r"Keras)? layer|KerasTensor.{0,40}cannot be converted|All (?:inputs|outputs) values must "
        r"be KerasTensors|Unrecognized type for (?:inputs|outputs)|Inputs to a layer should be "
        r"tensors)",
        "Layer conv2d_1 was called with an input that isn't a symbolic tensor.", _symbolic),
    Pattern("layer-attribute", "Keras 2, TensorFlow",
        r"(?P<layer>\w{1,40}) object has no attribute (?:shape|op(?!tim|en)|get_shape|dtype|"
        r"_keras_shape|_keras_history|_inbound_nodes)",
        "AttributeError: 'Flatten' object has no attribute 'shape'", _attribute),
    Pattern("sequential-name", "Keras 3",
        r"Argument name must be a string.{0,60}?Received:?name=<\w{1,40}name=",
        "Argument `name` must be a string and cannot contain character `/`. Received: "
        "name=<Dense name=dense, built=False>",
        explain_as("not-called",
            "A layer was passed where a name is expected: Sequential got its layers one by one, "
            "not as a list.",
            _LIST)),
    Pattern("sequential-arguments", "Python, every version",
        r"__init__\(\) takes (?:from \d to \d|\d) positional arguments but \d{1,3} were given",
        "model = Sequential(Flatten(), Dense(64), Dense(10), Dense(2))\nTypeError: "
        "Sequential.__init__() takes from 1 to 4 positional arguments but 5 were given",
        _positional),
    Pattern("input-number", "Keras 3",
        r"Cannot convert <n:number> to a shape",
        "Cannot convert '784' to a shape.", _input_shape),
    Pattern("input-number-old", "Keras 2, TensorFlow",
        r"tuple\((?:kwargs\[)?(?:batch_)?(?:input_)?shape\]?\).{0,200}?int object is not iterable"
        r"(?P<number>)",
        "batch_size,) + tuple(kwargs['input_shape'])\nTypeError: 'int' object is not iterable",
        _input_shape),
    Pattern("lambda-unsafe", "TensorFlow 2.13 on, Keras 3",
        r"deserialization of a Lambda layer",
        "Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda. "
        "This carries a potential risk of arbitrary code execution and thus it is disallowed by "
        "default.",
        explain_as("file",
            "The file has a Lambda layer, Python code that loading would run: Keras refuses it by "
            "default.",
            "If you trust the file: load_model(path, safe_mode=False). Better, replace the Lambda "
            "by a Keras layer (Rescaling, for example), and save the model again.")),
    Pattern("lambda-shape", "Keras 3",
        r"could not automatically infer the (?:output)? shape of (?:the|this) Lambda",
        "We could not automatically infer the shape of the Lambda's output. Please specify the "
        "`output_shape` argument for this Lambda layer.",
        explain_as("open-size",
            "Keras cannot infer the output shape of the function in a Lambda layer.",
            "Give it without the batch, Lambda(f, output_shape=(28, 28, 1)); or use a Keras "
            "layer.")),
)  # fmt: skip
