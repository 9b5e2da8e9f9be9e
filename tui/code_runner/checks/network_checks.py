"""Checks on layers and networks: held against Keras's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip, no_name, returned_nothing

Formula = Callable[[int, int, int, int], float]
_SETTINGS = [
    (size, f, s, p)
    for size in (5, 7, 12, 28, 31, 150)
    for f in (1, 2, 3, 5)
    for s in (1, 2, 3)
    for p in (0, 1, 2)
]
_OTHER_FORMULAS: list[tuple[str, Formula, str]] = [
    ("no-plus-one", lambda w, f, s, p: (w - f + 2 * p) // s,
     "the + 1 is missing: the filter also stands in the place where it starts."),
    ("padding-once", lambda w, f, s, p: (w - f + p) // s + 1,
     "padding counts once. It is added on both sides: 2 * p."),
    ("no-padding", lambda w, f, s, p: (w - f) // s + 1, "the padding is left out: + 2 * p."),
    ("no-stride", lambda w, f, s, p: w - f + 2 * p + 1,
     "the stride is left out: the way of the filter is divided by s."),
    ("no-filter", lambda w, f, s, p: (w + 2 * p) // s + 1,
     "the filter's own width is left out: size - f."),
    ("plus-one-inside", lambda w, f, s, p: (w - f + 2 * p + 1) // s,
     "the + 1 is divided by s too. It belongs behind the division."),
    ("no-brackets-formula", lambda w, f, s, p: w - f + 2 * p // s + 1,
     "only 2 * p is divided: * and / come before + and -. Put size - f + 2 * p into brackets."),
    ("no-brackets-formula", lambda w, f, s, p: w - f + math.floor(2 * p / s) + 1,
     "only 2 * p is divided: * and / come before + and -. Put size - f + 2 * p into brackets."),
    ("rounded-up", lambda w, f, s, p: math.ceil((w - f + 2 * p) / s) + 1,
     "it rounds up. A filter that does not fit any more is not placed, so round down: //."),
    ("rounded-nearest", lambda w, f, s, p: round((w - f + 2 * p) / s) + 1,
     "it rounds to the nearest number. A filter that does not fit any more is not placed, so round "
     "down: //."),
    ("not-whole", lambda w, f, s, p: (w - f + 2 * p) / s + 1,
     "/ gives a fraction where s does not divide, and a width is whole. Divide with //, which "
     "rounds down."),
]  # fmt: skip


def check_formula(run: FinishedRun) -> str:
    """Whether a function gives the width that Keras's own layer puts out."""
    run.must_end_well()
    function = run.function("output_size")
    right = {numbers: _keras_width(*numbers) for numbers in _SETTINGS}
    given = {numbers: run.call(function, *numbers) for numbers in _SETTINGS}
    first = next((n for n in _SETTINGS if not _equal(given[n], right[n])), None)
    if first is None:
        return f"For {len(_SETTINGS)} settings it gives the width that Keras's Conv2D has."
    returned_nothing(given[first], "return …")
    size, f, s, p = first
    seen = (
        f"output_size({size}, {f}, {s}, {p}) gives {given[first]!r}, and Keras's layer is "
        f"{right[first]} wide"
    )
    for name, formula, sentence in _OTHER_FORMULAS:
        if all(_equal(given[n], formula(*n)) for n in _SETTINGS):
            raise Slip(name, f"{seen}: {sentence}")
    raise Slip("", f"{seen}. Put the numbers into (W1 − F + 2P)/S + 1 on paper and compare.")


def _keras_width(size: int, f: int, s: int, p: int) -> int:
    layer = keras.layers.Conv1D(1, f, strides=s)
    return int(layer.compute_output_shape((1, size + 2 * p, 1))[1])


def _equal(one: Any, other: float) -> bool:
    try:
        return bool(abs(float(one) - float(other)) < 1e-9)
    except (TypeError, ValueError):
        return False


