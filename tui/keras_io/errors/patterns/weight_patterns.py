"""Messages about loading weights that were saved by another network."""

from __future__ import annotations

import re

from tui.keras_io.errors.explain_weights import LOAD_A_PART, REBUILD, explain_weights
from tui.keras_io.errors.keras_shapes import parse_shape, pluralize
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch


def _model_saved(match: PatternMatch) -> Explanation | None:
    model, saved = match.shape("model"), match.shape("saved")
    if not model and not saved:
        return None
    name = match.text("layer") or _variable(match)
    return explain_weights(model, saved, name, match.network)


def _variable(match: PatternMatch) -> str:
    """Return the layer in a variable's path, such as sequential/conv2d_1/kernel."""
    parts = match.text("variable").split(":")[0].split("/")
    return parts[-2] if len(parts) > 1 else ""


def _assign(match: PatternMatch) -> Explanation | None:
    shapes = match.shape_after("withinputshapes") and match.message.squeezed[match.regex.start() :]
    first, second = match.shape("model"), match.shape("saved")
    if not first and shapes:
        at = re.search(r"withinputshapes:[(\[]([^()\[\]]*)[)\]],[(\[]([^()\[\]]*)[)\]]", shapes)
        if at is None:
            return None
        first, second = parse_shape(at[1]), parse_shape(at[2])
    return explain_weights(first, second, network=match.network) if first and second else None


def _layers(match: PatternMatch) -> Explanation | None:
    saved, model = match.number("saved"), match.number("model")
    return Explanation(
        "weights",
        f"The file holds {pluralize(saved, 'layer')} with weights, but the model has {model}: the "
        "file is from another network."
        + (" The model has none because it is not built yet." if model == 0 else ""),
        f"{REBUILD} {LOAD_A_PART}"
        if model
        else "Begin the model with keras.Input(shape=…), or call it on one batch, before loading.",
    )


def _count(match: PatternMatch) -> Explanation | None:
    model, saved = match.number("model"), match.number("saved")
    name = match.text("layer")
    subject = f"The layer {name}" if name else "A layer"
    why = (
        "The file is from another network: the layers are in a different order, or of another kind."
    )
    if {model, saved} == {1, 2}:
        why = "Only one of the two has a bias (use_bias), or the layer is of another kind."
    if model == 0:
        return Explanation(
            "not-built",
            f"{subject} has no weights yet, so {pluralize(saved, 'array')} cannot be loaded: it is "
            "not built.",
            "Begin the model with keras.Input(shape=…), or call it on one batch first.",
        )
    if saved == 0:
        why = "The file has no weights for it: it is from a network without this layer."
    return Explanation(
        "weights",
        f"{subject} has {pluralize(model, 'array')} of weights, but {pluralize(saved, 'array')} "
        f"{'was' if saved == 1 else 'were'} given. {why}",
        REBUILD,
    )


def _axes(match: PatternMatch) -> Explanation | None:
    loading = match.message.contains(
        "load_weights", "set_weights", "load_model", "hdf5", "topology"
    )
    text = "The loaded arrays do not have as many axes as the layer's weights: they "
    text += "are from another network, or the layers are in a different order."
    if not loading:
        text = f"np.transpose got a different number of axes from the array's. In Keras: {text}"
    return Explanation("weights", text, REBUILD, guess=not loading)


def _not_built(match: PatternMatch) -> Explanation | None:
    return Explanation(
        "not-built",
        "The model has no weights yet: it does not know its input shape.",
        "Begin it with keras.Input(shape=(height, width, depth)), or call it on one batch, before "
        "loading weights.",
    )