def check_same_layer(run: FinishedRun) -> str:
    """Whether a layer of 16 filters of 5×5 keeps width and height."""
    run.must_end_well(
        (
            no_name("layer"),
            Raises(
                r"Invalid (border mode|value)|`padding`|has no attribute 'lower'",
                "padding-number",
                'padding is a word in Keras, "same" or "valid", and no number. "same" keeps the '
                "size.",
            ),
            Raises(
                r"missing \d required positional argument",
                "no-kernel",
                "Conv2D needs the number of filters and their size: Conv2D(16, 5, …).",
            ),
        )
    )
    layer = run.get("layer", "the layer")
    if not callable(layer):
        raise Slip("no-layer", f"`layer` is a {type(layer).__name__} and not a layer.")
    for height, width in ((28, 28), (31, 17)):
        images = np.zeros((1, height, width, 3), "float32")
        shape = tuple(run.call(layer, images).shape)
        if len(shape) == 4 and shape[1:3] != (height, width):
            _say_how_size_changed((height, width), (shape[1], shape[2]))
        if len(shape) != 4 or shape[3] != 16:
            raise Slip(
                "filters",
                f"The output has the shape {shape}: its last number is the number of filters, and "
                "16 were asked for. The filters come first: Conv2D(16, 5, …).",
            )
    kernels = [w.shape for w in layer.weights if len(w.shape) == 4]
    if kernels != [(5, 5, 3, 16)]:
        found = ", ".join(f"{k[0]}×{k[1]}" for k in kernels) or "none"
        raise Slip(
            "kernel-size",
            f"The size stays, but the filters are {found}, and one layer with filters of 5×5 was "
            "asked for.",
        )
    return "28×28 stays 28×28, and 31×17 stays 31×17: the padding makes up for the filter."


def _say_how_size_changed(before: tuple[int, int], after: tuple[int, int]) -> None:
    lost = before[0] - after[0]
    seen = f"{before[0]}×{before[1]} becomes {after[0]}×{after[1]}"
    if lost == 4 and before[1] - after[1] == 4:
        raise Slip(
            "no-padding",
            f'{seen}: a 5×5 filter without padding takes away 4. The default is padding="valid"; '
            'write padding="same".',
        )
    if after[0] == math.ceil(before[0] / 2):
        raise Slip(
            "strides",
            f"{seen}: with strides=2 the filter skips every other place. Take strides out.",
        )
    raise Slip("size-changed", f'{seen}. padding="same" and a stride of 1 keep the size.')


STAGE_ERRORS = (
    no_name("model"),
    Raises(
        r"Only instances of `?keras.Layer|must be a Keras (layer|Layer)|Can't convert|"
        r"can only be (added|called)|Only input tensors may be passed",
        "no-brackets-layer",
        "Something in the list is no layer. Layers need their brackets, such as "
        "keras.layers.Flatten(), and a comma between two.",
    ),
    Raises(
        r"(Negative dimension|Computed output size would be (zero or )?negative)",
        "too-small",
        "The volume has become too small for a window: are there more stages than three, or is the "
        "input smaller than asked for?",
    ),
    Raises(
        r"(expected (min_)?ndim|`kernel` should have shape|expected axis)",
        "input-shape",
        "A layer does not get the dimensions that it needs. The input has height, width and depth: "
        "keras.Input((64, 64, 3)), without the batch.",
    ),
    Raises(
        r"has never been called|AttributeError: .*(output|shape)|has not been built",
        "no-input",
        "The network has no input yet, so its layers have no output shapes: begin the list with "
        "keras.Input((64, 64, 3)).",
    ),
)


def check_stages(run: FinishedRun) -> str:
    """Whether a network has the three stages of the course."""
    run.must_end_well(STAGE_ERRORS)
    must_have_stages(run.get("model", "the network"), 64, 512)
    return "64×64 becomes 31×31×16, 14×14×32 and 6×6×64, and one number between 0 and 1."