WEIGHT_PATTERNS = (
    Pattern("variable-assign", "Keras 3",
        r"variable\.shape=<shape:model>,? Received: value\.shape=<shape:saved>"
        r"(?:\.?target variable: <variable path=(?P<variable>[\w.\-/]{1,200}))?",
        "The shape of the target variable and the shape of the target value in `variable.assign("
        "value)` must match. variable.shape=(3, 3, 3, 4), Received: value.shape=(3, 3, 1, 4). "
        "Target variable: <Variable path=sequential/conv2d_8/kernel, shape=(3, 3, 3, 4)",
        _model_saved),
    Pattern("weight-shape-mismatch", "TensorFlow 2.6 on, HDF5",
        r"Shape mismatch in layer \#\d+ \(named <name:layer>\)\.? for weight .{1,100}? "
        r"Weight expects shape <shape:model>\.? Received saved weight with shape <shape:saved>",
        "Shape mismatch in layer #1 (named conv2d_1) for weight conv2d_1/kernel:0. Weight expects "
        "shape (3, 3, 32, 32). Received saved weight with shape (32, 3, 3, 3)", _model_saved),
    Pattern("has-shape-saved", "Keras 2, TensorFlow 1, 2, HDF5",
        r"layer \#\d+ \(named <name:layer>\),? weight .{1,160}? has shape <shape:model>,? but the "
        r"saved weight has shape <shape:saved>",
        "Layer #7 (named \"dense\"), weight <tf.Variable 'dense/kernel:0' shape=(512, 10) dtype="
        "float32> has shape (512, 10), but the saved weight has shape (512, 5).", _model_saved),
    Pattern("provided-weight", "Keras 2, Keras 3",
        r"layer (?P<layer>[\w.\-/]{0,100}?) weight shape <shape:model> (?:is)? not compatible with "
        r"provided weight shape <shape:saved>",
        "Layer weight shape (1792, 128) not compatible with provided weight shape (1792, 512)",
        _model_saved),
    Pattern("layer-shape", "Keras 0.x, 1",
        r"layer shape <shape:model> not compatible with weight shape <shape:saved>",
        "Exception: Layer shape (1024, 4) not compatible with weight shape (1024, 5).",
        _model_saved),
    Pattern("cannot-assign", "TensorFlow 2.3 on",
        r"Cannot assign (?:value)? to variable (?P<variable>[\w.\-/:]{0,200}?)[:.]? (?:due to|"
        r"shape mismatch\.? the) variable shape <shape:model>,? and (?:the assigned)? value shape "
        r"<shape:saved>",
        "Cannot assign value to variable ' dense/kernel:0': Shape mismatch.The variable shape "
        "(512, 10), and the assigned value shape (512, 5) are incompatible.", _model_saved),
    Pattern("restore-variable", "TensorFlow 2.8 on, checkpoints",
        r"Received incompatible tensor with shape <shape:saved> when attempting to restore "
        r"variable with shape <shape:model> (?:and name <any:variable>\.)?",
        "Received incompatible tensor with shape (3, 3, 1, 32) when attempting to restore "
        "variable with shape (3, 3, 3, 32) and name layer_with_weights-0/kernel.", _model_saved),
    Pattern("assign-op", "TensorFlow 1",
        r"Dimension \d in both shapes must be equal,? but are \d+ and \d+\.? (?:shapes are "
        r"<shape:model> and <shape:saved>\.?)? for assign",
        "Dimension 2 in both shapes must be equal, but are 3 and 1. Shapes are [3,3,3,64] and "
        "[3,3,1,64]. for 'Assign_3' (op: 'Assign') with input shapes: [3,3,3,64], [3,3,1,64].",
        _assign),
    Pattern("load-layers", "Keras 1, Keras 2, TensorFlow",
        r"load a weight file containing <n:saved> (?:saved)? layers? into a model with <n:model> "
        r"layers",
        "You are trying to load a weight file containing 22 layers into a model with 26 layers.",
        _layers),
    Pattern("layer-count", "TensorFlow 2.6 on, Keras 3, HDF5",
        r"Model expected <n:model> layers?,? found <n:saved> saved layers?",
        "Layer count mismatch when loading weights from file. Model expected 29 layers, found 30 "
        "saved layers.", _layers),
    Pattern("weight-count", "TensorFlow 2.6 on, Keras 3, HDF5",
        r"Weight count mismatch for layer \#\d+ \(named <name:layer>(?:in the current "
        r"model.{0,150}?)?\)\.? Layer expects <n:model> weight\(?s?\)?\.? "
        r"Received <n:saved> saved weight",
        "Weight count mismatch for layer #0 (named conv2d in the current model, conv2d in the save "
        "file). Layer expects 2 weight(s). Received 1 saved weight(s)", _count),
    Pattern("layer-expects-named", "Keras 1, Keras 2, TensorFlow",
        r"layer \#\d+ \(named <name:layer>(?:in the current model\) was found to correspond to "
        r"layer .{1,100}? new layer [\w.\-/]{1,100}?)?\)? expects <n:model> weight\(?s?\)?,? "
        r"but the saved weights have <n:saved> element",
        "Layer #0 (named \"conv2d_1\") expects 2 weight(s), but the saved weights have 1 "
        "element(s).", _count),
    Pattern("expected-variables", "Keras 3, .keras and .weights.h5",
        r"layer <name:layer> expected <n:model> variables?,? but received <n:saved> variables? "
        r"during loading",
        "Layer 'dense_1' expected 2 variables, but received 0 variables during loading. Expected: "
        "['kernel', 'bias']", _count),
    Pattern("never-built-loading", "Keras 3",
        r"layer <name:layer> was never built and thus it doesn'?t have any variables.{0,80}?"
        r"lists? <n:saved> variables",
        "Layer 'dense_1' was never built and thus it doesn't have any variables. However the "
        "weights file lists 2 variables for this layer.", _not_built),
    Pattern("set-weights", "every version",
        r"You called set_weights\(weights\) on layer <name:layer> with a weight list of length "
        r"<n:saved>,? but the layer was expecting <n:model> weights",
        "You called `set_weights(weights)` on layer 'dense' with a weight list of length 1, but "
        "the layer was expecting 2 weights.", _count),
    Pattern("unbuilt-loading", "TensorFlow 2, Keras 3",
        r"(?:loading weights into a model that has not yet been (?:built|created)|Unable to load "
        r"weights saved in HDF5 format into a subclassed Model which has not created its "
        r"variables)",
        "You are loading weights into a model that has not yet been built.", _not_built),
    Pattern("axes-match", "Keras 1, 2 (NumPy's words)",
        r"axes don'?t match array",
        "ValueError: axes don't match array", _axes, ambiguous=True),
)  # fmt: skip