def must_have_stages(model: Any, side: int, units: int) -> None:
    """Raise a slip where a network is not three stages, Flatten, Dense and a sigmoid.

    Args:
        model: the network.
        side: width and height of its input.
        units: of its first Dense layer.
    """
    if not isinstance(model, keras.Model):
        raise Slip("no-model", f"`model` is a {type(model).__name__} and not a network of Keras.")
    if tuple(model.input_shape) != (None, side, side, 3):
        raise Slip(
            "input-shape",
            f"The input has the shape {tuple(model.input_shape)}, and (None, {side}, {side}, 3) "
            f"was asked for: keras.Input(({side}, {side}, 3)).",
        )
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    found = [_shape_of(layer) for layer in layers if len(_shape_of(layer)) == 3]
    wanted: list[tuple[int, int, int]] = []
    for filters in (16, 32, 64):
        side -= 2
        wanted.append((side, side, filters))
        side //= 2
        wanted.append((side, side, filters))
    windows = [
        layer
        for layer in layers
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.MaxPooling2D))
    ]
    shapes = [_shape_of(layer) for layer in windows]
    for number, (shape, right) in enumerate(zip(shapes, wanted, strict=False)):
        if shape != right:
            _say_which_shape(windows[number], number, shape, right)
    if len(shapes) < 6:
        raise Slip(
            "stage-missing",
            f"There are {len(shapes)} layers with windows, and three stages have six: a "
            "convolution and a max pooling each.",
        )
    if len(shapes) > 6 or len(found) > 9:
        raise Slip("stage-too-many", "There are more than three stages before Flatten.")
    last = tuple(model.output_shape)
    if len(last) == 4:
        raise Slip(
            "no-flatten",
            f"The output has the shape {last}: without Flatten the Dense layers look at each place "
            "by itself. Put keras.layers.Flatten() before the first Dense.",
        )
    if last != (None, 1):
        raise Slip(
            "units",
            f"The output has the shape {last}, and one number for each picture was asked for: "
            'Dense(1, activation="sigmoid").',
        )
    dense = [layer.units for layer in layers if isinstance(layer, keras.layers.Dense)]
    if dense != [units, 1]:
        raise Slip(
            "dense-units",
            f"There should be two Dense layers, the first of {units} units and the last of 1. "
            f"Yours, in order: {', '.join(map(str, dense)) or 'none'}.",
        )
    _must_end_in_sigmoid(model)
    for layer in layers:
        hidden = isinstance(layer, keras.layers.Conv2D) or getattr(layer, "units", 0) == units
        if hidden and not _has_relu(layers, layer):
            raise Slip(
                "no-relu",
                f'The layer {layer.name} lets negative values through: give it activation="relu".',
            )


def _shape_of(layer: Any) -> tuple[int, ...]:
    return tuple(layer.output.shape)[1:]


def _say_which_shape(
    layer: Any, number: int, shape: tuple[int, ...], right: tuple[int, ...]
) -> None:
    place = f"Layer {number + 1} with a window ({layer.name})"
    seen = f"{place} puts out {_times(shape)}, and {_times(right)} was asked for"
    is_conv = isinstance(layer, keras.layers.Conv2D)
    if is_conv != (number % 2 == 0):
        raise Slip(
            "stage-missing",
            f"{place} is a {'convolution' if is_conv else 'pooling'}: each stage is a convolution "
            "and then a max pooling.",
        )
    if is_conv and shape[:2] == (right[0] + 2, right[1] + 2):
        raise Slip(
            "padding-same",
            f'{seen}: padding="same" keeps the width. Nothing was said of padding, so take it out.',
        )
    if shape[:2] == right[:2] and shape[2:] != right[2:]:
        raise Slip("filters", f"{seen}: the last number is the number of filters, 16, 32, 64.")
    if is_conv:
        raise Slip("kernel-size", f"{seen}. The filters are 3×3, with a stride of 1.")
    raise Slip("pool-size", f"{seen}. The pooling is of 2×2: MaxPooling2D(2).")


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _must_end_in_sigmoid(model: Any) -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate(
        [
            np.ravel(model(rng.normal(0, scale, (4, *model.input_shape[1:])).astype("float32")))
            for scale in (1, 1000)
        ]
    )
    if np.all(values == 1):
        raise Slip(
            "softmax-of-one",
            "softmax makes shares of a whole, and the share of a single unit is always 1. Take "
            'activation="sigmoid".',
        )
    activation = getattr(model.layers[-1], "activation", None)
    name = getattr(activation, "__name__", "")
    if values.min() < 0 or values.max() > 1 or name in ("relu", "linear", "tanh"):
        raise Slip(
            "no-sigmoid",
            "The last unit's values are not kept between 0 and 1, so they are no answer to “which "
            'of the two?”: Dense(1, activation="sigmoid").',
        )


def _has_relu(layers: list[Any], layer: Any) -> bool:
    names = [getattr(getattr(layer, "activation", None), "__name__", "")]
    after = layers.index(layer) + 1
    if after < len(layers):
        follower = layers[after]
        names.append(getattr(getattr(follower, "activation", None), "__name__", ""))
        names.append("relu" if isinstance(follower, keras.layers.ReLU) else "")
        if isinstance(follower, (keras.layers.Conv2D, keras.layers.Dense)):
            names[1] = ""
    return "relu" in names
